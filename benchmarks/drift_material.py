"""The real answers that the drift benchmarks resample: by configuration and prompt, as draws."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from pytest_llm.drift.values import Draw, Probe

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "generations"
QUESTIONS = FOLDER.parent / "llmdrift"
CHANGES = ("swap_gemma3_270m", "hidden_system_pirate", "temp_1.0", "requant_Q2_K", "requant_Q8_0")
NOTHING = "nothing"
Draws = dict[str, list[Draw]]


def load(config: str) -> Draws:
    found: Draws = {}
    for line in (FOLDER / f"{config}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        draw = Draw(row["text"], top=dict(row["logprobs"]), chosen=tuple(pair[1] for pair in row["chosen"]))
        found.setdefault(row["prompt_id"], []).append(draw)
    return found


def baseline() -> Draws:
    first, second = load("baseline_a1"), load("baseline_a2")
    return {prompt: first[prompt] + second[prompt] for prompt in first}


def pick(draws: Sequence[Draw], places: np.ndarray) -> tuple[Draw, ...]:
    return tuple(draws[place] for place in places)


def resampled(
    before: Draws, after: Mapping[str, Sequence[Draw]] | None, n: int, rng: np.random.Generator
) -> list[Probe]:
    """Return n draws a side of each prompt, without replacement; without a change both sides share one pool."""
    probes = []
    for prompt, pool in before.items():
        places = rng.permutation(len(pool))
        fresh = pick(pool, places[n : 2 * n])
        if after is not None:
            fresh = pick(after[prompt], rng.permutation(len(after[prompt]))[:n])
        probes.append(Probe(prompt, pick(pool, places[:n]), fresh))
    return probes


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(map(str, head))} |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join(lines + [f"| {' | '.join(map(str, row))} |" for row in rows])
