"""A request asked at temperature 0, and for log-probabilities, as each API spells it."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from openai.types.responses import ResponseIncludable

from pytest_llm.dialects.probing import asking_no_logprobs, asks_logprobs, at_temperature_zero, with_logprobs

SAY = [{"role": "user", "content": "Hi"}]

COLD = [
    (
        "openai-chat",
        {"model": "m", "messages": SAY, "temperature": 1, "top_p": 0.9, "seed": 3, "n": 4, "max_tokens": 5},
        {"model": "m", "messages": SAY, "max_tokens": 5, "temperature": 0},
    ),
    ("openai-completions", {"prompt": "Hi", "best_of": 3}, {"prompt": "Hi", "temperature": 0}),
    ("openai-responses", {"input": "Hi", "top_p": 0.5}, {"input": "Hi", "temperature": 0}),
    ("anthropic-messages", {"messages": SAY, "top_k": 5}, {"messages": SAY, "temperature": 0}),
    ("cohere-chat", {"messages": SAY, "p": 0.5, "k": 3}, {"messages": SAY, "temperature": 0}),
    (
        "gemini",
        {"contents": SAY, "generationConfig": {"topP": 0.5, "candidateCount": 2, "maxOutputTokens": 5}},
        {"contents": SAY, "generationConfig": {"maxOutputTokens": 5, "temperature": 0}},
    ),
    ("gemini", {"contents": SAY}, {"contents": SAY, "generationConfig": {"temperature": 0}}),
    (
        "ollama-chat",
        {"messages": SAY, "options": {"seed": 1, "num_predict": 5}},
        {"messages": SAY, "options": {"num_predict": 5, "temperature": 0}},
    ),
    ("ollama-generate", {"prompt": "Hi"}, {"prompt": "Hi", "options": {"temperature": 0}}),
]

TELLING = [
    ("openai-chat", {"messages": SAY}, {"messages": SAY, "logprobs": True, "top_logprobs": 5}),
    ("openai-completions", {"prompt": "Hi"}, {"prompt": "Hi", "logprobs": 5}),
    (
        "openai-responses",
        {"input": "Hi", "include": ["reasoning.encrypted_content"]},
        {
            "input": "Hi",
            "include": ["reasoning.encrypted_content", "message.output_text.logprobs"],
            "top_logprobs": 5,
        },
    ),
    ("cohere-chat", {"messages": SAY}, {"messages": SAY, "logprobs": True}),
    (
        "gemini",
        {"contents": SAY, "generationConfig": {"temperature": 0.5}},
        {"contents": SAY, "generationConfig": {"temperature": 0.5, "responseLogprobs": True, "logprobs": 5}},
    ),
    ("ollama-chat", {"messages": SAY}, {"messages": SAY, "logprobs": True, "top_logprobs": 5}),
]


@pytest.mark.parametrize(("dialect", "body", "cold"), COLD)
def test_at_temperature_0_nothing_else_shapes_the_sampling(
    dialect: str, body: dict[str, Any], cold: dict[str, Any]
) -> None:
    assert at_temperature_zero(dialect, body) == cold


@pytest.mark.parametrize(("dialect", "body", "telling"), TELLING)
def test_log_probabilities_are_asked_for_once(dialect: str, body: dict[str, Any], telling: dict[str, Any]) -> None:
    assert not asks_logprobs(dialect, body)
    assert with_logprobs(dialect, body) == telling
    assert asks_logprobs(dialect, telling)
    assert with_logprobs(dialect, telling) is None
    assert asking_no_logprobs(dialect, telling) == asking_no_logprobs(dialect, body) == body


@pytest.mark.parametrize("dialect", ["bedrock-converse", "bedrock-invoke", "generic"])
def test_what_is_signed_or_unknown_is_asked_as_it_is(dialect: str) -> None:
    assert at_temperature_zero(dialect, {"messages": SAY}) is None
    assert with_logprobs(dialect, {"messages": SAY}) is None


def test_anthropic_gives_no_log_probabilities() -> None:
    assert with_logprobs("anthropic-messages", {"messages": SAY}) is None


def test_log_probabilities_that_are_refused_explicitly_may_be_asked_for() -> None:
    assert with_logprobs("openai-chat", {"logprobs": False}) == {"logprobs": True, "top_logprobs": 5}
    assert asking_no_logprobs("openai-chat", {"logprobs": False}) == {}


@pytest.mark.parametrize("dialect", ["openai-responses", "gemini"])
def test_where_nothing_else_is_asked_for_nothing_is_left_of_it(dialect: str) -> None:
    assert asking_no_logprobs(dialect, with_logprobs(dialect, {}) or {}) == {}


def test_the_responses_api_knows_what_is_included() -> None:
    assert with_logprobs("openai-responses", {})["include"][0] in get_args(ResponseIncludable)  # type: ignore[index]


def test_gemini_knows_what_is_configured() -> None:
    from google.genai.types import GenerateContentConfig

    asked = with_logprobs("gemini", at_temperature_zero("gemini", {}) or {})

    assert asked is not None
    assert GenerateContentConfig.model_validate(asked["generationConfig"]).model_dump(exclude_none=True) == {
        "temperature": 0,
        "response_logprobs": True,
        "logprobs": 5,
    }
