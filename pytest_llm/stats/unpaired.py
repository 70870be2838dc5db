"""Two samples of different cases."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import fmean

from pytest_llm.stats.checks import check_probability
from pytest_llm.stats.difference import Difference, NoWorse
from pytest_llm.stats.intervals import Interval, wilson
from pytest_llm.stats.noninferiority import unpaired_score_tails, unpaired_tails
from pytest_llm.stats.student import half_width, two_sided_p, welch_error

__all__ = ["newcombe", "no_worse_rates", "no_worse_scores", "rate_difference", "score_difference"]


def newcombe(before: tuple[int, int], after: tuple[int, int], confidence: float = 0.95) -> Interval:
    """Return the interval of a difference of two rates, after - before, each as (successes, n).

    Newcombe's hybrid score interval (1998, method 10): the Wilson bounds of both, added in squares.
    """
    (one, n), (two, m) = before, after
    old, new = wilson(one, n, confidence), wilson(two, m, confidence)
    p, q = one / n, two / m
    low = q - p - sqrt((q - new.low) ** 2 + (old.high - p) ** 2)
    return Interval(low, q - p + sqrt((new.high - q) ** 2 + (p - old.low) ** 2), confidence)


def rate_difference(before: tuple[int, int], after: tuple[int, int], *, confidence: float = 0.95) -> Difference:
    """Return the difference of two rates of different cases, (successes, n) each: Newcombe's interval, Fisher's p."""
    import numpy as np
    from scipy.stats import fisher_exact

    interval = newcombe(before, after, confidence)
    (one, n), (two, m) = before, after
    p = float(fisher_exact(np.array([[one, n - one], [two, m - two]])).pvalue)
    return Difference(two / m - one / n, interval, p, "Fisher", n + m)


def score_difference(before: Sequence[float], after: Sequence[float], *, confidence: float = 0.95) -> Difference:
    """Return the difference of two means of different cases by Welch's unequal-variances t (1947)."""
    check_probability("confidence", confidence)
    error, freedom = welch_error(before, after)
    mean, half = fmean(after) - fmean(before), half_width(error, freedom, confidence)
    interval = Interval(mean - half, mean + half, confidence)
    return Difference(mean, interval, two_sided_p(mean, error, freedom), "Welch", len(before) + len(after))


def no_worse_rates(before: tuple[int, int], after: tuple[int, int], margin: float, confidence: float = 0.95) -> NoWorse:
    """Compare two rates of different cases or draws, each as (successes, n), as ``no_worse`` does.

    By the difference over its standard error with a success and a failure added to each sample (Agresti & Caffo 2000),
    up to 250 trials a side with its exact distribution at the rates that are the worst for it.
    """
    check_probability("margin", margin)
    difference = rate_difference(before, after, confidence=confidence)
    return NoWorse.of(difference, margin, unpaired_tails(before, after, margin))


def no_worse_scores(
    before: Sequence[float], after: Sequence[float], margin: float, confidence: float = 0.95
) -> NoWorse:
    """Compare the mean scores of different cases or draws, as ``no_worse`` does: Welch's t and Mann-Whitney."""
    check_probability("margin", margin)
    difference = score_difference(before, after, confidence=confidence)
    return NoWorse.of(difference, margin, unpaired_score_tails(before, after, margin))
