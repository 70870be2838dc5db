"""fuzzy_match: the score beside its bound, and the difference marked."""

from __future__ import annotations

import pytest
from growth import LIMIT, growth, repeated

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import Finding, unfit
from pytest_llm.expectations.fuzzy import fuzzy_match
from pytest_llm.messages import Response


def test_a_text_that_is_near_enough_holds() -> None:
    assert fuzzy_match("Paris", ratio=80).check("Paris!") == Finding(
        True,
        "ratio 91 >= 80  (rapidfuzz ratio)",
        ("- Paris", "+ Paris!", "       ^"),
        ("expected:", "  Paris", "got:", "  Paris!"),
    )


def test_a_text_that_is_not_near_enough_shows_what_changed() -> None:
    assert fuzzy_match("refund policy", ratio=98).check("refunds policies") == Finding(
        False,
        "ratio 83 >= 98  (rapidfuzz ratio)",
        ("- refund policy", "              ^", "+ refunds policies", "        ^      ^^^"),
        ("expected:", "  refund policy", "got:", "  refunds policies"),
    )


@pytest.mark.parametrize(
    ("expected", "text", "claim", "evidence"),
    [
        pytest.param(
            "Paris",
            "London",
            "ratio 0 >= 90  (rapidfuzz ratio)",
            ("- Paris", "+ London"),
            id="no marks without likeness",
        ),
        pytest.param("Paris", "", "ratio 0 >= 90  (rapidfuzz ratio)", ("- Paris", "+ "), id="empty"),
        pytest.param(
            "退款期限为三十天",
            "退款期限是三十天",
            "ratio 88 >= 90  (rapidfuzz ratio)",
            ("- 退款期限为三十天", "          ^^", "+ 退款期限是三十天", "          ^^"),
            id="Chinese is two columns wide",
        ),
        pytest.param(
            "نعم يمكنك",
            "نعم يمكن",
            "ratio 94 >= 95  (rapidfuzz ratio)",
            ("- نعم يمكنك", "          ^", "+ نعم يمكن"),
            id="Arabic",
        ),
        pytest.param(
            "ok 🙂",
            "ok 🙃",
            "ratio 75 >= 90  (rapidfuzz ratio)",
            ("- ok 🙂", "     ^^", "+ ok 🙃", "     ^^"),
            id="emoji",
        ),
        pytest.param(
            "one\ntwo\nthree",
            "one\nTWO\nthree",
            "ratio 77 >= 90  (rapidfuzz ratio)",
            ("- two", "+ TWO"),
            id="several lines",
        ),
        pytest.param(
            "a\x1b[0m",
            "b\x1b[0m",
            "ratio 80 >= 90  (rapidfuzz ratio)",
            ("- a\\x1b[0m", "+ b\\x1b[0m"),
            id="control characters",
        ),
    ],
)
def test_scripts_and_shapes_of_texts(expected: str, text: str, claim: str, evidence: tuple[str, ...]) -> None:
    found = fuzzy_match(expected, ratio=95 if "95" in claim else 90).check(text)

    assert (found.holds, found.claim, found.evidence) == (False, claim, evidence)


def test_white_space_at_the_end_is_shown() -> None:
    assert fuzzy_match("Paris", ratio=99).check("Paris   \n\n") == Finding(
        False,
        "ratio 67 >= 99  (rapidfuzz ratio)",
        ("- 'Paris'", r"+ 'Paris   \n\n'", "        ^^^^^^^"),
        ("expected:", "  Paris", "got:", "  Paris   ", "  ", "  "),
    )


def test_words_in_another_unicode_form_are_spelled_out() -> None:
    found = fuzzy_match("caf\xe9 noir", ratio=99, scorer="token_sort_ratio").check("noir cafe\u0301")

    assert found.evidence == (r"- 'caf\xe9'", r"+ 'cafe\u0301'")


def test_a_score_just_below_the_bound_has_the_digits_that_show_it() -> None:
    # 2 * 257 of 573 characters is 89.7, which rounds to the bound.
    found = fuzzy_match("x" * 286, ratio=90).check("x" * 257 + "y" * 30)

    assert found.claim == "ratio 89.7 >= 90.0  (rapidfuzz ratio)"


@pytest.mark.parametrize(
    ("scorer", "claim", "evidence"),
    [
        (
            "partial_ratio",
            "ratio 92 >= 99  (rapidfuzz partial_ratio)",
            ("- refund policy", "  ^", "+ efunds policy", "       ^"),
        ),
        (
            "token_set_ratio",
            "ratio 63 >= 99  (rapidfuzz token_set_ratio)",
            ("- 'refund'", "+ 'Our', 'refunds', 'is', 'kind', 'to' and 2 more words"),
        ),
        (
            "WRatio",
            "ratio 86 >= 99  (rapidfuzz WRatio)",
            ("- refund policy", "+ Our refunds policy is kind to all customers"),
        ),
        (
            "jaro_winkler",
            "ratio 69 >= 99  (rapidfuzz jaro_winkler)",
            ("- refund policy", "+ Our refunds policy is kind to all customers"),
        ),
    ],
)
def test_other_scorers_show_what_they_compared(scorer: str, claim: str, evidence: tuple[str, ...]) -> None:
    found = fuzzy_match("refund policy", ratio=99, scorer=scorer).check("Our refunds policy is kind to all customers")

    assert (found.holds, found.claim, found.evidence) == (False, claim, evidence)


