"""Calls until a change is seen on real local models: greedy canaries, against sampling at temperature 1.

python -m benchmarks.drift_greedy [prompts] [baseline draws] [orders]

Needs the extra local, SmolLM2-135M and Gemma 3 270M. Every canary is asked at temperature 0, 24 tokens; the baseline
draws of one prompt are asked at once, so that batching may disturb them. Sampled are 2 fresh draws a prompt.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import openai

from benchmarks.drift_material import table
from benchmarks.requantise import requantise
from pytest_llm.drift.blocks import text_blocks
from pytest_llm.drift.values import Draw, Probe
from pytest_llm.local import LOCAL_MODELS, start
from pytest_llm.stats.eprocess import BlockStatistics, crossing

ALPHA = 0.05
FRESH = 2
TOPICS = (
    "the moon;a river;bread;a bicycle;the sea;winter;a library;salt;a bridge;honey;a clock;the wind;a garden;glass;"
    "a train;tea;a mountain;paper;a market;iron;a lamp;rain;a castle;wool"
).split(";")
FORMS = ("Write one sentence about {}.", "Name three facts about {}.", "Why do people like {}?")


def prompts(many: int) -> list[str]:
    return [FORMS[place % len(FORMS)].format(TOPICS[place % len(TOPICS)]) for place in range(many)]


def ask(url: str, model: str, prompt: str, system: str, seed: int, temperature: float) -> Draw:
    client = openai.OpenAI(base_url=url, api_key="none", timeout=600)
    messages = [{"role": "system", "content": system}] * bool(system) + [{"role": "user", "content": prompt}]
    answer = client.chat.completions.create(
        model=model, messages=messages, temperature=temperature, max_tokens=24, seed=seed
    )
    return Draw(answer.choices[0].message.content or "")


def draws(name: str, asked: Sequence[str], many: int, system: str, temperature: float) -> list[tuple[Draw, ...]]:
    with start(name) as server, ThreadPoolExecutor(4) as pool:
        jobs = [
            [pool.submit(ask, server.base_url, server.model, prompt, system, seed, temperature) for seed in range(many)]
            for prompt in asked
        ]
        return [tuple(job.result() for job in one) for one in jobs]


def calls(
    before: Sequence[tuple[Draw, ...]], after: Sequence[tuple[Draw, ...]], per: int, orders: int
) -> tuple[str, float]:
    """Return the mean calls until it is seen in random orders (all calls where it is not), and how often it is seen."""
    blocks = text_blocks(
        [Probe(str(place), old, new) for place, (old, new) in enumerate(zip(before, after, strict=True))]
    )
    if per == 1:
        blocks = [replace(block, features={}) for block in blocks]
    statistics = BlockStatistics(blocks)
    rng = np.random.default_rng(0)
    found = [crossing(statistics.path(rng.permutation(len(blocks)).tolist()), ALPHA) for _ in range(orders)]
    spent = [per * (len(blocks) if one is None else one) for one in found]
    return f"{np.mean(spent):.1f}", float(np.mean([one is not None for one in found]))


def requantised(file_type: str, folder: Path) -> str:
    """Return the name of a local model with the same weights in another quantisation."""
    file = folder / f"{file_type}.gguf"
    requantise(file, file_type)
    parts = (("xllamacpp", str(file)),)
    LOCAL_MODELS[file_type] = replace(LOCAL_MODELS["smollm2-135m"], name=file_type, parts=parts)
    return f"local/{file_type}"


def main(many: int, base: int, orders: int, folder: Path) -> None:
    asked = prompts(many)
    smollm, gemma = "local/smollm2-135m", "local/gemma3-270m"
    changes = {
        "nothing": (smollm, ""),
        "hidden system sentence": (smollm, "You are a helpful assistant. Answer politely."),
        "swapped for Gemma 3 270M": (gemma, ""),
    }
    for file_type in ("Q8_0", "Q4_0"):
        changes[f"requantised to {file_type}"] = (requantised(file_type, folder), "")
    greedy = draws(smollm, asked, base, "", 0)
    sampled = draws(smollm, asked, base, "", 1)
    rows = []
    for name, (model, system) in changes.items():
        fresh = draws(model, asked, 1, system, 0)
        other = sum(new[0].text not in {one.text for one in old} for old, new in zip(greedy, fresh, strict=True))
        mean, seen = calls(greedy, fresh, 1, orders)
        warm = draws(model, asked, FRESH, system, 1)
        spent, often = calls(sampled, warm, FRESH, orders)
        rows.append([name, f"{other} of {many}", mean, f"{seen:.2f}", spent, f"{often:.2f}"])
        print(rows[-1], file=sys.stderr, flush=True)
    head = ["change", "canaries that differ", "mean calls, greedy", "seen", "mean calls, temperature 1", "seen"]
    print(table(head, rows))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        main(*(int(text) for text in sys.argv[1:] or (16, 5, 200)), Path(name))
