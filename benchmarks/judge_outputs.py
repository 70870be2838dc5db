"""Records what real local models say as judges: the material of the parser's tests.

    python -m benchmarks.judge_outputs local/smollm2-135m > smollm2.jsonl
    python -m benchmarks.judge_outputs local/gemma3-270m > gemma3.jsonl
    cat smollm2.jsonl gemma3.jsonl > tests/unit/judges/judge_outputs.jsonl

The model grades real answers of people and models on two rubrics, once held to the JSON schema and once in words
alone, with several draws a question. A line is one answer as it came.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai

from pytest_llm.judges.prompting import grade_prompt
from pytest_llm.judges.rubric import Rubric
from pytest_llm.local import start
from pytest_llm.payloads import messages_of, response_format

DATA = Path(__file__).parents[2] / "shared" / "data" / "evals" / "registry" / "data"
LABELLED = (DATA / "test_metaeval" / "joke_fruits_labeled.jsonl", DATA / "iambic-pentameter" / "samples.jsonl")
RUBRICS = (
    Rubric("Is the answer funny?", scale=(0, 1)),
    Rubric("Is the answer funny?", levels={1: "not at all", 5: "very"}),
)
ANSWERS, DRAWS, TOKENS = 22, 4, 48  # a request has at most as many draws as the local server has slots


def asked() -> Iterator[tuple[int, int, bool, list[dict[str, Any]], dict[str, Any]]]:
    """Yield the numbers of answer and rubric, whether the schema holds, the messages and the response format."""
    lines = [line for path in LABELLED for line in path.read_text(encoding="utf-8").splitlines()]
    for place, rubric in enumerate(RUBRICS):
        for structured in (True, False):
            for number, line in enumerate(lines[:ANSWERS]):
                messages, schema = grade_prompt(rubric, {"answer": json.loads(line)["completion"]})
                yield number, place, structured, messages_of(messages), response_format(schema)


def main(model: str) -> None:
    with start(model) as server, openai.OpenAI(base_url=server.base_url, api_key="local") as client:
        for answer, rubric, structured, messages, form in asked():
            extra: dict[str, Any] = {"response_format": form} if structured else {}
            said = client.chat.completions.create(
                model=server.model,
                messages=messages,  # type: ignore[arg-type]
                n=DRAWS,
                max_tokens=TOKENS,
                temperature=1,
                seed=answer,
                extra_body={"cache_prompt": True},  # most of the prompt is the same in each call
                **extra,
            )
            for choice in said.choices:
                known = {"model": server.model, "structured": structured, "rubric": rubric}
                told = {"finish": choice.finish_reason, "text": choice.message.content}
                print(json.dumps({**known, **told}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
