"""Two ways to stop early, and the test that does not: calls spent and power at the same rate of false alarms.

python -m benchmarks.drift_sequential [runs]

Canaries: 24 requests, 10 greedy baseline draws of which one in a hundred is off its mode, one fresh call each; a share
of the fresh answers is another. Sampling: 8 real prompts (see drift_power), 15 + 4 draws. The group-sequential test
looks four times.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.drift_material import NOTHING, baseline, load, pick, table
from pytest_llm.drift.blocks import text_blocks
from pytest_llm.drift.values import Probe
from pytest_llm.stats.eprocess import block_e_values, crossing, wealth
from pytest_llm.stats.group_sequential import stopped_at
from pytest_llm.stats.kernels import spectrum_gram
from pytest_llm.stats.two_sample import Block, call_labels, omnibus, shift, standardised, within

ALPHA, PERMUTATIONS, LOOKS = 0.05, 199, 4
Make = Callable[[np.random.Generator], list[Block]]


def canaries(share: float) -> Make:
    def make(rng: np.random.Generator) -> list[Block]:
        blocks = []
        for number in range(24):
            texts = [f"The answer is {number}."] * 11
            for place in range(11):
                if rng.random() < (share if place == 10 else 0.01):
                    texts[place] = "It is " + "".join(rng.choice(list("abcdefgh"), 12))
            blocks.append(Block(np.arange(11) >= 10, {"wording": spectrum_gram(texts)}))
        return blocks

    return make


def sampling(config: str) -> Make:
    before = baseline()
    after = before if config == NOTHING else load(config)

    def make(rng: np.random.Generator) -> list[Block]:
        probes = []
        for prompt, pool in before.items():
            order = rng.permutation(len(pool))
            fresh = pick(pool, order[15:19]) if after is before else pick(after[prompt], rng.permutation(20)[:4])
            probes.append(Probe(prompt, pick(pool, order[:15]), fresh))
        blocks = text_blocks(probes)
        return [blocks[place] for place in rng.permutation(len(blocks))]

    return make


def statistics(blocks: Sequence[Block], rng: np.random.Generator) -> list[np.ndarray]:
    """Return each block's statistic over 1 + B arrangements, with its shift along that of the blocks before it."""
    found, before = [], {}
    for block in blocks:
        labels = call_labels(block.fresh, PERMUTATIONS, rng)
        total = sum((values for _, values, _ in within(block, labels)), np.zeros(1 + PERMUTATIONS))
        for name, rows in block.features.items():
            moved = shift(rows, labels)
            if name in before:
                scaled, _ = standardised((moved @ before[name]).astype(float))
                total = total if scaled is None else total + scaled
            before[name] = before.get(name, 0.0) + moved[0]
        found.append(total)
    return found


def decided(blocks: Sequence[Block], rng: np.random.Generator) -> list[int | None]:
    """Return after how many blocks each test rejects: the e-process, the group-sequential, the fixed."""
    values = statistics(blocks, rng)
    path = wealth([block_e_values(one) for one in values])
    sums = np.cumsum(
        [one if (one := standardised(each)[0]) is not None else np.zeros_like(each) for each in values], axis=0
    ).T
    looks = [len(blocks) * look // LOOKS for look in range(1, LOOKS + 1)]
    group = stopped_at(sums[:, [look - 1 for look in looks]], [look / len(blocks) for look in looks], ALPHA)
    fixed = omnibus({"sum": sums[:, -1]})[0] <= ALPHA
    return [crossing(path, ALPHA), None if group is None else looks[group - 1], len(blocks) if fixed else None]


def main(runs: int) -> None:
    rows = []
    for name, make in {
        "canaries, nothing": canaries(0.01),
        "canaries, 10 % differ": canaries(0.1),
        "canaries, 20 % differ": canaries(0.2),
        "canaries, 50 % differ": canaries(0.5),
        "sampling, nothing": sampling(NOTHING),
        "sampling, hidden_system_pirate": sampling("hidden_system_pirate"),
        "sampling, requant_Q2_K": sampling("requant_Q2_K"),
        "sampling, swap_gemma3_270m": sampling("swap_gemma3_270m"),
    }.items():
        rng = np.random.default_rng(0)
        cells: list[list[int]] = [[], [], []]
        powers = np.zeros(3)
        for _ in range(runs):
            blocks = make(rng)
            per = int(blocks[0].fresh.sum())
            for place, found in enumerate(decided(blocks, rng)):
                powers[place] += found is not None
                cells[place].append(per * (found or len(blocks)))
        rows.append([name, *(f"{powers[place] / runs:.2f} ({np.mean(cells[place]):.1f})" for place in range(3))])
        print(rows[-1], file=sys.stderr, flush=True)
    print(table(["power (mean calls)", "e-process", "group-sequential, 4 looks", "fixed"], rows))


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:] or (200,)))
