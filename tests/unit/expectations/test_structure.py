"""``conforming_to`` finds the JSON of a response, and says how it fails its schema."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from growth import LIMIT, growth
from pydantic import BaseModel, TypeAdapter

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import Finding
from pytest_llm.expectations.structure import conforming_to
from pytest_llm.messages import Response, ToolCall


class Invoice(BaseModel):
    id: int
    currency: str = "EUR"


@dataclass
class Point:
    x: int
    y: int
    day: date | None = None


SCHEMA = {"title": "Invoice", "type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}
PAY = ToolCall("pay", {"id": 1})


@pytest.mark.parametrize(
    ("value", "claim"),
    [
        pytest.param(Response('{"id": 1}'), "response conforms to Invoice", id="the whole text"),
        pytest.param(
            Response('```json\n{"id": 1}\n```'),
            "response conforms to Invoice  (JSON in a fenced block)",
            id="a fenced block",
        ),
        pytest.param(
            Response('Here you are:\n{"id": 1}'),
            "response conforms to Invoice  (JSON within prose, at line 2)",
            id="prose",
        ),
        pytest.param(
            Response(tool_calls=(PAY,)),
            "response conforms to Invoice  (JSON in the call of the tool 'pay')",
            id="the only tool call",
        ),
        pytest.param('{"id": 1}', "text conforms to Invoice", id="a text"),
        pytest.param({"id": 1}, "value conforms to Invoice", id="a dict"),
        pytest.param(Invoice(id=1), "value conforms to Invoice", id="an instance"),
        pytest.param(PAY, "value conforms to Invoice", id="a tool call"),
    ],
)
@pytest.mark.parametrize("schema", [SCHEMA, Invoice], ids=["JSON schema", "pydantic"])
def test_it_holds(schema: object, value: object, claim: str) -> None:
    expectation = conforming_to(schema)

    assert expectation == value
    assert expectation.check(value).claim == claim
    assert expectation.check(value).evidence == ()


@pytest.mark.parametrize(
    ("value", "finding"),
    [
        pytest.param(
            Response('{"id": "3"}'),
            Finding(
                False,
                "response conforms to Invoice  (1 violation)",
                ("$.id: '3' (string) is not an integer; the number 3 would be",),
                ('{"id": "3"}',),
            ),
            id="a violation",
        ),
        pytest.param(
            Response('Sure:\n```json\n{"di": 1}\n```'),
            Finding(
                False,
                "response conforms to Invoice  (1 violation; JSON in a fenced block)",
                ("$.id: is missing",),
                ("Sure:", "```json", '{"di": 1}', "```"),
            ),
            id="in a fenced block",
        ),
        pytest.param(
            Response('{"id": 1, "id": 2}'),
            Finding(
                False,
                "response conforms to Invoice  (1 violation)",
                ("$.id: is there 2 times in one object",),
                ('{"id": 1, "id": 2}',),
            ),
            id="a repeated key",
        ),
        pytest.param(
            Response("{'id': 1}"),
            Finding(
                False,
                "response conforms to Invoice  "
                "(the JSON has single quotes where double quotes belong at line 1, column 2)",
                ("{'id': 1}", " ^"),
                ("{'id': 1}",),
            ),
            id="broken JSON",
        ),
        pytest.param(
            Response('{"id": ', finish_reason="MAX_TOKENS"),
            Finding(
                False,
                "response conforms to Invoice  "
                "(the JSON is cut off at line 1, column 7: the finish reason is 'MAX_TOKENS')",
                ('{"id": ', "      ^"),
                ('{"id": ',),
            ),
            id="cut off",
        ),
        pytest.param(
            Response("对不起。"),
            Finding(
                False,
                "response conforms to Invoice  (there is no JSON in it)",
                ("got '对不起。'",),
                ("对不起。",),
            ),
            id="no JSON, in Chinese",
        ),
        pytest.param(
            "لا أستطيع 🙈",
            Finding(
                False, "text conforms to Invoice  (there is no JSON in it)", ("got 'لا أستطيع 🙈'",), ("لا أستطيع 🙈",)
            ),
            id="no JSON, in Arabic and emoji",
        ),
        pytest.param(Response(""), Finding(False, "response conforms to Invoice  (the text is empty)"), id="nothing"),
        pytest.param(
            Response("", finish_reason="length"),
            Finding(False, "response conforms to Invoice  (the text is empty: the finish reason is 'length')"),
            id="nothing but reasoning",
        ),
        pytest.param(
            Response(status=500, error="overloaded"),
            Finding(False, "response conforms to Invoice  (the call failed)", ("got overloaded",)),
            id="a failed call",
        ),
        pytest.param(
            Response(refusal="I won't."),
            Finding(False, "response conforms to Invoice  (the model refused)", ('got "I won\'t."',)),
            id="a refusal",
        ),
        pytest.param(
            Response(tool_calls=(PAY, ToolCall("mail"))),
            Finding(
                False,
                "response conforms to Invoice  (it has no text and 2 tool calls: say which with tool='pay')",
            ),
            id="two tool calls",
        ),
        pytest.param(
            [1],
            Finding(False, "value conforms to Invoice  (1 violation)", ("$: [1] (array) is not an object",)),
            id="a list",
        ),
        pytest.param(
            {"id": object},
            Finding(
                False,
                "value conforms to Invoice  "
                "(a value of type dict is no JSON: Unable to serialize unknown type: <class 'type'>)",
            ),
            id="no JSON value",
        ),
    ],
)
def test_it_fails(value: object, finding: Finding) -> None:
    assert conforming_to(SCHEMA).check(value) == finding


def test_seven_lines_are_shown_and_all_of_them_in_the_whole() -> None:
    text = json.dumps(["x"] * 10)
    lines = [f"$[{index}]: 'x' (string) is not an integer" for index in range(10)]

    assert conforming_to(list[int]).check(Response(text)) == Finding(
        False, "response conforms to list[int]  (10 violations)", (*lines[:6], "and 4 more"), (*lines, text)
    )


@pytest.mark.parametrize(
    ("value", "claim"),
    [
        pytest.param(Response(' {"id": 1}\n'), "response conforms to Invoice", id="white space around"),
        pytest.param(
            Response('```json\n{"id": 1}\n```'),
            "response conforms to Invoice  (the JSON is in a fenced block, not the whole text)",
            id="a fenced block",
        ),
        pytest.param(
            Response('It is {"id": 1}.'),
            "response conforms to Invoice  (the JSON is within prose, at line 1, not the whole text)",
            id="prose",
        ),
        pytest.param(
            Response("No."),
            "response conforms to Invoice  (the JSON has a value without double quotes (No) at line 1, column 1)",
            id="no JSON",
        ),
    ],
)
def test_the_whole_text_can_be_demanded(value: object, claim: str) -> None:
    assert conforming_to(SCHEMA, whole_text=True).check(value).claim == claim


@pytest.mark.parametrize(
    ("calls", "holds", "claim", "evidence"),
    [
        pytest.param(
            (PAY, ToolCall("mail")),
            True,
            "response conforms to Invoice  (JSON in the call of the tool 'pay')",
            (),
            id="one",
        ),
        pytest.param(
            (ToolCall("pay", {}), PAY, ToolCall("pay", {"id": "x"})),
            False,
            "response conforms to Invoice  (2 violations)",
            (
                "$.id: is missing  (in the call of the tool 'pay', number 1)",
                "$.id: 'x' (string) is not an integer  (in the call of the tool 'pay', number 3)",
            ),
            id="several",
        ),
        pytest.param(
            (ToolCall("pay", '{"id": 1'),),
            False,
            "response conforms to Invoice  (the JSON is cut off at line 1, column 9, in the call of the tool 'pay')",
            ('{"id": 1', "        ^"),
            id="broken",
        ),
        pytest.param(
            (ToolCall("pay_now"),),
            False,
            "response conforms to Invoice  (it does not call the tool 'pay' but 'pay_now')",
            (),
            id="another",
        ),
        pytest.param(
            (), False, "response conforms to Invoice  (it does not call the tool 'pay', nor any)", (), id="none"
        ),
    ],
)
def test_a_tool_call_can_be_meant(
    calls: tuple[ToolCall, ...], holds: bool, claim: str, evidence: tuple[str, ...]
) -> None:
    found = conforming_to(SCHEMA, tool="pay").check(Response('{"id": 1}', tool_calls=calls))

    assert (found.holds, found.claim, found.evidence) == (holds, claim, evidence)


def test_only_a_response_has_tool_calls() -> None:
    assert conforming_to(SCHEMA, tool="pay").check("{}") == Finding(
        False, "text conforms to Invoice  ('{}' is no response, which could hold a call of the tool 'pay')", (), ("{}",)
    )


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        pytest.param(Point, Point(1, 2, date(2024, 1, 31)), id="a dataclass"),
        pytest.param(
            {"properties": {"day": {"format": "date"}}}, Point(1, 2, date(2024, 1, 31)), id="a date becomes a text"
        ),
        pytest.param(list[Point], [Point(1, 2), {"x": 1, "y": 2}], id="instances within a list"),
        pytest.param(TypeAdapter(list[Invoice]), [Invoice(id=1)], id="an adapter"),
        pytest.param({"prefixItems": [{"type": "integer"}], "type": "array"}, (1, 2), id="a tuple is an array"),
    ],
)
def test_a_plain_value_is_taken_as_the_json_it_becomes(schema: object, value: object) -> None:
    assert value == conforming_to(schema)


def test_it_combines_with_others() -> None:
    found = (~conforming_to(SCHEMA)).check(Response('{"id": 1}'))

    assert found == Finding(False, "not response conforms to Invoice", (), ('{"id": 1}',))


@pytest.mark.parametrize(
    ("arguments", "options", "expected"),
    [
        pytest.param(Invoice, {}, "conforming_to(Invoice)", id="a model"),
        pytest.param(
            list[Invoice], {"whole_text": True}, "conforming_to(list[Invoice], whole_text=True)", id="a list of models"
        ),
        pytest.param(
            {"type": "null"}, {"tool": "pay"}, "conforming_to({'type': 'null'}, tool='pay')", id="a JSON schema"
        ),
        pytest.param(
            SCHEMA,
            {},
            "conforming_to({'title': 'Invoice', 'type': 'object', … 'required': ['id']})",
            id="a long JSON schema",
        ),
    ],
)
def test_it_is_shown_as_it_is_written(arguments: Any, options: dict[str, Any], expected: str) -> None:
    assert repr(conforming_to(arguments, **options)) == expected


def test_a_file_is_shown_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tmp_path.joinpath("invoice.json").write_text(json.dumps(SCHEMA), encoding="utf-8")

    assert repr(conforming_to(Path("invoice.json"))) == "conforming_to('invoice.json')"
    assert conforming_to("invoice.json") == {"id": 1}


@pytest.mark.parametrize(
    ("schema", "options", "message"),
    [
        pytest.param(
            SCHEMA,
            {"tool": ""},
            "conforming_to(tool='') needs the name of a tool, or no tool= at all.",
            id="no tool's name",
        ),
        pytest.param(
            True,
            {},
            "True is not a schema. Valid are a JSON schema (a dict, or the path of its file), an OpenAPI component "
            "('openapi.yaml#/components/schemas/Pet'), and a type such as a pydantic model or a dataclass.",
            id="no schema",
        ),
        pytest.param(
            {"title": "It", "required": "id"},
            {},
            "The schema It is no JSON schema of draft 2020-12: $.required: 'id' (string) is not an array.",
            id="a wrong schema",
        ),
    ],
)
def test_what_is_misused_is_refused(schema: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        conforming_to(schema, **options)

    assert str(raised.value) == message


LIST = {"$ref": "#/$defs/list", "$defs": {"list": {"type": "array", "items": {"$ref": "#/$defs/list"}}}}


@pytest.mark.parametrize("schema", [pytest.param(LIST, id="JSON schema"), pytest.param(list[list[int]], id="pydantic")])
def test_a_value_nested_too_deeply_is_no_crash(schema: object) -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]

    found = conforming_to(schema).check(deep)

    assert found.holds is False
    assert found.claim.endswith("  (the JSON is nested too deeply to be checked)")


@pytest.mark.parametrize("schema", [SCHEMA, Invoice], ids=["JSON schema", "pydantic"])
def test_a_long_text_and_many_comparisons_take_time_in_proportion(schema: object) -> None:
    def compare(text: str, times: int = 1) -> None:
        assert all(Response(text) == conforming_to(schema) for _ in range(times))

    assert growth(compare, lambda size: '{"id": 1, "words": [' + '"word", ' * (size // 8) + '"word"]}') < LIMIT
    assert growth(partial(compare, '{"id": 1}'), int, 50) < LIMIT
