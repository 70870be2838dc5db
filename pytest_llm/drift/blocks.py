"""Probes as blocks of the two-sample test: which design they have, and what of their draws is compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from pytest_llm.drift.values import Draw, Probe
from pytest_llm.stats.kernels import categories, energy_gram, hamming_gram, ngram_features, spectrum_gram
from pytest_llm.stats.two_sample import Block

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Embed", "answer", "draws_of", "first_word", "pooled", "text_blocks"]

Embed = Callable[[Sequence[str]], Sequence[Sequence[float]]]
"""Turns texts into vectors, one a text."""

LARGEST_GRAM = 400


def text_blocks(probes: Sequence[Probe], embed: Embed | None = None) -> list[Block]:
    """Return one block a probe with draws on both sides; when no probe has both, all draws are one block.

    Blocks of more than 400 draws have features and no kernels, whose size grows with the square.
    """
    chosen = [probe for probe in probes if probe.measured] or [pooled(probes)]
    known = _common_answers(chosen)
    return [_text_block(probe, embed, known) for probe in chosen if probe.measured]


def pooled(probes: Sequence[Probe]) -> Probe:
    """Return all draws as those of one request, for two sides that asked different questions."""
    return Probe(
        "all requests",
        tuple(draw for probe in probes for draw in probe.baseline),
        tuple(draw for probe in probes for draw in probe.fresh),
    )


def draws_of(probe: Probe) -> tuple[list[Draw], NDArray[np.bool_], list[str]]:
    """Return the pooled draws, which are fresh, and each one's session, which no two sides share."""
    import numpy as np

    draws = [*probe.baseline, *probe.fresh]
    fresh = np.arange(len(draws)) >= len(probe.baseline)
    sides = ["fresh" if is_fresh else "baseline" for is_fresh in fresh]
    return draws, fresh, [f"{side} {draw.session}" for side, draw in zip(sides, draws, strict=True)]


def first_word(text: str) -> str:
    """Return the first word of an answer, the nearest to its first token that a text tells."""
    return text.split(None, 1)[0] if text.strip() else ""


def answer(draw: Draw) -> str:
    """Return what counts as the same answer: the category where there is one, else the text."""
    return draw.text.strip() if draw.category is None else draw.category


def _common_answers(probes: Sequence[Probe]) -> dict[str, int]:
    """Return a number for each answer, when so few are given that their frequencies tell something."""
    answers = [answer(draw) for probe in probes for draw in (*probe.baseline, *probe.fresh)]
    distinct = sorted(set(answers))
    return {name: place for place, name in enumerate(distinct)} if 10 * len(distinct) <= len(answers) else {}


def _text_block(probe: Probe, embed: Embed | None, common: Mapping[str, int]) -> Block:
    import numpy as np

    draws, fresh, sessions = draws_of(probe)
    texts = [draw.text for draw in draws]
    grams: dict[str, NDArray[np.float64]] = {}
    if 2 < len(draws) <= LARGEST_GRAM:
        grams = {"characters": hamming_gram(texts), "wording": spectrum_gram(texts)}
        if embed is not None:
            grams["meaning"] = energy_gram(np.asarray(embed(texts), np.float64))
    kinds = {
        "exact answer": [answer(draw) for draw in draws],
        "first word": [first_word(text) for text in texts],
    }
    # What hardly ever repeats says nothing of frequencies; whether it does is read from the pooled draws.
    repeated = {name: categories(values) for name, values in kinds.items() if 2 * len(set(values)) <= len(values)}
    features: dict[str, NDArray[np.floating]] = {"wording overall": ngram_features(texts)}
    if common:
        features["answers overall"] = np.eye(len(common), dtype=np.float32)[[common[answer(draw)] for draw in draws]]
    return Block(fresh, grams, repeated, features, sessions)
