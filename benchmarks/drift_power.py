"""False alarms and power of each rung on real answers of a small model, at 5, 10 and 20 draws a prompt.

python -m benchmarks.drift_power [--nothing N] [--change N] [--of CHANGE ...] [--sizes N ...]

N resamplings without a change, and with each. Without a change the two sides are random draws of one pool, so that they
are exchangeable whatever the pool; with one they are random draws of two fixed pools. Needs the extra onnx.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchmarks.drift_material import NOTHING, Draws, load, resampled, sides, table
from pytest_llm.drift.blocks import answer
from pytest_llm.drift.logprobs import logprob_evidence
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.texts import greedy_evidence, text_evidence
from pytest_llm.drift.values import Probe
from pytest_llm.embedders.base import Embedder, read_name
from pytest_llm.embedders.base import load as load_embedder

SIZES = (5, 10, 20)
SETTINGS = Settings(permutations=99)
RUNGS = ("text", "text and meaning", "drawn tokens", "first token")
GREEDY = {
    NOTHING: "greedy_baseline_2",
    "another model": "greedy_gemma",
    "requantised, Q2_K": "greedy_Q2_K",
    "requantised, Q8_0": "greedy_Q8_0",
}


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
    # Other permutations each time: one set of them, used for all resamplings, would have a rate of its own.
    runs = [p_values(resampled(before, after, n, rng), replace(settings, seed=2 * run)) for run in range(repeats)]
    return {name: float(np.mean([run[name] <= settings.alpha for run in runs])) for name in RUNGS}


def greedy(change: str) -> str:
    """Return how many of the greedy answers differ and the p-value of one call a prompt; both baselines are known."""
    if change not in GREEDY:
        return "not recorded"
    known = ("greedy_baseline_1",) if change == NOTHING else ("greedy_baseline_1", "greedy_baseline_2")
    before, after = [load(name) for name in known], load(GREEDY[change])
    probes = [
        Probe(prompt, tuple(draw for side in before for draw in side[prompt]), tuple(fresh), greedy=True)
        for prompt, fresh in after.items()
    ]
    found = greedy_evidence(probes, Settings())
    other = sum(answer(draw) not in set(map(answer, probe.baseline)) for probe in probes for draw in probe.fresh)
    return f"{other} of {len(probes)}, p = {found.p:.2g}"


def main(given: argparse.Namespace) -> None:
    known = sides()
    names = [name for name in known if not given.of or name in given.of]
    texts = [draw.text for side in known.values() for draws in side.values() for draw in draws]
    settings = replace(SETTINGS, embed=Remembered(load_embedder(read_name("onnx:all-MiniLM-L6-v2")), texts))
    rows = []
    for name in names:
        after = None if name == NOTHING else known[name]
        for n in given.sizes:
            found = shares(known[NOTHING], after, n, given.change if after else given.nothing, settings)
            rows.append([name, n, *(f"{found[rung]:.3f}" for rung in RUNGS)])
            print(rows[-1], file=sys.stderr, flush=True)
    print(table(["change", "draws a side and prompt", *RUNGS], rows))
    print(table(["change", "greedy answers that differ"], [[name, greedy(name)] for name in names]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--nothing", type=int, default=500)
    parser.add_argument("--change", type=int, default=100)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--of", nargs="*", default=())
    main(parser.parse_args())
