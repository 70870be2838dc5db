"""Two samples of the same cases, before and after a change."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, fmean
from typing import Literal

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.checks import check_pairs, check_probability, check_values
from pytest_llm.stats.intervals import Interval, mean_interval
from pytest_llm.stats.student import one_sided_p, standard_error, two_sided_p

__all__ = ["Difference", "NoWorse", "Verdict", "mcnemar", "no_worse", "paired_difference", "wilcoxon"]

Verdict = Literal["no worse", "worse", "undecided"]

_EXACT_RANKS = 50


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
    """Whether the after is worse than the before by no more than a margin; "undecided" asks for more cases."""

    verdict: Verdict
    margin: float
    p: float
    difference: Difference


def mcnemar(b: int, c: int) -> float:
    """Return the exact two-sided p-value of McNemar's test (1947): a sign test of the discordant cases.

    ``b`` cases passed before and not after, ``c`` the other way round; cases that did not change tell nothing.
    """
    for name, count in (("b", b), ("c", c)):
        if count != int(count) or count < 0:
            raise ConfigurationError(f"{name} must be a whole number of discordant cases, and is {count!r}.")
    if b == c:
        return 1.0
    from scipy.special import bdtr

    return min(1.0, 2 * float(bdtr(min(b, c), b + c, 0.5)))


def wilcoxon(differences: Sequence[float]) -> float:
    """Return the two-sided p-value of Wilcoxon's signed-rank test (1945) of differences of the same cases.

    Exact up to 50 cases that changed, ties included (the distribution over all signs of the ranks at hand); beyond, the
    normal approximation of scipy. Cases that did not change are left out; if none changed, p is 1.
    """
    changed = [one for one in check_values("differences", differences) if one != 0]
    if not changed:
        return 1.0
    import numpy as np
    from scipy.stats import rankdata
    from scipy.stats import wilcoxon as asymptotic

    if len(changed) > _EXACT_RANKS:
        return float(asymptotic(changed).pvalue)
    doubled = np.rint(2 * rankdata(np.abs(changed))).astype(int)  # whole numbers where ties share a rank
    ways = np.zeros(doubled.sum() + 1)
    ways[0] = 1.0
    for rank in doubled:
        ways[rank:] = ways[rank:] + ways[:-rank]
    observed = int(doubled[np.array(changed) > 0].sum())
    lesser = min(observed, len(ways) - 1 - observed)
    return min(1.0, float(ways[: lesser + 1].sum()) * 2.0 ** (1 - len(changed)))


def paired_difference(
    before: Sequence[float],
    after: Sequence[float],
    *,
    confidence: float = 0.95,
    clusters: Sequence[Hashable] | None = None,
) -> Difference:
    """Return the mean of after - before over the same cases with its interval and the p-value of no change.

    Pass/fail outcomes (0, 1, False, True): exact McNemar test and the score interval of Tango (1998). Scores:
    Wilcoxon's signed-rank test and Student's interval. With ``clusters`` (one label a pair, where several trials share
    a case): the clustered standard error of Miller (2024) for both. Raises ``ConfigurationError`` for sequences of
    different lengths.
    """
    check_probability("confidence", confidence)
    old, new = check_pairs(before, after)
    differences = [two - one for one, two in zip(old, new, strict=True)]
    mean, n = fmean(differences), len(differences)
    if clusters is not None:
        error, freedom = standard_error(differences, clusters)
        interval = mean_interval(differences, confidence, clusters=clusters)
        return Difference(mean, interval, two_sided_p(mean, error, freedom), "t", n)
    if {*old, *new} <= {0.0, 1.0}:
        lost, gained = differences.count(-1.0), differences.count(1.0)
        return Difference(mean, tango(lost, gained, n, confidence), mcnemar(lost, gained), "McNemar", n)
    interval = mean_interval(differences, confidence)
    return Difference(mean, interval, wilcoxon(differences), "Wilcoxon", n)


def tango(lost: int, gained: int, n: int, confidence: float = 0.95) -> Interval:
    """Return the score interval of a difference of paired rates, gained/n - lost/n (Tango 1998)."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    mean = (gained - lost) / n
    low = _root(lambda at: tango_z(lost, gained, n, at) > z, -1.0, mean)
    high = _root(lambda at: tango_z(lost, gained, n, at) >= -z, mean, 1.0)
    return Interval(low, high, confidence)


def tango_z(lost: int, gained: int, n: int, difference: float) -> float:
    """Return Tango's score statistic of the hypothesis that the difference of paired rates is ``difference``."""
    excess = gained - lost - n * difference
    if excess == 0:
        return 0.0
    # The likelihood of the share of losses, given the difference, is greatest at the root of a quadratic.
    b = difference * (2 * n + lost - gained) - lost - gained
    c = -lost * difference * (1 - difference)
    share = (sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)
    variance = n * (2 * share + difference * (1 - difference))
    return excess / sqrt(variance) if variance > 0 else (1 if excess > 0 else -1) * float("inf")


def no_worse(before: Sequence[float], after: Sequence[float], margin: float, confidence: float = 0.95) -> NoWorse:
    """Return whether the after is worse than the before, over the same cases, by no more than ``margin``.

    A test of non-inferiority: "no worse" when the data rule out, at one-sided ``confidence``, a fall of the mean by
    ``margin`` or more; "worse" when they rule out a lesser one. Pass/fail outcomes by the score statistic of Tango
    (1998), scores by Student's t. Raises ``ConfigurationError`` for a margin outside (0, 1) or sequences of different
    lengths.
    """
    check_probability("margin", margin)
    difference = paired_difference(before, after, confidence=confidence)
    if difference.test == "McNemar":
        changes = [float(two) - float(one) for one, two in zip(before, after, strict=True)]
        z = tango_z(changes.count(-1.0), changes.count(1.0), len(changes), -margin)
        p = NormalDist().cdf(-z)
    else:
        error, freedom = standard_error([float(two) - float(one) for one, two in zip(before, after, strict=True)])
        p = one_sided_p(difference.mean + margin, error, freedom)
    return NoWorse(verdict_of(p, confidence), margin, p, difference)


def verdict_of(p: float, confidence: float) -> Verdict:
    """Return the verdict of the one-sided p-value of "worse by the margin or more"."""
    if p <= 1 - confidence:
        return "no worse"
    return "worse" if p >= confidence else "undecided"


def _root(holds: Callable[[float], bool], low: float, high: float) -> float:
    """Return where a condition that holds below and fails above turns."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return (low + high) / 2
