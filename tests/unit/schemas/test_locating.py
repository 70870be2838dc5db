"""JSON is found as the whole text, in a fenced block, or within prose, and what is no JSON is said to be none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from growth import LIMIT, growth, repeated

from pytest_llm.schemas.faults import Fault
from pytest_llm.schemas.locating import Document, document, located
from pytest_llm.schemas.violations import Violation


@pytest.mark.parametrize(
    ("text", "value", "where"),
    [
        pytest.param('{"a": 1}', {"a": 1}, "", id="the whole text"),
        pytest.param("\ufeff \n[1]\n", [1], "", id="white space and a byte order mark around it"),
        pytest.param("42", 42, "", id="a number"),
        pytest.param('"yes"', "yes", "", id="a string"),
        pytest.param("null", None, "", id="null"),
        pytest.param('Sure:\n```json\n{"a": 1}\n```\nDone.', {"a": 1}, "in a fenced block", id="a block labelled json"),
        pytest.param('```JSON\r\n{"a": 1}\r\n```', {"a": 1}, "in a fenced block", id="a label in capitals, CRLF"),
        pytest.param('```\n{"a": 1}\n```', {"a": 1}, "in a fenced block", id="a block without a label"),
        pytest.param('~~~json\n{"a": 1}\n~~~', {"a": 1}, "in a fenced block", id="a block of tildes"),
        pytest.param(
            '1. Here:\n   ```json\n   {"a": 1}\n   ```', {"a": 1}, "in a fenced block", id="an indented block"
        ),
        pytest.param('```json\n{"a": 1}', {"a": 1}, "in a fenced block", id="a block that is never closed"),
        pytest.param('```json\n"a"\n```', "a", "in a fenced block", id="a string in a block"),
        pytest.param('```json\n{"a": "```"}\n```', {"a": "```"}, "in a fenced block", id="a fence within a string"),
        pytest.param(
            '```python\n{"b": 2}\n```\n```json\n{"a": 1}\n```',
            {"a": 1},
            "in a fenced block",
            id="after another language",
        ),
        pytest.param('```\n[2]\n```\n```json\n{"a": 1}\n```', {"a": 1}, "in a fenced block", id="a label goes first"),
        pytest.param('It is {"a": "}"}.', {"a": "}"}, "within prose, at line 1", id="an object in prose"),
        pytest.param('Yes!\n\n["a", "b"] it is.', ["a", "b"], "within prose, at line 3", id="an array in prose"),
        pytest.param('答案是{"a": "好"}。', {"a": "好"}, "within prose, at line 1", id="in Chinese"),
        pytest.param('الجواب {"a": "نعم"} 👍', {"a": "نعم"}, "within prose, at line 1", id="in Arabic"),
        pytest.param('{"a": 1} and {"b": 2}', {"a": 1}, "within prose, at line 1", id="the first of two"),
        pytest.param('See [1] and [2, 3]: {"a": 1}', {"a": 1}, "within prose, at line 1", id="after footnotes"),
        pytest.param('- [ ] todo {} {"a": 1}', {"a": 1}, "within prose, at line 1", id="after empty brackets"),
        pytest.param("The numbers are [1, 2].", [1, 2], "within prose, at line 1", id="numbers when there is no other"),
        pytest.param(
            '[link](url) of {name} in {{x}}: {"a": 1}', {"a": 1}, "within prose, at line 1", id="after other brackets"
        ),
        pytest.param("Not {'b': 2} but {\"a\": 1}", {"a": 1}, "within prose, at line 1", id="after a Python dict"),
    ],
)
def test_json_is_found(text: str, value: object, where: str) -> None:
    assert located(text) == Document(value, where)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "the text is empty", id="nothing"),
        pytest.param(" \n ", "the text is empty", id="white space"),
        pytest.param("I cannot.", "there is no JSON in it", id="prose"),
        pytest.param("See [a] and {b}.", "there is no JSON in it", id="prose with brackets"),
        pytest.param("```\nls\n```", "there is no JSON in it", id="a block of something else"),
        pytest.param(
            '{"a": 1}\n{"a": 2}', "the JSON is followed by a second JSON document at line 2, column 1", id="lines"
        ),
        pytest.param(
            "[1], [2]", "the JSON is followed by a second JSON document at line 1, column 4", id="a comma between"
        ),
        pytest.param(
            'Here:\n```json\n{"a": 1,}\n```',
            "the JSON has a trailing comma at line 3, column 8",
            id="broken in a block",
        ),
        pytest.param(
            '```json\n{"a": 1}\n{"a": 2}\n```',
            "the JSON is followed by a second JSON document at line 3, column 1",
            id="two in one block",
        ),
        pytest.param(
            'It is {"a": {"b": 1}, "c": [',
            "the JSON is cut off at line 1, column 29",
            id="cut off, with a whole object in it",
        ),
        pytest.param(
            "It is {'a': 1}.", "the JSON has single quotes where double quotes belong at line 1, column 8", id="Python"
        ),
    ],
)
def test_what_is_no_json_is_said_to_be_none(text: str, reason: str) -> None:
    found = located(text)

    assert isinstance(found, Fault)
    assert found.reason == reason


def test_what_has_no_json_is_shown() -> None:
    assert located("I cannot\ndo that.") == Fault("there is no JSON in it", ("got 'I cannot\\ndo that.'",))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": 1} done', "the JSON is followed by other text at line 1, column 10"),
        ('{"a": 1}\n[2]', "the JSON is followed by a second JSON document at line 2, column 1"),
        ("Sure.", "the JSON has a value without double quotes (Sure) at line 1, column 1"),
    ],
)
def test_a_whole_document_has_nothing_around_it(text: str, reason: str) -> None:
    found = document(text)

    assert isinstance(found, Fault)
    assert found.reason == reason


def test_repeated_keys_are_told_with_their_paths() -> None:
    found = located('{"a": [{"x": 1, "x": 2, "y": 3}], "b": {"z": 0, "z": 0}, "b": 1, "b": 2}')

    assert found == Document(
        {"a": [{"x": 2, "y": 3}], "b": 2},
        repeated=(
            Violation(("a", 0, "x"), "is there 2 times in one object"),
            Violation(("b",), "is there 3 times in one object"),
        ),
    )


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(repeated("["), id="open brackets"),
        pytest.param(repeated('{"a":'), id="open objects"),
        pytest.param(repeated("{'a':1} "), id="Python dicts"),
        pytest.param(repeated("see [1] {x} "), id="footnotes"),
        pytest.param(repeated("```json\n"), id="fences"),
        pytest.param(repeated("~"), id="tildes"),
        pytest.param(repeated('"'), id="quotes"),
        pytest.param(repeated("\\", after='{"'), id="backslashes"),
        pytest.param(repeated('{"a":1}\n'), id="documents"),
        pytest.param(repeated("1", after="["), id="digits"),
        pytest.param(repeated(" ", after="["), id="spaces"),
        pytest.param(repeated("مرحبا 😀 "), id="Arabic and emoji"),
    ],
)
def test_a_long_text_takes_time_in_proportion(make: Callable[[int], str]) -> None:
    assert growth(located, make) < LIMIT
