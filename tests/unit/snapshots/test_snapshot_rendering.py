"""Any value as text, and what is masked in it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pydantic import BaseModel

from pytest_llm.errors import ConfigurationError
from pytest_llm.messages import Message, Response, ToolCall
from pytest_llm.snapshots.rendering import masked, remasked, rendered


class Refund(BaseModel):
    """A model of a user's."""

    days: int
    note: str | None = None


@dataclass
class Place:
    """A dataclass of a user's."""

    city: str
    tags: tuple[str, ...] = ()


CALL = ToolCall("get_weather", {"city": "Oslo", "a": 1}, id="call_1")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("a\n b", "a\n b", id="text"),
        pytest.param(Response("It is sunny."), "It is sunny.", id="response"),
        pytest.param(Response(tool_calls=(CALL,)), '→ get_weather({"a": 1, "city": "Oslo"})', id="tool call"),
        pytest.param(Response(refusal="No."), "refusal: No.", id="refusal"),
        pytest.param(
            [Message("user", "Hi"), Message("assistant", "", (CALL,)), Response("Sunny.")],
            'user: Hi\n\nassistant:\n→ get_weather({"a": 1, "city": "Oslo"})\n\nSunny.',
            id="conversation",
        ),
        pytest.param({"b": 1, "a": [None, True]}, '{\n  "a": [\n    null,\n    true\n  ],\n  "b": 1\n}', id="json"),
        pytest.param(Refund(days=3), '{\n  "days": 3,\n  "note": null\n}', id="pydantic"),
        pytest.param(Place("Ulm", ("x",)), '{\n  "city": "Ulm",\n  "tags": [\n    "x"\n  ]\n}', id="dataclass"),
        pytest.param(
            [Refund(days=3), {"天"}],
            '[\n  {\n    "days": 3,\n    "note": null\n  },\n  [\n    "天"\n  ]\n]',
            id="mixed",
        ),
        pytest.param(None, "null", id="none"),
    ],
)
def test_a_value_is_prose_or_json(value: object, text: str) -> None:
    assert rendered(value) == text


@pytest.mark.parametrize(
    ("value", "masks", "text"),
    [
        pytest.param("on 2026-11-21", [(r"\d{4}-\d\d-\d\d", "<date>")], "on <date>", id="text"),
        pytest.param(Response("id 7"), [(r"\d", "<n>"), ("id", "key")], "key <n>", id="several"),
        pytest.param({"a": {"id": 1}}, [("$.a.id", "<id>")], '{\n  "a": {\n    "id": "<id>"\n  }\n}', id="path"),
        pytest.param(
            {"a": [{"id": 1}, {"id": 2}]},
            [("$.a[*].id", "x"), ("$.none", "y")],
            '{\n  "a": [\n    {\n      "id": "x"\n    },\n    {\n      "id": "x"\n    }\n  ]\n}',
            id="every item",
        ),
        pytest.param([1, 2], [("$[1]", "x")], '[\n  1,\n  "x"\n]', id="an item"),
        pytest.param(Response('{"a":1,"b":2}'), [("$.b", "x")], '{\n  "a": 1,\n  "b": "x"\n}', id="JSON of a response"),
        pytest.param("[1, 2]", [("$[0]", "x")], '[\n  "x",\n  2\n]', id="JSON of a text"),
        pytest.param("no JSON", [("$.a", "x")], "no JSON", id="a text that is no JSON"),
    ],
)
def test_masks_take_out_what_may_differ(value: object, masks: list[tuple[str, str]], text: str) -> None:
    assert masked(value, masks) == text


@pytest.mark.parametrize(
    ("accepted", "masks", "text"),
    [
        pytest.param("on 2026-11-21", [(r"\d{4}-\d\d-\d\d", "<date>")], "on <date>", id="text"),
        pytest.param("on <date>", [(r"\d{4}-\d\d-\d\d", "<date>")], "on <date>", id="already masked"),
        pytest.param('{\n  "a": 1\n}', [("$.a", "x")], '{\n  "a": "x"\n}', id="path"),
        pytest.param('{ "a": 1 }', [], '{ "a": 1 }', id="no mask"),
    ],
)
def test_a_mask_applies_to_what_was_accepted_before_it(accepted: str, masks: list[tuple[str, str]], text: str) -> None:
    assert remasked(accepted, masks) == text


def test_a_mask_leaves_the_value_itself_alone() -> None:
    value = {"a": [{"id": 1}]}
    masked(value, [("$.a[*].id", "x")])

    assert value == {"a": [{"id": 1}]}


@pytest.mark.parametrize(
    ("value", "masks", "message"),
    [
        (
            object,
            [],
            "A type cannot be a snapshot: <class 'object'>. Give it as text, JSON, a pydantic model, a dataclass, "
            "a response, or a conversation.",
        ),
        ({}, [("$.a b", "x")], "'$.a b' is no JSON path. Valid: $.name, $.items[0], $.items[*].id."),
    ],
)
def test_what_cannot_be_done_is_an_error(value: object, masks: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        masked(value, masks)

    assert str(caught.value) == message
