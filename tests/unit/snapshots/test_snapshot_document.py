"""A snapshot file: what is written is read again, whatever the texts hold."""

from __future__ import annotations

import random

import pytest

from pytest_llm.errors import SnapshotError
from pytest_llm.snapshots.document import Document, parse, render

TEXTS = [
    "",
    "a",
    "a\n",
    "\n",
    "\n\na\n\n",
    "a\n\n\nb",
    "<!-- answer -->",
    "\\<!-- answer -->\n\\\\<!-- variant 2 -->",
    "before\n<!-- prompt: user -->\nafter",
    "---\ntest: x\n---",
    "天气很好\r\nनमस्ते 🎉",
    "a: b\n=======\n",
]


@pytest.mark.parametrize("text", TEXTS, ids=repr)
def test_a_text_comes_back_as_an_answer_and_in_the_conversation(text: str) -> None:
    document = Document({"test": "a"}, (("user", text), ("assistant", text)), (text, text))

    assert parse(render(document), "x") == document


def test_any_texts_come_back() -> None:
    chance = random.Random(7)
    pieces = ["\n", "\n\n", "a", "<!-- answer -->", "\\", "<!-- prompt: user -->", "<!-- variant 3 -->", " ", "---"]
    for _ in range(2000):
        texts = ["".join(chance.choices(pieces, k=chance.randrange(9))) for _ in range(4)]
        document = Document({}, (("system", texts[0]), ("user", texts[1])), (texts[2], texts[3]))

        assert parse(render(document), "x") == document


@pytest.mark.parametrize(
    "value", ["word", "two words", "true", "12", "a: b", "#x", "", 12, 0.5, None, True, [1, "a"], {"b": 1, "a": None}]
)
def test_a_value_of_the_front_matter_comes_back(value: object) -> None:
    document = Document({"key": value}, (), ("a",))
    expected = {} if value == "" else {"key": value}

    assert parse(render(document), "x").meta == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x has no front matter between two lines of '---'. Restore it: git checkout -- x"),
        (
            "---\nversion: 1\nodd\n---\n",
            "x: line 3 is no 'key: value': 'odd'. Restore it: git checkout -- x",
        ),
        (
            "---\na: b\n---\n",
            "x has format version None, and this pytest-llm-regression reads 1. "
            "Upgrade it: pip install --upgrade pytest-llm-regression",
        ),
    ],
)
def test_a_damaged_file_is_an_error(text: str, message: str) -> None:
    with pytest.raises(SnapshotError) as caught:
        parse(text, "x")

    assert str(caught.value) == message
