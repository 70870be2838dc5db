"""How surely the after is not worse than the before by a margin, by exact distributions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import NormalDist, fmean
from typing import TYPE_CHECKING, Any

from pytest_llm.stats.checks import check_counts
from pytest_llm.stats.ranks import rank_sum_tails, signed_rank_tails
from pytest_llm.stats.score import tango_z
from pytest_llm.stats.student import one_sided_p, standard_error, welch_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["caffo_z", "paired_score_tails", "paired_tails", "unpaired_score_tails", "unpaired_tails"]

_EXACT_PAIRS = 250
_EXACT_TRIALS = 250
_NUISANCES = 200


def paired_tails(lost: int, gained: int, n: int, margin: float) -> tuple[float, float]:
    """Return the p-values of "worse by the margin or more" and "or less", of pairs that were lost and gained."""
    import numpy as np
    from scipy.special import gammaln, xlogy

    observed = float(tango_z(lost, gained, n, -margin))
    if n > _EXACT_PAIRS:
        return NormalDist().cdf(-observed), NormalDist().cdf(observed)
    losses, gains = (one[np.add.outer(np.arange(n + 1), np.arange(n + 1)) <= n] for one in np.indices((n + 1, n + 1)))
    same = n - losses - gains
    ways = gammaln(n + 1) - gammaln(losses + 1) - gammaln(gains + 1) - gammaln(same + 1)

    def chances(share: float) -> NDArray[Any]:
        gain = max(0.0, share - margin)
        logs = xlogy(losses, share) + xlogy(gains, gain) + xlogy(same, max(0.0, 1 - share - gain))
        return np.asarray(np.exp(ways + logs))

    return _worst_tails(tango_z(losses, gains, n, -margin), observed, chances, margin, (1 + margin) / 2)


def unpaired_tails(before: tuple[int, int], after: tuple[int, int], margin: float) -> tuple[float, float]:
    """Return the p-values of "worse by the margin or more" and "or less", of two rates as (successes, n)."""
    import numpy as np
    from scipy.special import bdtr

    (one, n), (two, m) = before, after
    check_counts(one, n)
    check_counts(two, m)
    observed = float(caffo_z(one, n, two, m, margin))
    if max(n, m) > _EXACT_TRIALS:
        return NormalDist().cdf(-observed), NormalDist().cdf(observed)
    table = caffo_z(np.arange(n + 1)[:, None], n, np.arange(m + 1)[None, :], m, margin)

    def chances(rate: float) -> NDArray[Any]:
        old = np.diff(bdtr(np.arange(n + 1), n, rate), prepend=0.0)
        new = np.diff(bdtr(np.arange(m + 1), m, max(0.0, rate - margin)), prepend=0.0)
        return np.outer(old, new)

    return _worst_tails(table, observed, chances, margin, 1.0)


def paired_score_tails(changes: Sequence[float], margin: float) -> tuple[float, float]:
    """Return the p-values of "worse by the margin or more" and "or less", of the changes of scores."""
    error, freedom = standard_error(changes)
    excess = fmean(changes) + margin
    higher, lower = signed_rank_tails([one + margin for one in changes])
    return max(higher, one_sided_p(excess, error, freedom)), max(lower, one_sided_p(-excess, error, freedom))


def unpaired_score_tails(before: Sequence[float], after: Sequence[float], margin: float) -> tuple[float, float]:
    """Return the p-values of "worse by the margin or more" and "or less", of scores of different cases."""
    error, freedom = welch_error(before, after)
    excess = fmean(after) - fmean(before) + margin
    higher, lower = rank_sum_tails(before, [one + margin for one in after])
    return max(higher, one_sided_p(excess, error, freedom)), max(lower, one_sided_p(-excess, error, freedom))


def caffo_z(one: Any, n: int, two: Any, m: int, margin: float) -> Any:
    """Return the excess of a difference of rates over -margin, in standard errors of Agresti & Caffo (2000)."""
    old, new = (one + 1) / (n + 2), (two + 1) / (m + 2)
    return (new - old + margin) / (old * (1 - old) / (n + 2) + new * (1 - new) / (m + 2)) ** 0.5


def _worst_tails(
    table: NDArray[Any], observed: float, chances: Callable[[float], NDArray[Any]], low: float, high: float
) -> tuple[float, float]:
    """Return the greatest chances of a statistic as high and as low as the observed, over what is not known."""
    import numpy as np

    higher, lower = table >= observed - 1e-9, table <= observed + 1e-9
    tails = [
        (float(one[higher].sum()), float(one[lower].sum())) for one in map(chances, np.linspace(low, high, _NUISANCES))
    ]
    return min(1.0, max(above for above, _ in tails)), min(1.0, max(below for _, below in tails))
