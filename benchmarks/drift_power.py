"""False alarms and power of each rung on real answers of a small model, at 5, 10 and 20 draws a prompt.

python -m benchmarks.drift_power [resamplings of no change] [resamplings of each change] [change ...]
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchmarks.drift_material import CHANGES, NOTHING, Draws, baseline, load, resampled, table
from pytest_llm.drift.logprobs import logprob_evidence
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.texts import text_evidence
from pytest_llm.drift.values import Probe
from pytest_llm.embedders.base import Embedder, read_name
from pytest_llm.embedders.base import load as load_embedder

SIZES = (5, 10, 20)
SETTINGS = Settings(permutations=99)
RUNGS = ("text", "text and meaning", "chosen log-probabilities", "first-token log-probabilities")


class Remembered:
    """Embeds each distinct text once: resampling asks for the same ones over and over."""

    def __init__(self, embedder: Embedder, texts: Sequence[str]) -> None:
        distinct = sorted(set(texts))
        self.vectors = dict(zip(distinct, embedder.embed(distinct), strict=True))

    def __call__(self, texts: Sequence[str]) -> list[Sequence[float]]:
        return [self.vectors[text] for text in texts]


def p_values(probes: list[Probe], settings: Settings) -> dict[str, float]:
    """Return the p-value of each rung; ours reports both log-probabilities as one rung, here they stand apart."""
    plain = replace(settings, embed=None)
    chosen = [strip(probe, top={}) for probe in probes]
    first = [strip(probe, chosen=()) for probe in probes]
    found = (
        text_evidence(probes, plain),
        text_evidence(probes, settings),
        logprob_evidence(chosen, plain),
        logprob_evidence(first, plain),
    )
    return {name: one.p for name, one in zip(RUNGS, found, strict=True)}


def strip(probe: Probe, **fields: object) -> Probe:
    return replace(
        probe,
        baseline=tuple(replace(draw, **fields) for draw in probe.baseline),
        fresh=tuple(replace(draw, **fields) for draw in probe.fresh),
    )


def shares(before: Draws, after: Draws | None, n: int, repeats: int, settings: Settings) -> dict[str, float]:
    rng = np.random.default_rng(n)
    runs = [p_values(resampled(before, after, n, rng), settings) for _ in range(repeats)]
    return {name: float(np.mean([run[name] <= settings.alpha for run in runs])) for name in RUNGS}


def main(nothing: int, change: int, names: Sequence[str]) -> None:
    before = baseline()
    after: dict[str, Draws | None] = {name: None if name == NOTHING else load(name) for name in names}
    texts = [draw.text for side in (before, *filter(None, after.values())) for draws in side.values() for draw in draws]
    embed = Remembered(load_embedder(read_name("onnx:all-MiniLM-L6-v2")), texts)
    settings = replace(SETTINGS, embed=embed)
    rows = []
    for name, side in after.items():
        for n in SIZES:
            found = shares(before, side, n, nothing if side is None else change, settings)
            rows.append([name, n, *(f"{found[rung]:.2f}" for rung in RUNGS)])
            print(rows[-1], file=sys.stderr, flush=True)
    print(table(["change", "draws a side and prompt", *RUNGS], rows))


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:3] or (500, 100)), sys.argv[3:] or (NOTHING, *CHANGES))