def test_a_distance_counts_edits() -> None:
    assert fuzzy_match("Paris", distance=2).check("Pari!s").holds
    assert fuzzy_match("Paris", distance=2).check("Parents") == Finding(
        False,
        "distance 3 <= 2  (Levenshtein)",
        ("- Paris", "     ^", "+ Parents", "     ^^^"),
        ("expected:", "  Paris", "got:", "  Parents"),
    )


def test_the_best_of_several_texts_counts() -> None:
    found = fuzzy_match(["London", "Paris"], ratio=95).check("Pariss")

    assert found.claim == "ratio 91 >= 95  (rapidfuzz ratio, best of 2 texts)"
    assert found.evidence == ("- Paris", "+ Pariss", "       ^")


def test_case_and_white_space_are_ignored_on_request_and_the_claim_says_so() -> None:
    found = fuzzy_match("New  York", ratio=100, ignore_case=True, ignore_whitespace=True).check(" new york\n")

    assert found.holds
    assert found.claim == "ratio 100 >= 100  (rapidfuzz ratio, ignoring case and whitespace)"
    assert fuzzy_match("Paris", distance=1, ignore_case=True).check("LONDON").claim == (
        "distance 6 <= 1  (Levenshtein, ignoring case)"
    )


def test_responses_have_a_text_and_other_values_have_none() -> None:
    assert fuzzy_match("Paris", ratio=90) == Response(text="Paris")
    assert fuzzy_match("Paris", ratio=90).check(7) == unfit("7 is a text or a response  (its type is int)")


@pytest.mark.parametrize("scorer", ["ratio", "partial_ratio", "WRatio", "token_set_ratio", "partial_token_set_ratio"])
def test_a_long_text_is_compared_in_proportion(scorer: str) -> None:
    piece = "Refunds take thirty days, or ninety for gifts. "
    expectation = fuzzy_match("the refund policy", ratio=99, scorer=scorer)

    assert max(map(len, expectation.check(piece * 4_300).evidence)) <= 100
    assert growth(expectation.check, repeated(piece)) < LIMIT


@pytest.mark.parametrize(
    ("expectation", "shown"),
    [
        (fuzzy_match("Paris", ratio=90), "fuzzy_match('Paris', ratio=90)"),
        (fuzzy_match(["a b", "c d"], distance=1), "fuzzy_match(['a b', 'c d'], distance=1)"),
        (
            fuzzy_match("Paris", ratio=92.5, scorer="WRatio", ignore_case=True),
            "fuzzy_match('Paris', ratio=92.5, scorer='WRatio', ignore_case=True)",
        ),
    ],
)
def test_it_is_shown_as_one_writes_it(expectation: object, shown: str) -> None:
    assert repr(expectation) == shown


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("Paris", {}, "fuzzy_match('Paris') needs either ratio= (up to 100) or distance= (a number of edits)."),
        (
            "Paris",
            {"ratio": 90, "distance": 1},
            "fuzzy_match('Paris') needs either ratio= (up to 100) or distance= (a number of edits).",
        ),
        (
            "Paris",
            {"ratio": 0},
            "fuzzy_match('Paris'): ratio=0 can never fail. Give a number above 0 and at most 100.",
        ),
        ("Paris", {"ratio": 101}, "fuzzy_match('Paris'): ratio=101 can never pass: the scale ends at 100."),
        (
            "Paris",
            {"ratio": 0.9},
            "fuzzy_match('Paris'): ratio=0.9 is next to nothing on a scale from 0 to 100. Did you mean ratio=90?",
        ),
        ("Paris", {"ratio": "90"}, "fuzzy_match('Paris'): ratio='90' is not a number above 0 and at most 100."),
        ("Paris", {"ratio": float("nan")}, "fuzzy_match('Paris'): ratio=nan is not a number above 0 and at most 100."),
        (
            "Paris",
            {"ratio": 90, "scorer": "best"},
            "fuzzy_match('Paris'): 'best' is not a scorer. Valid scorers: ratio, partial_ratio, token_ratio,"
            " token_sort_ratio, token_set_ratio, partial_token_ratio, partial_token_sort_ratio,"
            " partial_token_set_ratio, WRatio, QRatio, jaro_winkler.",
        ),
        (
            "Paris",
            {"distance": 1, "scorer": "WRatio"},
            "fuzzy_match('Paris'): scorer='WRatio' goes with ratio=; distance= is always Levenshtein's.",
        ),
        (
            "Paris",
            {"distance": -1},
            "fuzzy_match('Paris'): distance=-1 is not a number of edits: a whole number from 0.",
        ),
        (
            ["Paris", "Rome"],
            {"distance": 4},
            "fuzzy_match('Paris'): distance=4 replaces every character of 'Rome', so any text of that length passes."
            " Give less than 4.",
        ),
        ("", {"ratio": 90}, "fuzzy_match() has nothing to compare with in an empty text. Use equal_to('')."),
        (
            " ",
            {"ratio": 90, "ignore_whitespace": True},
            "fuzzy_match() has nothing to compare with in an empty text. Use equal_to('').",
        ),
        ([], {"ratio": 90}, "fuzzy_match([]) needs a text, or a list of texts of which the best one counts."),
        ([1], {"ratio": 90}, "fuzzy_match() takes texts, and 1 is none."),
    ],
)
def test_misuse_is_refused_when_it_is_written(text: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        fuzzy_match(text, **options)

    assert str(caught.value) == message
