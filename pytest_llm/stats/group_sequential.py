"""A permutation test with a planned number of looks: nearly the power of the fixed test, and it may stop early."""

from __future__ import annotations

from math import e, log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["pocock_spending", "stopped_at"]


def pocock_spending(fraction: float, alpha: float) -> float:
    """Return the error spent when this fraction of the data is in: alpha ln(1 + (e - 1) t).

    Lan and DeMets (1983), "Discrete sequential boundaries for clinical trials", in the form after Pocock.
    """
    return alpha * log(1 + (e - 1) * fraction)


def stopped_at(paths: NDArray[np.float64], fractions: list[float], alpha: float) -> int | None:
    """Return the look (from 1) at which the observed path is rejected, None when at none.

    ``paths`` (1 + B, looks) are a statistic at each look for the observed labels (first) and for the same permutations
    throughout. At each look, as many of the paths that are still running are stopped, the largest first, as the
    spending allows; ties stop together or not at all. Exact under exchangeability: the observed path is one of 1 + B.
    """
    import numpy as np

    running = np.ones(len(paths), bool)
    spent = 0
    for look, fraction in enumerate(fractions):
        allowed = int(np.floor(pocock_spending(fraction, alpha) * len(paths) + 1e-9)) - spent
        values = np.where(running, paths[:, look], -np.inf)
        larger = int((values >= values[0] - 1e-9).sum())
        if larger <= allowed:
            return look + 1
        # The boundary is the value that at most ``allowed`` running paths reach.
        order = np.sort(values[running])[::-1]
        bound = order[allowed] if allowed < len(order) else -np.inf
        stop = running & (paths[:, look] > bound + 1e-9)
        spent += int(stop.sum())
        running &= ~stop
    return None
