"""The two-sample test with whole sessions permuted, for draws of one session that share a backend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import comb
from typing import TYPE_CHECKING

from pytest_llm.stats.two_sample import Block, TwoSample, arrangements, mmd2, omnibus, shift, standardised

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["sessions_needed", "smallest_p", "two_sample_by_session"]

PERMUTATIONS = 1999


def two_sample_by_session(blocks: Sequence[Block], *, permutations: int = PERMUTATIONS, seed: int = 0) -> TwoSample:
    """Test whether the fresh sessions are exchangeable with the baseline's, whatever is alike within a session.

    The statistics are those of ``two_sample`` on session means, so that two draws of one session are never a pair; a
    session is fresh when its draws are. All arrangements are used when they are no more than ``permutations``. Exact
    when the sessions asked the same; the p-value is never below one over the number of arrangements.
    Permutation of whole exchangeable units: Winkler et al. (2015), "Multi-level block permutation".
    """
    import numpy as np

    names = sorted({session for block in blocks for session in block.sessions})
    places = {name: place for place, name in enumerate(names)}
    observed = np.zeros(len(names), bool)
    for block in blocks:
        observed[[places[session] for session in block.sessions]] = block.fresh
    labels = arrangements(observed, permutations, np.random.default_rng(seed))
    sums: dict[str, NDArray[np.float64]] = {}
    shifts: dict[str, NDArray[np.float64]] = {}
    for block in blocks:
        present = sorted(set(block.sessions))
        means = np.array([[float(session == name) for session in block.sessions] for name in present])
        means /= means.sum(axis=1, keepdims=True)
        mine = labels[:, [places[name] for name in present]]
        for name, gram in _kernels(block):
            scaled, _ = standardised(mmd2(means @ gram @ means.T, mine))
            if scaled is not None:
                sums[name] = sums.get(name, 0.0) + scaled
        for name, rows in block.features.items():
            shifts[name] = shifts.get(name, 0.0) + shift(means @ rows, mine)
    p, z = omnibus(sums | {name: (values**2).sum(axis=1) for name, values in shifts.items()})
    return TwoSample(p, z, len(labels) - 1, smallest_p(len(names) - int(observed.sum()), int(observed.sum())))


def smallest_p(baseline: int, fresh: int) -> float:
    """Return the smallest p-value that permuting so many sessions can give.

    With as many on both sides each arrangement counts as much as its opposite.
    """
    return (1 + (baseline == fresh)) / comb(baseline + fresh, fresh)


def sessions_needed(baseline: int, alpha: float) -> int | None:
    """Return how many fresh sessions a baseline of so many needs for a p-value of ``alpha``; None beyond a hundred."""
    return next((fresh for fresh in range(1, 101) if smallest_p(baseline, fresh) <= alpha), None)


def _kernels(block: Block) -> Iterator[tuple[str, NDArray[np.float64]]]:
    yield from block.grams.items()
    for name, numbers in block.categories.items():
        yield name, (numbers[:, None] == numbers[None, :]).astype(float)
