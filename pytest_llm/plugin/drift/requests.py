"""What a test asks: its requests, as its own SDK sends them, and the draws that are recorded of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.store import slot_of
from pytest_llm.player import Player
from pytest_llm.plugin.drift.bodies import Listener, prepared, run_body
from pytest_llm.plugin.drift.variants import Variant, variant_of
from pytest_llm.plugin.places import cassette_path, test_of
from pytest_llm.plugin.session import Session
from pytest_llm.plugin.trial import Trial
from pytest_llm.studio import Place
from pytest_llm.wire.handler import Handler

__all__ = ["SILENT", "Asked", "hear", "outcomes"]

SILENT = "the test asks for no text"
_MOST = 20


@dataclass
class Asked:
    """A test with one set of parameters, and what it asks.

    ``variants`` are its distinct requests, ``times`` says how many answers to each it takes, ``own`` are the recordings
    of one run of it, ``examples`` what a test of a property is tried with, ``draws`` all recorded answers to each
    request; ``trouble`` says why nothing can be asked, if so.
    """

    item: pytest.Function
    variants: list[Variant] = field(default_factory=list)
    times: Counter[str] = field(default_factory=Counter)
    own: list[Entry] = field(default_factory=list)
    examples: Sequence[Entry] = ()
    draws: dict[str, list[Entry]] = field(default_factory=dict)
    trouble: str = ""


def hear(item: pytest.Function, session: Session) -> Asked:
    """Replay a test from its cassette and return what it asks; each request with the headers of its own SDK."""
    asked = Asked(item)
    path = cassette_path(item, session.settings.folder)
    slot = slot_of(test_of(item), path)
    recorded = [entry for entry in session.recorded(path) if slot_of(entry["test"], path) == slot]
    asked.own = [entry for entry in recorded if entry.get("trial", 1) == 1]
    if not recorded:
        asked.trouble = "nothing is recorded of it"
        return asked
    asked.examples = session.recorded_examples(path)
    listeners: list[Listener] = []

    def opens(place: Place) -> tuple[Player, Handler]:
        player = prepared(session, item, place, asked.own, asked.examples)
        listeners.append(Listener(player))
        return player, listeners[0]

    trial = run_body(item, opens)
    heard = listeners[0].heard if listeners else []
    # The examples of a property share the answers to what several of them ask.
    for request, entry in {id(entry): (request, entry) for request, entry in heard}.values():
        _note(asked, variant_of(test_of(item), request, entry, session.readings))
    for variant in asked.variants:
        asked.draws[variant.digest] = [one for one in recorded if one["fingerprint"] == variant.digest]
    if trial.ended_badly or not asked.variants:
        asked.trouble = _trouble(trial)
    return asked


def outcomes(asked: Asked, session: Session, draws: Mapping[str, Sequence[Entry]]) -> dict[int, float]:
    """Run a test on these answers to its requests, as often as they last but at most 20 times, and return how it went.

    The key is the ``id`` of the first answer that a run was given to the test's first request, the value 1.0 where the
    test passed, else 0.0. A run that asks for what nobody answered tells nothing and is left out; so does one that does
    not ask the first request, whose answer a fixture of a module or session, or a cache, still holds.
    """
    if not asked.variants or not all(draws.get(one.digest) for one in asked.variants):
        return {}
    runs = min(len(draws[digest]) // times for digest, times in asked.times.items())
    found: dict[int, float] = {}
    for number in _spread(runs):
        given = {digest: draws[digest][number * times : (number + 1) * times] for digest, times in asked.times.items()}
        trial = _run_on(asked, session, given)
        played = trial.player.played if trial.player is not None else ()
        if not trial.ended_badly and any(one["fingerprint"] == asked.variants[0].digest for one in played):
            found[id(given[asked.variants[0].digest][0])] = float(trial.passed)
    return found


def _spread(runs: int) -> list[int]:
    """Return which of so many runs are made; of too many some of every session, as these follow each other."""
    many = min(runs, _MOST)
    return [number * runs // many for number in range(many)]


def _run_on(asked: Asked, session: Session, given: Mapping[str, Sequence[Entry]]) -> Trial:
    entries = [one for one in asked.own if one["fingerprint"] not in given]
    for variant in asked.variants:
        known = {name: variant.recorded.get(name) for name in ("fingerprint", "parts", "raw", "request")}
        entries += [{**one, **known, "draw": place} for place, one in enumerate(given[variant.digest], start=1)]

    def opens(place: Place) -> tuple[Player, Handler]:
        player = prepared(session, asked.item, place, entries, asked.examples)
        return player, player

    return run_body(asked.item, opens)


def _note(asked: Asked, variant: Variant | None) -> None:
    if variant is None:
        return
    if variant.digest not in asked.times:
        asked.variants.append(variant)
    asked.times[variant.digest] += 1


def _trouble(trial: Trial) -> str:
    error = next((one for one in trial.errors.values() if one is not None), None)
    if isinstance(error, pytest.skip.Exception):
        return f"the test is skipped: {error}"
    if error is None or not trial.ended_badly:
        return SILENT
    said = str(error).partition("\n")[0].removesuffix(".")
    if trial.player is None or not trial.player.misses:
        return said
    miss = trial.player.misses[0]
    return f"{said}: {miss.story.rstrip('.')}. Record it: {miss.command}"
