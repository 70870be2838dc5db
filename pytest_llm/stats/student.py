"""Student's t: the interval of a mean and the p-values of it, from a standard error and its degrees of freedom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from math import sqrt
from statistics import fmean, variance

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.checks import check_values

__all__ = ["half_width", "one_sided_p", "standard_error", "two_sided_p", "welch_error"]

_NOUGHT = 1e-12


def standard_error(values: Sequence[float], clusters: Sequence[Hashable] | None = None) -> tuple[float, int]:
    """Return the standard error of the mean and its degrees of freedom, clustered if labels are given."""
    labels = range(len(values)) if clusters is None else clusters
    if len(labels) != len(values):
        raise ConfigurationError(f"clusters must hold one label a value: {len(labels)} labels, {len(values)} values.")
    mean, sums = fmean(values), defaultdict[Hashable, float](float)
    for label, value in zip(labels, values, strict=True):
        sums[label] += value - mean
    groups = len(sums)
    if groups < 2:
        raise ConfigurationError(
            "All values are of one cluster, which tells nothing of others. Give two or more cases."
        )
    return sqrt(groups / (groups - 1) * sum(one * one for one in sums.values())) / len(values), groups - 1


def half_width(error: float, freedom: float, confidence: float) -> float:
    """Return half the width of Student's interval."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + confidence) / 2)) * error


def one_sided_p(excess: float, error: float, freedom: float) -> float:
    """Return the chance of an excess as high as this where there is none."""
    if error <= _NOUGHT * max(1.0, abs(excess)):
        # Equal values have no spread to measure by; their signs alone are as unlikely as this.
        return 1.0 if excess <= _NOUGHT else 0.5 ** (freedom + 1)
    from scipy.special import stdtr

    return float(stdtr(freedom, -excess / error))


def two_sided_p(difference: float, error: float, freedom: float) -> float:
    """Return the chance of a difference as far from 0 as this where there is none."""
    return min(1.0, 2 * one_sided_p(abs(difference), error, freedom))


def welch_error(before: Sequence[float], after: Sequence[float]) -> tuple[float, float]:
    """Return the standard error of the difference of two means and its degrees of freedom (Welch 1947)."""
    old, new = check_values("before", before, least=2), check_values("after", after, least=2)
    one, two = variance(old) / len(old), variance(new) / len(new)
    squares = one**2 / (len(old) - 1) + two**2 / (len(new) - 1)
    return sqrt(one + two), (one + two) ** 2 / squares if squares else len(old) + len(new) - 2
