"""Two texts beside each other, for a terminal that obeys none of what they hold."""

from __future__ import annotations

import pytest

from pytest_llm.cli.layout import Layout
from pytest_llm.cli.words import Segment, columns, rows, visible, wrapped

OLD = "You have 30 days.\nKeep the receipt."
NEW = "You have 14 days.\nKeep the receipt.\nNo returns on sale."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("\x1b[2J\x1b]0;title\x07", r"\x1b[2J\x1b]0;title\x07", id="escape sequences"),
        pytest.param("\x9b31m\r\x08\x00", r"\x9b31m\r\x08\x00", id="C1 and C0 controls"),
        pytest.param("a\u202eb\u2066c\u200bd", r"a\u202eb\u2066c\u200bd", id="bidi overrides and invisible characters"),
        pytest.param("\ud800", r"\ud800", id="a lone surrogate"),
        pytest.param("\u2028\x85", r"\u2028\x85", id="other line ends"),
        pytest.param("a\tb", "a   b", id="a tab"),
        pytest.param("Grüße 你好 👩\u200d🚀", "Grüße 你好 👩\u200d🚀", id="letters and emoji"),
    ],
)
def test_what_a_terminal_would_obey_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_wide_and_combining_characters_take_the_columns_that_they_take() -> None:
    assert [columns(text) for text in ("abc", "你好", "e\u0301", "👩\u200d🚀")] == [3, 4, 1, 4]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        pytest.param("one two three", 8, ["one two ", "three"], id="between words"),
        pytest.param("abcdefghij", 4, ["abcd", "efgh", "ij"], id="a word that is too long"),
        pytest.param("你好世界", 5, ["你好", "世界"], id="wide characters"),
        pytest.param("", 5, [""], id="nothing"),
    ],
)
def test_a_line_is_broken_where_it_must_be(text: str, width: int, lines: list[str]) -> None:
    assert ["".join(part.text for part in line) for line in wrapped([Segment(text)], width)] == lines


def test_lines_below_each_other_mark_their_words_where_there_is_no_colour() -> None:
    assert list(Layout(60, False).difference(rows(OLD, NEW))) == [
        "- You have [-30-] days.",
        "+ You have {+14+} days.",
        "  Keep the receipt.",
        "+ No returns on sale.",
    ]


def test_of_lines_that_have_little_in_common_no_words_are_told() -> None:
    assert list(Layout(60, False).difference(rows("A refund within 30 days.", "Sorry, I am a language model."))) == [
        "- A refund within 30 days.",
        "+ Sorry, I am a language model.",
    ]


def test_words_are_painted_where_there_is_colour() -> None:
    assert next(iter(Layout(60, True).difference(rows(OLD, NEW)))) == (
        "\x1b[31m-\x1b[0m \x1b[31mYou have \x1b[0m\x1b[7;31m30\x1b[0m\x1b[31m days.\x1b[0m"
    )


def test_lines_stand_side_by_side_where_there_is_room() -> None:
    assert list(Layout(100, False).difference(rows(OLD, NEW))) == [
        f"- {'You have [-30-] days.':47}+ You have {{+14+}} days.",
        f"  {'Keep the receipt.':47}  Keep the receipt.",
        f"  {'':47}+ No returns on sale.",
    ]


def test_no_line_is_wider_than_the_terminal() -> None:
    old, new = "wörter 你好 " * 40 + "x" * 300, "wörter 世界 " * 40 + "y" * 300
    for width in (20, 60, 100, 200):
        lines = list(Layout(width, False).difference(rows(old, new)))

        assert max(map(columns, lines)) <= width


def test_equal_lines_far_from_a_change_are_counted() -> None:
    old = "\n".join(map(str, range(20)))
    new = old.replace("10\n", "ten\n")
    said = list(Layout(60, False).difference(rows(old, new)))

    assert said == [
        "  ⋯ 7 equal lines",
        *("  7", "  8", "  9", "- 10", "+ ten", "  11", "  12", "  13"),
        "  ⋯ 6 equal lines",
    ]
    assert len(list(Layout(60, False).difference(rows(old, new, whole=True)))) == 21


def test_a_long_text_is_compared_in_little_time() -> None:
    old = "\n".join(f"line {number} of a long answer" for number in range(5_000))
    new = old.replace("line 4321 of", "line 4321 in")
    changed = [row for row in rows(old, new) if row.old is not row.new]

    assert len(changed) == 1
