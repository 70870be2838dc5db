"""Texts lose exactly the differences that are ignored."""

from __future__ import annotations

import pytest

from pytest_llm.metrics.normalise import Ignorable, ignoring, plain_markdown, squad


@pytest.mark.parametrize(
    ("text", "what", "expected"),
    [
        ("Straße ÉA", "case", "strasse éa"),
        (" a \t b\n\nc ", "whitespace", "a b c"),
        ("\uff21\ufb01\u00a0e\u0301", "unicode", "Afi é"),
        ("Hi, \u201cyou\u201d! 好。 $5", "punctuation", "Hi you 好 $5"),
        ("**Hi** _you_", "markdown", "Hi you"),
    ],
)
def test_one_kind_of_difference_goes_and_the_others_stay(text: str, what: Ignorable, expected: str) -> None:
    assert ignoring(text, (what,)) == expected
    assert ignoring(text, ()) == text


def test_all_kinds_together() -> None:
    text = "```\n**The\u00a0Answer:**  \uff24one!\n```"

    assert ignoring(text, ("case", "whitespace", "unicode", "markdown", "punctuation")) == "the answer done"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("```python\nprint(1)\n```", "print(1)", id="a fence keeps its code"),
        pytest.param("~~~\nx\n~~~\n", "x", id="a fence of tildes"),
        pytest.param("# Title\n## Sub", "Title\nSub", id="headings"),
        pytest.param("- a\n* b\n1. c\n> d", "a\nb\nc\nd", id="lists and quotes"),
        pytest.param("***a*** **b *c* d** ~~e~~ `f`", "a b c d e f", id="emphasis within emphasis"),
        pytest.param("see [the page](https://x.org/a_b)", "see the page", id="a link keeps its text"),
        pytest.param("snake_case_name, 2*3*4, a * b * c", "snake_case_name, 2*3*4, a * b * c", id="no emphasis"),
        pytest.param("", "", id="empty"),
    ],
)
def test_marks_of_markdown_go_and_what_they_mark_stays(text: str, expected: str) -> None:
    assert plain_markdown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The  Cat, an end; a.", "cat end"),
        ("theatre", "theatre"),
        ("A", ""),
        ("It's", "its"),
        ("\u201cthe\u201d", "\u201c \u201d"),
        ("巴黎。", "巴黎。"),
        ("", ""),
    ],
)
def test_squad_removes_case_ascii_punctuation_and_articles(text: str, expected: str) -> None:
    assert squad(text) == expected
