"""One item of a night: its rounds of fresh draws, the early stop, and the second session that confirms an alarm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Protocol

from pytest_llm.drift.attribution import attribute, verdict
from pytest_llm.drift.blocks import Embed
from pytest_llm.drift.confirmation import alpha_per_run, confirm
from pytest_llm.drift.early import stops
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.values import Probe, Verdict

__all__ = ["Looked", "Planned", "Session", "look_at", "rounds", "settings_of"]

_LEAST_ALPHA = 1e-4


@dataclass(frozen=True, slots=True)
class Planned:
    """A request and how many fresh draws of it a session takes; ``late`` of them when the first session stopped before.

    ``late`` is 0 for a request that only serves as evidence, and for others what the tests need to run.
    """

    name: str
    draws: int
    greedy: bool = False
    late: int = 0


class Session(Protocol):
    """One session of fresh draws, whoever takes them."""

    @property
    def stopped(self) -> str:
        """Why no more are taken; empty while there are."""

    def take(self, plan: Sequence[tuple[str, int]]) -> None:
        """Take so many draws of each of these requests."""

    def probes(self, names: Sequence[str], *, behaviour: bool = True) -> list[Probe]:
        """Return these requests with the draws of both sides; with ``behaviour`` also how the tests went on them."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What an item came to: its verdict, the probes of the first session and of the one that confirms.

    ``taken`` are the requests that the first session asked.
    """

    verdict: Verdict
    probes: Sequence[Probe] = ()
    again: Sequence[Probe] = ()
    taken: Sequence[Planned] = ()


def settings_of(run_length: float, items: int, embed: Embed | None = None) -> tuple[Settings, Settings]:
    """Return by which rules an item of so many is judged, and by which it is worth a second session.

    A false warning comes in one of ``run_length`` runs. Half of that rate goes to the items, divided among them
    (Bonferroni, within what Benjamini and Hochberg allow the suite), half of an item's to the looks at which it may
    stop early. No item is asked for less than 1e-4, which permutations hardly resolve: a failure takes a second, fresh
    session as well. A second session is taken at the rate of one item, so that the suite can be confirmed by it.
    """
    alpha = alpha_per_run(run_length)
    strict = max(alpha / 2 / items, _LEAST_ALPHA) if items > 1 else alpha
    many = max(1999, ceil(4 / strict))
    return Settings(strict / 2, permutations=many, embed=embed), Settings(alpha / 2, embed=embed)


def look_at(planned: Sequence[Planned], opens: Callable[[int], Session], rules: tuple[Settings, Settings]) -> Looked:
    """Take fresh draws of an item's requests and judge them; an alarm is confirmed in a second session.

    ``opens`` returns the first session and the second; ``rules`` are those of ``settings_of``.
    """
    strict, loose = rules
    first = opens(1)
    found, probes, taken = _first_look(first, planned, strict)
    again: list[Probe] = []
    worth = found.waits or (bool(found.evidence) and attribute(found.evidence, probes, loose).waits)
    if worth and not first.stopped:
        second = opens(2)
        wanted = _confirming(planned, taken)
        second.take(wanted)
        again = second.probes([name for name, _ in wanted])
        if found.waits and any(probe.fresh for probe in again):
            found = confirm(found, probes, again, strict)
    return Looked(found, probes, again, taken)


def _first_look(
    session: Session, planned: Sequence[Planned], settings: Settings
) -> tuple[Verdict, list[Probe], list[Planned]]:
    """Take the planned draws, the most telling requests first, and stop as soon as they differ."""
    parts = rounds(planned)
    taken: list[Planned] = []
    seen: list[list[Probe]] = []
    for number, part in enumerate(parts, start=1):
        session.take([(one.name, one.draws) for one in part])
        taken += part
        seen.append(session.probes([one.name for one in part], behaviour=False))
        if session.stopped:
            break
        if number < len(parts) and stops(seen, len(parts), settings):
            probes = session.probes([one.name for one in taken])
            found = verdict(probes, settings)
            if found.changed:
                return found, probes, taken
    probes = session.probes([one.name for one in planned])
    return verdict(probes, settings), probes, taken


def _confirming(planned: Sequence[Planned], taken: Sequence[Planned]) -> list[tuple[str, int]]:
    """Return what a second session asks: the same again, and what the first left out as far as the tests need it."""
    known = {one.name for one in taken}
    again = [(one.name, one.draws) for one in taken]
    return again + [(one.name, min(one.draws, one.late)) for one in planned if one.name not in known and one.late]


def rounds(planned: Sequence[Planned]) -> list[list[Planned]]:
    """Return the plan in up to four rounds: what is greedy first, the rest in three parts."""
    greedy = [one for one in planned if one.greedy]
    sampled = [one for one in planned if not one.greedy]
    size = max(1, ceil(len(sampled) / 3))
    parts = [sampled[start : start + size] for start in range(0, len(sampled), size)]
    return [part for part in (greedy, *parts) if part]
