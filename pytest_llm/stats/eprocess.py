"""Evidence that may be looked at after every block: e-processes on permuted blocks, for stopping at any time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pytest_llm.stats.two_sample import Block, arrangements, call_labels, standardised, within

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BlockStatistics", "block_e_values", "crossing", "wealth"]

BETS = (0.5, 1.0, 2.0, 4.0)
PERMUTATIONS = 199


def block_e_values(values: NDArray[np.float64], bets: Sequence[float] = BETS) -> NDArray[np.float64]:
    """Return (bets,) e-values of one block: exp(k z) over its mean over all arrangements, the observed one among them.

    ``values`` (1 + B,) are a statistic of the block, the observed one first. Under exchangeability within the block
    each e-value has mean 1 (a soft-rank e-value: Ramdas and Wang 2025, "Hypothesis testing with e-values").
    """
    import numpy as np

    z, _ = standardised(values)
    if z is None:
        return np.ones(len(bets))
    raised = np.exp(np.outer(bets, z - z.max()))
    return np.asarray(raised[:, 0] / raised.mean(axis=1))


def wealth(e_values: Iterable[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return (blocks,) the mean over bets of the running products of (bets,) e-values.

    A test martingale under the null: the chance that it ever reaches 1 / alpha is at most alpha (Ville 1939).
    """
    import numpy as np

    logs = np.cumsum(np.log(np.maximum(np.array(list(e_values)), 1e-300)), axis=0)
    return np.asarray(np.exp(np.minimum(logs, 700.0)).mean(axis=1))


def crossing(path: NDArray[np.float64], alpha: float) -> int | None:
    """Return after how many blocks the wealth first reached 1 / alpha; None when it never did."""
    import numpy as np

    reached = np.flatnonzero(path >= 1 / alpha)
    return int(reached[0]) + 1 if len(reached) else None


class BlockStatistics:
    """The statistics of blocks over their arrangements, computed once and run through in any order.

    Few arrangements are all taken, once each; with ``equal`` every block has 1 + B random ones, for ``stopped_at``.
    """

    def __init__(
        self, blocks: Sequence[Block], *, permutations: int = PERMUTATIONS, seed: int = 0, equal: bool = False
    ) -> None:
        import numpy as np

        rng = np.random.default_rng(seed)
        labelled = call_labels if equal else arrangements
        self._labels = [labelled(block.fresh, permutations, rng) for block in blocks]
        self._within = [
            sum((values for _, values, _ in within(block, labels)), np.zeros(len(labels)))
            for block, labels in zip(blocks, self._labels, strict=True)
        ]
        self._rows = [{name: rows - rows.mean(axis=0) for name, rows in block.features.items()} for block in blocks]

    def __len__(self) -> int:
        return len(self._labels)

    def path(self, order: Sequence[int]) -> NDArray[np.float64]:
        """Return the wealth after each block in this order.

        Beside the statistics within a block there is its shift along the mean shift of the blocks before it, a
        direction that is fixed before the block is seen (predictable, as in Shekhar and Ramdas 2024,
        "Nonparametric two-sample testing by betting").
        """
        return wealth(block_e_values(values) for values in self.values(order))

    def values(self, order: Sequence[int]) -> Iterable[NDArray[np.float64]]:
        """Yield (1 + B,) the statistic of each block in this order, the observed arrangement first."""
        before: dict[str, NDArray[np.floating]] = {}
        for place in order:
            labels, total = self._labels[place], self._within[place]
            for name, rows in self._rows[place].items():
                if name in before:
                    scaled, _ = standardised((labels @ (rows @ before[name])).astype(float))
                    total = total if scaled is None else total + scaled
                before[name] = before.get(name, 0.0) + labels[0] @ rows
            yield total
