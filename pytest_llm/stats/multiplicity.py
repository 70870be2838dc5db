"""Many tests at once: which of them may be believed when the share of false alarms is to be held."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.checks import check_probability

__all__ = ["adjusted", "benjamini_hochberg", "e_bh"]


def adjusted(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return the adjusted p-values of Benjamini & Hochberg (1995): the least alpha at which each test is rejected."""
    for place, p in enumerate(p_values):
        if not 0 <= p <= 1:
            raise ConfigurationError(f"p_values[{place}] is {p!r}, and a p-value is from 0 to 1.")
    if not p_values:
        return ()
    from scipy.stats import false_discovery_control

    # It works in the type it is given, and whole numbers would be an error.
    return tuple(float(one) for one in false_discovery_control([float(p) for p in p_values]))


def benjamini_hochberg(p_values: Sequence[float], alpha: float = 0.05) -> tuple[bool, ...]:
    """Return which tests to reject, so that the expected share of false ones among them is at most alpha.

    Holds for tests that are independent or positively dependent (Benjamini & Yekutieli 2001).
    """
    check_probability("alpha", alpha)
    return tuple(one <= alpha for one in adjusted(p_values))


def e_bh(e_values: Sequence[float], alpha: float = 0.05) -> tuple[bool, ...]:
    """Return which tests to reject by their e-values, at most alpha of them falsely, *whatever* their dependence.

    The k tests of the greatest e-values, for the greatest k whose k-th is at least ``m / (alpha k)`` (Wang & Ramdas
    2022).
    """
    check_probability("alpha", alpha)
    for place, e in enumerate(e_values):
        if not e >= 0:
            raise ConfigurationError(f"e_values[{place}] is {e!r}, and an e-value is 0 or more.")
    ranked = sorted(e_values, reverse=True)
    m = len(ranked)
    bars = [m / (alpha * k) for k, e in enumerate(ranked, 1) if e >= m / (alpha * k)]
    return tuple(bool(bars) and e >= bars[-1] for e in e_values)
