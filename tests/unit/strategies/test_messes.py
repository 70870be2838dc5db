"""Each mess does what its name says and nothing else: undone by other means, the answer conforms again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from pytest_llm import conforming_to
from pytest_llm import strategies as llm_st
from pytest_llm.strategies.json_values import json_values
from pytest_llm.strategies.messes import messy

many = settings(
    max_examples=300, deadline=None, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
ORDER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "sku": {"type": "string"},
        "count": {"type": "integer"},
        "price": {"type": ["number", "null"]},
        "open": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": ["string", "integer"]}},
        "parts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"size": {"type": "number"}},
                "additionalProperties": {"type": "integer"},
            },
        },
        "extra": {"type": "object"},
    },
    "required": ["count"],
    "additionalProperties": False,
}
STRING = r'"(?:[^"\\]|\\.)*"'


def outside_strings(pattern: str, new: str, text: str) -> str:
    return re.sub(rf"({STRING})|{pattern}", lambda found: found[1] or found.expand(new), text)


def without_commas(text: str) -> str:
    assert not re.search(r"[\[{,]\s*,", re.sub(STRING, "0", text))
    return outside_strings(r",(\s*[}\]])", r"\2", text)


def without_comments(text: str) -> str:
    return outside_strings(r"(?://[^\n]*|#[^\n]*|/\*.*?\*/)", "", text)


def with_double_quotes(text: str) -> str:
    assert '"' not in re.sub(r"'(?:[^'\\]|\\.)*'", "", text)
    return re.sub(r"'((?:[^'\\]|\\.)*)'", lambda found: requoted(found[1]), text)


def requoted(inner: str) -> str:
    pieces: Sequence[str] = re.findall(r"\\.|[^\\]", inner)
    return '"' + "".join({'"': '\\"', "\\'": "'"}.get(piece, piece) for piece in pieces) + '"'


def with_numbers(text: str) -> str:
    return outside_strings("-?(?:NaN|Infinity)", "1", text)


@pytest.mark.parametrize(
    ("mess", "undone"),
    [
        ("trailing commas", without_commas),
        ("comments", without_comments),
        ("single quotes", with_double_quotes),
        ("nan", with_numbers),
    ],
)
def test_a_mess_undone_leaves_json_that_conforms(mess: Any, undone: Callable[[str], str]) -> None:
    @many
    @given(llm_st.json_answers(ORDER, mess=[mess]))
    def only_that(text: str) -> None:
        with pytest.raises(json.JSONDecodeError):
            json.loads(text, parse_constant=refused)

        assert undone(text) == conforming_to(ORDER, whole_text=True)

    only_that()


def refused(constant: str) -> None:
    raise json.JSONDecodeError("no number", constant, 0)


@many
@given(llm_st.json_answers(ORDER, mess=["duplicated keys"]))
def test_one_key_stands_there_twice_with_one_value(text: str) -> None:
    twice: list[Any] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(pairs) != len(dict(pairs)):
            twice.append([pair for pair in pairs if pairs.count(pair) == 2])
        assert len(pairs) - len(dict(pairs)) in (0, 1)
        return dict(pairs)

    value = json.loads(text, object_pairs_hook=once)

    assert [len(pairs) for pairs in twice] == [2]
    assert json.dumps(value) == conforming_to(ORDER)


@many
@given(json_values(ORDER))
def test_what_is_cut_off_is_a_beginning_that_is_no_json(value: object) -> None:
    whole = json.dumps(value, ensure_ascii=False)
    cut = messy(value, "cut off")

    assert cut == [whole[:end] for end in range(1, len(whole), 1 + len(whole) // 500)]
    for text in cut:
        with pytest.raises(json.JSONDecodeError):
            json.loads(text)


@pytest.mark.parametrize(
    ("value", "mess", "texts"),
    [
        ({"sku": "", "count": 1}, "trailing commas", ['{"sku": "", "count": 1,}', '{\n  "sku": "",\n  "count": 1,\n}']),
        ({"a": {}}, "trailing commas", ['{"a": {},}', '{\n  "a": {},\n}']),
        ([5], "trailing commas", ["[5,]", "[\n  5,\n]"]),
        ([None, ["a}"]], "trailing commas", ['[null, ["a}",]]', '[null, ["a}"],]']),
        ({}, "trailing commas", []),
        ({"a": [True, None, "banana's \"x\\"]}, "single quotes", ["{'a': [true, null, 'banana\\'s \"x\\\\']}"]),
        ([1, None], "single quotes", []),
        ([], "comments", []),
        ([True, None, "1"], "nan", []),
        ([{}], "duplicated keys", []),
        ([{"a": None}], "duplicated keys", ['[{"a": null, "a": null}]']),
        (7, "cut off", []),
    ],
)
def test_texts_of_a_mess(value: object, mess: str, texts: list[str]) -> None:
    made = messy(value, mess)

    assert made[: len(texts)] == texts
    assert bool(made) is bool(texts)
