"""Which requests to ask how often: calls go where the evidence is, and what is left out is asked another night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from pytest_llm.drift.logprobs import lead
from pytest_llm.drift.values import Draw

__all__ = ["Candidate", "candidate", "plan"]

_SAMPLED = 10
_GREEDY = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A request that could be asked, with what its baseline tells.

    ``baseline`` is the number of its draws; ``lead`` is by how many nats the likeliest first token leads the second,
    None when that is not known; ``length`` is the mean number of characters of its answers.
    """

    name: str
    greedy: bool
    baseline: int
    lead: float | None = None
    length: float = 0.0

    @property
    def worth(self) -> tuple[bool, bool, float, float]:
        """The order in which requests are asked, the most telling first.

        Greedy before sampled (at temperature 0 far smaller changes are seen); where log-probabilities are known before
        where they are not; near-tied first tokens before clear ones, for the smallest change of a model tips them
        (border inputs: Chauvin et al. 2026, "Token-efficient change detection in LLM APIs", arXiv:2602.11083); short
        answers before long ones.
        """
        return (not self.greedy, self.lead is None, self.lead or 0.0, self.length)

    def draws(self, wanted: int | None) -> int:
        """How many fresh draws it is given when calls are plenty; ``wanted`` overrides that of a sampled request."""
        sampled = wanted or _SAMPLED
        return min(_GREEDY, sampled) if self.greedy else sampled


def candidate(name: str, greedy: bool, baseline: Sequence[Draw]) -> Candidate:
    """Return a request with what the draws of its baseline tell of it."""
    leads = [known for draw in baseline if (known := lead(draw.top)) is not None]
    length = fmean(len(draw.text) for draw in baseline) if baseline else 0.0
    return Candidate(name, greedy, len(baseline), min(leads, default=None), length)


def plan(
    candidates: Sequence[Candidate], calls: int | None, *, night: int = 0, wanted: int | None = None
) -> list[tuple[str, int]]:
    """Return (name, draws) of the requests to ask, the most telling first, of at most ``calls`` calls in all.

    When calls are short, half of them go to the most telling requests every night; the others take turns on the rest,
    so that ``night`` after ``night`` every request is asked.
    """
    ranked = sorted(candidates, key=lambda one: (*one.worth, one.name))
    if calls is None or sum(one.draws(wanted) for one in ranked) <= calls:
        return [(one.name, one.draws(wanted)) for one in ranked]
    first, left = _taken(ranked, calls - calls // 2, wanted)
    rest = ranked[len(first) :]
    start = night % len(rest) if rest else 0
    others, _ = _taken([*rest[start:], *rest[:start]], calls // 2 + left, wanted)
    return first + others


def _taken(ranked: Sequence[Candidate], calls: int, wanted: int | None) -> tuple[list[tuple[str, int]], int]:
    """Return the requests that so many calls pay for, the last one perhaps in part, and the calls that are left."""
    taken = []
    for one in ranked:
        draws = min(one.draws(wanted), calls)
        if not draws:
            break
        taken.append((one.name, draws))
        calls -= draws
    return taken, calls
