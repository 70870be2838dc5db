"""A request with the old prompt or the old model in place of the new, in the wire formats of several providers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from pytest_llm.cassettes.redaction import Redactor
from pytest_llm.http import HTTPRequest
from pytest_llm.plugin.cells import Cell, rewritten
from pytest_llm.readings import Readings

READINGS = Readings(Redactor((), {}))
HEADERS = (("content-type", "application/json"), ("authorization", "Bearer secret"))
ASKED: Mapping[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "openai-chat": (
        "https://api.openai.com/v1/chat/completions",
        {"model": "new", "messages": [{"role": "user", "content": "New?"}], "temperature": 0.5},
        {"messages": [{"role": "user", "content": "Old?"}]},
    ),
    "openai-responses": (
        "https://api.openai.com/v1/responses",
        {"model": "new", "instructions": "Be new.", "input": "New?", "temperature": 0.5},
        {"input": "Old?"},
    ),
    "anthropic-messages": (
        "https://api.anthropic.com/v1/messages",
        {"model": "new", "system": "Be new.", "messages": [{"role": "user", "content": "New?"}], "max_tokens": 9},
        {"system": "Be old.", "messages": [{"role": "user", "content": "Old?"}]},
    ),
}


def request(dialect: str) -> HTTPRequest:
    url, body, _ = ASKED[dialect]
    return HTTPRequest("POST", url, HEADERS, json.dumps(body).encode())


def cell(asked: HTTPRequest, prompt: Mapping[str, Any] | None, model: str | None) -> Cell:
    return Cell("", READINGS.sought(asked).fingerprint.parts["prompt"], "new", prompt, model)


@pytest.mark.parametrize("dialect", ASKED)
def test_the_old_prompt_takes_the_place_of_the_new_and_nothing_else_changes(dialect: str) -> None:
    asked, (_, body, old) = request(dialect), ASKED[dialect]

    found = rewritten(asked, cell(asked, old, None), READINGS)

    rest = {key: item for key, item in body.items() if key not in ("messages", "input", "system", "instructions")}
    assert json.loads(found.body) == {**rest, **old}
    assert (found.url, found.headers) == (asked.url, asked.headers)


@pytest.mark.parametrize("dialect", ASKED)
def test_the_old_model_is_named_in_the_body(dialect: str) -> None:
    asked = request(dialect)

    found = rewritten(asked, cell(asked, None, "old"), READINGS)

    assert json.loads(found.body) == {**ASKED[dialect][1], "model": "old"}


def test_the_old_model_is_named_in_the_path() -> None:
    url = "https://generativelanguage.googleapis.com/v1beta/models/new:generateContent"
    asked = HTTPRequest("POST", url, HEADERS, b'{"contents": [{"role": "user", "parts": [{"text": "New?"}]}]}')

    found = rewritten(asked, cell(asked, None, "old"), READINGS)

    assert found.url == "https://generativelanguage.googleapis.com/v1beta/models/old:generateContent"
    assert json.loads(found.body) == json.loads(asked.body)


def test_another_request_of_the_test_stays_as_it_is() -> None:
    asked, other = request("openai-chat"), request("anthropic-messages")

    assert rewritten(other, cell(asked, {"messages": []}, None), READINGS) is other
    judge = HTTPRequest("POST", asked.url, HEADERS, asked.body.replace(b'"new"', b'"judge"'))
    assert rewritten(judge, cell(asked, None, "old"), READINGS) is judge
