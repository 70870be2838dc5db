"""Head to head with the package model-equality-testing: power at an equal rate of false alarms, and time.

python -m benchmarks.drift_peer [resamplings] [timed tests]

Needs torch, matplotlib and model-equality-testing, whose Hamming MMD is permuted over all draws of all prompts. For the
power its statistic is computed for all permutations at once, and checked against the package in every timed test. Each
test rejects where its p-value is at most the 5 % quantile of its own p-values without a change, so that both have the
same rate of false alarms (its permutations over all prompts make theirs conservative otherwise).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

import numpy as np
import torch
from model_equality_testing.algorithm import run_two_sample_test
from model_equality_testing.distribution import CompletionSample

from benchmarks.drift_material import CHANGES, NOTHING, Draws, baseline, load, resampled, table
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.texts import text_evidence
from pytest_llm.drift.values import Draw, Probe
from pytest_llm.stats.kernels import hamming_gram
from pytest_llm.stats.two_sample import call_labels

SIZES = (5, 10, 20)
PERMUTATIONS = 199
LENGTH = 200
SETTINGS = Settings(permutations=PERMUTATIONS)


def ours(probes: list[Probe]) -> float:
    return text_evidence(probes, SETTINGS).p


def theirs(probes: list[Probe]) -> tuple[float, float]:
    """Return the package's p-value (which has no +1) and its statistic."""
    sides = [sample([probe.baseline for probe in probes]), sample([probe.fresh for probe in probes])]
    return run_two_sample_test(*sides, pvalue_type="permutation_pvalue", stat_type="mmd_hamming", b=PERMUTATIONS)


def sample(draws: Sequence[Sequence[Draw]]) -> CompletionSample:
    """Characters as code points, padded, with the prompt's number: what the package calls a completion sample."""
    rows = [(place, draw.text) for place, side in enumerate(draws) for draw in side]
    codes = [[ord(char) for char in text[:LENGTH].ljust(LENGTH, "\0")] for _, text in rows]
    prompts = torch.tensor([place for place, _ in rows])
    return CompletionSample(prompts=prompts, completions=torch.tensor(codes), m=len(draws))


def their_statistics(probes: list[Probe]) -> np.ndarray:
    """Return (1 + B,) their statistic: means over pairs of draws of one prompt, labels permuted over all prompts."""
    rows = [(place, draw, False) for place, probe in enumerate(probes) for draw in probe.baseline]
    rows += [(place, draw, True) for place, probe in enumerate(probes) for draw in probe.fresh]
    prompts = np.array([place for place, _, _ in rows])
    # One more text of full length, so that positions are counted over as many characters as theirs.
    gram = hamming_gram([draw.text[:LENGTH] for _, draw, _ in rows] + ["\0" * LENGTH], LENGTH)[:-1, :-1]
    pairs = (prompts[:, None] == prompts[None, :]).astype(float) - np.eye(len(rows))
    fresh = np.array([is_fresh for _, _, is_fresh in rows])
    labels = call_labels(fresh, PERMUTATIONS, np.random.default_rng(0)).astype(float)
    means = [
        mean(gram * pairs, pairs, a, b) for a, b in ((1 - labels, 1 - labels), (labels, labels), (labels, 1 - labels))
    ]
    return np.asarray(means[0] + means[1] - 2 * means[2])


def mean(gram: np.ndarray, pairs: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return ((a @ gram) * b).sum(axis=1) / ((a @ pairs) * b).sum(axis=1)


def their_p(probes: list[Probe]) -> float:
    values = their_statistics(probes)
    return float(np.mean(values >= values[0] - 1e-12))


def p_values(before: Draws, after: Draws | None, n: int, repeats: int) -> dict[str, list[float]]:
    rng = np.random.default_rng(n)
    probes = [resampled(before, after, n, rng) for _ in range(repeats)]
    return {"ours": [ours(one) for one in probes], "theirs": [their_p(one) for one in probes]}


def timed(before: Draws, n: int, repeats: int) -> list[str]:
    rng = np.random.default_rng(n)
    spent = np.zeros(2)
    for _ in range(repeats):
        probes = resampled(before, None, n, rng)
        start = time.process_time()
        ours(probes)
        middle = time.process_time()
        _, statistic = theirs(probes)
        spent += (middle - start, time.process_time() - middle)
        if not np.isclose(statistic, their_statistics(probes)[0]):
            raise AssertionError(f"{statistic} of the package is not {their_statistics(probes)[0]}")
    return [f"{seconds / repeats * 1e3:.0f} ms" for seconds in spent]


def main(repeats: int, tests: int) -> None:
    torch.set_num_threads(1)  # small tensors: with two threads theirs takes many times as long on a busy machine
    before = baseline()
    after: dict[str, Draws | None] = {NOTHING: None} | {name: load(name) for name in CHANGES}
    rows: list[list[object]] = []
    powers: dict[str, list[float]] = {"ours": [], "theirs": []}
    for n in SIZES:
        bounds: dict[str, float] = {}
        for name, side in after.items():
            cells = []
            for who, found in p_values(before, side, n, repeats).items():
                if side is None:
                    bounds[who] = float(np.quantile(found, 0.05, method="lower"))
                power = float(np.mean([p <= bounds[who] for p in found]))
                if side is not None:
                    powers[who].append(power)
                cells.append(f"{power:.2f}")
            rows.append([name, n, *cells])
            print(rows[-1], file=sys.stderr, flush=True)
        rows.append(["CPU of one test, 199 permutations", n, *timed(before, n, tests)])
        print(rows[-1], file=sys.stderr, flush=True)
    rows.append(["mean power", "", *(f"{np.mean(found):.3f}" for found in powers.values())])
    print(table(["change", "draws a side and prompt", "ours", "model-equality-testing"], rows))


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:] or (100, 5)))
