"""Intervals of a rate, of a mean, and of any statistic by bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, fmean
from typing import Any

from pytest_llm.stats.checks import check_counts, check_probability, check_values
from pytest_llm.stats.student import half_width, standard_error

__all__ = [
    "Interval",
    "bootstrap",
    "clopper_pearson",
    "lower_bound",
    "mean_interval",
    "upper_bound",
    "wilson",
]

_MOST_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Interval:
    """The values that the data do not rule out, at a confidence; ``0.7 in interval`` asks whether a value is one."""

    low: float
    high: float
    confidence: float = 0.95

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def __str__(self) -> str:
        if self.low < 0:
            return self.signed()
        low, high = self._bounds("")
        return f"{self.confidence * 100:g}% CI {low}-{high}"

    def signed(self) -> str:
        """Return the interval as one of a difference: ``95% CI [-0.09, +0.02]``."""
        low, high = self._bounds("+")
        return f"{self.confidence * 100:g}% CI [{low}, {high}]"

    def _bounds(self, sign: str) -> tuple[str, str]:
        """Return both bounds with two decimals; with more where two would close the interval or reach an integer."""
        for decimals in range(2, _MOST_DECIMALS + 1):
            low, high = (f"{round(bound, decimals) + 0.0:{sign}.{decimals}f}" for bound in (self.low, self.high))
            closed = low == high and self.low != self.high
            reached = any(
                float(shown).is_integer() and float(shown) != bound
                for shown, bound in ((low, self.low), (high, self.high))
            )
            if not closed and not reached:
                break
        return low, high


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """Return Wilson's score interval of a rate (Wilson 1927), good on average and for every n; it imports nothing.

    Raises ``ConfigurationError`` when there is no trial, when successes exceed n, or for a confidence outside (0, 1).
    """
    check_counts(successes, n)
    check_probability("confidence", confidence)
    z, share = NormalDist().inv_cdf((1 + confidence) / 2), successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    return Interval(low, 1.0 if successes == n else min(1.0, middle + half), confidence)


def clopper_pearson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """Return the exact interval of a rate (Clopper & Pearson 1934): for every n it covers at its confidence or more."""
    check_probability("confidence", confidence)
    one_sided = (1 + confidence) / 2
    return Interval(lower_bound(successes, n, one_sided), upper_bound(successes, n, one_sided), confidence)


def lower_bound(successes: int, n: int, confidence: float = 0.95) -> float:
    """Return the one-sided exact lower bound of a rate (Clopper & Pearson 1934): "the rate is at least this"."""
    check_counts(successes, n)
    check_probability("confidence", confidence)
    if successes == 0:
        return 0.0
    if successes == n:
        return float((1 - confidence) ** (1 / n))
    from scipy.special import betaincinv

    return float(betaincinv(successes, n - successes + 1, 1 - confidence))


def upper_bound(successes: int, n: int, confidence: float = 0.95) -> float:
    """Return the one-sided exact upper bound of a rate (Clopper & Pearson 1934): "the rate is at most this"."""
    check_counts(successes, n)
    return 1 - lower_bound(n - successes, n, confidence)


def mean_interval(
    values: Sequence[float], confidence: float = 0.95, *, clusters: Sequence[Hashable] | None = None
) -> Interval:
    """Return Student's interval of a mean; with ``clusters`` (one label a value) by the clustered standard error.

    Values of one cluster (several trials of one case) may move together, so that only clusters count as independent
    (Miller 2024, "Adding error bars to evals", with the correction G / (G - 1) for few clusters and G - 1 degrees of
    freedom). Raises ``ConfigurationError`` for less than two values or clusters.
    """
    check_probability("confidence", confidence)
    floats = check_values("values", values, least=2)
    error, freedom = standard_error(floats, clusters)
    mean, half = fmean(floats), half_width(error, freedom, confidence)
    return Interval(mean - half, mean + half, confidence)


def bootstrap(
    values: Sequence[float] | tuple[Sequence[float], ...],
    statistic: Callable[..., Any],
    confidence: float = 0.95,
    *,
    paired: bool = False,
    seed: int = 0,
    resamples: int = 9999,
) -> Interval:
    """Return the bias-corrected and accelerated bootstrap interval (Efron 1987) of any statistic, by scipy.

    ``values`` is one sample or a tuple of samples, which ``statistic`` takes as arrays with an ``axis`` or one resample
    at a time; ``paired`` resamples the places of all samples together. Where BCa is not defined (all values or all
    resamples alike) it is the percentile interval. Equal seeds give equal intervals.
    """
    import warnings

    import numpy as np
    from scipy.stats import DegenerateDataWarning
    from scipy.stats import bootstrap as resampled

    check_probability("confidence", confidence)
    samples = values if isinstance(values, tuple) else (values,)
    data = tuple(np.asarray(check_values("values", one, least=2)) for one in samples)
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        warnings.simplefilter("ignore", DegenerateDataWarning)
        found = resampled(
            data,
            statistic,
            confidence_level=confidence,
            paired=paired,
            method="BCa",
            n_resamples=resamples,
            rng=np.random.default_rng(seed),
        )
    low, high = (float(one) for one in found.confidence_interval)
    if np.isnan(low) or np.isnan(high):
        tail = (1 - confidence) / 2
        low, high = (float(one) for one in np.quantile(found.bootstrap_distribution, (tail, 1 - tail)))
    return Interval(low, high, confidence)
