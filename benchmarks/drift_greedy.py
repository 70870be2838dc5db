"""Calls until a change of a real local model is seen: greedy canaries, beside sampling at temperature 1.

python -m benchmarks.drift_greedy FILE.jsonl [MODEL] [orders]

FILE has the studies canaries and sampled of benchmarks.drift_record for MODEL. A canary has 10 greedy baseline draws
and one fresh call; requests are asked in random order until an e-process decides at 0.05, which may be looked at after
each of them. Sampled are up to 20 fresh draws of each of 8 other prompts against 20 of the baseline; said is how many
calls one test of all of them takes for a power of 0.8.
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

ALPHA, POWER = 0.05, 0.8
SIZES = (1, 2, 5, 10, 20)
TESTS = 100


def canaries(before: Draws, after: Draws) -> list[Probe]:
    return [Probe(name, tuple(old), tuple(after[name][:1]), greedy=True) for name, old in before.items()]


def stopped(probes: Sequence[Probe], orders: int) -> list[int | None]:
    """Return for random orders of the canaries after how many calls it is decided; None where it is not."""
    statistics = BlockStatistics([replace(block, features={}) for block in text_blocks(probes)])
    rng = np.random.default_rng(0)
    return [crossing(statistics.path(rng.permutation(len(probes)).tolist()), ALPHA) for _ in range(orders)]


def power(before: Draws, after: Draws, fresh: int) -> float:
    """Return how often one test of the sampled texts sees the change with so many fresh draws a prompt."""
    rng = np.random.default_rng(fresh)
    found = []
    for run in range(TESTS):
        probes = [
            Probe(
                name,
                pick(old, rng.permutation(len(old))[:20]),
                pick(after[name], rng.permutation(len(after[name]))[:fresh]),
            )
            for name, old in before.items()
        ]
        evidence = text_evidence(probes, Settings(permutations=199, seed=2 * run))
        found.append(evidence is not None and evidence.p is not None and evidence.p <= ALPHA)
    return float(np.mean(found))


def needed(before: Draws | None, after: Draws | None) -> str:
    """Return how many sampled calls have the power, or which the most have."""
    if before is None or after is None:
        return ""
    reached = {fresh: power(before, after, fresh) for fresh in SIZES}
    enough = [fresh for fresh, share in reached.items() if share >= POWER]
    if enough:
        return f"{enough[0] * len(before)}"
    return f"over {SIZES[-1] * len(before)} (power {reached[SIZES[-1]]:.2f})"


def main(file: Path, model: str, orders: int) -> None:
    greedy, sampled = recorded(file, "canaries", model), recorded(file, "sampled", model)
    rows = []
    for change in [name for name in greedy if name != NOTHING]:
        asked = canaries(greedy[NOTHING], greedy[change])
        other = sum(answer(one.fresh[0]) not in set(map(answer, one.baseline)) for one in asked)
        found = stopped(asked, orders)
        mean = np.mean([len(asked) if one is None else one for one in found])
        seen = np.mean([one is not None for one in found])
        calls = needed(sampled.get(NOTHING), sampled.get(change))
        rows.append([change, f"{other} of {len(asked)}", f"{mean:.1f}", f"{seen:.2f}", calls])
        print(rows[-1], file=sys.stderr, flush=True)
    head = ["change", "canaries that differ", "mean calls, greedy", "seen", "calls at temperature 1 for power 0.8"]
    print(table(head, rows))


if __name__ == "__main__":
    model, orders = [*sys.argv[2:], *("smollm2-135m", "200")[len(sys.argv) - 2 :]]
    main(Path(sys.argv[1]), model, int(orders))
