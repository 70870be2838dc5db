"""Head to head with the package model-equality-testing: power at an equal rate of false alarms, and time.

python -m benchmarks.drift_peer [--resamplings N] [--timed N] [--sizes N ...] [--answers FILE.jsonl --model NAME]

Needs torch, matplotlib and model-equality-testing, whose Hamming MMD is permuted over all draws of all prompts. For the
power its statistic is computed for all permutations at once, and checked against the package in every timed test. Ours
rejects at p <= 0.05. Theirs, which is conservative for it permutes over all prompts, rejects at the 5 % quantile of its
own p-values on 1 000 resamplings without a change, so that its rate of false alarms is 0.05 as well. The answers are
those of the shared data, on which our statistics were chosen, or a file of benchmarks.drift_record, on which nothing
was.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from model_equality_testing.algorithm import run_two_sample_test
from model_equality_testing.distribution import CompletionSample

from benchmarks.drift_material import NOTHING, Draws, resampled, sides, table
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.texts import text_evidence
from pytest_llm.drift.values import Draw, Probe
from pytest_llm.stats.kernels import hamming_gram
from pytest_llm.stats.two_sample import call_labels

PERMUTATIONS = 199
LENGTH = 200
SETTINGS = Settings(permutations=PERMUTATIONS)
ALPHA, QUIET, POOLS = 0.05, 1000, 25


def ours(probes: list[Probe], seed: int = 0) -> float:
    return text_evidence(probes, replace(SETTINGS, seed=2 * seed)).p


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


def their_statistics(probes: list[Probe], seed: int = 0) -> np.ndarray:
    """Return (1 + B,) their statistic: means over pairs of draws of one prompt, labels permuted over all prompts."""
    rows = [(place, draw, False) for place, probe in enumerate(probes) for draw in probe.baseline]
    rows += [(place, draw, True) for place, probe in enumerate(probes) for draw in probe.fresh]
    prompts = np.array([place for place, _, _ in rows])
    # One more text of full length, so that positions are counted over as many characters as theirs.
    gram = hamming_gram([draw.text[:LENGTH] for _, draw, _ in rows] + ["\0" * LENGTH], LENGTH)[:-1, :-1]
    pairs = (prompts[:, None] == prompts[None, :]).astype(float) - np.eye(len(rows))
    fresh = np.array([is_fresh for _, _, is_fresh in rows])
    labels = call_labels(fresh, PERMUTATIONS, np.random.default_rng(seed)).astype(float)
    xx, yy, xy = (
        total / pairs_of for total, pairs_of in zip(sums(gram * pairs, labels), sums(pairs, labels), strict=True)
    )
    return np.asarray(xx + yy - 2 * xy)


def sums(kernel: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return for each row of labels the kernel's sums within the baseline, within the fresh draws, and between them."""
    yy = ((labels @ kernel) * labels).sum(axis=1)
    touched = labels @ kernel.sum(axis=1)
    return kernel.sum() - 2 * touched + yy, yy, touched - yy


def their_p(probes: list[Probe], seed: int = 0) -> float:
    values = their_statistics(probes, seed)
    return float(np.mean(values >= values[0] - 1e-12))


TESTS: dict[str, Callable[[list[Probe], int], float]] = {"ours": ours, "theirs": their_p}


def bound(before: Draws, n: int) -> float:
    """Return the p-value at which theirs has a rate of false alarms of 0.05."""
    rng = np.random.default_rng(10**6 + n)
    found = [their_p(resampled(before, None, n, rng), 10**6 + run) for run in range(QUIET)]
    return max(ALPHA, float(np.quantile(found, ALPHA, method="lower")))


def shares(
    before: Draws, after: Draws | None, n: int, repeats: int, bounds: dict[str, float], start: int = 0
) -> dict[str, float]:
    """Return how often both tests reject on the same resamplings; ``start`` seeds them."""
    rng = np.random.default_rng((n, start))
    probes = [resampled(before, after, n, rng) for _ in range(repeats)]
    return {
        who: float(np.mean([test(one, start + run) <= bounds[who] for run, one in enumerate(probes)]))
        for who, test in TESTS.items()
    }


def fixed_pools(before: Draws, n: int, repeats: int, bounds: dict[str, float]) -> dict[str, list[float]]:
    """Return the rates of false alarms between two fixed pools of nothing, of 20 draws each, for several such pairs."""
    rng = np.random.default_rng(0)
    rates: dict[str, list[float]] = {who: [] for who in TESTS}
    for pair in range(POOLS):
        order = {prompt: rng.permutation(len(pool)) for prompt, pool in before.items()}
        first, second = (
            {prompt: [pool[place] for place in order[prompt][start : start + 20]] for prompt, pool in before.items()}
            for start in (0, 20)
        )
        for who, share in shares(first, second, n, repeats, bounds, 1000 * pair).items():
            rates[who].append(share)
    return rates


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


def main(given: argparse.Namespace) -> None:
    torch.set_num_threads(1)  # small tensors: with two threads theirs takes many times as long on a busy machine
    known = sides(given.answers, given.model)
    before, many = known[NOTHING], given.resamplings
    rows: list[list[object]] = []
    powers: dict[str, list[float]] = {who: [] for who in TESTS}

    def show(*cells: object) -> None:
        rows.append(list(cells))
        print(rows[-1], file=sys.stderr, flush=True)

    for n in given.sizes:
        bounds = {"ours": ALPHA, "theirs": bound(before, n)}
        for name, side in known.items():
            found = shares(before, None if name == NOTHING else side, n, many, bounds)
            show(name, n, *(f"{share:.3f}" for share in found.values()))
            for who, share in found.items():
                powers[who] += [share] if name != NOTHING else []
        if given.pools:
            rates = fixed_pools(before, n, given.pools, bounds).values()
            told = (f"{np.mean(one):.3f} ({min(one):.2f} to {max(one):.2f})" for one in rates)
            show("nothing, between two fixed pools", n, *told)
        if given.timed:
            show("CPU of one test, 199 permutations", n, *timed(before, n, given.timed))
    rows.append(["mean power", "", *(f"{np.mean(found):.3f}" for found in powers.values())])
    print(table(["change", "draws a side and prompt", "ours", "model-equality-testing"], rows))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--resamplings", type=int, default=500)
    parser.add_argument("--timed", type=int, default=0)
    parser.add_argument("--pools", type=int, default=0, help="resamplings of each pair of fixed pools of nothing")
    parser.add_argument("--sizes", type=int, nargs="*", default=(5, 10, 20))
    parser.add_argument("--answers", default="")
    parser.add_argument("--model", default="smollm2-135m")
    main(parser.parse_args())
