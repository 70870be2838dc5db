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

DATA = Path(__file__).parents[2] / "shared" / "data" / "evals" / "registry" / "data" / "test_metaeval"
RUBRICS = (
    Rubric("Is the answer funny?", scale=(0, 1)),
    Rubric("Is the answer funny?", levels={1: "not at all", 5: "very"}),
)
ANSWERS, DRAWS, TOKENS = 20, 4, 48  # a request has at most as many draws as the local server has slots


def asked() -> Iterator[tuple[int, int, list[dict[str, Any]], dict[str, Any]]]:
    """Yield the number of the answer and of the rubric, the messages and the response format."""
    lines = (DATA / "joke_fruits_labeled.jsonl").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines[:ANSWERS]):
        for place, rubric in enumerate(RUBRICS):
            messages, schema = grade_prompt(rubric, {"answer": json.loads(line)["completion"]})
            yield number, place, messages_of(messages), response_format(schema)


def main(model: str) -> None:
    with start(model) as server, openai.OpenAI(base_url=server.base_url, api_key="local") as client:
        for answer, rubric, messages, form in asked():
            for structured in (True, False):
                extra: dict[str, Any] = {"response_format": form} if structured else {}
                said = client.chat.completions.create(
                    model=server.model,
                    messages=messages,  # type: ignore[arg-type]
                    n=DRAWS,
                    max_tokens=TOKENS,
                    temperature=1,
                    seed=answer,
                    **extra,
                )
                for choice in said.choices:
                    known = {"model": server.model, "structured": structured, "rubric": rubric}
                    told = {"finish": choice.finish_reason, "text": choice.message.content}
                    print(json.dumps({**known, **told}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
