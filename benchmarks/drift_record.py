"""Fresh answers of the local models before and after a silent change, kept in a file that other benchmarks read.

python -m benchmarks.drift_record FILE.jsonl STUDY MODEL [baseline draws] [draws of each change]

STUDY is sampled (8 prompts, temperature 1) or canaries (24 prompts, temperature 0); MODEL, the one that changes,
smollm2-135m or gemma3-270m. What the file has already is not asked again, so a run may be stopped and go on. Needs the
extra local and both models.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import openai

from benchmarks.drift_material import NOTHING, OTHER, OTHER_MODEL, config, rows
from benchmarks.requantise import requantise
from pytest_llm.local import LOCAL_MODELS, LocalServer, start

TOKENS, CONCURRENT = 24, 4
SYSTEM = "You are a helpful assistant. Answer politely."
AGAIN = "nothing, asked again"
TYPES = {
    ("sampled", "smollm2-135m"): ("Q8_0", "Q2_K"),
    ("sampled", "gemma3-270m"): ("Q4_0",),
    ("canaries", "smollm2-135m"): ("Q8_0", "Q4_0", "Q2_K"),
    ("canaries", "gemma3-270m"): ("Q8_0", "Q4_0"),
}
SAMPLED = (
    "Summarise in one sentence: the parcel was sent on Monday and arrived on Thursday with a broken lid.",
    "What is the opposite of cold?",
    "Name a fruit that is yellow.",
    "Translate 'thank you' to French.",
    "Is a whale a fish? Answer yes or no.",
    "Write a headline about a football match.",
    "Which month comes after March?",
    "Reply to this customer: my order has not arrived.",
)
TOPICS = (
    "the moon;a river;bread;a bicycle;the sea;winter;a library;salt;a bridge;honey;a clock;the wind;a garden;glass;"
    "a train;tea;a mountain;paper;a market;iron;a lamp;rain;a castle;wool"
).split(";")
FORMS = ("Write one sentence about {}.", "Name three facts about {}.", "Why do people like {}?")
CANARIES = tuple(FORMS[place % len(FORMS)].format(topic) for place, topic in enumerate(TOPICS))
STUDIES = {"sampled": (SAMPLED, 1.0), "canaries": (CANARIES, 0.0)}


@dataclass(frozen=True)
class Condition:
    """What stands behind the name, and how it is asked."""

    change: str
    model: str
    temperature: float
    system: str = ""
    file_type: str = ""


def conditions(study: str, model: str) -> list[Condition]:
    """Return the baseline and every change; what the other model says is its own baseline where both are recorded."""
    plain = Condition(NOTHING, model, STUDIES[study][1])
    found = [plain, replace(plain, change="hidden system sentence", system=SYSTEM)]
    if study == "sampled":
        found.append(replace(plain, change="temperature 1.0 → 0.7", temperature=0.7))
    else:
        found += [replace(plain, change=AGAIN), replace(plain, change=OTHER_MODEL, model=OTHER[model])]
    return found + [replace(plain, change=f"requantised, {one}", file_type=one) for one in TYPES[study, model]]


@contextmanager
def served(condition: Condition) -> Iterator[LocalServer]:
    if not condition.file_type:
        with start(f"local/{condition.model}") as server:
            yield server
        return
    name = f"{condition.model}-{condition.file_type}"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"{name}.gguf")
        requantise(file, condition.file_type, condition.model)
        LOCAL_MODELS[name] = replace(LOCAL_MODELS[condition.model], name=name, parts=(("xllamacpp", str(file)),))
        with start(f"local/{name}") as server:
            yield server


def ask(server: LocalServer, condition: Condition, prompt: str, seed: int) -> str:
    client = openai.OpenAI(base_url=server.base_url, api_key="none", timeout=600)
    system = [{"role": "system", "content": condition.system}] * bool(condition.system)
    answer = client.chat.completions.create(
        model=server.model,
        messages=[*system, {"role": "user", "content": prompt}],
        temperature=condition.temperature,
        max_tokens=TOKENS,
        seed=seed,
        # Faster, and draws may differ in the last bits of their probabilities; greedy answers must not.
        extra_body={"cache_prompt": condition.temperature > 0},
    )
    return answer.choices[0].message.content or ""


def main(file: Path, study: str, model: str, base: int, many: int) -> None:
    prompts, _ = STUDIES[study]
    known = {(row["config"], row["prompt_id"], row["sample"]) for row in rows(file)} if file.exists() else set()
    for number, condition in enumerate(conditions(study, model)):
        name = config(study, model, condition.change)
        asked = [
            (str(place), prompt, sample)
            for place, prompt in enumerate(prompts)
            for sample in range(base if condition.change == NOTHING else many)
            if (name, str(place), sample) not in known
        ]
        if asked:
            record(file, name, condition, asked, number)
            print(f"{name}: {len(asked)} calls", file=sys.stderr, flush=True)


def record(file: Path, name: str, condition: Condition, asked: list[tuple[str, str, int]], number: int) -> None:
    with served(condition) as server, ThreadPoolExecutor(CONCURRENT) as pool, file.open("a", encoding="utf-8") as out:
        # No two conditions share a seed: draws of one seed are alike where little has changed.
        jobs = [
            (
                prompt_id,
                sample,
                pool.submit(ask, server, condition, prompt, 1_000_000 * number + 1000 * int(prompt_id) + sample),
            )
            for prompt_id, prompt, sample in asked
        ]
        for prompt_id, sample, job in jobs:
            row = {"config": name, "prompt_id": prompt_id, "sample": sample, "text": job.result()}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            out.flush()


if __name__ == "__main__":
    sizes = [int(text) for text in sys.argv[4:]] or [40, 40]
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], *sizes)
