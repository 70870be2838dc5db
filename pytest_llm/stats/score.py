"""The score statistic of a difference of paired rates, and its interval."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist
from typing import Any

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.checks import check_probability
from pytest_llm.stats.intervals import Interval

__all__ = ["tango", "tango_z"]


def tango(lost: float, gained: float, n: int, confidence: float = 0.95) -> Interval:
    """Return the score interval of a difference of paired rates, ``(gained - lost) / n`` (Tango 1998).

    ``lost`` and ``gained`` count the pairs that changed for the worse and for the better; what changed by half is half.
    """
    check_probability("confidence", confidence)
    if lost < 0 or gained < 0 or not 0 < n >= lost + gained:
        raise ConfigurationError(f"{lost!r} lost and {gained!r} gained cannot be of {n!r} pairs.")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    mean = (gained - lost) / n
    low = _root(lambda at: float(tango_z(lost, gained, n, at)) > z, -1.0, mean)
    high = _root(lambda at: float(tango_z(lost, gained, n, at)) >= -z, mean, 1.0)
    return Interval(low, high, confidence)


def tango_z(lost: Any, gained: Any, n: int, difference: float) -> Any:
    """Return Tango's score statistic of the hypothesis that the difference of paired rates is ``difference``.

    ``lost`` and ``gained`` are counts of pairs or arrays of them; what is returned has their shape.
    """
    import numpy as np

    excess = gained - lost - n * difference
    # The likelihood of the share of losses, given the difference, is greatest at the root of a quadratic.
    b = difference * (2 * n + lost - gained) - lost - gained
    c = -lost * difference * (1 - difference)
    share = (np.sqrt(np.maximum(0.0, b * b - 8 * n * c)) - b) / (4 * n)
    variance = np.maximum(0.0, n * (2 * share + difference * (1 - difference)))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(excess == 0, 0.0, excess / np.sqrt(variance))


def _root(holds: Callable[[float], bool], low: float, high: float) -> float:
    """Return where a condition that holds below and fails above turns."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return (low + high) / 2
