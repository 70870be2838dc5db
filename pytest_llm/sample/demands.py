"""Demands on a rate with a confidence: what the trials decide, and how many it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pytest_llm.errors import ConfigurationError
from pytest_llm.sample.verdict import Word
from pytest_llm.stats.intervals import lower_bound, mean_interval, upper_bound
from pytest_llm.stats.planning import least_trials
from pytest_llm.stats.sequential import BettingTest

__all__ = ["Side", "decided", "decided_any_time", "least_any_time", "unreachable"]

Side = Literal["at least", "at most"]
Cases = tuple[list[float], list[str]]
_MOST = 100_000


def unreachable(side: Side, bound: float, confidence: float, trials: int) -> None:
    """Raise ``ConfigurationError`` when so many trials could never show it, with the number that could."""
    needed = least_trials(bound if side == "at least" else 1 - bound, confidence)
    if trials < needed:
        ideal = "all pass" if side == "at least" else "none passes"
        raise ConfigurationError(
            f"{trials} trials can never show a rate of {side} {bound:g} at {confidence * 100:g}% confidence, even when "
            f"{ideal}. It takes at least {needed}: trials={needed}."
        )


def decided(
    side: Side, bound: float, confidence: float, passed: int, trials: int, cases: Cases | None
) -> tuple[Word, str]:
    """Return what a number of trials fixed beforehand decides, and the measured bound that says why."""
    upward = side == "at least"
    wins, aim = (passed, bound) if upward else (trials - passed, 1 - bound)
    if cases is not None and not upward:
        cases = [1 - value for value in cases[0]], cases[1]
    low, high = _bounds(confidence, wins, trials, cases)
    if low >= aim:
        return "PASS", _shows(low, "at least", upward)
    if high < aim:
        return "FAIL", _shows(high, "at most", upward)
    more = "" if cases is not None else _more(aim, confidence, wins / trials)
    return "UNDECIDED", _shows(low, "at least", upward) + more


def decided_any_time(side: Side, bound: float, confidence: float, outcomes: Sequence[bool]) -> tuple[Word, str]:
    """Return what the anytime-valid test decides, which may be looked at after every trial."""
    test = BettingTest(bound, confidence)
    for outcome in outcomes:
        test.update(outcome)
    if test.decision == "undecided":
        return "UNDECIDED", f"{test.interval()} at any time"
    word: Word = "PASS" if (test.decision == "above") is (side == "at least") else "FAIL"
    return word, f"{test.interval()} at any time"


def least_any_time(side: Side, bound: float, confidence: float) -> int:
    """Return the fewest trials in a row that make the anytime-valid test decide for the demand."""
    test = BettingTest(bound, confidence)
    while test.decision == "undecided" and test.trials < _MOST:
        test.update(side == "at least")
    return test.trials


def _bounds(confidence: float, passed: int, trials: int, cases: Cases | None) -> tuple[float, float]:
    """Return the one-sided bounds: exact ones, or by the clustered standard error where trials share cases."""
    if cases is None:
        return lower_bound(passed, trials, confidence), upper_bound(passed, trials, confidence)
    count = len(set(cases[1]))
    if passed in (0, trials):  # no spread to estimate one from: the cases are all there is
        return lower_bound(count * (passed > 0), count, confidence), upper_bound(
            count * (passed > 0), count, confidence
        )
    found = mean_interval(cases[0], max(2 * confidence - 1, 1e-9), clusters=cases[1])
    return max(0.0, found.low), min(1.0, found.high)


def _shows(value: float, side: Side, upward: bool) -> str:
    if upward:
        return f"which show {side} {value:.3g}"
    return f"which show {'at most' if side == 'at least' else 'at least'} {1 - value:.3g}"


def _more(aim: float, confidence: float, rate: float) -> str:
    """Return how many trials would decide if the rate is what was observed."""
    if rate <= aim:
        return ""
    few, many = 1, 2
    while many < _MOST and lower_bound(int(rate * many), many, confidence) < aim:
        few, many = many, many * 2
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if lower_bound(int(rate * middle), middle, confidence) >= aim else (middle, many)
    return f"; at this rate about {many} would decide" if many < _MOST else ""
