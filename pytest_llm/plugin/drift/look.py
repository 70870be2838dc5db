"""One session of fresh draws of an item's requests, and the probes that they make with the baseline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pytest_llm.cassettes.entry import Entry
from pytest_llm.drift.reading import draw_of
from pytest_llm.drift.values import Draw, Probe
from pytest_llm.plugin.drift.requests import Asked, outcomes
from pytest_llm.plugin.drift.sending import Sender
from pytest_llm.plugin.drift.variants import Variant
from pytest_llm.plugin.session import Session

__all__ = ["Baseline", "Look", "draws_in"]


@dataclass
class Baseline:
    """The variants of an item that have a baseline, its entries, and how the tests went on them."""

    session: Session
    asked: Sequence[Asked]
    entries: dict[str, list[Entry]]
    outcomes: dict[int, float]


@dataclass
class Look:
    """The draws of one fresh session, taken round by round."""

    name: str
    baseline: Baseline
    sender: Sender
    variants: Mapping[str, Variant]
    fresh: dict[str, list[Entry]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def stopped(self) -> str:
        """Why no more draws are taken; empty while there are."""
        return self.sender.stopped

    def take(self, plan: Iterable[tuple[str, int]]) -> None:
        """Take so many draws of each of these; the failed ones are counted, and those a dead provider never got.

        Raises ``KeyboardInterrupt`` after Ctrl-C.
        """
        wanted = [self.variants[name] for name, draws in plan for _ in range(draws)]
        for variant, entry in zip(wanted, self.sender.draws(wanted), strict=True):
            if entry is not None:
                self.fresh.setdefault(variant.name, []).append(entry)
            elif not self.sender.spent_up:
                self.errors[variant.name] += 1
        if self.sender.interrupted:
            raise KeyboardInterrupt

    def probes(self, names: Iterable[str], *, behaviour: bool = True) -> list[Probe]:
        """Return these requests with their draws of both sides; with ``behaviour`` also how the tests went on them."""
        after = self._outcomes() if behaviour else {}
        return [
            Probe(
                name,
                draws_in(self.baseline.entries[name], self.baseline.session, self.baseline.outcomes, _day),
                draws_in(self.fresh.get(name, ()), self.baseline.session, after, lambda entry: self.name),
                self.variants[name].prompt,
                self.variants[name].greedy,
                self.errors[name],
            )
            for name in names
        ]

    def _outcomes(self) -> dict[int, float]:
        found: dict[int, float] = {}
        for asked in self.baseline.asked:
            answers = {one.digest: self.fresh.get(one.name, []) for one in asked.variants}
            found |= outcomes(asked, self.baseline.session, answers)
        return found


def draws_in(
    entries: Iterable[Entry], session: Session, went: dict[int, float], named: Callable[[Entry], str]
) -> tuple[Draw, ...]:
    """Return the draws that entries hold; ``went`` has by ``id`` how the test went on some, ``named`` their session."""
    return tuple(
        draw_of(
            session.readings.response(entry),
            session=named(entry),
            outcome=went.get(id(entry)),
            headers=entry.get("headers"),
            told=entry.get("logprobs"),
        )
        for entry in entries
    )


def _day(entry: Entry) -> str:
    return str(entry.get("session") or entry.get("recorded", ""))
