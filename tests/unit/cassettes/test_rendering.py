"""Cassettes are laid out for a person, and lose nothing by it."""

from __future__ import annotations

import json
import random

import pytest

from pytest_llm.cassettes.rendering import WIDTH, render

LONG = "word " * 30


def test_an_interaction_reads_well() -> None:
    entry = {
        "dialect": "openai-chat",
        "draw": 1,
        "events": [{"a": 1}, ["done", {"b": [1, 2]}]],
        "method": "POST",
        "path": "/v1/chat/completions",
        "request": {"messages": [{"content": {"$lines": ["One.", "Two."]}, "role": "user"}], "model": "m"},
        "response": {"choices": [{"message": {"content": LONG}}]},
        "vector": [0.5] * 40,
    }

    assert render(entry) == "\n".join(
        [
            "{",
            '  "dialect": "openai-chat", "draw": 1, "events": [{"a": 1}, ["done", {"b": [1, 2]}]], "method": "POST",',
            '  "path": "/v1/chat/completions",',
            '  "request": {"messages": [{"content": {"$lines": ["One.", "Two."]}, "role": "user"}], "model": "m"},',
            '  "response": {',
            '    "choices": [{',
            '      "message": {',
            f'        "content": "{LONG}"',
            "      }",
            "    }]",
            "  },",
            f'  "vector": [{", ".join(["0.5"] * 40)}]',
            "}",
        ]
    )


def test_a_stream_has_one_line_an_event_however_long() -> None:
    rendered = render({"events": [{"a": LONG}, {"b": {"c": LONG}}, "data: [DONE]\n\n"]})

    assert rendered == (
        f'{{\n  "events": [\n    {{"a": "{LONG}"}},\n    {{"b": {{"c": "{LONG}"}}}},\n    "data: [DONE]\\n\\n"\n  ]\n}}'
    )


@pytest.mark.parametrize("value", [None, True, 0, -1.5, "", "é\n", [], {}, [[]], [{}], {"a": {}}, {"": ""}])
def test_small_values_stand_on_one_line(value: object) -> None:
    assert render(value) == json.dumps(value, ensure_ascii=False)


def test_every_value_comes_back() -> None:
    randomly = random.Random(11)
    for _ in range(400):
        value = some_json(randomly, 5)
        for indent in (0, 4):
            assert json.loads(render(value, indent)) == value


def test_lines_are_no_wider_than_what_they_hold_needs() -> None:
    value = {f"key{number}": [number, {"text": "x" * (number % 60)}] for number in range(200)}

    assert max(map(len, render(value).split("\n"))) <= WIDTH + 1


def some_json(randomly: random.Random, depth: int) -> object:
    texts = ["", "a", "ä€", "😀", "line\nline", '"quoted"', "\\", LONG, "\u2028", "\x00\x1b", "events", "}", "],"]
    kind = randomly.randrange(8 if depth else 6)
    if kind < 6:
        return [None, True, randomly.randrange(10**18), randomly.random(), *randomly.choices(texts, k=2)][kind]
    items = [some_json(randomly, depth - 1) for _ in range(randomly.randrange(5))]
    if kind == 6:
        return items
    return {randomly.choice(texts) + str(index): item for index, item in enumerate(items)}
