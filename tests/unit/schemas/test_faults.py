"""Broken JSON is shown where it breaks, with the likely reason."""

from __future__ import annotations

import pytest

from pytest_llm.schemas.faults import Fault
from pytest_llm.schemas.locating import document


@pytest.mark.parametrize(
    ("text", "reason", "place"),
    [
        pytest.param('{"a": 1,}', "has a trailing comma", 8, id="a trailing comma in an object"),
        pytest.param("[1, 2 , ]", "has a trailing comma", 7, id="a trailing comma in an array"),
        pytest.param("{'a': 1}", "has single quotes where double quotes belong", 2, id="single quotes around a key"),
        pytest.param(
            "{\"a\": 'b'}", "has single quotes where double quotes belong", 7, id="single quotes around a value"
        ),
        pytest.param(
            '{"a": \u201cb\u201d}', "has typographic quotes where double quotes belong", 7, id="typographic quotes"
        ),
        pytest.param("{a: 1}", "has a key without double quotes (a)", 2, id="an unquoted key"),
        pytest.param('{"a": b}', "has a value without double quotes (b)", 7, id="an unquoted value"),
        pytest.param('{"a": 1 // one', "has a comment", 9, id="a comment"),
        pytest.param('{/* b */ "a": 1}', "has a comment", 2, id="a comment before a key"),
        pytest.param('{"a": 1 # one', "has a comment", 9, id="a Python comment"),
        pytest.param("[1, ...]", "has an ellipsis in place of values", 5, id="an ellipsis"),
        pytest.param('{"a": True}', "has the Python literal True (true in JSON)", 7, id="True"),
        pytest.param("[None]", "has the Python literal None (null in JSON)", 2, id="None"),
        pytest.param('{"a": "NaN", "b": NaN}', "has NaN, which is no JSON number", 19, id="NaN"),
        pytest.param("[-Infinity]", "has -Infinity, which is no JSON number", 2, id="infinity"),
        pytest.param("[1e999]", "has a number beyond what can be computed with (1e999)", 2, id="an overflow"),
        pytest.param('{"a" 1}', "has a key without a colon", 6, id="no colon"),
        pytest.param('{"a": }', "has a missing value", 7, id="no value"),
        pytest.param("[,1]", "has a missing value", 2, id="a leading comma"),
        pytest.param("[1 2]", "has a missing comma", 4, id="no comma"),
        pytest.param('{"a": 1 "b": 2}', "has a missing comma", 9, id="no comma before a key"),
        pytest.param(
            '{"a": "say "hi""}',
            "has a double quote in a string that is not escaped, or a missing comma",
            13,
            id="a quote",
        ),
        pytest.param('{"a": [1}', "has '}' where another bracket is open", 9, id="the wrong bracket"),
        pytest.param("[01]", "has a number with a leading zero", 3, id="a leading zero"),
        pytest.param("[+1]", "has a number with a plus sign", 2, id="a plus sign"),
        pytest.param("[.5]", "has a number that begins with a point", 2, id="a leading point"),
        pytest.param("[5%]", "has '%' where a comma belongs", 3, id="a percent sign"),
        pytest.param("[%]", "has '%' where a value belongs", 2, id="a strange value"),
        pytest.param("{%}", "has '%' where a key belongs", 2, id="a strange key"),
        pytest.param('["a\\d"]', 'has a backslash that begins no JSON escape (\\d"])', 4, id="a strange escape"),
        pytest.param('["a\tb"]', "has a tab in a string that is not escaped", 4, id="a tab"),
        pytest.param('{"a": [1, 2', "is cut off", 12, id="cut off"),
        pytest.param('{"a": "text', "is cut off within a string", 12, id="cut off within a string"),
        pytest.param('{"a": "b}', "has a string that is never closed", 7, id="a string never closed"),
    ],
)
def test_the_reason_and_the_place_are_told(text: str, reason: str, place: int) -> None:
    shown = text.replace("\t", "\\t")
    caret = " " * (place - 1) + "^"

    found = document(text)

    assert found == Fault(f"the JSON {reason} at line 1, column {place}", (shown, caret), cut="cut off" in reason)


def test_a_newline_in_a_string_is_shown_at_its_line() -> None:
    assert document('{"a": 1,\n "b": "x\ny"}') == Fault(
        "the JSON has a newline in a string that is not escaped at line 2, column 9", (' "b": "x', "        ^")
    )


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param('{"漢字": x}', ('{"漢字": x}', "         ^"), id="wide characters take two columns"),
        pytest.param('{"e\u0301": x}', ('{"e\u0301": x}', "      ^"), id="combining characters take none"),
        pytest.param('{"\u200b": x}', ('{"\\u200b": x}', "           ^"), id="an invisible character is spelled out"),
        pytest.param(
            "[" + "1234567, " * 30 + "x" + ", 1234567" * 30 + "]",
            (
                "… 1234567, 1234567, 1234567, 1234567, 1234567, 1234567, 1234567, x, 1234567, 1234567, 1234567, 12…",
                " " * 65 + "^",
            ),
            id="a long line is cut around the place",
        ),
    ],
)
def test_the_caret_stands_below_the_place(text: str, lines: tuple[str, ...]) -> None:
    found = document(text)

    assert isinstance(found, Fault)
    assert found.lines == lines


def test_what_is_nested_too_deeply_is_no_crash() -> None:
    assert document("[" * 100_000) == Fault("the JSON is nested too deeply to be read")


def test_an_integer_of_thousands_of_digits_is_refused() -> None:
    found = document('{"a": ' + "7" * 5_000 + "}")

    assert isinstance(found, Fault)
    assert found.reason == (
        "the JSON has a number beyond what can be computed with (7777777777…77777) at line 1, column 7"
    )


def test_a_fault_reads_as_a_sentence_and_the_spot() -> None:
    assert str(document("[1,]")) == "the JSON has a trailing comma at line 1, column 3.\n  [1,]\n    ^"
