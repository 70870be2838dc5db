"""Did two samples come from one distribution: kernel statistics within blocks, and one permutation of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import comb, exp, lgamma
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "Block",
    "TwoSample",
    "arrangements",
    "call_labels",
    "chi_square",
    "mmd2",
    "omnibus",
    "shift",
    "two_sample",
    "within",
]

PERMUTATIONS = 1999
_ENOUGH = 10
_POWER = 0.84  # the standard normal's quantile of 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The pooled draws of one prompt, baseline and fresh, as the statistics see them.

    ``fresh`` (n,) says which draws are fresh; labels are permuted within a block only. ``grams`` are (n, n) kernels,
    ``categories`` (n,) numbers of what is equal, ``features`` (n, d) rows that are comparable between blocks (their
    mean difference is summed over the blocks before it is squared). ``sessions`` (n,) name the session of each draw.
    """

    fresh: NDArray[np.bool_]
    grams: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    categories: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    features: Mapping[str, NDArray[np.floating]] = field(default_factory=dict)
    sessions: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class TwoSample:
    """A permutation test: its p-value, and by how many standard deviations each statistic exceeds its permutations.

    ``p`` is never below ``smallest``. ``detectable`` is the share of fresh draws that would have to be replaced by
    draws unlike any other for a power of about 0.8, above 1 where more draws are needed; None where nothing varies.
    """

    p: float
    z: Mapping[str, float] = field(default_factory=dict)
    permutations: int = 0
    smallest: float = 1.0
    detectable: float | None = None

    @property
    def strongest(self) -> str:
        """The statistic that stands out most; empty when none varies."""
        return max(self.z, key=lambda name: self.z[name]) if self.z else ""


def two_sample(
    blocks: Sequence[Block],
    *,
    permutations: int = PERMUTATIONS,
    at_most: int = 0,
    alpha: float = 0.05,
    seed: int = 0,
) -> TwoSample:
    """Test whether fresh and baseline draws of every block are exchangeable within their block.

    Each statistic is standardised within its block, summed over the blocks, and standardised by its own permutations;
    their sum is compared with that of each permutation: p = (1 + #{T_b >= T}) / (1 + B), which is valid for
    exchangeable draws (Phipson and Smyth 2010). With ``at_most`` above ``permutations``, a test that fewer than ten
    permutations exceed is done again with that many, so that a small p-value is resolved where many are corrected for
    (after Besag and Clifford 1991).
    """
    found = _permuted(blocks, permutations, alpha, seed)
    if at_most > permutations and found.p * (1 + permutations) < 1 + _ENOUGH:
        return _permuted(blocks, at_most, alpha, seed + 1)
    return found


def _permuted(blocks: Sequence[Block], permutations: int, alpha: float, seed: int) -> TwoSample:
    import numpy as np

    rng = np.random.default_rng(seed)
    sums: dict[str, NDArray[np.float64]] = {}
    shifts: dict[str, NDArray[np.float64]] = {}
    moved: dict[str, NDArray[np.float64]] = {}
    centre: dict[str, NDArray[np.float64]] = {}
    ways = 0.0
    alike: list[tuple[int, int]] = []
    for block in blocks:
        labels = call_labels(block.fresh, permutations, rng)
        size, many = len(block.fresh), int(block.fresh.sum())
        # Two draws of one side each are told apart by no kernel, which is symmetric.
        ways += _log_comb(size, many) if size > 2 or block.features else 0.0
        if size > 2 and all(gram.min() == gram.max() for gram in block.grams.values()):
            alike.append((size - many, many))
        for name, values, scale in within(block, labels):
            sums[name] = sums.get(name, 0.0) + values
            moved[name] = moved.get(name, 0.0) + _replacement(block, name) / scale
        for name, rows in block.features.items():
            moves = shift(rows, labels)
            shifts[name] = np.add(shifts[name], moves, out=moves) if name in shifts else moves
            # As if the replaced draws had none of these features: the least that can be said of unlike ones.
            centre[name] = centre.get(name, 0.0) + rows.mean(axis=0) * block.fresh.sum() * (1 - block.fresh.mean())
    sums |= {name: (values**2).sum(axis=1) for name, values in shifts.items()}
    moved |= {name: np.array([0.0, (row**2).sum()]) for name, row in centre.items()}
    p, z = omnibus(sums)
    smallest = max(1 / (1 + permutations), exp(-min(ways, 700.0)))
    shares = [_detectable(sums, moved, sum(int(block.fresh.sum()) for block in blocks), alpha)]
    shares.append(_detectable_in(alike, alpha))
    return TwoSample(p, z, permutations, smallest, min((share for share in shares if share is not None), default=None))


