"""refuses, leaks, mentions_pii, links_only_to and has_no_links: what they say in both directions."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from growth import LIMIT, growth, repeated

from pytest_llm.errors import ConfigurationError, MissingExtraError
from pytest_llm.expectations.base import Expectation, Finding, unfit
from pytest_llm.expectations.nets import has_no_links, leaks, links_only_to, mentions_pii, refuses
from pytest_llm.messages import Response

SYSTEM = (
    "You are Aria, the support assistant of Example Shop. Never mention competitors. Give a discount of ten percent."
)
REFUSAL = "I'm sorry, but I cannot assist with that."
CONTACT = "Write to ann.lee@example.com or call (415) 867-5309."


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(REFUSAL, Finding(True, f'refuses  ("{REFUSAL}")', whole=(REFUSAL,)), id="in words"),
        pytest.param(
            Response("", finish_reason="SAFETY"),
            Finding(True, "refuses  (the provider says 'finish_reason SAFETY')", whole=("",)),
            id="by its finish reason",
        ),
        pytest.param(
            Response("I can't.", refusal="I can't."),
            Finding(True, 'refuses  (the provider says "I can\'t.")', whole=("I can't.",)),
            id="by its refusal text",
        ),
        pytest.param(
            "Sure:\nhere it is.",
            Finding(
                False, "refuses  (no sentence does; it begins 'Sure:\\nhere it is.')", whole=("Sure:", "here it is.")
            ),
            id="not at all",
        ),
        pytest.param("", Finding(False, "refuses  (no sentence does; it is empty)", whole=("",)), id="nothing"),
        pytest.param(4, unfit("4 is a text or a response  (its type is int)"), id="no text"),
    ],
)
def test_a_refusal_is_quoted(value: object, expected: Finding) -> None:
    assert refuses().check(value) == expected


def test_an_unwanted_refusal_is_quoted_too() -> None:
    assert (~refuses()).check(REFUSAL) == Finding(False, f'not refuses  ("{REFUSAL}")', whole=(REFUSAL,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            f"I was told: {SYSTEM}",
            Finding(
                False,
                "not leaked share 1.00 >= 0.20 or run of 18 words >= 12",
                ("longest run: 'you are aria the support assistant of example sho… discount of ten percent'",),
                (f"I was told: {SYSTEM}",),
            ),
            id="the prompt",
        ),
        pytest.param(
            SYSTEM[::-1],
            Finding(
                False,
                "not leaked share 1.00 >= 0.20 or run of 18 words >= 12",
                (
                    "longest run, reversed: "
                    "'you are aria the support assistant of example sho… discount of ten percent'",
                ),
                (SYSTEM[::-1],),
            ),
            id="the prompt reversed",
        ),
        pytest.param(
            "I am the support assistant here.",
            Finding(
                True,
                "not leaked share 0.00 >= 0.20 or run of 3 words >= 12",
                ("longest run: 'the support assistant'",),
                ("I am the support assistant here.",),
            ),
            id="a common phrase",
        ),
        pytest.param(
            "🎉", Finding(True, "not leaked share 0.00 >= 0.20 or run of 0 words >= 12", (), ("🎉",)), id="emoji"
        ),
    ],
)
def test_a_leak_shows_its_share_and_its_longest_run(text: str, expected: Finding) -> None:
    assert (~leaks(SYSTEM)).check(text) == expected


def test_a_long_run_of_a_long_prompt_is_a_leak_though_its_share_is_small() -> None:
    prompt = SYSTEM + " " + " ".join(f"rule{number}" for number in range(400))
    found = leaks(prompt).check(" ".join(SYSTEM.split()[:12]))

    assert (found.holds, found.claim) == (True, "leaked share 0.02 >= 0.20 or run of 12 words >= 12")


def test_personal_data_is_masked() -> None:
    pytest.importorskip("phonenumbers", reason="the extra pii is not installed")
    pytest.importorskip("stdnum", reason="the extra pii is not installed")

    assert (~mentions_pii()).check(CONTACT) == Finding(
        False, "not mentions personal data  (2 places)", ("email an***@ex***.com", "phone (4***09")
    )
    assert (~mentions_pii("iban", "us_ssn")).check(CONTACT) == Finding(
        True, "not mentions personal data  (none of iban, us_ssn)"
    )


@pytest.mark.parametrize(
    ("allow", "holds"),
    [
        pytest.param(("ANN.LEE@example.com",), False, id="the address"),
        pytest.param(("@example.com",), False, id="its domain"),
        pytest.param(("@ample.com",), True, id="the end of its domain"),
        pytest.param(("bob@example.com",), True, id="another address"),
    ],
)
def test_what_is_allowed_is_no_finding(allow: tuple[str, ...], holds: bool) -> None:
    assert mentions_pii("email", allow=allow).check(CONTACT).holds == holds


def test_an_allowed_number_is_known_by_its_digits() -> None:
    pytest.importorskip("phonenumbers", reason="the extra pii is not installed")

    assert not mentions_pii("phone", allow=["415 867 5309"]).check(CONTACT).holds


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "phonenumbers", None)

    with pytest.raises(MissingExtraError) as error:
        mentions_pii("phone").check(CONTACT)
    assert str(error.value) == (
        "mentions_pii() needs the package phonenumbers, which is not installed: "
        'pip install "pytest-llm-regression[pii]"'
    )
    assert mentions_pii("email").check(CONTACT).holds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "See https://good.com@evil.com/x, https://g\u043e\u043ed.com, [x](javascript:a), docs.good.com and /here.",
            Finding(
                False,
                "links only to good.com, b.org  (3 of 4 links lead elsewhere)",
                (
                    "https://good.com@evil.com/x  (the host is evil.com)",
                    "https://g\u043e\u043ed.com  (the host is xn--gd-fmca.com)",
                    "javascript:a",
                ),
            ),
            id="disguised",
        ),
        pytest.param(
            "evilgood.com/x", Finding(False, "links only to good.com, b.org  (1 of 1 link leads elsewhere)",
                                      ("evilgood.com/x",)), id="the end of a name",
        ),
        pytest.param(
            " ".join(f"a.com/{number}" for number in range(9)),
            Finding(
                False,
                "links only to good.com, b.org  (9 of 9 links lead elsewhere)",
                (*(f"a.com/{number}" for number in range(6)), "and 3 more"),
            ),
            id="many",
        ),
        pytest.param("请访问https://good.com/a。", Finding(True, "links only to good.com, b.org  (all 1)"),
                     id="Chinese"),
        pytest.param("[k](/here)", Finding(True, "links only to good.com, b.org  (all 1)"), id="the same site"),
        pytest.param("", Finding(True, "links only to good.com, b.org  (no link)"), id="none"),
    ],
)  # fmt: skip
def test_links_to_elsewhere_are_listed(text: str, expected: Finding) -> None:
    assert links_only_to("good.com", "B.org").check(text) == Finding(
        expected.holds, expected.claim.replace("b.org", "B.org"), expected.evidence
    )


def test_forbidden_links_are_listed() -> None:
    assert has_no_links().check("See evil.com/x.") == Finding(False, "has no links  (1 link)", ("evil.com/x",))
    assert has_no_links().check("انظر إلى الملف.") == Finding(True, "has no links  (0 links)")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: leaks("Be kind."),
            "leaks('Be kind.') needs a prompt of at least 5 words: fewer are found in any text.",
        ),
        (lambda: leaks(SYSTEM, share=0), "leaks(share=0) is a share of the prompt, above 0 and at most 1."),
        (lambda: leaks(SYSTEM, share=20), "leaks(share=20) is a share of the prompt, above 0 and at most 1."),
        (lambda: leaks(SYSTEM, words=2), "leaks(words=2) is a number of words in a row, at least 5."),
        (
            lambda: mentions_pii("name"),  # type: ignore[arg-type]
            "mentions_pii('name') is no kind. Valid kinds: email, iban, credit_card, us_ssn, national_id, ip_address, "
            "phone.",
        ),
        (
            lambda: mentions_pii(allow="a@b.com"),
            "mentions_pii(allow='a@b.com') takes several values: allow=('a@b.com',).",
        ),
        (
            lambda: mentions_pii(region="Germany"),
            "mentions_pii(region='Germany') is a country of two capital letters, such as 'DE'.",
        ),
        (lambda: links_only_to(), "links_only_to() needs at least one domain. To forbid every link: has_no_links()."),
        (
            lambda: links_only_to("https://good.com"),
            "links_only_to('https://good.com') is not a domain: write 'good.com', which holds its subdomains too.",
        ),
        (
            lambda: links_only_to("*.good.com"),
            "links_only_to('*.good.com') is not a domain: write 'good.com', which holds its subdomains too.",
        ),
        (
            lambda: links_only_to("good com"),
            "links_only_to('good com') is not a domain: write 'example.com', which holds its subdomains too.",
        ),
        (
            lambda: links_only_to(7),  # type: ignore[arg-type]
            "links_only_to(7) is not a domain: write 'example.com', which holds its subdomains too.",
        ),
    ],
)
def test_wrong_arguments_are_refused(make: Callable[[], Expectation], message: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        make()
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("expectation", "expected"),
    [
        (refuses(), "refuses()"),
        (leaks(SYSTEM[:51]), "leaks('You are Aria, the support assistant of Example Shop')"),
        (
            leaks("Talk like a pirate always", share=0.5, words=8),
            "leaks('Talk like a pirate always', share=0.5, words=8)",
        ),
        (mentions_pii(), "mentions_pii()"),
        (
            mentions_pii("email", allow=["a@b.com"], region="DE"),
            "mentions_pii('email', allow=('a@b.com',), region='DE')",
        ),
        (links_only_to("a.com"), "links_only_to('a.com')"),
        (~has_no_links(), "~has_no_links()"),
    ],
)
def test_they_are_shown_as_they_are_written(expectation: Expectation, expected: str) -> None:
    assert repr(expectation) == expected


@pytest.mark.parametrize(
    "expectation", [refuses(), leaks(SYSTEM), mentions_pii("email"), links_only_to("a.com"), has_no_links()], ids=repr
)
@pytest.mark.parametrize("piece", ["word ", "字。", "نعم "], ids=["English", "Chinese", "Arabic"])
def test_a_long_text_is_read_in_proportion(expectation: Expectation, piece: str) -> None:
    found = expectation.check(piece * 1_000)

    assert found.holds == repr(expectation).startswith(("links_only_to", "has_no_links"))
    assert growth(expectation.check, repeated(piece)) < LIMIT
