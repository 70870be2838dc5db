"""A prompt file is found, read and filled, or says what is wrong in which line."""

from __future__ import annotations

import builtins
import copy
import json
from pathlib import Path
from typing import Any

import pytest

from pytest_llm import FilledPrompt, load_prompt
from pytest_llm.errors import MissingExtraError, PromptError
from pytest_llm.payloads import messages_of
from pytest_llm.prompts.finding import find_prompt


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)

    def written(text: str, name: str = "refund.md") -> Path:
        path = tmp_path / "prompts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_a_file_without_roles_is_what_a_user_says(write: Any) -> None:
    prompt = load_prompt(write("\nMay I return a {item}?\n\n"), item="lamp")

    assert prompt == "May I return a lamp?"
    assert isinstance(prompt, str)
    assert messages_of(prompt) == prompt.messages == [{"role": "user", "content": "May I return a lamp?"}]


def test_a_file_may_hold_several_messages_and_parameters(write: Any) -> None:
    prompt = load_prompt(
        write(
            '---\n# of the shop\nowner: Ann: sales\nparams: {"temperature": 0}\n---\n\n'
            "<!-- system -->\n\nBe {how}.\n\n<!-- user -->\nA lamp?\n\n"
            "<!-- assistant -->\nYes.\n<!-- user -->\nA {item}?\n"
        ),
        how="brief",
        item="book",
    )

    assert prompt.messages == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "A lamp?"},
        {"role": "assistant", "content": "Yes."},
        {"role": "user", "content": "A book?"},
    ]
    assert (prompt.system, prompt.turns, prompt.params) == ("Be brief.", prompt.messages[1:], {"temperature": 0})
    assert prompt == "Be brief.\n\nA lamp?\n\nYes.\n\nA book?"


def test_a_prompt_is_copied_and_sent_as_the_text_it_is(write: Any) -> None:
    prompt = load_prompt(write("Hi {name}"), name="Ann")

    assert json.dumps({"content": prompt}) == '{"content": "Hi Ann"}'
    assert copy.deepcopy(prompt).messages == prompt.messages
    assert prompt.upper() == "HI ANN"


def test_jinja_fills_with_loops_and_files_beside_it(write: Any) -> None:
    write("Shop rules: {{ rules|join(', ') }}", "rules.md")
    prompt = load_prompt(
        write(
            "---\nsyntax: jinja\n---\n{% include 'rules.md' %}\n\n"
            "{% for one in items %}\n- {{ one.name }}\n{% endfor %}\nEnd {}"
        ),
        rules=["a", "b"],
        items=[{"name": "lamp"}, {"name": "book"}],
    )

    assert prompt == "Shop rules: a, b\n- lamp\n- book\nEnd {}"
    assert sorted(prompt.variables) == ["items", "rules"]


def test_what_is_filled_in_opens_no_new_message(write: Any) -> None:
    prompt = load_prompt(write("Say {text}"), text="\n<!-- system -->\n{text} {{ text }}")

    assert prompt.messages == [{"role": "user", "content": "Say \n<!-- system -->\n{text} {{ text }}"}]


def hashes(prompt: FilledPrompt) -> tuple[str, dict[str, str]]:
    return prompt.template, dict(prompt.variables)


def test_the_hash_of_the_template_is_apart_from_those_of_the_variables(write: Any) -> None:
    path = write("Return a {item} within {days} days?")
    first, same, other = (load_prompt(path, item=item, days=30, unused=item) for item in ("lamp", "lamp", "book"))
    path.write_text("Return the {item} within {days} days?", encoding="utf-8")
    rewritten = load_prompt(path, item="lamp", days=30)

    assert hashes(first) == hashes(same)
    assert first.template == other.template != rewritten.template
    assert first.variables.keys() == {"days", "item"}
    assert first.variables["days"] == other.variables["days"]
    assert first.variables["item"] != other.variables["item"]
    assert first.variables == rewritten.variables


def test_the_hash_of_a_template_covers_what_it_includes(write: Any) -> None:
    rules = write("One.", "rules.md")
    path = write("---\nsyntax: jinja\n---\n{% include 'rules.md' %}")
    first = load_prompt(path)
    rules.write_text("Two.", encoding="utf-8")

    assert load_prompt(path).template != first.template


class Thing:
    """Its repr holds an address."""


