"""Student's t: the interval of a mean and the p-values of it, from a standard error and its degrees of freedom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from math import sqrt
from statistics import fmean

from pytest_llm.errors import ConfigurationError

__all__ = ["half_width", "one_sided_p", "standard_error", "two_sided_p"]


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
    if error == 0:
        return 0.5 if excess == 0 else float(excess < 0)
    from scipy.special import stdtr

    return float(stdtr(freedom, -excess / error))


def two_sided_p(difference: float, error: float, freedom: float) -> float:
    """Return the chance of a difference as far from 0 as this where there is none."""
    return min(1.0, 2 * one_sided_p(abs(difference), error, freedom))