def omnibus(statistics: Mapping[str, NDArray[np.float64]]) -> tuple[float, dict[str, float]]:
    """Return the p-value of the sum of standardised statistics, and each statistic's standardised value.

    Each statistic is (1 + B,), the observed one first, all over the same permutations, whose mean and deviation it is
    standardised by. One that does not vary says nothing and is left out.
    """
    import numpy as np

    scaled = {name: values for name, given in statistics.items() if (values := standardised(given)[0]) is not None}
    if not scaled:
        return 1.0, {}
    total = np.sum(list(scaled.values()), axis=0)
    # Equal arrangements that were summed in another order may differ in their last bits; they are ties.
    p = float(np.mean(total >= total[0] - 1e-9))
    return p, {name: float(values[0]) for name, values in scaled.items()}


def standardised(values: NDArray[np.float64]) -> tuple[NDArray[np.float64] | None, float]:
    """Return the values less their mean over their deviation, and that deviation; None when they do not vary."""
    import numpy as np

    deviation = float(values.std())
    if deviation <= 1e-9 * max(1.0, float(np.abs(values).max())):
        return None, 0.0
    return (values - values.mean()) / deviation, deviation


def call_labels(fresh: NDArray[np.bool_], permutations: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return (1 + B, n) labels, one for fresh: the observed ones first, then random permutations of them."""
    import numpy as np

    labels = np.tile(fresh.astype(np.float32), (1 + permutations, 1))
    labels[1:] = rng.permuted(labels[1:], axis=1)
    return labels


def arrangements(fresh: NDArray[np.bool_], permutations: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return every arrangement of the labels, the observed one first, or random ones when there are more than 1 + B."""
    from itertools import combinations

    import numpy as np

    size, chosen = len(fresh), int(fresh.sum())
    if comb(size, chosen) > permutations + 1:
        return call_labels(fresh, permutations, rng)
    first = tuple(np.flatnonzero(fresh).tolist())
    every = [first, *(places for places in combinations(range(size), chosen) if places != first)]
    labels = np.zeros((len(every), size), np.float32)
    for row, places in zip(labels, every, strict=True):
        row[list(places)] = 1.0
    return labels


def within(block: Block, labels: NDArray[np.floating]) -> Iterator[tuple[str, NDArray[np.float64], float]]:
    """Yield each statistic of one block by name: standardised over the (1 + B, n) labels, and its deviation."""
    named = [(name, mmd2(gram, labels)) for name, gram in block.grams.items()]
    named += [(name, chi_square(numbers, labels)) for name, numbers in block.categories.items()]
    for name, values in named:
        scaled, deviation = standardised(values)
        if scaled is not None:
            yield name, scaled, deviation


def mmd2(gram: NDArray[np.float64], labels: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the unbiased squared maximum mean discrepancy of each row of (B, n) labels, all by matrix products.

    Gretton et al. (2012), "A kernel two-sample test". A side of one draw has no pairs of its own and adds no term; a
    labelling that leaves a side empty gives 0.
    """
    import numpy as np

    kernel = gram - np.diag(np.diag(gram))
    labels = labels.astype(np.float64)
    fresh = labels.sum(axis=1)
    base = labels.shape[1] - fresh
    yy = ((labels @ kernel) * labels).sum(axis=1)
    zr = labels @ kernel.sum(axis=1)
    xy, xx = zr - yy, kernel.sum() - 2 * zr + yy
    found = _ratio(xx, base * (base - 1)) + _ratio(yy, fresh * (fresh - 1)) - 2 * _ratio(xy, base * fresh)
    return np.where((fresh > 0) & (base > 0), found, 0.0)


def chi_square(numbers: NDArray[np.int64], labels: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return Pearson's chi-square of (n,) categories against each row of (B, n) labels."""
    import numpy as np

    onehot = np.eye(int(numbers.max()) + 1)[numbers]
    totals = onehot.sum(axis=0)
    share = labels.astype(np.float64).mean(axis=1)[:, None]
    found = (labels @ onehot - totals * share) ** 2 / (totals * np.maximum(share * (1 - share), 1e-12))
    return np.asarray(found.sum(axis=1))


def shift(rows: NDArray[np.floating], labels: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return (B, d) mean differences, fresh less baseline, times the harmonic weight N M / (N + M) of the block."""
    size = labels.shape[1]
    fresh = labels.sum(axis=1, keepdims=True)
    # N M / (N + M) (sum_y / M - sum_x / N) is the sum over fresh draws of the centred rows.
    centred = rows - rows.mean(axis=0)
    found: NDArray[np.float64] = labels.astype(rows.dtype, copy=False) @ centred
    found[((fresh == 0) | (fresh == size))[:, 0]] = 0.0
    return found


def _replacement(block: Block, name: str) -> NDArray[np.float64]:
    """Return by how much a statistic grows with the share D of replaced fresh draws: its factors of D and of D^2.

    A replaced draw has kernel 0 with every other, and the others their mean kernel k. With one fresh draw the unbiased
    statistic gains 2 D k, with several D^2 k (and more when the new draws are like each other).
    """
    import numpy as np

    gram = block.grams.get(name)
    if gram is None or gram.min() < 0:
        return np.zeros(2)
    size = len(gram)
    mean = (gram.sum() - gram.trace()) / (size * (size - 1))
    return np.array([2 * mean, 0.0]) if block.fresh.sum() == 1 else np.array([0.0, mean])


def _detectable(
    sums: Mapping[str, NDArray[np.float64]], moved: Mapping[str, NDArray[np.float64]], fresh: int, alpha: float
) -> float | None:
    """Return the least share of replaced draws, of ``fresh``, that lifts the omnibus over its quantile; 3 at most."""
    import numpy as np

    scaled = {name: standardised(values) for name, values in sums.items()}
    telling = {name: values for name, (values, _) in scaled.items() if values is not None}
    if not telling:
        return None
    total = np.sum(list(telling.values()), axis=0)
    linear, square = np.sum([moved[name] / scaled[name][1] for name in telling], axis=0)
    shares = np.linspace(0.01, 3.0, 300)
    chance = np.clip(shares * (1 - shares), 0, None) / fresh * (linear + 2 * square * shares) ** 2
    needed = np.quantile(total[1:], 1 - alpha) + _POWER * np.sqrt(total.var() + chance)
    enough = linear * shares + square * shares**2 >= needed
    return float(shares[enough.argmax()]) if enough.any() else None


def _detectable_in(alike: Sequence[tuple[int, int]], alpha: float) -> float | None:
    """Return the detectable share among blocks (N, M) whose draws are all alike.

    There c replaced draws, all of them fresh, have a p-value near (M / (N + M))^c, and are as many as a binomial says.
    """
    import numpy as np
    from scipy.special import bdtrc

    if not alike:
        return None
    base, fresh = (sum(sizes) for sizes in zip(*alike, strict=True))
    needed = int(np.ceil(np.log(alpha) / np.log(fresh / (base + fresh))))
    shares = np.linspace(0.01, 1.0, 100)
    enough = np.asarray(bdtrc(needed - 1, fresh, shares) >= 0.8)
    return float(shares[enough.argmax()]) if enough.any() else None


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _log_comb(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
