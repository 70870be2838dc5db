"""contains_all, contains_any, excludes, starts_with and equal_to: what is missing, what is present, what differs."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from growth import LIMIT, growth, repeated

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import Expectation, Finding, unfit
from pytest_llm.expectations.texts import contains_all, contains_any, equal_to, excludes, starts_with
from pytest_llm.messages import Response

TEXT = "Our refunds policy gives you 90 days."
GOT = f"got '{TEXT}'"


@pytest.mark.parametrize(
    ("expectation", "expected"),
    [
        pytest.param(contains_all("refund", "days"), Finding(True, "contains all of 2", (GOT,)), id="all are there"),
        pytest.param(
            contains_all("refund policy", "days", "zebra"),
            Finding(
                False,
                "contains all of 3  (missing: 'refund policy', 'zebra')",
                ("missing: 'refund policy' (nearest: 'refunds policy')", GOT),
            ),
            id="some are missing, one of them nearly there",
        ),
        pytest.param(contains_all("zebra"), Finding(False, "contains 'zebra'", (GOT,)), id="the only one is missing"),
        pytest.param(
            contains_all("OUR", re.compile(r"\d+ DAYS"), ignore_case=True),
            Finding(True, "contains all of 2  (ignoring case)", (GOT,)),
            id="case is ignored, in patterns too",
        ),
        pytest.param(
            contains_all("OUR", re.compile(r"\d+ hours")),
            Finding(
                False,
                "contains all of 2  (missing: 'OUR', r'\\d+ hours')",
                ("missing: 'OUR' (nearest: 'Our')", GOT),
            ),
            id="only the case differs",
        ),
        pytest.param(
            contains_any("zebra", "days"),
            Finding(True, "contains any of 2  (present: 'days')", (GOT,)),
            id="one of them is there",
        ),
        pytest.param(
            contains_any("zebra", "refund policy"),
            Finding(
                False,
                "contains any of 2  (missing: 'zebra', 'refund policy')",
                ("missing: 'refund policy' (nearest: 'refunds policy')", GOT),
            ),
            id="none is there",
        ),
        pytest.param(
            excludes("zebra", "lion"), Finding(True, "excludes all of 2", (GOT,)), id="none is there, as wanted"
        ),
        pytest.param(
            excludes("zebra", "refund", re.compile(r"\d+ days")),
            Finding(
                False,
                "excludes all of 3  (present: 'refund', r'\\d+ days')",
                (f"'refund' is in '{TEXT}'", f"r'\\d+ days' is in '{TEXT}'"),
            ),
            id="two are there",
        ),
        pytest.param(
            excludes("REFUND", ignore_case=True),
            Finding(False, "excludes 'REFUND'  (ignoring case)", (f"'REFUND' is in '{TEXT}'",)),
            id="the only one is there",
        ),
        pytest.param(starts_with("Your", "Our"), Finding(True, "starts with any of 2", (GOT,)), id="it starts so"),
        pytest.param(
            starts_with("refund", "zebra"),
            Finding(
                False,
                "starts with any of 2  (none of 'refund', 'zebra')",
                (f"'refund' comes later, in '{TEXT}'", GOT),
            ),
            id="it comes later",
        ),
        pytest.param(
            starts_with("our", ignore_case=True),
            Finding(True, "starts with 'our'  (ignoring case)", (GOT,)),
            id="it starts so but for case",
        ),
        pytest.param(
            starts_with(re.compile(r"\w+ refunds")),
            Finding(True, "starts with r'\\w+ refunds'", (GOT,)),
            id="it starts with a pattern",
        ),
    ],
)
def test_what_is_found_in_a_text(expectation: Expectation, expected: Finding) -> None:
    assert expectation.check(TEXT) == expected
    assert expectation.check(Response(text=TEXT)) == expected


def test_many_missing_texts_are_counted() -> None:
    wanted = [f"wanted text {number}" for number in range(20)]
    found = contains_all(*wanted).check("wanted text" * 3)

    assert found.claim == (
        "contains all of 20  (missing: 'wanted text 0', 'wanted text 1', 'wanted text 2', 'wanted text 3' and 16 more)"
    )
    assert len(found.evidence) == 7
    assert found.evidence[5:] == ("and 15 more", "got 'wanted textwanted textwanted text'")


def test_the_surroundings_are_cut_out_of_a_long_text_and_the_whole_is_kept_for_vv() -> None:
    text = f"{'before ' * 30}I am sorry, but no.{' after' * 30}\nThe end."
    found = excludes("sorry").check(text)

    assert found == Finding(
        False,
        "excludes 'sorry'",
        (f"'sorry' is in '…e{' before' * 5} I am sorry, but no.{' after' * 5} aft…'",),
        ("got:", f"  {text.splitlines()[0]}", "  The end."),
    )


@pytest.mark.parametrize(
    ("expectation", "text", "holds"),
    [
        (contains_all("三十天"), "退款期限为三十天。", True),
        (contains_all("九十天"), "退款期限为三十天。", False),
        (contains_all("الاسترداد"), "سياسة الاسترداد", True),
        (contains_all("🙂"), "fine 🙂", True),
        (contains_all("STRASSE", ignore_case=True), "Straße", True),
        (excludes("strasse", ignore_case=True), "Die lange Straße", False),
        (contains_any("x"), "", False),
        (excludes("x"), "", True),
        (starts_with("x"), "", False),
        (starts_with("退款"), "退款期限为三十天。", True),
    ],
)
def test_scripts_emoji_and_the_empty_text(expectation: Expectation, text: str, holds: bool) -> None:
    assert expectation.check(text).holds is holds


@pytest.mark.parametrize(
    ("expectation", "text", "expected"),
    [
        pytest.param(equal_to("Paris"), "Paris", Finding(True, "equal to 'Paris'", ("got 'Paris'",)), id="the same"),
        pytest.param(
            equal_to("Paris", ignore=("punctuation", "case", "markdown")),
            "**paris**!",
            Finding(True, "equal to 'Paris'  (ignoring case, markdown and punctuation)", ("got '**paris**!'",)),
            id="the same but for what is ignored",
        ),
        pytest.param(
            equal_to("Paris"),
            "paris.",
            Finding(
                False,
                "equal to 'Paris'",
                ("- Paris", "  ^", "+ paris.", "  ^    ^"),
                ("expected:", "  Paris", "got:", "  paris."),
            ),
            id="different",
        ),
        pytest.param(
            equal_to("Paris, France", ignore="case"),
            "PARIS FRANCE",
            Finding(
                False,
                "equal to 'Paris, France'  (ignoring case)",
                ("- paris, france", "       ^", "+ paris france"),
                ("expected:", "  paris, france", "got:", "  paris france"),
            ),
            id="what is compared is shown",
        ),
        pytest.param(
            equal_to("a\nb\nc"),
            "a\nB\nc",
            Finding(
                False,
                "equal to 'a\\nb\\nc'",
                ("- b", "+ B"),
                ("expected:", "  a", "  b", "  c", "got:", "  a", "  B", "  c"),
            ),
            id="the first line that differs",
        ),
        pytest.param(equal_to(""), "", Finding(True, "equal to ''", ("got ''",)), id="empty"),
    ],
)
def test_a_text_is_equal_or_shows_the_first_difference(expectation: Expectation, text: str, expected: Finding) -> None:
    assert expectation.check(text) == expected


@pytest.mark.parametrize(
    ("expectation", "text", "expected"),
    [
        pytest.param(
            contains_any("30 days"),
            "30\ndays",
            Finding(
                False,
                "contains '30 days'",
                (r"missing: '30 days' (nearest: '30\ndays')", r"got '30\ndays'"),
                ("got:", "  30", "  days"),
            ),
            id="a line break within",
        ),
        pytest.param(
            contains_all("na\xefve caf\xe9"),
            "a nai\u0308ve cafe\u0301",
            Finding(
                False,
                "contains 'na\xefve caf\xe9'",
                (
                    r"missing: 'na\xefve caf\xe9' (nearest: 'nai\u0308ve cafe\u0301')",
                    "got 'a nai\u0308ve cafe\u0301'",
                ),
            ),
            id="decomposed",
        ),
        pytest.param(
            contains_all("cafe\u0301"),
            "caf\xe9",
            Finding(
                False,
                "contains 'cafe\u0301'",
                (r"missing: 'cafe\u0301' (nearest: 'caf\xe9')", "got 'caf\xe9'"),
            ),
            id="composed",
        ),
        pytest.param(
            starts_with("Sure"),
            "\nSure",
            Finding(
                False,
                "starts with 'Sure'",
                (r"'Sure' comes later, in '\nSure'", r"got '\nSure'"),
                ("got:", "  ", "  Sure"),
            ),
            id="a line break before",
        ),
        pytest.param(
            starts_with("Caf\xe9"),
            "Cafe\u0301 noir",
            Finding(
                False,
                "starts with 'Caf\xe9'",
                (r"instead of 'Caf\xe9' it starts with 'Cafe\u0301'", "got 'Cafe\u0301 noir'"),
            ),
            id="it starts in another Unicode form",
        ),
        pytest.param(
            equal_to("Paris"),
            "Paris\n",
            Finding(
                False,
                "equal to 'Paris'",
                ("- 'Paris'", r"+ 'Paris\n'", "        ^^"),
                ("expected:", "  Paris", "got:", "  Paris", "  "),
            ),
            id="a line break at the end",
        ),
        pytest.param(
            equal_to("a\nb\nX\nd"),
            "a\nb\nx\nd",
            Finding(
                False,
                r"equal to 'a\nb\nX\nd'",
                ("- X", "+ x"),
                ("expected:", "  a", "  b", "  X", "  d", "got:", "  a", "  b", "  x", "  d"),
            ),
            id="its lines are told in the claim",
        ),
        pytest.param(
            equal_to("caf\xe9 \u0440"),
            "cafe\u0301 \u0440",
            Finding(
                False,
                "equal to 'caf\xe9 \u0440'",
                ("- 'caf\\xe9 \u0440'", "      ^^^^", "+ 'cafe\\u0301 \u0440'", "      ^^^^^^^"),
                ("expected:", "  caf\xe9 \u0440", "got:", "  cafe\u0301 \u0440"),
            ),
            id="another Unicode form",
        ),
        pytest.param(
            equal_to("30 days"),
            "30\xa0days",
            Finding(
                False,
                "equal to '30 days'",
                ("- '30 days'", "     ^", r"+ '30\xa0days'", "     ^^^^"),
                ("expected:", "  30 days", "got:", r"  30\xa0days"),
            ),
            id="a no-break space",
        ),
    ],
)
def test_white_space_and_forms_that_fail_a_check_are_shown(
    expectation: Expectation, text: str, expected: Finding
) -> None:
    assert expectation.check(text) == expected


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda size: contains_all("zebra"), id="contains_all"),
        pytest.param(lambda size: contains_any("zebra"), id="contains_any"),
        pytest.param(lambda size: excludes("Refunds"), id="excludes"),
        pytest.param(lambda size: starts_with("zebra"), id="starts_with"),
        pytest.param(lambda size: equal_to("x" * size), id="equal_to"),
    ],
)
def test_a_long_text_is_checked_in_proportion(make: Callable[[int], Expectation]) -> None:
    text = repeated("Refunds take thirty days, or ninety for gifts. ")
    found = make(200_000).check(text(200_000))

    assert not found.holds
    assert max(map(len, [found.claim, *found.evidence])) <= 120
    assert growth(lambda made: made[0].check(made[1]), lambda size: (make(size), text(size))) < LIMIT


@pytest.mark.parametrize("make", [contains_all, contains_any, excludes, starts_with, equal_to])
def test_a_value_without_a_text_fails_and_says_what_it_is(make: type[Expectation]) -> None:
    assert make("x").check(None) == unfit("None is a text or a response  (its type is NoneType)")


@pytest.mark.parametrize(
    ("expectation", "shown"),
    [
        (contains_all("a", re.compile(r"\d+")), "contains_all('a', r'\\d+')"),
        (contains_any("a", ignore_case=True), "contains_any('a', ignore_case=True)"),
        (excludes("x" * 100), f"excludes('{'x' * 26}…{'x' * 13}')"),
        (starts_with("a"), "starts_with('a')"),
        (equal_to("a"), "equal_to('a')"),
        (equal_to("a", ignore="case"), "equal_to('a', ignore='case')"),
        (equal_to("a", ignore=["whitespace", "case"]), "equal_to('a', ignore=('case', 'whitespace'))"),
    ],
)
def test_it_is_shown_as_one_writes_it(expectation: Expectation, shown: str) -> None:
    assert repr(expectation) == shown


@pytest.mark.parametrize(
    ("make", "given", "message"),
    [
        (contains_all, [], "contains_all() needs at least one text: with none it says nothing."),
        (
            contains_any,
            [["a", "b"]],
            "contains_any(['a', 'b']) takes its texts one by one. Did you mean contains_any(*['a', 'b'])?",
        ),
        (
            excludes,
            [""],
            "excludes(''): every text has the empty text. Use equal_to('') to expect an empty one.",
        ),
        (excludes, [re.compile("a*")], "excludes(): every text has the pattern r'a*'."),
        (starts_with, [7], "starts_with() takes texts and compiled regular expressions, and 7 is neither."),
        (
            contains_all,
            [re.compile(b"x")],
            "contains_all() takes texts and compiled regular expressions, and re.compile(b'x') is neither.",
        ),
        (equal_to, [7], "equal_to(7) needs a text."),
    ],
)
def test_misuse_is_refused_when_it_is_written(make: type[Expectation], given: list[object], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make(*given)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "ignore", "message"),
    [
        (
            "a",
            "capitals",
            "equal_to() cannot ignore 'capitals'. Valid values: case, whitespace, unicode, markdown, punctuation.",
        ),
        ("?!", ("punctuation",), "equal_to('?!') has nothing left to compare, ignoring punctuation."),
    ],
)
def test_what_cannot_be_ignored_is_refused(text: str, ignore: object, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        equal_to(text, ignore=ignore)

    assert str(caught.value) == message
