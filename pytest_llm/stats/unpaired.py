"""Two samples of different cases."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, variance

from pytest_llm.stats.checks import check_probability, check_values
from pytest_llm.stats.intervals import Interval, wilson
from pytest_llm.stats.paired import Difference
from pytest_llm.stats.student import half_width, two_sided_p

__all__ = ["newcombe", "rate_difference", "score_difference"]


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
    old, new = check_values("before", before, least=2), check_values("after", after, least=2)
    one, two = variance(old) / len(old), variance(new) / len(new)
    freedom = (one + two) ** 2 / (one**2 / (len(old) - 1) + two**2 / (len(new) - 1)) if one + two else 1.0
    mean, error = fmean(new) - fmean(old), sqrt(one + two)
    half = half_width(error, freedom, confidence)
    interval = Interval(mean - half, mean + half, confidence)
    return Difference(mean, interval, two_sided_p(mean, error, freedom), "Welch", len(old) + len(new))
