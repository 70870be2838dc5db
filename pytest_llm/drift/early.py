"""How soon a comparison would have been decided, had it stopped as soon as it could."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pytest_llm.drift.behaviour import outcome_blocks
from pytest_llm.drift.blocks import text_blocks
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.values import Probe, Rung
from pytest_llm.stats.eprocess import BlockStatistics, crossing
from pytest_llm.stats.group_sequential import stopped_at
from pytest_llm.stats.two_sample import Block, standardised
from pytest_llm.text import plural

__all__ = ["Early", "decided_after", "stops"]


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


def stops(rounds: Sequence[Sequence[Probe]], planned: int, settings: Settings) -> bool:
    """Say whether the texts of these rounds already differ, so that the remaining ones need not be asked.

    ``rounds`` are the requests of each round so far, no request in two of them, of ``planned`` rounds. A
    group-sequential permutation test with Pocock spending: over all looks its rate of false alarms is
    ``settings.alpha``, with nearly the power of one test at the end (in simulation more than an e-process has, whose
    looks need no plan).
    """
    import numpy as np

    parts = [[_comparable(block) for block in text_blocks(probes)] for probes in rounds]
    blocks, ends = [block for part in parts for block in part], np.cumsum([len(part) for part in parts])
    if not blocks:
        return False
    statistics = BlockStatistics(blocks, permutations=settings.permutations, seed=settings.seed, equal=True)
    scaled = [standardised(values)[0] for values in statistics.values(range(len(blocks)))]
    sums = np.cumsum([np.zeros(1 + settings.permutations) if one is None else one for one in scaled], axis=0)
    looks = np.where(ends[:, None] > 0, sums[np.maximum(ends, 1) - 1], 0.0)
    fractions = [(look + 1) / planned for look in range(len(rounds))]
    return stopped_at(looks.T, fractions, settings.alpha) is not None


def _comparable(block: Block) -> Block:
    """Return a block without the frequencies of answers, whose columns are numbered anew in each round."""
    return replace(block, features={name: rows for name, rows in block.features.items() if name != "answers overall"})


def _early(rung: Rung, statistics: BlockStatistics, settings: Settings, orders: int) -> Early:
    import numpy as np

    rng = np.random.default_rng(settings.seed)
    size = len(statistics)
    after = [crossing(statistics.path(rng.permutation(size).tolist()), settings.alpha) for _ in range(orders)]
    decided = sum(found is not None for found in after)
    middle = float(np.median([np.inf if found is None else found for found in after]))
    return Early(rung, None if np.isinf(middle) else middle, decided, orders, size)
