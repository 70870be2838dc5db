"""Rank tests of scores, one tail at a time."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["rank_sum_tails", "signed_rank_tails"]

_EXACT_RANKS = 50
_DIGITS = 12  # beyond them equal scores differ by how they were computed


def signed_rank_tails(differences: Sequence[float]) -> tuple[float, float]:
    """Return the p-values of signed ranks (Wilcoxon 1945) as high and as low as these, for a symmetric distribution.

    Exact up to 50 differences that are not 0, ties included: over all signs of the ranks at hand. Beyond, the normal
    approximation of scipy. Without any such difference both are 1.
    """
    changed = [one for one in (round(one, _DIGITS) for one in differences) if one != 0]
    if not changed:
        return 1.0, 1.0
    import numpy as np
    from scipy.stats import rankdata, wilcoxon

    if len(changed) > _EXACT_RANKS:
        higher, lower = (wilcoxon(changed, alternative=side).pvalue for side in ("greater", "less"))
        return float(higher), float(lower)
    doubled = np.rint(2 * rankdata(np.abs(changed))).astype(int)  # whole numbers where ties share a rank
    ways = np.zeros(doubled.sum() + 1)
    ways[0] = 1.0
    for rank in doubled:
        ways[rank:] = ways[rank:] + ways[:-rank]
    observed = int(doubled[np.array(changed) > 0].sum())
    share = 0.5 ** len(changed)
    return float(ways[observed:].sum()) * share, float(ways[: observed + 1].sum()) * share


def rank_sum_tails(before: Sequence[float], after: Sequence[float]) -> tuple[float, float]:
    """Return the p-values of after over before as high and as low as this (Mann & Whitney 1947), by scipy."""
    from scipy.stats import mannwhitneyu

    old, new = ([round(one, _DIGITS) for one in values] for values in (before, after))
    if len({*old, *new}) == 1:
        return 1.0, 1.0
    higher, lower = (mannwhitneyu(new, old, alternative=side).pvalue for side in ("greater", "less"))
    return float(higher), float(lower)
