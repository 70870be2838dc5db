"""What the outcomes of trials come to: passed, failed, or not decided yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pytest_llm.plugin.trial import Demand
    from pytest_llm.stats.intervals import Interval

__all__ = ["Outcome", "Verdict", "decide", "least"]

Outcome = Literal["passed", "failed", "undecided"]
_HAIR = 1e-9  # 0.9 x 20 must be 18


@dataclass(frozen=True, slots=True)
class Verdict:
    """What trials came to, with the interval of their rate (Wilson, 95 % unless the demand has a confidence)."""

    outcome: Outcome
    passed: int
    trials: int
    interval: Interval
    why: str = ""

    @property
    def said(self) -> str:
        """The verdict's figures: ``18/20, 95% CI 0.70-0.97``."""
        return f"{self.passed}/{self.trials}, {self.interval}"

    def claim(self, demand: Demand) -> str:
        """Return what was demanded beside what was measured."""
        asked = f" at {demand.confidence:.0%} confidence" if demand.confidence is not None else ""
        why = f"; {self.why}" if self.why else ""
        rate = self.passed / self.trials
        return (
            f"rate {rate:.2f} >= {demand.rate:.2f}{asked}  "
            f"({self.passed} of {self.trials} trials, {self.interval}{why})"
        )


def decide(outcomes: Sequence[bool], demand: Demand, *, last: bool) -> Verdict | None:
    """Return the verdict on the trials so far, None while more of them are needed.

    Without a confidence, the share that passed is compared with the rate when all trials are done, or fails as soon as
    the rest cannot make up for the failures. With one, half of the error is for a decision after any trial, by an
    anytime-valid test (Waudby-Smith & Ramdas 2024), and half for the exact interval (Clopper & Pearson 1934) of all.
    """
    if demand.confidence is not None:
        return _by_confidence(outcomes, demand.rate, demand.confidence, last=last)
    from pytest_llm.stats.intervals import wilson

    passed, done = sum(outcomes), len(outcomes)
    allowed = demand.trials - ceil(demand.rate * demand.trials - _HAIR)
    if done - passed > allowed:
        why = "" if last else f"{allowed or 'none'} of {demand.trials} may fail"
        return Verdict("failed", passed, done, wilson(passed, done), why)
    return Verdict("passed", passed, done, wilson(passed, done)) if last else None


def _by_confidence(outcomes: Sequence[bool], rate: float, confidence: float, *, last: bool) -> Verdict | None:
    from pytest_llm.stats.intervals import clopper_pearson, wilson
    from pytest_llm.stats.sequential import BettingTest

    passed, done = sum(outcomes), len(outcomes)
    interval = wilson(passed, done, confidence)
    early = BettingTest(rate, (1 + confidence) / 2)
    for outcome in outcomes:
        early.update(outcome)
    if early.decision != "undecided":
        return Verdict("passed" if early.decision == "above" else "failed", passed, done, interval)
    if not last:
        return None
    exact = clopper_pearson(passed, done, confidence)
    if exact.low >= rate or exact.high < rate:
        return Verdict("passed" if exact.low >= rate else "failed", passed, done, interval)
    return Verdict("undecided", passed, done, interval, "the trials show neither this rate nor a lower one")


def least(rate: float, confidence: float) -> int:
    """Return the least number of trials that can show a rate: all of them passing."""
    from pytest_llm.stats.planning import least_trials

    return least_trials(rate, (1 + confidence) / 2)
