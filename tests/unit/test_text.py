"""Texts are cut around what matters, stay on one line, and hide no change."""

from __future__ import annotations

import pytest

from pytest_llm.text import and_list, excerpts, money, plural, short, value


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 10, ""),
        ("a  b\n\tc", 10, "a b c"),
        ("0123456789", 10, "0123456789"),
        ("0123456789A", 10, "012345…89A"),
        ("a\x1b[31mb\x00", 40, "a\\x1b[31mb\\x00"),
        ("\ud83d!", 10, "\\ud83d!"),
        ("käse 😀", 10, "käse 😀"),
    ],
)
def test_short_is_one_line_of_at_most_the_width(text: str, width: int, expected: str) -> None:
    assert short(text, width) == expected
    assert len(short(text, width)) <= width


def test_a_value_is_shown_as_json() -> None:
    assert value({"b": None, "a": ["é", 1.5]}) == '{"a": ["é", 1.5], "b": null}'
    assert value(object) == "\"<class 'object'>\""


@pytest.mark.parametrize(
    ("words", "expected"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_words_are_listed_as_in_a_sentence(words: list[str], expected: str) -> None:
    assert and_list(words) == expected


@pytest.mark.parametrize(("count", "expected"), [(0, "0 calls"), (1, "1 call"), (12_345, "12,345 calls")])
def test_a_count_agrees_with_its_noun(count: int, expected: str) -> None:
    assert plural(count, "call") == expected


@pytest.mark.parametrize(
    ("amount", "expected"), [(0, "$0.00"), (0.00012, "$0.0001"), (0.25, "$0.2500"), (1, "$1.00"), (12.345, "$12.35")]
)
def test_money_has_the_digits_that_matter(amount: float, expected: str) -> None:
    assert money(amount) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("a\nb\nc", "a\nB\nc", ("b", "B"), id="the line that differs"),
        pytest.param("a", "a\nb", ("", "b"), id="a line more"),
        pytest.param("a\nb", "a", ("b", ""), id="a line less"),
        pytest.param("same", "same", ("", ""), id="no difference"),
        pytest.param("a\rb", "a\r\nb", ("a\\rb", "a\\r"), id="line ends are spelled out"),
        pytest.param("a b", "a\u00a0b", ("a b", "a\\xa0b"), id="an odd space is spelled out"),
        pytest.param("\ud800", "x", ("\\ud800", "x"), id="a lone surrogate"),
    ],
)
def test_excerpts_show_the_first_lines_that_differ(old: str, new: str, expected: tuple[str, str]) -> None:
    assert excerpts(old, new) == expected


@pytest.mark.parametrize("place", [0, 1, 50, 99, 500, 99_998, 99_999])
def test_excerpts_of_long_lines_always_show_the_change(place: int) -> None:
    old = "x" * 100_000
    before, after = excerpts(old, old[:place] + "Y" + old[place + 1 :])

    assert "Y" in after
    assert "Y" not in before
    assert max(len(before), len(after)) <= 96
