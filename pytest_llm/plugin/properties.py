"""Tests of properties, by hypothesis or by relations: each example replays its calls, and the examples are recorded."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.examples import examples_of, write_examples
from pytest_llm.errors import BudgetExceededError, CassetteError
from pytest_llm.player import Player
from pytest_llm.plugin.stash import RELATIONS

__all__ = ["prepared"]


@contextmanager
def prepared(item: pytest.Item, player: Player | None) -> Iterator[None]:
    """Let a test of a property begin each example anew and take its examples from the cassette; others run as ever."""
    function = getattr(getattr(item, "obj", None), "__func__", getattr(item, "obj", None))
    handle = getattr(function, "hypothesis", None) if "hypothesis" in sys.modules else None
    drawn = hasattr(handle, "inner_test")
    if player is None or not (drawn or hasattr(function, "llm_metamorphic")):
        yield
        return
    from pytest_llm.strategies.examples import CURRENT

    examples = ItemExamples(item, player)
    token = CURRENT.set(examples)
    try:
        if drawn:
            with _drawn(function, handle, examples):
                yield
        else:
            yield
    finally:
        CURRENT.reset(token)
        examples.write()


class ItemExamples:
    """The examples of one test: those of its cassette, and those that are to be kept there."""

    def __init__(self, item: pytest.Item, player: Player) -> None:
        self.item = item
        self.player = player
        self._kept: list[Entry] | None = None
        self._known = examples_of(player.cassette, player.place.slot, player.place.trial)

    def begin(self, first: int = 0) -> None:
        """Begin an example."""
        self.player.restart(first)

    @property
    def explores(self) -> bool:
        """Whether new examples are to be made: when the answers are made anew too, and when not all are recorded."""
        return self.anew or (self.player.records and (not self._known or self.unfinished))

    @property
    def anew(self) -> bool:
        """Whether the answers are asked for anew."""
        return self.player.mode in ("all", "live")

    @property
    def unfinished(self) -> bool:
        """Whether the run that recorded the examples ended before all were tried."""
        return any(entry.get("unfinished") for entry in self._known)

    def recorded(self) -> Sequence[Entry]:
        """Return the examples that are to be used."""
        return () if self.explores else self._known

    def chosen(self) -> list[Entry]:
        """Return the examples to be tried first: all, and of a refresh those that once failed."""
        return [entry for entry in self._known if entry.get("failed") or not self.anew]

    def keep(self, examples: Sequence[Entry], *, failed: bool) -> None:
        """Take note of the examples that were used; of a refresh that failed only those that failed are added."""
        if not self.player.records or self.player.mode == "live":
            return
        kept = [_bare(entry) for entry in examples]
        if failed and self.player.mode == "all" and self._known:
            old = [_bare(entry) for entry in self._known]
            kept = [*old, *(entry for entry in kept if entry.get("failed") and entry not in old)]
        self._kept = kept

    def tell(self, results: Sequence[Entry]) -> None:
        """Take note of how often each relation held."""
        if results:
            self.item.stash[RELATIONS] = [{**row, "nodeid": self.item.nodeid} for row in results]

    def affords(self, error: BaseException) -> bool:
        """Say whether an exception only says that the budget is used up, and take it back if it does."""
        if not isinstance(error, BudgetExceededError):
            return False
        if error in self.player.outcomes:
            self.player.outcomes.remove(error)
        return True

    def write(self) -> None:
        """Write what is to be kept into the cassette."""
        if self._kept is not None:
            try:
                place = self.player.place
                write_examples(self.player.cassette.path, place.test, self._kept, place.trial)
            except CassetteError as error:
                self.player.troubles.append(error)


def _bare(entry: Entry) -> Entry:
    return {key: value for key, value in entry.items() if key not in ("test", "trial")}


@contextmanager
def _drawn(function: Any, handle: Any, examples: ItemExamples) -> Iterator[None]:
    """Run a test of hypothesis on the recorded examples, or let it explore and take note of what it draws."""
    from hypothesis import settings

    from pytest_llm.strategies.recording import Log, decoded, outdated

    parent, inner = function._hypothesis_internal_use_settings, handle.inner_test
    former = function._hypothesis_internal_use_seed
    explicit = list(getattr(function, "hypothesis_explicit_examples", ()))
    names = set(handle._given_kwargs)
    chosen = examples.chosen()
    found = [decoded(entry["given"]) for entry in chosen if entry.get("given", {}).keys() == names]
    known = [given for given in found if not outdated(given, handle._given_kwargs)]
    seed = _seed(function, examples, chosen)
    log = Log(examples, names, inner, seed)
    try:
        function._hypothesis_internal_use_settings = settings(parent, **_options(examples, known, parent, seed))
        function._hypothesis_internal_use_seed = former if seed is None else seed
        function.hypothesis_explicit_examples = [*explicit]
        _add_examples(function, [*reversed(known)])
        handle.inner_test = log.run
        yield
    finally:
        function._hypothesis_internal_use_settings, handle.inner_test = parent, inner
        function._hypothesis_internal_use_seed = former
        function.hypothesis_explicit_examples = explicit
        log.end()
        if log.unaffordable:
            more = 0 if examples.unfinished and not examples.anew else len(known)
            planned = 0 if log.failed else more + parent.max_examples
            examples.player.tally.explored = (log.ran, planned)


def _seed(function: Any, examples: ItemExamples, chosen: Sequence[Entry]) -> int | None:
    """Return the seed to draw from, which is recorded where JSON cannot hold the examples; None without randomness."""
    from hypothesis import core

    if not examples.explores:
        return next((entry["seed"] for entry in chosen if "seed" in entry), None)
    if function._hypothesis_internal_use_settings.derandomize or examples.player.mode == "live":
        return None
    given = (function._hypothesis_internal_use_seed, getattr(core, "global_force_seed", None))
    return next((seed for seed in given if seed is not None), secrets.randbits(64))


def _options(examples: ItemExamples, known: Sequence[Entry], parent: Any, seed: int | None) -> dict[str, Any]:
    from hypothesis import HealthCheck, Phase

    # To explain a failure hypothesis tries more examples, which are calls, and points at lines that are not the user's.
    phases = (Phase.explicit,) if known and not examples.explores else set(parent.phases) - {Phase.explain}
    options: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck), "phases": phases}
    if examples.unfinished and not examples.anew:
        options["max_examples"] = max(1, parent.max_examples - len(known))
    if examples.player.mode != "live":
        # What hypothesis keeps for itself nobody else has.
        options |= {"database": None, "derandomize": seed is None}
    return options


def _add_examples(function: Any, known: Sequence[dict[str, Any]]) -> None:
    from hypothesis import example

    for given in known:
        example(**given)(function)
