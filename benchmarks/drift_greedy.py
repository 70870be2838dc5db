"""Calls until a change of a real local model is seen: greedy canaries, beside sampling at temperature 1.

python -m benchmarks.drift_greedy FILE.jsonl [MODEL] [orders]

FILE has the studies canaries and warm of benchmarks.drift_record for MODEL. A canary has 10 greedy baseline draws and
one fresh call; requests are asked in random order until an e-process decides at 0.05, which may be looked at after each
of them. Sampled are 2 fresh draws a request, of 8 that were recorded. The last column is how many sampled calls one
test of all requests takes to see the change at least as often as the canaries did.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.drift_material import NOTHING, Draws, pick, recorded, table
from pytest_llm.drift.blocks import answer, text_blocks
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.texts import text_evidence
from pytest_llm.drift.values import Probe
from pytest_llm.stats.eprocess import BlockStatistics, crossing

ALPHA = 0.05
FRESH = 2
SIZES = (1, 2, 4, 8)
TESTS = 100


def probes(before: Draws, after: Draws, per: int, rng: np.random.Generator) -> list[Probe]:
    """Return every request with its baseline draws and ``per`` of its fresh ones."""
    return [
        Probe(prompt, tuple(old), pick(after[prompt], rng.permutation(len(after[prompt]))[:per]), greedy=per == 1)
        for prompt, old in before.items()
    ]


def stopped(asked: Sequence[Probe], rng: np.random.Generator) -> int | None:
    """Return after how many calls, the requests in random order, the e-process decides; None when it does not."""
    blocks = text_blocks(asked)
    if asked[0].greedy:
        blocks = [replace(block, features={}) for block in blocks]
    path = BlockStatistics(blocks).path(rng.permutation(len(blocks)).tolist())
    found = crossing(path, ALPHA)
    return None if found is None else found * len(asked[0].fresh)


def said(found: Sequence[int | None], most: int) -> str:
    """Return the mean calls, all of them where it is not seen, and how often it is seen."""
    mean = np.mean([most if one is None else one for one in found])
    return f"{mean:.1f} of {most}, {share(found):.2f}"


def share(found: Sequence[int | None]) -> float:
    return float(np.mean([one is not None for one in found]))


def needed(before: Draws, after: Draws, power: float) -> str:
    """Return how many sampled calls one test of all requests takes to have that power, or the power of the most."""
    rng = np.random.default_rng(1)
    reached = 0.0
    for per in SIZES:
        sampled = [[replace(one, greedy=False) for one in probes(before, after, per, rng)] for _ in range(TESTS)]
        tests = [text_evidence(one, Settings(permutations=199, seed=2 * run)) for run, one in enumerate(sampled)]
        reached = float(np.mean([one is not None and one.p is not None and one.p <= ALPHA for one in tests]))
        if reached >= power:
            return f"{per * len(before)}"
    return f"over {SIZES[-1] * len(before)}, which see it in {reached:.2f}"


def main(file: Path, model: str, orders: int) -> None:
    greedy, warm = recorded(file, "canaries", model), recorded(file, "warm", model)
    rows = []
    for change, fresh in greedy.items():
        if change == NOTHING:
            continue
        rng = np.random.default_rng(0)
        before = greedy[NOTHING]
        other = sum(answer(fresh[name][0]) not in set(map(answer, old)) for name, old in before.items())
        cold = probes(before, fresh, 1, rng)
        found = [stopped(cold, rng) for _ in range(orders)]
        sampled = [stopped(probes(warm[NOTHING], warm[change], FRESH, rng), rng) for _ in range(orders)]
        rows.append(
            [
                change,
                f"{other} of {len(before)}",
                said(found, len(before)),
                said(sampled, FRESH * len(warm[NOTHING])),
                needed(warm[NOTHING], warm[change], share(found)) if share(found) else "",
            ]
        )
        print(rows[-1], file=sys.stderr, flush=True)
    head = ["change", "canaries that differ", "calls, greedy", "calls, temperature 1", "sampled calls for that power"]
    print(table(head, rows))


if __name__ == "__main__":
    model, orders = [*sys.argv[2:], *("smollm2-135m", "200")[len(sys.argv) - 2 :]]
    main(Path(sys.argv[1]), model, int(orders))
