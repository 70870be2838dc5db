"""Do the sessions of one side differ from each other: calls permuted between sessions, within request and side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_llm.stats.two_sample import Block, omnibus, standardised

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["sessions_differ"]

PERMUTATIONS = 499


def sessions_differ(blocks: Sequence[Block], *, permutations: int = PERMUTATIONS, seed: int = 0) -> float:
    """Return the p-value of: within each block and side, calls of one session are as alike as those of two.

    The statistic of a kernel is the mean kernel of two calls of one session (of features where a block has no kernel),
    standardised within a block and summed over the blocks; the kernels' sums are added up (see ``two_sample``). 1 where
    no side has two sessions.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    sums: dict[str, NDArray[np.float64]] = {}
    for block in blocks:
        names = np.unique(np.asarray(block.sessions), return_inverse=True)[1]
        labels = np.tile(names, (1 + permutations, 1))
        for side in (block.fresh, ~block.fresh):
            labels[1:, side] = rng.permuted(labels[1:, side], axis=1)
        onehot = np.eye(int(names.max()) + 1)[labels]
        pairs = np.maximum(onehot[0].sum(axis=0) * (onehot[0].sum(axis=0) - 1), 1.0)
        linear = {name: rows @ rows.T for name, rows in block.features.items() if not block.grams}
        for name, gram in {**block.grams, **linear}.items():
            kernel = gram - np.diag(np.diag(gram))
            alike = np.einsum("bng,bng->bg", onehot, np.einsum("nm,bmg->bng", kernel, onehot, optimize=True)) / pairs
            scaled, _ = standardised(alike.sum(axis=1))
            if scaled is not None:
                sums[name] = sums.get(name, 0.0) + scaled
    return omnibus(sums)[0]
