"""GPT-4 of March 2023 against itself and against June: false alarms on random halves, and how soon a change is decided.

python -m benchmarks.drift_questions [splits] [orders]
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np

from benchmarks.drift_material import QUESTIONS, table
from pytest_llm.cli.drift_sides import paired
from pytest_llm.cli.drift_tables import Columns, read_table
from pytest_llm.drift.attribution import verdict
from pytest_llm.drift.blocks import text_blocks
from pytest_llm.drift.early import decided_after
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.values import Probe
from pytest_llm.stats.outcomes import unpaired_change
from pytest_llm.stats.two_sample import two_sample

PRIMES = (QUESTIONS / "PRIME_FULL_EVAL.csv", Columns(id="id", extract=r"\[(\w+)\]", reference="ref_answer"))
SENSITIVE = (QUESTIONS / "SENSITIVEQ_EVAL.csv", Columns(id="id", outcome="Response Rate"))
MARCH, JUNE = "model=openaichat/gpt-4-0314", "model=openaichat/gpt-4-0613"
SETTINGS = Settings(permutations=199)


def alarms(month: list[Probe], splits: int, rng: np.random.Generator) -> list[bool]:
    """Return for random halves of a month, no question on both sides, whether ``verdict`` would call them changed.

    The block of all answers is made once and its labels are set anew, which is what ``verdict`` does for each half.
    """
    (block,) = text_blocks(
        [replace(month[0], fresh=()), *(replace(one, baseline=(), fresh=one.baseline) for one in month[1:])]
    )
    outcomes = np.array([one.baseline[0].outcome for one in month])
    found = []
    for split in range(splits):
        fresh = np.arange(len(month)) >= len(month) // 2
        rng.shuffle(fresh)
        text = two_sample([replace(block, fresh=fresh)], permutations=SETTINGS.permutations, seed=split).p
        behaviour = unpaired_change((outcomes[~fresh] == 1).tolist(), (outcomes[fresh] == 1).tolist()).p
        found.append(2 * min(text, behaviour) <= SETTINGS.alpha)
    return found


def main(splits: int, orders: int) -> None:
    rows = []
    for name, (path, columns) in {"primes": PRIMES, "sensitive": SENSITIVE}.items():
        march, june = (read_table(path, columns, [month]) for month in (MARCH, JUNE))
        probes = paired(march, june)
        rng = np.random.default_rng(0)
        months = [np.mean(alarms(paired(month, {}), splits, rng)) for month in (march, june)]
        found = verdict(probes, Settings())
        effect = next(one for one in found.evidence if one.rung == "behaviour")
        early = {one.rung: f"{one.requests:g} ({one.decided})" for one in decided_after(probes, SETTINGS, orders)}
        said = f"{effect.effect:+.3f} ({effect.interval[0]:+.3f} to {effect.interval[1]:+.3f})"
        rows.append([name, found.kind, said, *(f"{share:.3f}" for share in months), early["text"], early["behaviour"]])
        print(rows[-1], file=sys.stderr, flush=True)
    head = [
        "questions",
        "verdict",
        "rate",
        "halves of March",
        "halves of June",
        "decided by text",
        "decided by behaviour",
    ]
    print(table(head, rows))


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:] or (200, 100)))
