"""Tests of a rate that may be looked at after every trial: betting, and Wald's sequential probability ratio test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import exp, inf, log, sqrt
from typing import Literal

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.checks import check_probability
from pytest_llm.stats.intervals import Interval

__all__ = ["BettingTest", "Decision", "Sprt"]

Decision = Literal["above", "below", "undecided"]

_STAKES = 20
_PLACES = [(place + 0.5) / _STAKES for place in range(_STAKES)]
# Shares of the wealth that are staked, equally weighted. Towards the nearer end of [0, 1] the rates that matter lie at
# that end (0.99 against a bound of 0.9), away from it they lie anywhere, most of them near.
_BOLD = [sqrt(1 - (1 - place) ** 2) for place in _PLACES]
_WARY = [1 - sqrt(1 - place) for place in _PLACES]
_HALVINGS = 50
_OVERFLOW = 700


@dataclass(slots=True)
class BettingTest:
    """An anytime-valid test whether a rate is above or below a bound: sound however often one looks and when one stops.

    Two gamblers bet on each trial, one that the rate is above the bound and one that it is below; each splits a wealth
    of 1 over fixed stakes (Waudby-Smith & Ramdas 2024, "Estimating means of bounded random variables by betting").
    Where the rate is not above, the first gambler's wealth ``e_above`` ever reaches ``1 / (1 - confidence)`` with a
    probability of at most ``1 - confidence`` (Ville's inequality), and likewise ``e_below``. Each side has the whole
    error, for no rate makes both decisions wrong. The first decision stands. The wealth depends on the counts alone,
    not on their order.

    Raises ``ConfigurationError`` for a bound or confidence outside (0, 1).
    """

    bound: float
    confidence: float = 0.95
    successes: int = field(default=0, init=False)
    failures: int = field(default=0, init=False)
    decision: Decision = field(default="undecided", init=False)

    def __post_init__(self) -> None:
        check_probability("bound", self.bound)
        check_probability("confidence", self.confidence)

    @property
    def trials(self) -> int:
        """The number of trials so far."""
        return self.successes + self.failures

    @property
    def least_trials(self) -> int:
        """The fewest trials that could ever decide "above": all of them passing; a smaller sample never can."""
        needed, stakes = -log(1 - self.confidence), self._stakes_above
        enough = 1
        while _log_wealth(enough, 0, self.bound, stakes) < needed:
            enough *= 2
        few = enough // 2
        while enough - few > 1:
            middle = (few + enough) // 2
            few, enough = (few, middle) if _log_wealth(middle, 0, self.bound, stakes) >= needed else (middle, enough)
        return enough

    @property
    def e_above(self) -> float:
        """The evidence against "the rate is at most the bound": an e-value."""
        return _exp(self._log_above(self.bound))

    @property
    def e_below(self) -> float:
        """The evidence against "the rate is at least the bound": an e-value."""
        return _exp(self._log_below(self.bound))

    def update(self, outcome: bool) -> Decision:
        """Take one trial's outcome and return the decision."""
        if outcome not in (True, False):
            raise ConfigurationError(f"An outcome is True or False, and this one is {outcome!r}.")
        self.successes += bool(outcome)
        self.failures += not outcome
        if self.decision == "undecided":
            needed = -log(1 - self.confidence)
            if self._log_above(self.bound) >= needed:
                self.decision = "above"
            elif self._log_below(self.bound) >= needed:
                self.decision = "below"
        return self.decision

    def interval(self) -> Interval:
        """Return the rates that neither gambler has ruled out, each at half the error: one of a confidence sequence.

        With the stated confidence the true rate is in the intervals after *all* trials at once.
        """
        needed = -log((1 - self.confidence) / 2)
        low = _crossing(lambda rate: self._log_above(rate) < needed)
        high = _crossing(lambda rate: self._log_below(rate) >= needed)
        return Interval(low if self.successes else 0.0, high if self.failures else 1.0, self.confidence)

    def _log_above(self, bound: float) -> float:
        return _log_wealth(self.successes, self.failures, bound, self._stakes_above)

    @property
    def _stakes_above(self) -> list[float]:
        return _BOLD if self.bound >= 0.5 else _WARY

    def _log_below(self, bound: float) -> float:
        return _log_wealth(self.failures, self.successes, 1 - bound, _WARY if self.bound >= 0.5 else _BOLD)


def _log_wealth(won: int, lost: int, bound: float, stakes: list[float]) -> float:
    """Return the logarithm of the mean wealth of gamblers who stake fixed shares at the fair odds of ``bound``."""
    odds = (1 - bound) / bound
    logs = [won * log(1 + stake * odds) + lost * log(1 - stake) for stake in stakes]
    most = max(logs)
    return most + log(sum(exp(one - most) for one in logs) / len(logs))


def _exp(power: float) -> float:
    return exp(power) if power < _OVERFLOW else inf


def _crossing(is_high: Callable[[float], bool]) -> float:
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if is_high(middle) else (middle, high)
    return (low + high) / 2


@dataclass(slots=True)
class Sprt:
    """Wald's sequential probability ratio test (1945) of the rate p0 against the rate p1, where both can be named.

    It decides for p1 when the likelihood ratio reaches ``1 / alpha`` and for p0 when it falls to ``beta``. These bounds
    hold both errors for certain (Ville's inequality); Wald's own, ``(1 - beta) / alpha`` and ``beta / (1 - alpha)``,
    hold only their sum. The decision is "above" for the higher of the two rates.

    Raises ``ConfigurationError`` for rates or errors outside (0, 1) and for equal rates.
    """

    p0: float
    p1: float
    alpha: float = 0.05
    beta: float = 0.05
    successes: int = field(default=0, init=False)
    failures: int = field(default=0, init=False)
    decision: Decision = field(default="undecided", init=False)

    def __post_init__(self) -> None:
        for name in ("p0", "p1", "alpha", "beta"):
            check_probability(name, getattr(self, name))
        if self.p0 == self.p1:
            raise ConfigurationError(f"p0 and p1 are both {self.p0!r}. Name two rates that are worth telling apart.")

    @property
    def trials(self) -> int:
        """The number of trials so far."""
        return self.successes + self.failures

    @property
    def log_ratio(self) -> float:
        """The logarithm of the likelihood of p1 over that of p0."""
        p0, p1 = self.p0, self.p1
        return self.successes * log(p1 / p0) + self.failures * log((1 - p1) / (1 - p0))

    def update(self, outcome: bool) -> Decision:
        """Take one trial's outcome and return the decision; the first decision stands."""
        if outcome not in (True, False):
            raise ConfigurationError(f"An outcome is True or False, and this one is {outcome!r}.")
        self.successes += bool(outcome)
        self.failures += not outcome
        if self.decision == "undecided":
            higher: Decision = "above" if self.p1 > self.p0 else "below"
            lower: Decision = "below" if self.p1 > self.p0 else "above"
            if self.log_ratio >= -log(self.alpha):
                self.decision = higher
            elif self.log_ratio <= log(self.beta):
                self.decision = lower
        return self.decision
