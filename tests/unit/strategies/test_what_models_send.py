"""What is drawn is what the SDK accepts; what is labelled broken fails, and what is not conforms."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import find, given, settings
from hypothesis.errors import FailedHealthCheck
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessageToolCall
from pydantic import (
    UUID4,
    Base64Bytes,
    BaseModel,
    ConfigDict,
    Field,
    FutureDate,
    IPvAnyAddress,
    Json,
    NaiveDatetime,
    PastDatetime,
)

from pytest_llm import Message, Response, ToolCall, conforming_to, refuses
from pytest_llm import strategies as llm_st
from pytest_llm.errors import ConfigurationError
from pytest_llm.payloads import declaration, messages_of
from pytest_llm.strategies.breaking import BREAKS
from pytest_llm.strategies.messes import BROKEN, MESSES

few = settings(max_examples=20, deadline=None, database=None, derandomize=True)

TRIP: dict[str, Any] = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "days": {"type": "integer", "minimum": 1},
        "stops": {"type": "array", "items": {"type": "string"}},
        "place": {"type": "object", "properties": {"lat": {"type": "number"}}, "required": ["lat"]},
    },
    "required": ["city", "days", "place"],
    "additionalProperties": False,
}


def get_weather(city: str, days: int = 1, *, units: Literal["C", "F"] = "C") -> str:
    """Get the weather."""
    return f"{city} {days} {units}"


WEATHER = declaration(get_weather)["function"]["parameters"]


class Item(BaseModel):
    name: str
    price: float = Field(gt=0)


class Order(BaseModel):
    id: int
    items: list[Item]
    status: Literal["open", "closed"]
    parent: Order | None = None


PAGE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "label": {"type": "string"},
        "children": {"type": "array", "items": {"$ref": "#"}},
        "attributes": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "value": {"type": "string"}},
                "required": ["name", "value"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["label", "children", "attributes"],
    "additionalProperties": False,
}


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid")
    sku: str = Field(pattern=r"^[A-Z]{3}-\d{4}$")
    price: Decimal = Field(gt=0, max_digits=8, decimal_places=2)
    quantity: int = Field(gt=0, lt=1000)
    discount: float = Field(0.0, ge=0, lt=1)


class Invoice(BaseModel):
    id: UUID4
    at: datetime
    due: FutureDate
    paid: PastDatetime | None
    valid: timedelta
    lines: list[Line] = Field(min_length=2)
    total: Decimal
    taxes: dict[Literal["VAT", "duty"], Decimal] = Field(min_length=1)
    pages: dict[int, NaiveDatetime] = Field(min_length=1)
    ordered: date = Field(ge=date(2020, 1, 1), lt=date(2021, 1, 1))
    extra: Json[list[int]]
    data: Base64Bytes
    sender: IPvAnyAddress


SCHEMAS = {
    "object": TRIP,
    "pydantic": Order,
    "reference": {"$ref": "#/$defs/x", "$defs": {"x": {"type": "integer"}}},
    "recursive": {
        "$ref": "#/$defs/tree",
        "$defs": {
            "tree": {
                "type": "object",
                "properties": {
                    "value": {"type": "integer"},
                    "kids": {"type": "array", "items": {"$ref": "#/$defs/tree"}},
                },
                "required": ["value", "kids"],
            }
        },
    },
    "numbers": {"type": "array", "items": {"type": "number", "minimum": 0, "exclusiveMaximum": 1}, "uniqueItems": True},
    "multiple": {"type": "number", "multipleOf": 0.5, "minimum": 1, "maximum": 3},
    "formats": {
        "type": "object",
        "properties": {
            name: {"type": "string", "format": name} for name in ("date", "date-time", "time", "email", "uuid")
        },
        "required": ["date", "date-time", "time", "email", "uuid"],
    },
    "addresses": {"type": "array", "prefixItems": [{"format": "ipv4"}, {"format": "ipv6"}], "items": False},
    "one of": {"oneOf": [{"type": "string", "minLength": 3}, {"type": "integer", "exclusiveMinimum": 3}]},
    "all of": {
        "allOf": [
            {"properties": {"a": {"type": "string"}}, "required": ["a"]},
            {"properties": {"a": {"maxLength": 2}, "b": {"enum": [1, 2]}}, "required": ["b"]},
        ],
        "type": "object",
    },
    "condition": {
        "type": "object",
        "properties": {"kind": {"enum": ["a", "b"]}, "size": {"type": "integer"}},
        "required": ["kind"],
        "if": {"properties": {"kind": {"const": "a"}}},
        "then": {"required": ["size"]},
    },
    "pattern": {"type": "string", "pattern": r"^[A-Z]{3}-\d+$", "maxLength": 8},
    "names": {"type": "object", "patternProperties": {"^x-": {"type": "null"}}, "additionalProperties": False},
    "contains": {"type": "array", "contains": {"const": 7}},
    "null or text": {"type": ["null", "string"]},
    "constant": {"const": {"a": [1]}},
    "a model of an invoice": Invoice,
    "limits excluded": {"type": "array", "minItems": 5, "items": {"exclusiveMinimum": 0, "exclusiveMaximum": 2}},
    "limits excluded by draft 4": {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "array",
        "minItems": 5,
        "items": {"type": "integer", "minimum": 0, "exclusiveMinimum": True, "maximum": 2},
    },
    "integers of a broken step": {"type": "integer", "multipleOf": 2.5, "minimum": 1},
    "prices": {"type": "array", "minItems": 5, "items": {"type": "number", "multipleOf": 0.01, "minimum": 0}},
    "closed wherever evaluated": {
        "type": "array",
        "minItems": 4,
        "items": {
            "allOf": [{"properties": {"x": {"type": "null"}}, "required": ["x"]}],
            "unevaluatedProperties": False,
        },
    },
    "names of a choice": {"type": "object", "propertyNames": {"enum": ["a", "b"]}, "minProperties": 1},
    "two patterns of names": {
        "type": "object",
        "patternProperties": {"^x-": {"type": "null"}, "^y-": {"type": "boolean"}},
        "additionalProperties": {"type": "integer"},
        "minProperties": 1,
    },
    "contains in few": {
        "type": "array",
        "items": {"type": "string"},
        "contains": {"const": "x"},
        "minItems": 2,
        "maxItems": 2,
    },
    "formats that nobody checks": {
        "type": "array",
        "prefixItems": [{"type": "string", "format": name} for name in ("idn-email", "duration", "json-pointer")],
        "items": False,
    },
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_json_values_conform_to_their_schema(name: str) -> None:
    @few
    @given(llm_st.json_values(SCHEMAS[name]))
    def conforms(value: object) -> None:
        assert json.dumps(value) == conforming_to(SCHEMAS[name])  # type: ignore[arg-type]

    conforms()


def test_a_text_matches_its_pattern_in_ascii_and_to_its_end() -> None:
    @few
    @given(llm_st.json_values({"type": "string", "pattern": r"^\d{4}-\w$"}))
    def matches(text: str) -> None:
        assert re.fullmatch(r"[0-9]{4}-[A-Za-z0-9_]", text)

    matches()


def test_every_pattern_of_names_and_the_other_names_are_drawn() -> None:
    drawn = set[str]()

    @few
    @given(llm_st.json_values(SCHEMAS["two patterns of names"]))
    def noted(value: dict[str, object]) -> None:
        drawn.update(name[:2] for name in value)

    noted()

    assert {"x-", "y-"} < drawn


def test_a_duration_is_one() -> None:
    assert find(llm_st.json_values(timedelta), lambda _: True, settings=few) == "PT1H"


@pytest.mark.parametrize("mess", MESSES)
def test_json_with_a_mess_that_breaks_it_does_not_conform_and_with_another_does(mess: Any) -> None:
    @few
    @given(llm_st.json_answers(TRIP, mess=mess))
    def as_labelled(text: str) -> None:
        assert (text == conforming_to(TRIP)) is (mess not in BROKEN)

    as_labelled()


@pytest.mark.parametrize("way", ["missing", "extra", "wrong type"])
def test_a_call_with_nested_lists_is_broken_without_a_health_check(way: Any) -> None:
    tool = {"type": "function", "function": {"name": "show", "parameters": PAGE}}

    @few
    @given(llm_st.tool_calls([tool], broken=way))
    def fails(call: ToolCall) -> None:
        assert call != conforming_to(PAGE)

    fails()


def test_a_mess_and_a_breakage_that_never_apply_are_told() -> None:
    words = {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}
    tool = {"type": "function", "function": {"name": "say", "parameters": words}}
    closed = llm_st.json_answers(words | {"additionalProperties": False}, mess="nan")

    with pytest.raises(FailedHealthCheck) as of_mess:
        find(closed, lambda _: True, settings=few)
    with pytest.raises(FailedHealthCheck) as of_break:
        find(llm_st.tool_calls([tool], broken="extra"), lambda _: True, settings=few)

    assert str(of_mess.value) == (
        "mess='nan' applied to none of the values that were drawn: 'nan' needs a number, 'duplicated keys' an object "
        "with keys, the others an object or an array."
    )
    assert str(of_break.value) == (
        "broken='extra' broke none of the calls of 'say' that were drawn: 'missing' needs required keys, 'extra' "
        "additionalProperties: false, 'wrong type' typed keys, 'string for number' a number."
    )


@few
@given(llm_st.json_answers(Order, mess=False))
def test_json_without_a_mess_conforms(text: str) -> None:
    assert text == conforming_to(Order, whole_text=True)


@pytest.mark.parametrize("way", BREAKS)
def test_a_broken_tool_call_does_not_conform_to_the_tools_schema(way: Any) -> None:
    @few
    @given(llm_st.tool_calls([get_weather], broken=way))
    def fails(call: ToolCall) -> None:
        assert call != conforming_to(WEATHER)
        assert Response(tool_calls=(call,)) != conforming_to(WEATHER, tool="get_weather")
        assert sdk_call(call).function.name == "get_weather"

    fails()


@pytest.mark.parametrize(
    "tool",
    [
        pytest.param({"type": "function", "function": {"name": "plan", "parameters": TRIP}}, id="chat"),
        pytest.param({"type": "function", "name": "plan", "parameters": TRIP}, id="responses"),
        pytest.param({"name": "plan", "input_schema": TRIP}, id="anthropic"),
    ],
)
def test_a_tool_call_conforms_to_the_tools_schema_however_it_is_declared(tool: dict[str, Any]) -> None:
    @few
    @given(llm_st.tool_calls([tool]))
    def conforms(call: ToolCall) -> None:
        assert call == conforming_to(TRIP)
        assert sdk_call(call).function.name == "plan"

    conforms()


def sdk_call(call: ToolCall) -> ChatCompletionMessageToolCall:
    spelled = messages_of(Message("assistant", "", (call,)))[0]["tool_calls"][0]
    return ChatCompletionMessageToolCall.model_validate(spelled, strict=True)


@few
@given(llm_st.chat_completions(tools=[get_weather]))
def test_the_sdk_accepts_every_completion_as_it_was_drawn(completion: ChatCompletion) -> None:
    again = ChatCompletion.model_validate_json(completion.model_dump_json(), strict=True)

    assert again == completion


@few
@given(llm_st.chat_completions(tools=[get_weather], broken=True, stream=True))
def test_the_sdk_accepts_every_chunk_as_it_was_drawn(chunks: list[ChatCompletionChunk]) -> None:
    again = [ChatCompletionChunk.model_validate_json(chunk.model_dump_json(), strict=True) for chunk in chunks]

    assert again == chunks


@few
@given(llm_st.refusals())
def test_a_refusal_refuses(response: Response) -> None:
    assert response == refuses()


@few
@given(llm_st.conversations(tools=[get_weather]))
def test_in_a_conversation_each_tool_call_is_followed_by_its_result(messages: list[Message]) -> None:
    said = [message for message in messages if message.role != "system"]
    called = [call.id for message in said for call in message.tool_calls]
    answered = [message.tool_call_id for message in said if message.role == "tool"]

    assert said[0].role == said[-1].role == "user"
    assert called == answered
    assert len(set(called)) == len(called)


@pytest.mark.parametrize(
    ("strategy", "wanted"),
    [
        pytest.param(llm_st.texts, lambda text: "<think>" in text, id="reasoning"),
        pytest.param(llm_st.responses, lambda response: response.refusal, id="refusal"),
        pytest.param(llm_st.responses, lambda response: response.finish_reason == "length", id="token limit"),
    ],
)
def test_what_models_do_now_and_then_is_drawn(strategy: Any, wanted: Any) -> None:
    assert wanted(find(strategy(), wanted, settings=settings(few, max_examples=1_000)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(
            lambda: llm_st.json_answers(TRIP, mess="fence"),  # type: ignore[arg-type]
            "mess='fence' is not known. Valid: 'fenced', 'prose', 'cut off', 'single quotes', 'comments', "
            "'trailing commas', 'nan', 'duplicated keys', True, False.",
            id="mess",
        ),
        pytest.param(lambda: llm_st.tool_calls([]), "tool_calls() needs at least one tool.", id="no tools"),
        pytest.param(
            lambda: llm_st.tool_calls([{"type": "function"}]),
            "The tool {'type': 'function'} has no name. A tool is a declaration or a function.",
            id="no name",
        ),
        pytest.param(
            lambda: llm_st.json_values({"type": "array", "items": False, "minItems": 1, "title": "Some"}),
            "No finite JSON value conforms to Some.",
            id="nothing conforms",
        ),
        pytest.param(
            lambda: llm_st.json_values({"$anchor": "a", "properties": {"x": {"$ref": "#a"}}}),
            "The schema refers to '#a', which cannot be followed. To draw from a schema its references must be "
            "pointers into the schema itself, such as '#/$defs/Address'.",
            id="anchor",
        ),
    ],
)
def test_what_cannot_be_drawn_is_told(make: Any, message: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        make()

    assert str(told.value) == message
