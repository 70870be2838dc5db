"""From blocks to evidence: the test by calls, the test by sessions, and how a p-value is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pytest_llm.drift.settings import Settings
from pytest_llm.drift.values import Evidence, Probe, Rung
from pytest_llm.stats.sessions import two_sample_by_session
from pytest_llm.stats.two_sample import Block, TwoSample, two_sample
from pytest_llm.text import plural

__all__ = ["by_session", "counted", "measured", "of_p"]


def measured(rung: Rung, blocks: Sequence[Block], settings: Settings) -> tuple[Evidence, TwoSample]:
    """Return the evidence of a rung, its sentence still empty, and the test it rests on."""
    found = two_sample(
        blocks,
        permutations=settings.permutations,
        at_most=settings.at_most,
        alpha=settings.alpha,
        seed=settings.seed,
    )
    evidence = Evidence(
        rung,
        "",
        p=found.p,
        detectable=found.detectable,
        smallest=found.smallest,
        calls=sum(int(block.fresh.sum()) for block in blocks),
    )
    return by_session(evidence, blocks, settings), found


def by_session(evidence: Evidence, blocks: Sequence[Block], settings: Settings) -> Evidence:
    """Return the evidence with the p-value of permuted sessions, where the baseline has several."""
    if _sessions(blocks, fresh=False) < 2:
        return evidence
    found = two_sample_by_session(blocks, permutations=settings.permutations, seed=settings.seed)
    return replace(evidence, session_p=found.p, smallest_session_p=found.smallest)


def of_p(evidence: Evidence) -> str:
    """Return ``p = 0.03``, with the session-level one where sessions were permuted."""
    said = "" if evidence.p is None else _p("p", evidence.p)
    return said if evidence.session_p is None else f"{said}, {_p('by session', evidence.session_p)}"


def counted(probes: Sequence[Probe]) -> str:
    """Return ``8 requests, 160 + 40 draws``."""
    before = sum(len(probe.baseline) for probe in probes)
    after = sum(len(probe.fresh) for probe in probes)
    return f"{plural(len(probes), 'request')}, {before:,} + {plural(after, 'draw')}"


def _p(name: str, p: float) -> str:
    return f"{name} < 0.0001" if p < 0.0001 else f"{name} = {p:.2g}" if p < 0.1 else f"{name} = {p:.2f}"


def _sessions(blocks: Sequence[Block], *, fresh: bool) -> int:
    return len(
        {
            session
            for block in blocks
            for session, is_fresh in zip(block.sessions, block.fresh, strict=True)
            if is_fresh == fresh
        }
    )
