"""Two samples of the same cases, before and after a change."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from statistics import fmean

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.checks import check_pairs, check_probability, check_values
from pytest_llm.stats.difference import Difference, NoWorse
from pytest_llm.stats.intervals import mean_interval
from pytest_llm.stats.noninferiority import paired_score_tails, paired_tails
from pytest_llm.stats.ranks import signed_rank_tails
from pytest_llm.stats.score import tango
from pytest_llm.stats.student import standard_error, two_sided_p

__all__ = ["mcnemar", "no_worse", "paired_difference", "wilcoxon"]


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
    return min(1.0, 2 * min(signed_rank_tails(check_values("differences", differences))))


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
    check_values("before", old, least=2)
    interval = mean_interval(differences, confidence)
    return Difference(mean, interval, wilcoxon(differences), "Wilcoxon", n)


def no_worse(before: Sequence[float], after: Sequence[float], margin: float, confidence: float = 0.95) -> NoWorse:
    """Compare the same cases before and after: "no worse", "worse" by more than ``margin``, or "undecided".

    Pass/fail outcomes by the score statistic of Tango (1998), up to 250 cases with its exact distribution, at the share
    of discordant cases that is the worst for it; fewer than ``least_trials(1 - margin)`` never show "no worse". Scores
    by Student's t and Wilcoxon's signed ranks, which must both say so: the ranks hold for few differences that are
    symmetric, t for many that are not; rare great falls among equal scores need many cases. Each verdict is wrong with
    a probability of at most ``1 - confidence``.

    Raises ``ConfigurationError`` for a margin outside (0, 1) or sequences of different lengths.
    """
    check_probability("margin", margin)
    difference = paired_difference(before, after, confidence=confidence)
    changes = [float(two) - float(one) for one, two in zip(before, after, strict=True)]
    if difference.test == "McNemar":
        tails = paired_tails(changes.count(-1.0), changes.count(1.0), len(changes), margin)
    else:
        tails = paired_score_tails(changes, margin)
    return NoWorse.of(difference, margin, tails)
