"""in_language, has_length and valid_markdown: what they measure, and what they cannot tell."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from growth import LIMIT, growth, repeated

from pytest_llm.errors import ConfigurationError, MissingExtraError
from pytest_llm.expectations.base import Expectation, Finding, unfit
from pytest_llm.expectations.forms import has_length, in_language, valid_markdown
from pytest_llm.messages import Response, Usage
from pytest_llm.metrics import language, markdown

FRENCH = "Votre commande a été expédiée."
MIXED = "Votre commande a été expédiée. Thank you very much for your patience."


@pytest.mark.parametrize(
    ("expectation", "text", "expected"),
    [
        pytest.param(
            in_language("fr"),
            FRENCH,
            Finding(True, "language French 1.00 is French  (py3langid)", (f"got '{FRENCH}'",), (FRENCH,)),
            id="the language",
        ),
        pytest.param(
            in_language("English"),
            FRENCH,
            Finding(False, "language French 1.00 is English  (py3langid)", (f"got '{FRENCH}'",), (FRENCH,)),
            id="another",
        ),
        pytest.param(
            ~in_language("French"),
            FRENCH,
            Finding(False, "not language French 1.00 is French  (py3langid)", (f"got '{FRENCH}'",), (FRENCH,)),
            id="the one that is not wanted",
        ),
        pytest.param(
            in_language("en"),
            MIXED,
            Finding(
                False,
                "language French 0.52 is English  (py3langid)",
                ("by sentences: English 0.56, French 0.44", f"got '{MIXED}'"),
                (MIXED,),
            ),
            id="mixed",
        ),
        pytest.param(
            in_language("en"),
            "OK",
            unfit("in English  (too short to tell: the best guess is Serbian with 0.02, py3langid)", "got 'OK'"),
            id="too short",
        ),
        pytest.param(
            ~in_language("en"),
            "OK",
            unfit("in English  (too short to tell: the best guess is Serbian with 0.02, py3langid)", "got 'OK'"),
            id="too short to tell that it is not",
        ),
        pytest.param(
            in_language("en"),
            "```\nx\n```",
            unfit("in English  (there is no word to tell it by: '```\\nx\\n```')"),
            id="code",
        ),
        pytest.param(
            ~in_language("en"),
            "",
            unfit("in English  (there is no word to tell it by: '')"),
            id="nothing",
        ),
    ],
)
def test_the_language_is_named_with_its_confidence(expectation: Expectation, text: str, expected: Finding) -> None:
    pytest.importorskip("py3langid", reason="the extra language is not installed")

    assert expectation.check(text) == expected


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("zh", "您的订单已发货\uff0c预计五天内送达。"),
        ("ar", "يستغرق استرداد المبلغ خمسة أيام عمل."),
        ("en", "🎉 Your order has shipped 🎉"),
    ],
)
def test_languages_of_other_scripts_are_told(code: str, text: str) -> None:
    pytest.importorskip("py3langid", reason="the extra language is not installed")

    assert in_language(code).check(text).holds
    assert not (~in_language(code)).check(text).holds


@pytest.mark.parametrize(
    ("limits", "value", "expected"),
    [
        pytest.param({"words": 3}, "a b c d", Finding(False, "4 words <= 3", ("got 'a b c d'",), ("a b c d",)),
                     id="words"),
        pytest.param({"words": 4}, "退款五天", Finding(True, "4 words <= 4", ("got '退款五天'",), ("退款五天",)),
                     id="Chinese"),
        pytest.param({"words": (1, 2)}, "نعم لا",
                     Finding(True, "2 words within 1 to 2", ("got 'نعم لا'",), ("نعم لا",)), id="Arabic"),
        pytest.param({"words": (1, 9)}, "🎉", Finding(False, "0 words within 1 to 9", ("got '🎉'",), ("🎉",)),
                     id="emoji"),
        pytest.param({"characters": range(1, 4)}, "", Finding(False, "0 characters within 1 to 3", ("got ''",), ("",)),
                     id="a range"),
        pytest.param(
            {"words": 2, "sentences": 1, "characters": 99},
            "One. Two. 3",
            Finding(False, "3 words <= 2 and 3 sentences <= 1", ("got 'One. Two. 3'",), ("One. Two. 3",)),
            id="two of three fail",
        ),
        pytest.param(
            {"words": 2, "sentences": 2}, "One. Two.",
            Finding(True, "2 words <= 2 and 2 sentences <= 2", ("got 'One. Two.'",), ("One. Two.",)), id="all hold",
        ),
        pytest.param({"tokens": 2}, Response("Hi", usage=Usage(5, 3)),
                     Finding(False, "3 tokens <= 2", ("got 'Hi'",), ("Hi",)), id="tokens"),
        pytest.param(
            {"tokens": 2}, "Hi",
            unfit("has a number of tokens  (only a response with usage has one)", "got 'Hi'"),
            id="no tokens",
        ),
        pytest.param({"words": 2}, None, unfit("None is a text or a response  (its type is NoneType)"), id="no text"),
    ],
)  # fmt: skip
def test_the_length_is_measured(limits: dict[str, Any], value: object, expected: Finding) -> None:
    assert has_length(**limits).check(value) == expected


def test_broken_markdown_is_listed_by_line() -> None:
    pytest.importorskip("markdown_it", reason="the extra markdown is not installed")

    assert valid_markdown().check("**x\n\n##A") == Finding(
        False,
        "valid Markdown  (2 defects)",
        ("line 1: the emphasis ** does not end or begin", "line 3: the heading needs a space after ##"),
        ("**x", "", "##A"),
    )
    assert valid_markdown().check("##A\n" * 9).evidence[-2:] == (
        "line 6: the heading needs a space after ##",
        "and 3 more",
    )
    assert valid_markdown().check("你好 🎉 **نعم**") == Finding(True, "valid Markdown  (no defect)")


@pytest.mark.parametrize(
    ("module", "cached", "expectation", "message"),
    [
        pytest.param(
            "py3langid.langid", language._detector, in_language("en"),
            "in_language() needs the package py3langid, which is not installed: "
            'pip install "pytest-llm-regression[language]"', id="language",
        ),
        pytest.param(
            "markdown_it", markdown._parser, valid_markdown(),
            "valid_markdown() needs the package markdown-it-py, which is not installed: "
            'pip install "pytest-llm-regression[markdown]"', id="markdown",
        ),
    ],
)  # fmt: skip
def test_without_the_package_the_extra_is_named(
    module: str, cached: Any, expectation: Expectation, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    cached.cache_clear()

    with pytest.raises(MissingExtraError) as error:
        expectation.check("Some text.")
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: in_language("pt-BR"),
            "in_language('pt-BR'): regions are not told apart. Write the language alone: 'pt'.",
        ),
        (
            lambda: has_length(),
            "has_length() needs a limit, without which it could never fail: words=, sentences=, characters= or "
            "tokens=.",
        ),
        *(
            (
                lambda limit=limit: has_length(words=limit),
                f"has_length(words={limit!r}) is no limit: write the most (words=50), (least, most) or a range; "
                "whole numbers from 0, the most at least 1 and no less than the least.",
            )
            for limit in (0, -1, True, 2.5, (5, 3), (1, 2, 3), range(0), range(1, 9, 2), "5", (0, 0))
        ),
    ],
)
def test_wrong_arguments_are_refused(make: Callable[[], Expectation], message: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        make()
    assert str(error.value) == message


def test_an_unknown_language_is_refused_with_the_known_ones() -> None:
    with pytest.raises(
        ConfigurationError, match=r"^in_language\('Klingon'\) is no language that is known\. Valid codes: af, "
    ):
        in_language("Klingon")


@pytest.mark.parametrize(
    ("expectation", "expected"),
    [
        (in_language("German"), "in_language('de')"),
        (~in_language("nb"), "~in_language('no')"),
        (~~in_language("de"), "in_language('de')"),
        (has_length(words=(2, 5), tokens=9), "has_length(words=(2, 5), tokens=9)"),
        (valid_markdown(), "valid_markdown()"),
    ],
)
def test_they_are_shown_as_they_are_written(expectation: Expectation, expected: str) -> None:
    assert repr(expectation) == expected


@pytest.mark.parametrize("piece", ["word ", "字。", "نعم "], ids=["English", "Chinese", "Arabic"])
@pytest.mark.parametrize(
    "expectation", [has_length(words=5, sentences=5), in_language("sw"), valid_markdown()], ids=repr
)
def test_a_long_text_is_read_in_proportion(expectation: Expectation, piece: str) -> None:
    pytest.importorskip("py3langid", reason="the extra language is not installed")
    pytest.importorskip("markdown_it", reason="the extra markdown is not installed")

    assert expectation.check(piece * 1_000).holds == (repr(expectation) == "valid_markdown()")
    assert growth(expectation.check, repeated(piece)) < LIMIT
