"""``Response.json`` returns what a response says, as plain data or as an instance of a type, or says why not."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pydantic import BaseModel

from pytest_llm.messages import Response, ToolCall


class City(BaseModel):
    name: str
    people: int = 0


@dataclass
class Town:
    name: str
    twins: list[Town]


SCHEMA = {"title": "City", "type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}


@pytest.mark.parametrize(
    ("response", "value"),
    [
        pytest.param(Response('{"name": "Rome"}'), {"name": "Rome"}, id="the whole text"),
        pytest.param(Response('Here:\n```json\n{"name": "Rome"}\n```'), {"name": "Rome"}, id="a fenced block"),
        pytest.param(Response('It is {"name": "Rome"}.'), {"name": "Rome"}, id="prose"),
        pytest.param(Response(tool_calls=(ToolCall("find", {"name": "Rome"}),)), {"name": "Rome"}, id="a tool call"),
        pytest.param(Response('{"a": 1, "a": 2}'), {"a": 2}, id="of repeated keys the last"),
    ],
)
def test_a_response_is_read_as_plain_data(response: Response, value: object) -> None:
    assert response.json() == value


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        pytest.param(City, City(name="Rome"), id="a model"),
        pytest.param(SCHEMA, {"name": "Rome", "twins": []}, id="a JSON schema"),
        pytest.param(Town, Town("Rome", []), id="a dataclass"),
        pytest.param(dict[str, str | list[str]], {"name": "Rome", "twins": []}, id="a dict"),
    ],
)
def test_a_response_is_read_as_a_type(schema: object, value: object) -> None:
    assert Response('{"name": "Rome", "twins": []}').json(schema) == value


def test_nested_dataclasses_are_instances() -> None:
    town = Response('{"name": "Rome", "twins": [{"name": "Paris", "twins": []}]}').json(Town)

    assert town.twins == [Town("Paris", [])]


@pytest.mark.parametrize(
    ("response", "message"),
    [
        pytest.param(
            Response('{"name": "Rome",}'),
            'The response is not JSON: the JSON has a trailing comma at line 1, column 16.\n  {"name": "Rome",}\n'
            "                 ^",
            id="broken JSON",
        ),
        pytest.param(
            Response('{"name": "Ro', finish_reason="length"),
            "The response is not JSON: the JSON is cut off within a string at line 1, column 13: "
            'the finish reason is \'length\'.\n  {"name": "Ro\n              ^',
            id="cut off",
        ),
        pytest.param(
            Response("I cannot."), "The response is not JSON: there is no JSON in it.\n  got 'I cannot.'", id="prose"
        ),
        pytest.param(Response(""), "The response is not JSON: the text is empty.", id="nothing"),
        pytest.param(
            Response(status=500, error="overloaded"),
            "The response is not JSON: the call failed.\n  got overloaded",
            id="a failure",
        ),
        pytest.param(
            Response(refusal="No."), "The response is not JSON: the model refused.\n  got 'No.'", id="a refusal"
        ),
    ],
)
def test_what_is_no_json_is_refused(response: Response, message: str) -> None:
    with pytest.raises(ValueError, match=r"^The response is not JSON") as raised:
        response.json()

    assert str(raised.value) == message


def test_every_violation_is_told() -> None:
    response = Response('{"people": "x", "people": "y", "nmae": 1}')
    with pytest.raises(ValueError, match=r"^The response does not conform") as raised:
        response.json(City)

    assert type(raised.value) is ValueError
    assert str(raised.value) == (
        "The response does not conform to City (3 violations):\n"
        "  $.name: is missing; 'nmae' is there\n"
        "  $.people: 'y' (string) is not an integer\n"
        "  $.people: is there 2 times in one object"
    )


def test_what_is_nested_too_deeply_is_no_crash() -> None:
    with pytest.raises(ValueError, match=r"^The response is not JSON: the JSON is nested too deeply to be read\.$"):
        Response("[" * 100_000).json()
