"""What real local models said as judges: whatever is not in the format is no grade, and nothing else is raised."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llm.judges.parsing import Unreadable, read_choice, read_grade, read_list, read_verdicts
from pytest_llm.judges.rubric import Rubric

SAID: list[dict[str, Any]] = [
    json.loads(line)
    for line in Path(__file__).with_name("judge_outputs.jsonl").read_text(encoding="utf-8").splitlines()
]
RUBRICS = (
    Rubric("Is the answer funny?", scale=(0, 1)),
    Rubric("Is the answer funny?", levels={1: "not at all", 5: "very"}),
)
TEXTS = [one["text"] for one in SAID]
JUNK = st.sampled_from(
    ['"', "{", "}", ",", ":", "\\", "\n", "```", "grade", "5", "[", "null", "\u2028", "\x00", "é", "<think>"]
)


def read(text: str, rubric: Rubric) -> tuple[int, str] | None:
    try:
        return read_grade(text, rubric)
    except Unreadable:
        return None


def grade_in(text: str, rubric: Rubric) -> object:
    """Return the grade that a plain reading of the JSON finds; None where there is no such document."""
    body = text.strip()
    if body.startswith("```"):
        body = body.strip("`").removeprefix("json").strip()
    body = body.rpartition("</think>")[2]
    try:
        found = json.loads(body)
    except ValueError:
        return None
    if not isinstance(found, dict) or set(found) != {"reason", "grade"} or not isinstance(found["reason"], str):
        return None
    grade = found["grade"]
    if rubric.scale == (0, 1):
        return {"no": 0, "yes": 1}.get(grade) if isinstance(grade, str) else None
    return grade if type(grade) is int and 1 <= grade <= 5 else None


def test_there_are_more_than_five_hundred_of_two_models() -> None:
    assert len(SAID) >= 500
    assert {one["model"] for one in SAID} == {"smollm2-135m", "gemma3-270m"}


def test_a_grade_is_read_only_where_the_json_has_just_that() -> None:
    for one in SAID:
        rubric = RUBRICS[one["rubric"]]
        found = read(one["text"], rubric)

        assert found is None or found[0] == grade_in(one["text"], rubric)


def test_what_is_cut_off_in_the_middle_of_its_json_is_never_read() -> None:
    cut = [one for one in SAID if one["finish"] == "length" and not one["text"].rstrip().endswith("}")]

    assert cut
    assert [one for one in cut if read(one["text"], RUBRICS[one["rubric"]]) is not None] == []


def test_held_to_the_schema_they_are_read_and_in_words_alone_nearly_never() -> None:
    shares = {}
    for structured in (True, False):
        of = [one for one in SAID if one["structured"] is structured and one["finish"] == "stop"]
        shares[structured] = sum(read(one["text"], RUBRICS[one["rubric"]]) is not None for one in of) / len(of)

    assert shares[True] > 0.5
    assert shares[False] < 0.1


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text: str = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(text)))
        match draw(st.sampled_from(["cut", "drop", "insert", "repeat", "splice"])):
            case "cut":
                text = text[:place]
            case "drop":
                text = text[:place] + text[place + draw(st.integers(1, 5)) :]
            case "insert":
                text = text[:place] + draw(JUNK) + text[place:]
            case "repeat":
                text += text[place:]
            case _:
                text = text[:place] + draw(st.sampled_from(TEXTS))[place:]
    return text


@given(mutated(), st.sampled_from(RUBRICS))
def test_a_mutated_answer_is_a_grade_of_its_own_json_or_none(text: str, rubric: Rubric) -> None:
    found = read(text, rubric)

    assert found is None or (found[0] == grade_in(text, rubric) and found[1])


@given(mutated())
@pytest.mark.parametrize("reader", [read_list, read_choice, lambda text: read_verdicts(text, 2)])
def test_the_other_readers_raise_nothing_else(reader: Any, text: str) -> None:
    said = "read."
    try:
        reader(text)
    except Unreadable as fault:
        said = str(fault)

    assert said.endswith(".")
