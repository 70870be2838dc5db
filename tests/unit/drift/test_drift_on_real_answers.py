"""Resampled real answers: false alarms without a change, and what log-probabilities tell of one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pytest_llm.drift.attribution import verdict
from pytest_llm.drift.logprobs import lead
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.texts import text_evidence
from pytest_llm.drift.values import Draw, Probe

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "generations"
SETTINGS = Settings(permutations=99)

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the data of ../shared/data is not there")


def load(config: str) -> dict[str, list[Draw]]:
    found: dict[str, list[Draw]] = {}
    for line in (FOLDER / f"{config}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.setdefault(row["prompt_id"], []).append(Draw(row["text"], top=dict(row["logprobs"])))
    return found


def unchanged(n: int, repeats: int, rng: np.random.Generator) -> Iterator[list[Probe]]:
    """Yield n draws a side of each prompt, both sides from one pool: exchangeable, whatever is in the pool."""
    first, second = load("baseline_a1"), load("baseline_a2")
    pools = {prompt: [*draws, *second[prompt]] for prompt, draws in first.items()}
    for _ in range(repeats):
        orders = {prompt: rng.permutation(len(pool)) for prompt, pool in pools.items()}
        yield [
            Probe(prompt, *(tuple(pool[place] for place in orders[prompt][start : start + n]) for start in (0, n)))
            for prompt, pool in pools.items()
        ]


def test_nothing_changed_raises_no_more_alarms_than_promised() -> None:
    alarms = [verdict(probes, SETTINGS).changed for probes in unchanged(6, 60, np.random.default_rng(1))]

    assert np.mean(alarms) <= 0.05 + 3 * (0.05 * 0.95 / 60) ** 0.5


def test_texts_of_random_halves_of_one_pool_differ_as_often_as_promised() -> None:
    found = []
    for run, probes in enumerate(unchanged(5, 200, np.random.default_rng(2))):
        evidence = text_evidence(probes, Settings(permutations=99, seed=2 * run))
        found.append(evidence is not None and evidence.p is not None and evidence.p <= 0.05)

    # Neither more nor fewer than two simulation errors: a test that is always silent holds its rate as well.
    assert abs(np.mean(found) - 0.05) <= 2 * (0.05 * 0.95 / 200) ** 0.5


def test_five_calls_a_prompt_tell_the_8_bit_weights_from_the_4_bit_ones() -> None:
    before, after = load("baseline_a1"), load("requant_Q8_0")
    probes = [Probe(prompt, tuple(before[prompt][:5]), tuple(after[prompt][:5])) for prompt in before]
    found = verdict(probes, Settings())

    assert (found.kind, found.evidence[0].p) == ("DISTRIBUTION CHANGED", 0.0005)
    assert found.sentence == (
        "first-token log-probabilities differ by 0.12 nats from the baseline's mean, which itself varies by 0.00 "
        "(p = 0.0005; 8 requests, 40 + 39 draws)"
    )


def test_the_prompt_whose_first_tokens_are_nearly_tied_is_recognised() -> None:
    leads = {
        prompt: min(found for draw in draws if (found := lead(draw.top)) is not None)
        for prompt, draws in load("baseline_a1").items()
    }

    assert [prompt for prompt, nats in leads.items() if nats <= 0.25] == ["extract"]
