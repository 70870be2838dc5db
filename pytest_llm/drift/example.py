"""Before and after: the request that changed most, one answer of each side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from pytest_llm.drift.blocks import LARGEST_GRAM
from pytest_llm.drift.values import Draw, Probe
from pytest_llm.stats.kernels import spectrum_gram
from pytest_llm.text import excerpts, short

__all__ = ["Example", "most_changed", "unlikeness"]

_LOOKED_AT = 500
_READ = LARGEST_GRAM // 2  # draws of a side


@dataclass(frozen=True, slots=True)
class Example:
    """A request, the most typical answer of its baseline, and the most typical fresh one."""

    request: str
    prompt: str
    before: str
    after: str

    def lines(self) -> list[str]:
        """Return the request and where the answers differ; nothing where no difference can be shown."""
        before, after = excerpts(self.before.strip(), self.after.strip())
        if before == after:
            return []
        return [f"most changed: {short(self.prompt or self.request, 90)}", f"  - {before}", f"  + {after}"]


def most_changed(probes: Sequence[Probe], direction: str = "") -> Example | None:
    """Return the example of the request whose sides are least alike, given how alike each is in itself.

    With a ``direction`` ("worse", "better") it is one whose mean outcome went that way, where there is one. None
    without a request on both sides. Of very many requests the first 500 are looked at.
    """
    both = [probe for probe in probes if probe.measured]
    went = [probe for probe in both if direction and _went(probe) == direction]
    looked = (went or both)[:_LOOKED_AT]
    if not looked:
        return None
    chosen = max(looked, key=unlikeness)
    return Example(chosen.name, chosen.prompt, _typical(chosen.baseline), _typical(chosen.fresh))


def _went(probe: Probe) -> str:
    before, after = (
        [draw.outcome for draw in draws if draw.outcome is not None] for draws in (probe.baseline, probe.fresh)
    )
    if not before or not after or fmean(before) == fmean(after):
        return ""
    return "worse" if fmean(after) < fmean(before) else "better"


def unlikeness(probe: Probe) -> float:
    """Return by how much the two sides' answers are less alike (0 to 1, in wording) than those of one side are.

    Of very many answers the first 200 of each side are read.
    """
    before, after = probe.baseline[:_READ], probe.fresh[:_READ]
    count = len(before)
    gram = spectrum_gram([draw.text for draw in (*before, *after)])
    alike = min(gram[:count, :count].mean(), gram[count:, count:].mean())
    return float(alike - gram[:count, count:].mean())


def _typical(draws: Sequence[Draw]) -> str:
    gram = spectrum_gram([draw.text for draw in draws[:_READ]])
    return draws[int(gram.sum(axis=1).argmax())].text
