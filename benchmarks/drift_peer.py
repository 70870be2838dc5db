"""Head to head with the package model-equality-testing: power at an equal rate of false alarms, and time.

python -m benchmarks.drift_peer [resamplings]

Needs torch, matplotlib and model-equality-testing. Each test rejects where its p-value is at most the 5 % quantile of
its own p-values without a change, or 0.05 when that is less, so that both have the same rate of false alarms.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from model_equality_testing.algorithm import run_two_sample_test
from model_equality_testing.distribution import CompletionSample

from benchmarks.drift_material import CHANGES, NOTHING, Draws, baseline, load, resampled, table
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.texts import text_evidence
from pytest_llm.drift.values import Draw, Probe

SIZES = (5, 10)
PERMUTATIONS = 199
LENGTH = 200
SETTINGS = Settings(permutations=PERMUTATIONS)
Test = Callable[[list[Probe]], float]


def ours(probes: list[Probe]) -> float:
    return text_evidence(probes, SETTINGS).p


def theirs(probes: list[Probe]) -> float:
    sides = [sample([probe.baseline for probe in probes]), sample([probe.fresh for probe in probes])]
    p, _ = run_two_sample_test(*sides, pvalue_type="permutation_pvalue", stat_type="mmd_hamming", b=PERMUTATIONS)
    # Theirs has no +1 and may be 0; with it both are valid.
    return (p * PERMUTATIONS + 1) / (PERMUTATIONS + 1)


def sample(draws: Sequence[Sequence[Draw]]) -> CompletionSample:
    """Characters as code points, padded, with the prompt's number: what the package calls a completion sample."""
    rows = [(place, draw.text) for place, side in enumerate(draws) for draw in side]
    codes = [[ord(char) for char in text[:LENGTH].ljust(LENGTH, "\0")] for _, text in rows]
    prompts = torch.tensor([place for place, _ in rows])
    return CompletionSample(prompts=prompts, completions=torch.tensor(codes), m=len(draws))


def p_values(test: Test, before: Draws, after: Draws | None, n: int, repeats: int) -> tuple[list[float], float]:
    rng = np.random.default_rng(n)
    probes = [resampled(before, after, n, rng) for _ in range(repeats)]
    start = time.perf_counter()
    found = [test(one) for one in probes]
    return found, (time.perf_counter() - start) / repeats


def main(repeats: int) -> None:
    torch.set_num_threads(1)  # small tensors: with two threads theirs takes many times as long on a busy machine
    before = baseline()
    after: dict[str, Draws | None] = {NOTHING: None} | {name: load(name) for name in CHANGES}
    rows, powers = [], {"ours": [], "theirs": []}
    for n in SIZES:
        bounds: dict[str, float] = {}
        for name, side in after.items():
            cells: list[str] = []
            for who, test in (("ours", ours), ("theirs", theirs)):
                found, seconds = p_values(test, before, side, n, repeats)
                if side is None:
                    bounds[who] = min(0.05, float(np.quantile(found, 0.05, method="higher")))
                power = float(np.mean([p <= bounds[who] for p in found]))
                if side is not None:
                    powers[who].append(power)
                cells += [f"{power:.2f}", f"{seconds * 1e3:.0f} ms"]
            rows.append([name, n, *cells])
            print(rows[-1], file=sys.stderr, flush=True)
    rows.append(
        ["mean of the changes", "", f"{np.mean(powers['ours']):.3f}", "", f"{np.mean(powers['theirs']):.3f}", ""]
    )
    print(table(["change", "draws a side and prompt", "ours", "time", "model-equality-testing", "time"], rows))


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:] or (100,)))
