"""The rung of behaviour: the test's own outcomes on fresh draws against the baseline's. Only this says "worse"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil, log10

from pytest_llm.drift.blocks import draws_of
from pytest_llm.drift.measuring import by_session
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.values import Draw, Evidence, Probe
from pytest_llm.stats.outcomes import Change, paired_change, stratified_change, unpaired_change
from pytest_llm.stats.two_sample import Block
from pytest_llm.text import plural

__all__ = ["behaviour_evidence", "outcome_blocks"]


def behaviour_evidence(probes: Sequence[Probe], settings: Settings) -> Evidence | None:
    """Compare outcomes paired by request; None where nothing was asserted.

    One outcome a side and request: McNemar's exact test. Several: a permutation of outcomes within requests, and an
    interval from the request-level differences. No request on both sides: Fisher's exact test.
    """
    before = [_outcomes(probe.baseline) for probe in probes]
    after = [_outcomes(probe.fresh) for probe in probes]
    both = [place for place in range(len(probes)) if before[place] and after[place]]
    old, new = ([side[place] for place in both] for side in (before, after))
    if both:
        change = _of_pairs(old, new, settings)
        many = f"{plural(len(both), 'request')}, {sum(map(len, old)):,} + {plural(sum(map(len, new)), 'outcome')}"
    else:
        flat = [[value for one in side for value in one] for side in (before, after)]
        if not all(flat):
            return None
        passed = [[value >= 0.5 for value in side] for side in flat]
        change = unpaired_change(*passed, confidence=1 - settings.alpha)
        many = f"{len(flat[0]):,} and {plural(len(flat[1]), 'request')} that have none in common"
    evidence = Evidence(
        "behaviour",
        _sentence(change, settings, many),
        p=change.p,
        effect=change.effect,
        interval=change.interval,
        detectable=change.detectable,
        calls=sum(map(len, after)),
    )
    return by_session(evidence, outcome_blocks(probes), settings)


def _of_pairs(old: list[list[float]], new: list[list[float]], settings: Settings) -> Change:
    single = all(len(one) == 1 and one[0] in (0.0, 1.0) for one in (*old, *new))
    if single and len(old) > 1:
        return paired_change([one[0] == 1 for one in old], [one[0] == 1 for one in new], confidence=1 - settings.alpha)
    return stratified_change(old, new, confidence=1 - settings.alpha, seed=settings.seed)


def outcome_blocks(probes: Sequence[Probe]) -> list[Block]:
    """Return the outcomes of each request that has some on both sides as a block."""
    import numpy as np

    blocks = []
    for probe in probes:
        before, after = (
            tuple(draw for draw in side if draw.outcome is not None) for side in (probe.baseline, probe.fresh)
        )
        if before and after:
            draws, fresh, sessions = draws_of(replace(probe, baseline=before, fresh=after))
            outcomes = np.array([[draw.outcome] for draw in draws], np.float64)
            blocks.append(Block(fresh, features={"outcome": outcomes}, sessions=sessions))
    return blocks


def _outcomes(draws: Sequence[Draw]) -> list[float]:
    return [draw.outcome for draw in draws if draw.outcome is not None]


def _sentence(change: Change, settings: Settings, many: str) -> str:
    low, high = change.interval
    p = "p < 0.0001" if change.p < 0.0001 else f"p = {change.p:.2g}"
    confidence = f"{1 - settings.alpha:.{max(0, ceil(-log10(settings.alpha)) - 2)}%}"  # no interval is one of 100 %
    return (
        f"pass rate {change.before:.3f} → {change.after:.3f} ({change.effect:+.3f}, {confidence} CI "
        f"{low:+.3f} to {high:+.3f}; {p}, {change.test}; {many})"
    )
