"""What n trials say of k: the unbiased estimators pass@k and pass^k."""

from __future__ import annotations

from math import comb

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.checks import check_counts

__all__ = ["pass_at_k", "pass_hat_k"]


def pass_at_k(n: int, c: int, k: int) -> float:
    """Return the chance that at least one of k trials passes, from n trials of which c passed.

    ``1 - C(n - c, k) / C(n, k)``, unbiased for k <= n (Chen et al. 2021, "Evaluating large language models trained on
    code"). Raises ``ConfigurationError`` for k outside 1..n, since n trials cannot say what more would do.
    """
    _check_k(n, c, k)
    return 1 - comb(n - c, k) / comb(n, k)


def pass_hat_k(n: int, c: int, k: int) -> float:
    """Return the chance that all of k trials pass, from n trials of which c passed.

    ``C(c, k) / C(n, k)``, unbiased for k <= n (Yao et al. 2024, "tau-bench"). Raises as ``pass_at_k``.
    """
    _check_k(n, c, k)
    return comb(c, k) / comb(n, k)


def _check_k(n: int, c: int, k: int) -> None:
    check_counts(c, n)
    if k != int(k) or not 1 <= k <= n:
        raise ConfigurationError(
            f"k must be from 1 to the number of trials, {n}, and is {k!r}. Take at least k trials."
        )
