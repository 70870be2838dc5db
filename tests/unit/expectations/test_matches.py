"""matches: a regular expression, and how far it got."""

from __future__ import annotations

import re

import pytest
from growth import LIMIT, growth, repeated

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import Expectation, Finding, unfit
from pytest_llm.expectations.patterns import matches

TEXT = "It takes 90 days, or more."
GOT = f"got '{TEXT}'"


@pytest.mark.parametrize(
    ("expectation", "expected"),
    [
        pytest.param(
            matches(r"\d+ days"), Finding(True, r"matches r'\d+ days'", (f"it is met by '{TEXT}'",)), id="found"
        ),
        pytest.param(
            matches(r"(\d+) days, and"),
            Finding(
                False,
                r"matches r'(\d+) days, and'",
                (r"as far as r'(\d+) days, ' it matches '90 days, ', then comes 'or more.'", GOT),
            ),
            id="how far it got",
        ),
        pytest.param(
            matches(r"more\.$\n"),
            Finding(
                False,
                r"matches r'more\.$\n'",
                (r"as far as r'more\.$' it matches 'more.', then the text ends", GOT),
            ),
            id="as far as the end",
        ),
        pytest.param(matches("zebra|lion"), Finding(False, "matches r'zebra|lion'", (GOT,)), id="nothing of it"),
        pytest.param(
            matches(r"\d+ days", full=True),
            Finding(False, r"matches r'\d+ days' in full", (f"only '90 days' matches, in '{TEXT[:]}'", GOT)),
            id="a part of the text only",
        ),
        pytest.param(
            matches("it takes .*", full=True, flags=re.IGNORECASE),
            Finding(True, "matches r'it takes .*' in full", (f"it is met by '{TEXT}'",)),
            id="in full, with a flag",
        ),
        pytest.param(
            matches(re.compile("TAKES", re.I)),
            Finding(True, "matches r'TAKES'", (f"it is met by '{TEXT}'",)),
            id="compiled",
        ),
    ],
)
def test_a_pattern_is_found_or_says_how_far_it_matched(expectation: Expectation, expected: Finding) -> None:
    assert expectation.check(TEXT) == expected


@pytest.mark.parametrize(
    ("expectation", "text", "expected"),
    [
        pytest.param(
            matches(r"Order A-\d{4}", full=True),
            "Order A-1234 ",
            Finding(
                False,
                r"matches r'Order A-\d{4}' in full",
                ("only 'Order A-1234' matches, in 'Order A-1234 '", "got 'Order A-1234 '"),
            ),
            id="a blank at the end",
        ),
        pytest.param(
            matches(r"\d+ days"),
            "30\xa0days",
            Finding(
                False,
                r"matches r'\d+ days'",
                (r"as far as r'\d+' it matches '30', then comes '\xa0days'", r"got '30\xa0days'"),
            ),
            id="a no-break space",
        ),
        pytest.param(
            matches("caf\xe9"),
            "cafe\u0301",
            Finding(
                False,
                "matches r'caf\xe9'",
                ("in the Unicode form NFC the text does match", "got 'cafe\u0301'"),
            ),
            id="another Unicode form",
        ),
    ],
)
def test_white_space_and_forms_that_keep_it_from_matching_are_shown(
    expectation: Expectation, text: str, expected: Finding
) -> None:
    assert expectation.check(text) == expected


@pytest.mark.parametrize(
    ("pattern", "text", "holds"),
    [("三.天", "三十天", True), ("استرداد", "سياسة", False), ("🙂+", "🙂🙂", True), ("x", "", False), ("^$", "", True)],
)
def test_scripts_emoji_and_the_empty_text(pattern: str, text: str, holds: bool) -> None:
    assert matches(pattern).check(text).holds is holds


def test_a_long_text_is_searched_in_proportion() -> None:
    piece = "A refund within 30 days. "
    expectation = matches(r"refund within \d+ years, or")

    assert expectation.check(piece * 8_000).evidence[0] == (
        r"as far as r'refund within \d+ ' it matches 'refund within 30 ', then comes 'days. A refund within 30 days.'"
    )
    assert growth(expectation.check, repeated(piece)) < LIMIT


def test_a_value_without_a_text_fails() -> None:
    assert matches("x").check([1]) == unfit("[1] is a text or a response  (its type is list)")


@pytest.mark.parametrize(
    ("expectation", "shown"),
    [
        (matches(r"\d"), r"matches(r'\d')"),
        (matches("it's", full=True), 'matches(r"it\'s", full=True)'),
        (matches("a", flags=re.I | re.S), "matches(r'a', flags=re.IGNORECASE|re.DOTALL)"),
        (matches("a  b\n\\\n"), r"matches(r'a  b\n\n')"),
        (matches(r"\d" * 40), "matches(r'" + r"\d" * 19 + "…" + r"\d" * 10 + "')"),
    ],
)
def test_it_is_shown_as_one_writes_it(expectation: Expectation, shown: str) -> None:
    assert repr(expectation) == shown


@pytest.mark.parametrize(
    ("pattern", "options", "message"),
    [
        (
            "(",
            {},
            "matches(r'(') is not a regular expression: missing ), unterminated subpattern at position 0.",
        ),
        (".*", {}, "matches(r'.*') can never fail: every text matches."),
        ("", {}, "matches(r'') can never fail: every text matches."),
        ("(?s).*", {"full": True}, "matches(r'(?s).*') can never fail: every text matches."),
        (7, {}, "matches(7) needs a regular expression, as a string or compiled."),
        (
            re.compile("a"),
            {"flags": re.I},
            "matches(): flags= goes with a pattern in a string; a compiled one has its own.",
        ),
    ],
)
def test_misuse_is_refused_when_it_is_written(pattern: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        matches(pattern, **options)

    assert str(caught.value) == message
