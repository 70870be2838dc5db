"""The rungs of texts: draws at the request's own temperature, and greedy canaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pytest_llm.drift.blocks import answer, text_blocks
from pytest_llm.drift.measuring import counted, measured, of_p
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.values import Evidence, Probe
from pytest_llm.stats.two_sample import Block

__all__ = ["greedy_blocks", "greedy_evidence", "text_evidence"]

_SAID = {
    "characters": "the characters of the answers differ",
    "wording": "the wording differs",
    "meaning": "the meaning differs",
    "exact answer": "other answers are given",
    "first word": "the answers begin otherwise",
    "wording overall": "the wording differs in one direction over all requests",
    "answers overall": "other answers are given over all requests",
}


def text_evidence(probes: Sequence[Probe], settings: Settings) -> Evidence | None:
    """Compare the texts of fresh and baseline draws within each request; None when no request was sampled.

    An omnibus, the sum of standardised statistics over one set of permutations: the MMD of Gao, Liang and Guestrin
    (2024, arXiv:2410.20247) with the Hamming kernel of characters and with the spectrum kernel (Leslie et al. 2002),
    the energy distance of embeddings (Szekely and Rizzo 2013), chi-squares of exact answers and first words, and the
    mean wording over all requests. Two sides that share no request are compared as a whole.
    """
    sampled = [probe for probe in probes if not probe.greedy]
    blocks = text_blocks(sampled, settings.embed)
    if not blocks:
        return None
    evidence, test = measured("text", blocks, settings)
    said = _SAID[test.strongest] if test.strongest and evidence.p is not None else "nothing varies"
    told = said if test.p <= settings.alpha else "no difference in the texts"
    shared = [probe for probe in sampled if probe.measured] or sampled
    return replace(evidence, sentence=f"{told} ({of_p(evidence)}; {counted(shared)})")


def greedy_evidence(probes: Sequence[Probe], settings: Settings) -> Evidence | None:
    """Compare greedy answers, whose own disagreement within the baseline is the null; None without greedy probes.

    The same permutation test: at temperature 0 it needs one fresh call a request where the baseline has several, and
    sees changes of the weights that sampling does not (Chauvin et al. 2025, "Log probability tracking of LLM APIs";
    Chauvin et al. 2026, arXiv:2602.11083, for near-tied first tokens).
    """
    greedy = [probe for probe in probes if probe.greedy and probe.measured]
    if not greedy:
        return None
    evidence, _ = measured("greedy", greedy_blocks(greedy), settings)
    other = sum(1 for probe in greedy for draw in probe.fresh if answer(draw) not in set(map(answer, probe.baseline)))
    calls = sum(len(probe.fresh) for probe in greedy)
    told = f"{other:,} of {calls:,} greedy answers were never given before"
    return replace(evidence, sentence=f"{told} ({of_p(evidence)}; {counted(greedy)})")


def greedy_blocks(probes: Sequence[Probe]) -> list[Block]:
    """Return the answers to each request at temperature 0 that has some on both sides as a block."""
    greedy = [probe for probe in probes if probe.greedy and probe.measured]
    # No direction over all requests: it would stand in for the baseline's own disagreement where that is not known.
    return [replace(block, features={}) for block in text_blocks(greedy)] if greedy else []
