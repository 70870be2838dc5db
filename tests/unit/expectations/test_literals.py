"""Literals lose no white space, are cut on whole characters, and differ where the texts do."""

from __future__ import annotations

import unicodedata

import pytest
from growth import LIMIT, growth, repeated

from pytest_llm.expectations.literals import alike, apart, around, other_form, quoted
from pytest_llm.expectations.showing import WIDTH, aligned


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", "''", id="empty"),
        pytest.param("a  b\n\tc ", r"'a  b\n\tc '", id="white space"),
        pytest.param("it's", '"it\'s"', id="a quote"),
        pytest.param("0123456789", "'0123456789'", id="as wide as allowed"),
        pytest.param("0123456789A", "'012345…89A'", id="too wide"),
        pytest.param("abcd\x1b\x1b\x1bxyz", "'abcd…xyz'", id="no escape is cut"),
        pytest.param("abcde\n\nvwxyz", "'abcde…xyz'", id="no line break is cut"),
        pytest.param("a\\nb", r"'a\\nb'", id="a backslash"),
        pytest.param("\ud83d!", r"'\ud83d!'", id="a lone surrogate"),
        pytest.param("退款期限为三十天", "'退款期限为三十天'", id="Chinese"),
    ],
)
def test_a_text_is_quoted_as_it_is(text: str, expected: str) -> None:
    assert quoted(text, 10) == expected


def test_surroundings_have_room_for_what_is_escaped() -> None:
    assert around("\n" * 300 + "sorry" + "\n" * 300, 300, 305, 17) == r"'…\n\n\nsorry\n\n\n…'"
    assert around("a b", 0, 1, 17) == "'a b'"


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        pytest.param("Paris", "Paris ", ("'Paris'", "'Paris '"), id="a blank at the end"),
        pytest.param("a b", "a\u3000b", ("'a b'", r"'a\u3000b'"), id="a wide space"),
        pytest.param("\u2665", "\u2665\ufe0f", ("'\u2665'", "'\u2665\\ufe0f'"), id="a variation selector"),
        pytest.param("\ud55c", "\u1112\u1161\u11ab", (r"'\ud55c'", r"'\u1112\u1161\u11ab'"), id="Hangul"),
        pytest.param("x" * 99, "x" * 99 + "\n", ("'…" + "x" * 18 + "'", "'…" + "x" * 18 + r"\n'"), id="cut"),
    ],
)
def test_texts_that_look_the_same_are_told_apart(ours: str, theirs: str, expected: tuple[str, str]) -> None:
    assert alike(ours, theirs)
    assert apart(ours, theirs, 20) == expected


def test_a_text_has_what_is_sought_in_another_unicode_form() -> None:
    assert other_form("caf\xe9", "un cafe\u0301") == "cafe\u0301"
    assert other_form("cafe\u0301", "un caf\xe9") == "caf\xe9"
    assert other_form("cafe", "un cafe") == ""


@pytest.mark.parametrize(
    ("expected", "text", "evidence"),
    [
        pytest.param("a\nb", "a\nb", (r"- 'a\nb'", r"+ 'a\nb'"), id="the same"),
        pytest.param("30 days", "30\ndays", ("- '30 days'", "     ^", r"+ '30\ndays'", "     ^^"), id="broken"),
        pytest.param("Sure", "\nSure", ("- 'Sure'", r"+ '\nSure'", "   ^^"), id="a line before"),
        pytest.param("a\nb \nc", "a\nb\nd", ("- 'b '", "    ^", "+ 'b'"), id="the first line, ends differently"),
        pytest.param("a", "a\n\nb", ("- ", "+ b"), id="a blank line and one after"),
        pytest.param("a", "a\nb", ("- ", "+ b"), id="a line after"),
        pytest.param("a b", "a  b", ("- a b", "+ a  b", "    ^"), id="a blank within, which shows"),
    ],
)
def test_differences_that_cannot_be_seen_are_shown_as_literals(
    expected: str, text: str, evidence: tuple[str, ...]
) -> None:
    assert aligned(expected, text) == evidence


@pytest.mark.parametrize("tail", [" ", "\n\n", "\xa0", "\ufeff"], ids=ascii)
@pytest.mark.parametrize("piece", ["Refunds take 30 days. ", "退款\n", "\x1b", "\xe9"], ids=ascii)
def test_long_texts_are_told_apart_in_proportion(piece: str, tail: str) -> None:
    def pairs(size: int) -> list[tuple[str, str]]:
        text = repeated(piece)(size)
        return [(text, text + tail), (text, unicodedata.normalize("NFD", text) + tail)]

    for pair in pairs(200_000):
        shown = aligned(*pair)
        ours, theirs = (line for line in shown if line[0] in "-+")

        assert ours[1:] != theirs[1:]
        assert max(map(len, shown)) <= WIDTH + 10
    assert growth(lambda those: [aligned(*pair) for pair in those], pairs) < LIMIT
