"""What a comparison of two samples finds: how much they differ, and whether the after is no worse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pytest_llm.stats.intervals import Interval

__all__ = ["Difference", "NoWorse", "Verdict"]

Verdict = Literal["no worse", "worse", "undecided"]


@dataclass(frozen=True, slots=True)
class Difference:
    """How much the after differs from the before: the mean (after - before), its interval, the p-value of no change."""

    mean: float
    interval: Interval
    p: float
    test: str
    n: int

    def __str__(self) -> str:
        return f"{self.mean:+.2f} ({self.interval.signed()}, {self.test} p = {self.p:.2g}, n = {self.n})"


@dataclass(frozen=True, slots=True)
class NoWorse:
    """Whether the after is worse than the before by no more than a margin; "undecided" asks for more cases.

    ``p_no_worse`` is the p-value of "worse by the margin or more", which a small one rules out, and ``p_worse`` that of
    "worse by the margin or less".
    """

    verdict: Verdict
    margin: float
    p_no_worse: float
    p_worse: float
    difference: Difference

    @classmethod
    def of(cls, difference: Difference, margin: float, tails: tuple[float, float]) -> NoWorse:
        """Return the verdict at the confidence of the difference's interval."""
        above, below = tails
        error = 1 - difference.interval.confidence
        verdict: Verdict = "no worse" if above <= error else "worse" if below <= error else "undecided"
        return cls(verdict, margin, above, below, difference)