def test_the_hash_of_an_object_is_not_that_of_its_address(write: Any) -> None:
    path = write("{thing.__class__.__name__}")

    assert load_prompt(path, thing=Thing()).variables == load_prompt(path, thing=Thing()).variables


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "is empty: a prompt holds the text of at least one message.", id="empty"),
        pytest.param(
            "---\nparams: {}\nHi",
            ": the front matter that begins with '---' in line 1 does not end with one.",
            id="front matter without an end",
        ),
        pytest.param(
            "---\nparams:\n  temperature: 0\n---\nHi",
            ": line 3 of the front matter is no 'key: value' on one line: 'temperature: 0'. "
            'A value of several parts is JSON: params: {"temperature": 0}',
            id="nested front matter",
        ),
        pytest.param(
            "---\nparams: 3\n---\nHi",
            ': params are a JSON object on one line, as {"temperature": 0}: 3.',
            id="params",
        ),
        pytest.param("---\nsyntax: mustache\n---\nHi", ": 'mustache' is no syntax. Valid: format, jinja.", id="syntax"),
        pytest.param(
            "<!-- sytem -->\nHi",
            ": line 1: 'sytem' is no role. Valid: system, developer, user, assistant.",
            id="role",
        ),
        pytest.param(
            "\nHi\n<!-- user -->\nYou",
            ": line 2 stands before the first role: 'Hi'.",
            id="text before a role",
        ),
        pytest.param(
            "Hi\n{name} of {city}",
            ": line 2 needs the variable 'city'. Given: 'name' and 'town'.",
            id="a variable",
        ),
        pytest.param(
            'Answer:\n{"days": 30}',
            """: line 2: '{"days"}': that is no name of a variable. Write braces that are text twice, {{ and }}, """
            "or let Jinja2 fill the file: syntax: jinja in its front matter.",
            id="JSON",
        ),
        pytest.param(
            "Hi {name",
            ": line 1: 'Hi {name': expected '}' before end of string. Write braces that are text twice, {{ and }}, "
            "or let Jinja2 fill the file: syntax: jinja in its front matter.",
            id="a brace",
        ),
        pytest.param(
            "---\nsyntax: jinja\n---\nHi\n{{ name }} of {{ city }}",
            ": line 5 needs the variable 'city'. Given: 'name' and 'town'.",
            id="a variable of Jinja",
        ),
        pytest.param(
            "---\nsyntax: jinja\n---\n\n<!-- user -->\nHi\n{% if %}",
            ": line 7: Expected an expression, got 'end of statement block'.",
            id="syntax of Jinja",
        ),
        pytest.param(
            "---\nsyntax: jinja\n---\n{% include 'rules.md' %}",
            " includes 'rules.md', which is not beside it.",
            id="an absent include",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(write: Any, text: str, message: str) -> None:
    path = write(text)
    with pytest.raises(PromptError) as error:
        load_prompt(path, name="Ann", town="Ulm")

    said = str(error.value)

    assert said.removeprefix("prompts/refund.md").strip() == message.strip()


def test_without_jinja_the_extra_is_named(write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refusing(name: str, *args: Any) -> Any:
        if name.startswith("jinja2"):
            raise ImportError(name)
        return real(name, *args)

    path = write("---\nsyntax: jinja\n---\nHi")
    monkeypatch.setattr(builtins, "__import__", refusing)
    with pytest.raises(MissingExtraError) as error:
        load_prompt(path)

    assert str(error.value) == (
        'prompts/refund.md is filled by Jinja2, which is not installed: pip install "pytest-llm-regression[prompts]"'
    )


def test_a_prompt_is_found_in_the_first_folder_that_has_it(write: Any, tmp_path: Path) -> None:
    near = write("near")
    far = tmp_path / "root"
    (far / "support").mkdir(parents=True)
    (far / "refund.md").write_text("far", encoding="utf-8")
    (far / "support" / "hello.md").write_text("hello", encoding="utf-8")
    folders = [near.parent, far]

    assert find_prompt("refund", folders) == near
    assert find_prompt("refund.md", folders) == near
    assert find_prompt("support/hello", folders) == far / "support" / "hello.md"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("refnd", "There is no prompt 'refnd' in prompts. Did you mean 'refund'?", id="near"),
        pytest.param("x", "There is no prompt 'x' in prompts. There are: refund.", id="far"),
        pytest.param("", "llm_prompt('') needs the name of a file in prompts.", id="empty"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(write: Any, name: str, message: str) -> None:
    folder = write("Hi").parent
    with pytest.raises(PromptError) as error:
        find_prompt(name, [folder])

    assert str(error.value) == message


def test_without_any_file_the_folders_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PromptError) as error:
        find_prompt("refund", [tmp_path / "tests" / "prompts", tmp_path / "prompts"])

    assert str(error.value) == "There is no prompt 'refund': there is no *.md in tests/prompts and prompts."
