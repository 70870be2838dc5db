"""How soon a comparison would have been decided, had it stopped as soon as it could."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_llm.drift.behaviour import outcome_blocks
from pytest_llm.drift.blocks import text_blocks
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.values import Probe, Rung
from pytest_llm.stats.eprocess import BlockStatistics, crossing
from pytest_llm.text import plural

__all__ = ["Early", "decided_after"]


@dataclass(frozen=True, slots=True)
class Early:
    """After how many requests one rung was decided, the median of random orders; None when most were not."""

    rung: Rung
    requests: float | None
    decided: int
    orders: int
    of: int

    def __str__(self) -> str:
        if self.requests is None:
            return (
                f"{self.rung}: not decided within {plural(self.of, 'request')} in most of {self.orders} random orders"
            )
        return (
            f"{self.rung}: stopping early, it is decided after {self.requests:g} of {plural(self.of, 'request')} "
            f"(median of {self.orders:,} random orders, decided in {self.decided:,})"
        )


def decided_after(probes: Sequence[Probe], settings: Settings, orders: int) -> list[Early]:
    """Return for texts and for outcomes how many requests, taken in random order, decide at ``settings.alpha``.

    By an e-process over the requests, which may be looked at after each of them (see ``BlockStatistics.path``).
    """
    sides: list[tuple[Rung, BlockStatistics]] = []
    if any(probe.measured for probe in probes):
        sides.append(("text", BlockStatistics(text_blocks(probes), seed=settings.seed)))
    if blocks := outcome_blocks(probes):
        sides.append(("behaviour", BlockStatistics(blocks, seed=settings.seed)))
    return [_early(rung, statistics, settings, orders) for rung, statistics in sides]


def _early(rung: Rung, statistics: BlockStatistics, settings: Settings, orders: int) -> Early:
    import numpy as np

    rng = np.random.default_rng(settings.seed)
    size = len(statistics)
    after = [crossing(statistics.path(rng.permutation(size).tolist()), settings.alpha) for _ in range(orders)]
    decided = sum(found is not None for found in after)
    middle = float(np.median([np.inf if found is None else found for found in after]))
    return Early(rung, None if np.isinf(middle) else middle, decided, orders, size)
