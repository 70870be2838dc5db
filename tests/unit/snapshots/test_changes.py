"""What changed in a conversation and in an answer reads in a few lines, and in full on demand."""

from __future__ import annotations

import pytest

from pytest_llm.snapshots.changes import answer_lines, prompt_lines, prompt_whole
from pytest_llm.snapshots.words import apart, inline, runs, word_diff

LONG = "Customers may return any item within 30 days of purchase for a full refund if they keep the receipt. " * 3


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        pytest.param("Name a city.", "Name a big city.", "Name a {+big+} city.", id="a word more"),
        pytest.param("Name a big city.", "Name a city.", "Name a [-big-] city.", id="a word less"),
        pytest.param("a b c d", "a x y d", "a [-b c-]{+x y+} d", id="two words in a row are one change"),
        pytest.param("30 days", "60 days", "[-30-]{+60+} days", id="a number"),
        pytest.param("Say it.", "Say it!", "Say it[-.-]{+!+}", id="a sign"),
        pytest.param("a b", "a\nb", "a[- -]{+\\n+}b", id="a line end"),
        pytest.param("天気は晴れです。", "天気は雨です。", None, id="a script without spaces, mostly another"),
        pytest.param("Paris is fine.", "Nobody knows that.", None, id="nothing in common"),
    ],
)
def test_words_that_changed_are_marked_on_one_line(old: str, new: str, shown: str | None) -> None:
    assert word_diff(old, new, 96) == shown


def test_of_a_long_text_the_words_around_the_change_are_shown() -> None:
    shown = word_diff(LONG, LONG.replace("30 days", "60 days", 1), 96)

    assert shown == "…may return any item within [-30-]{+60+} days of purchase for a full…"


@pytest.mark.parametrize(("old", "new"), [("a b  c\n\nd", "a x c\n d e"), ("", "a"), ("a", ""), (LONG, LONG[5:])])
def test_no_character_of_either_text_is_lost(old: str, new: str) -> None:
    found = runs(old, new)

    assert "".join(text for mark, text in found if mark != "+") == old
    assert "".join(text for mark, text in found if mark != "-") == new


def test_runs_are_spelled_as_git_does() -> None:
    assert inline([(" ", "a "), ("-", "b "), ("+", "c"), (" ", " d")]) == "a [-b-] {+c+} d"


PROMPT = [("system", "Be brief."), ("user", "Name a city."), ("user", "Now.")]


@pytest.mark.parametrize(
    ("new", "lines"),
    [
        pytest.param(
            [("system", "Be very brief."), *PROMPT[1:]],
            ["prompt, message 1 (system): Be {+very+} brief."],
            id="a word",
        ),
        pytest.param(
            [PROMPT[0], ("user", "Think first."), *PROMPT[1:]],
            ["prompt, message 2 (user) is new: Think first."],
            id="a message more moves none of the others",
        ),
        pytest.param(PROMPT[:2], ["prompt, message 3 (user) is gone: Now."], id="a message less"),
        pytest.param(
            [("developer", "Be brief."), *PROMPT[1:]], ["prompt, message 1 (system → developer)"], id="a role"
        ),
        pytest.param(
            [PROMPT[0], ("user", "What is it that you like?"), PROMPT[2]],
            ["prompt, message 2 (user):", "- Name a city.", "+ What is it that you like?"],
            id="another text",
        ),
        pytest.param(
            [(role, text.replace(".", "!")) for role, text in [*PROMPT, *PROMPT]],
            [
                "prompt, message 1 (system): Be brief[-.-]{+!+}",
                "prompt, message 2 (user): Name a city[-.-]{+!+}",
                "prompt, message 3 (user): Now[-.-]{+!+}",
                "and 3 more messages",
            ],
            id="more than there is room for",
        ),
    ],
)
def test_messages_that_changed_are_told_one_by_one(new: list[tuple[str, str]], lines: list[str]) -> None:
    assert prompt_lines(PROMPT, new, 4) == lines


def test_the_whole_of_each_message_that_changed_is_shown_on_demand() -> None:
    new = [PROMPT[0], ("user", f"Name a big city.\n{LONG}")]

    assert prompt_whole(PROMPT, new) == [
        "prompt, message 2 (user):",
        "  Name a {+big+} city.{+",
        f"  {LONG.rstrip()}+}} ",
        "prompt, message 3 (user):",
        "  Now.",
    ]


def test_lines_of_an_answer_are_paired() -> None:
    assert answer_lines("a\nb\nc", "a\nB\nc\nd") == ["- b", "+ B", "+ d"]


def test_the_distance_of_texts_is_the_share_that_is_not_common() -> None:
    assert [apart("abcd", "abcd"), apart("abcd", "wxyz"), apart("abcd", "abxy")] == [0.0, 1.0, 0.5]
