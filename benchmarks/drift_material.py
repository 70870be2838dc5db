"""The real answers that the drift benchmarks resample: by configuration and prompt, as draws."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pytest_llm.drift.values import Draw, Probe

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "generations"
QUESTIONS = FOLDER.parent / "llmdrift"
NOTHING, OTHER_MODEL = "nothing", "another model"
CHANGES = {
    OTHER_MODEL: "swap_gemma3_270m",
    "hidden system prompt": "hidden_system_pirate",
    "temperature 0.7 → 1.0": "temp_1.0",
    "requantised, Q2_K": "requant_Q2_K",
    "requantised, Q8_0": "requant_Q8_0",
}
OTHER = {"smollm2-135m": "gemma3-270m", "gemma3-270m": "smollm2-135m"}
Draws = dict[str, list[Draw]]


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def draws(given: Iterable[Mapping[str, Any]]) -> Draws:
    found: Draws = {}
    for row in given:
        top, chosen = dict(row.get("logprobs", ())), tuple(pair[1] for pair in row.get("chosen", ()))
        draw = Draw(row["text"], top=top, chosen=chosen)
        found.setdefault(row["prompt_id"], []).append(draw)
    return found


def load(config: str) -> Draws:
    return draws(rows(FOLDER / f"{config}.jsonl"))


def baseline() -> Draws:
    first, second = load("baseline_a1"), load("baseline_a2")
    return {prompt: first[prompt] + second[prompt] for prompt in first}


def recorded(file: Path, study: str, model: str) -> dict[str, Draws]:
    """Return the draws that ``benchmarks.drift_record`` kept of a study, by what was changed."""
    known: dict[str, list[dict[str, Any]]] = {}
    for row in rows(file):
        known.setdefault(row["config"], []).append(row)
    prefix = config(study, model, "")
    found = {name.removeprefix(prefix): draws(given) for name, given in known.items() if name.startswith(prefix)}
    other = known.get(config(study, OTHER[model], NOTHING))
    return found | ({OTHER_MODEL: draws(other)} if other and OTHER_MODEL not in found else {})


def sides(file: str = "", model: str = "") -> dict[str, Draws]:
    """Return the draws of each change, the baseline's as ``NOTHING``, from the shared data or from a recorded file."""
    if file:
        return recorded(Path(file), "sampled", model)
    return {NOTHING: baseline()} | {change: load(name) for change, name in CHANGES.items()}


def config(study: str, model: str, change: str) -> str:
    return f"{study}, {model}: {change}"


def pick(draws: Sequence[Draw], places: np.ndarray) -> tuple[Draw, ...]:
    return tuple(draws[place] for place in places)


def resampled(
    before: Draws, after: Mapping[str, Sequence[Draw]] | None, n: int, rng: np.random.Generator
) -> list[Probe]:
    """Return n draws a side of each prompt, without replacement; without a change both sides share one pool."""
    probes = []
    for prompt, pool in before.items():
        if len(pool) < (2 * n if after is None else n) or (after is not None and len(after[prompt]) < n):
            raise ValueError(f"{prompt!r} has too few draws for {n} a side.")
        places = rng.permutation(len(pool))
        fresh = pick(pool, places[n : 2 * n])
        if after is not None:
            fresh = pick(after[prompt], rng.permutation(len(after[prompt]))[:n])
        probes.append(Probe(prompt, pick(pool, places[:n]), fresh))
    return probes


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(map(str, head))} |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join(lines + [f"| {' | '.join(map(str, row))} |" for row in rows])
