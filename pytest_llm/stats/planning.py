"""How many trials a question needs, and what a number of trials can tell."""

from __future__ import annotations

from math import ceil, log, sqrt
from statistics import NormalDist

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.checks import check_counts, check_probability

__all__ = ["detectable_drop", "least_trials", "pairs_for_drop", "trials_for_drop"]


def least_trials(rate: float, confidence: float = 0.95) -> int:
    """Return the fewest trials that could ever show "the rate is at least this": all of them passing.

    ``ln(1 - confidence) / ln(rate)``, from the exact lower bound of n in n: 29 for 0.90, 59 for 0.95, 299 for 0.99.
    """
    check_probability("rate", rate)
    check_probability("confidence", confidence)
    return ceil(log(1 - confidence) / log(rate) - 1e-9)


def trials_for_drop(drop: float, rate: float, power: float = 0.8, confidence: float = 0.95) -> int:
    """Return the trials *a side* with which a fall from ``rate`` by ``drop`` shows, in two samples of different cases.

    The two-sided test of two rates by the normal approximation (Fleiss, Levin & Paik 2003, section 4.2): 141 for 0.95
    against 0.85 at a power of 80 %. Raises ``ConfigurationError`` where ``drop`` is not between 0 and ``rate``.
    """
    _check_drop(drop, rate, "rate")
    alpha, beta = _quantiles(power, confidence)
    after, middle = rate - drop, rate - drop / 2
    spread = alpha * sqrt(2 * middle * (1 - middle)) + beta * sqrt(rate * (1 - rate) + after * (1 - after))
    return ceil((spread / drop) ** 2)


def detectable_drop(n: int, rate: float, power: float = 0.8, confidence: float = 0.95) -> float | None:
    """Return the smallest fall from ``rate`` that n trials a side show with this power, or None if none would.

    The inverse of ``trials_for_drop``.
    """
    check_counts(0, n)
    check_probability("rate", rate)
    low, high = 0.0, rate * (1 - 1e-9)
    if trials_for_drop(high, rate, power, confidence) > n:
        return None
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if trials_for_drop(middle, rate, power, confidence) <= n else (middle, high)
    return high


def pairs_for_drop(drop: float, discordance: float, power: float = 0.8, confidence: float = 0.95) -> int:
    """Return the cases, each asked before and after, with which the exact McNemar test shows a fall by ``drop``.

    ``discordance`` is the share of cases whose outcome changes either way, at least ``drop``. The power is exact: the
    sum over the number of discordant cases of the power of their sign test.
    """
    _check_drop(drop, discordance, "discordance", closed=True)
    alpha, beta = _quantiles(power, confidence)
    n = ceil(((alpha * sqrt(discordance) + beta * sqrt(discordance - drop**2)) / drop) ** 2)
    while _mcnemar_power(n, drop, discordance, confidence) < power:
        n += 1
    return n


def _mcnemar_power(n: int, drop: float, discordance: float, confidence: float) -> float:
    import numpy as np
    from scipy.special import bdtr, bdtrik

    error, gaining = (1 - confidence) / 2, (discordance - drop) / (2 * discordance)
    discordant = np.arange(1, n + 1)
    shares = np.diff(bdtr(np.arange(n + 1), n, discordance))
    # The most gains among the discordant cases that are still too few for chance; below 0 where no number is.
    most = np.floor(np.nan_to_num(bdtrik(error, discordant, 0.5), nan=-1.0))
    most += bdtr(most + 1, discordant, 0.5) <= error
    most -= np.where(most >= 0, bdtr(np.maximum(most, 0), discordant, 0.5) > error, 0)
    return float((shares * np.where(most < 0, 0.0, bdtr(np.maximum(most, 0), discordant, gaining))).sum())


def _check_drop(drop: float, most: float, name: str, *, closed: bool = False) -> None:
    check_probability(name, most)
    if not (0 < drop < most or (closed and drop == most)):
        raise ConfigurationError(f"drop must be between 0 and {name} = {most!r}, and is {drop!r}.")


def _quantiles(power: float, confidence: float) -> tuple[float, float]:
    check_probability("power", power)
    check_probability("confidence", confidence)
    return NormalDist().inv_cdf((1 + confidence) / 2), NormalDist().inv_cdf(power)
