"""Calls until a change of a real local model is seen: greedy canaries, beside sampling at temperature 1.

python -m benchmarks.drift_greedy FILE.jsonl [MODEL] [orders]

FILE has the studies canaries and sampled of benchmarks.drift_record for MODEL. A canary has 10 greedy baseline draws
and one fresh call, without a change each of its draws in turn; requests are asked in random order, and as the planner
orders them, until an e-process decides at 0.05, which may be looked at after each of them. Sampled are up to 20 fresh
draws of each of 8 other prompts against 20 of the baseline; said is how many calls one test of all of them takes for a
power of 0.8.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.drift_material import NOTHING, Draws, pick, recorded, table
from pytest_llm.drift.blocks import answer
from pytest_llm.drift.planning import candidate, plan
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.texts import greedy_blocks, text_evidence
from pytest_llm.drift.values import Probe
from pytest_llm.stats.eprocess import BlockStatistics, crossing

ALPHA, POWER = 0.05, 0.8
SIZES = (1, 2, 5, 10, 20)
TESTS = 100


def canaries(before: Draws, after: Draws) -> list[Probe]:
    return [Probe(name, tuple(old), tuple(after[name][:1]), greedy=True) for name, old in before.items()]


def turns(before: Draws) -> list[list[Probe]]:
    """Return the canaries with each baseline draw in its turn as the fresh one: nothing has changed."""
    many = min(map(len, before.values()))
    return [
        canaries(
            {name: [*old[:k], *old[k + 1 :]] for name, old in before.items()},
            {name: [old[k]] for name, old in before.items()},
        )
        for k in range(many)
    ]


def stopped(probes: Sequence[Probe], orders: Sequence[Sequence[int]]) -> list[int | None]:
    """Return for each order of the canaries after how many calls it is decided; None where it is not."""
    statistics = BlockStatistics(greedy_blocks(probes))
    return [crossing(statistics.path(order), ALPHA) for order in orders]


def planned(probes: Sequence[Probe]) -> list[int]:
    """Return the places of the canaries in the order in which drift mode asks them."""
    places = {one.name: place for place, one in enumerate(probes)}
    return [places[name] for name, _ in plan([candidate(one.name, True, one.baseline) for one in probes], None)]


def mean_calls(found: Sequence[int | None], many: int) -> float:
    return float(np.mean([many if one is None else one for one in found]))


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
    asked = {name: [canaries(greedy[NOTHING], draws)] for name, draws in greedy.items()}
    asked[NOTHING] = turns(greedy[NOTHING])
    rows = []
    for change, runs in asked.items():
        other = [sum(answer(one.fresh[0]) not in set(map(answer, one.baseline)) for one in run) for run in runs]
        many = len(runs[0])
        rng = np.random.default_rng(0)
        drawn = [rng.permutation(many).tolist() for _ in range(orders)]
        found = [calls for run in runs for calls in stopped(run, drawn)]
        led = [calls for run in runs for calls in stopped(run, [planned(run)])]
        seen = np.mean([one is not None for one in found])
        calls = "" if change == NOTHING else needed(sampled.get(NOTHING), sampled.get(change))
        means = (f"{mean_calls(one, many):.1f}" for one in (found, led))
        rows.append([change, f"{np.mean(other):g} of {many}", *means, f"{seen:.2f}", calls])
        print(rows[-1], file=sys.stderr, flush=True)
    head = ["change", "canaries that differ", "mean calls, greedy", "as planned", "seen"]
    head.append("calls at temperature 1 for power 0.8")
    print(table(head, rows))


if __name__ == "__main__":
    model, orders = [*sys.argv[2:], *("smollm2-135m", "200")[len(sys.argv) - 2 :]]
    main(Path(sys.argv[1]), model, int(orders))
