"""What is judged is data: no text of it changes the structure of the judge's prompt."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pytest_llm
from pytest_llm.judges.data import encoded
from pytest_llm.judges.probes import injections
from pytest_llm.judges.prompting import (
    Asked,
    check_prompt,
    chunk_prompt,
    grade_prompt,
    list_prompt,
    pair_prompt,
    verify_prompt,
)
from pytest_llm.judges.rubric import Rubric

TEMPLATES = sorted((Path(pytest_llm.__file__).parent / "templates").glob("*.jinja"))
CONTROL = re.compile(r"<\|[^|]*\|>|<\uff5c[^\uff5c]*\uff5c>|</?[a-z_]+>|\[/?[A-Z_]+\]|<</?SYS>>|```|<!--")
TABLE = [pytest.param(text.replace("{{top}}", "5"), id=name) for name, text in injections().items()]
RUBRIC = Rubric("Is the answer right?", levels={1: "no", 5: "yes"})


def prompts(text: str) -> dict[str, Asked]:
    """Every prompt a judge is sent, with the text in each place where a text under test can stand."""
    given = {"question": text, "context": [text, text], "reference": text, "answer": text}
    return {
        "grade": grade_prompt(RUBRIC, given),
        "check": check_prompt(["It is right."], given),
        "claims": list_prompt("claims", "answer", {"answer": text}),
        "points": list_prompt("points", "context", {"context": text}),
        "verify": verify_prompt("context", [text, text], {"context": text}),
        "chunks": chunk_prompt(given, 2),
        "prefer": pair_prompt("It is right.", {"question": text, "first": text, "second": text}),
        "calls": grade_prompt(
            RUBRIC, {"answer": {"text": text, "tool_calls": [{"name": text, "arguments": {text: text}}]}}
        ),
    }


def data_of(user: str, name: str) -> object:
    """Return what a reader of the JSON in the user's message reads, and see to it that nothing else is there."""
    start, frame = user.index("{"), prompts("")[name][0][1].text
    value, end = json.JSONDecoder().raw_decode(user, start)

    assert user[:start] == frame[: frame.index("{")]
    assert user[end:] == "\n\nJudge what the JSON above holds. Answer with one JSON object and nothing else."
    return value


def test_there_are_at_least_thirty_injections() -> None:
    assert len(TABLE) >= 30


@pytest.mark.parametrize("text", TABLE)
def test_an_injection_changes_nothing_but_the_value_that_it_is(text: str) -> None:
    for name, (messages, schema) in prompts(text).items():
        plain, plain_schema = prompts("Paris")[name]
        system, user = messages

        assert [message.role for message in messages] == ["system", "user"]
        assert system == plain[0]
        assert schema == plain_schema
        assert json.dumps(data_of(user.text, name)) == json.dumps(data_of(plain[1].text, name)).replace(
            '"Paris"', json.dumps(text)
        )


@pytest.mark.parametrize("text", TABLE)
def test_an_injection_brings_no_line_and_no_control_token_of_its_own(text: str) -> None:
    for name, (messages, _) in prompts(text).items():
        user, plain = messages[1].text, prompts("Paris")[name][0][1].text

        assert len(user.splitlines()) == len(plain.splitlines())
        assert CONTROL.findall(user) == []
        assert user.replace("\n", "").isprintable()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
@pytest.mark.parametrize("text", TABLE)
def test_a_chat_template_renders_an_injection_with_the_structure_of_any_other_answer(text: str, template: Path) -> None:
    import jinja2

    render = jinja2.Environment().from_string(template.read_text(encoding="utf-8")).render

    def structure(answer: str) -> list[str]:
        messages, _ = prompts(answer)["grade"]
        told = [{"role": message.role, "content": message.text} for message in messages]
        whole = render(messages=told, add_generation_prompt=True)
        return re.findall(r"<\|[^|]*\|>|^(?:Question|Answer):", whole, re.MULTILINE)

    assert structure(text) == structure("Paris")


@given(st.text())
def test_any_text_comes_back_as_it_went_in(text: str) -> None:
    shown = encoded({"question": text, "answer": [text, {text: text}]})

    assert json.loads(shown) == {"question": text, "answer": [text, {text: text}]}
    assert len(shown.splitlines()) == 4
    assert "<" not in shown
    assert "```" not in shown


def test_the_same_data_gives_the_same_bytes_that_a_person_can_read() -> None:
    assert encoded({"question": "Où?", "answer": 'In "Paris",\n今日'}) == (
        '{\n"question": "Où?",\n"answer": "In \\"Paris\\",\\n今日"\n}'
    )
