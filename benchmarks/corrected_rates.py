"""How often the interval of a judge's corrected rate holds the true rate, and how often that of the raw rate does.

python -m benchmarks.corrected_rates [RUNS]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.agreement import JudgeRates
from pytest_llm.stats.corrected import prediction_powered, rogan_gladen
from pytest_llm.stats.intervals import wilson

RUNS = 2_000
ITEMS = 300
JUDGES = ((0.6, 0.6), (0.8, 0.6), (0.6, 0.8), (0.8, 0.8), (0.95, 0.9), (0.95, 0.95))
RATES = (0.5, 0.8, 0.95)
LABELS = (30, 100, 300)


def one(rng: np.random.Generator, rate: float, tpr: float, tnr: float, labels: int) -> tuple[bool, bool | None, bool]:
    """Return whether the raw, the Rogan-Gladen (None where refused) and the PPI++ interval hold the truth."""
    truth = rng.random(ITEMS + labels) < rate
    grades = np.where(truth, rng.random(len(truth)) < tpr, rng.random(len(truth)) >= tnr)
    passed = int(grades[labels:].sum())
    raw = rate in wilson(passed, ITEMS)
    positives = labels // 2  # a calibration set of both kinds, whatever the rate of the items
    judge = JudgeRates(
        int(rng.binomial(positives, tpr)), positives, int(rng.binomial(labels - positives, tnr)), labels - positives
    )
    ppi = prediction_powered(
        truth[:labels].astype(float).tolist(),
        grades[:labels].astype(float).tolist(),
        grades[labels:].astype(float).tolist(),
    )
    try:
        return raw, rate in rogan_gladen(passed, ITEMS, judge).interval, rate in ppi.interval
    except ConfigurationError:
        return raw, None, rate in ppi.interval


def lines(runs: int) -> Iterator[str]:
    yield (
        "| TPR | TNR | true rate | raw | "
        + " | ".join(f"Rogan-Gladen, {labels} labels (refused) | PPI++, {labels} labels" for labels in LABELS)
        + " |"
    )
    yield "|---:|---:|---:|---:|" + "---:|---:|" * len(LABELS)
    for tpr, tnr in JUDGES:
        for rate in RATES:
            rng, cells, raws = np.random.default_rng(20261126), [], []
            for labels in LABELS:
                found = [one(rng, rate, tpr, tnr, labels) for _ in range(runs)]
                raws += [raw for raw, _, _ in found]
                wrong = sum(held is False for _, held, _ in found) / runs
                refused = sum(held is None for _, held, _ in found) / runs
                cells += [f"{1 - wrong:.3f} ({refused:.0%})", f"{np.mean([held for _, _, held in found]):.3f}"]
            yield f"| {tpr} | {tnr} | {rate} | {np.mean(raws):.3f} | " + " | ".join(cells) + " |"


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    print(f"{runs} runs a cell, {ITEMS} items; nominal 0.95, two standard errors {2 * (0.0475 / runs) ** 0.5:.3f}\n")
    for line in lines(runs):
        print(line, flush=True)


if __name__ == "__main__":
    main()
