"""How expectations combine, and what holds of a value that cannot be checked."""

from __future__ import annotations

import pytest

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import Expectation, Finding, all_of, any_of, satisfies
from pytest_llm.expectations.nets import refuses
from pytest_llm.expectations.texts import contains_all, excludes
from pytest_llm.messages import Response

UNFIT = [
    contains_all("a"),
    ~contains_all("a"),
    excludes("a"),
    ~~excludes("a"),
    ~(contains_all("a") & contains_all("b")),
    ~(contains_all("a") | contains_all("b")),
    ~(contains_all("a") & satisfies(callable)),
    ~refuses(),
]


@pytest.mark.parametrize("expectation", UNFIT, ids=repr)
@pytest.mark.parametrize("value", [None, 3, ["a"], b"a"], ids=repr)
def test_neither_an_expectation_nor_its_opposite_holds_of_what_is_no_text(
    expectation: Expectation, value: object
) -> None:
    assert [value == expectation, value != expectation] == [False, False]


def test_what_is_no_text_says_so_negated_or_not() -> None:
    expected = Finding(False, "None is a text or a response  (its type is NoneType)", unfit=True)

    assert contains_all("a").check(None) == expected
    assert (~contains_all("a")).check(None) == expected


@pytest.mark.parametrize(
    ("expectation", "holds"),
    [
        (contains_all("a"), True),
        (~contains_all("a"), False),
        (contains_all("a") & contains_all("b"), False),
        (contains_all("a") & excludes("b"), True),
        (contains_all("b") | contains_all("a"), True),
        (~(contains_all("b") | contains_all("c")), True),
        (all_of(contains_all("a"), ~contains_all("b")), True),
        (any_of(contains_all("b"), contains_all("c")), False),
    ],
    ids=repr,
)
def test_expectations_combine(expectation: Expectation, holds: bool) -> None:
    assert (expectation == "an a") is (Response("an a") == expectation) is holds
    assert (expectation != "an a") is not holds


def test_any_of_stops_at_the_first_that_holds() -> None:
    asked: list[str] = []
    first = satisfies(lambda text: asked.append("first") or True, "first")  # type: ignore[func-returns-value]
    second = satisfies(lambda text: asked.append("second") or True, "second")  # type: ignore[func-returns-value]

    assert first | second == "a"
    assert asked == ["first"]


def test_many_failures_are_cut_to_seven_lines() -> None:
    found = all_of(*(contains_all(f"word {number}") for number in range(20))).check("a")

    assert found.claim == "all 20 expectations hold  (20 fail)"
    assert len(found.evidence) == 7
    assert found.evidence[-1] == "  and 14 more"


def test_reprs_are_how_they_are_written() -> None:
    combined = ~contains_all("a") & (excludes("b") | satisfies(str.isupper))

    assert repr(combined) == "all_of(~contains_all('a'), any_of(excludes('b'), satisfies(isupper)))"


def test_the_same_operator_makes_one_list() -> None:
    assert repr(excludes("a") & excludes("b") & excludes("c")) == (
        "all_of(excludes('a'), excludes('b'), excludes('c'))"
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: all_of(), "all_of() needs at least one expectation: with none it could never fail."),
        (lambda: any_of("a"), "any_of() takes expectations, and 'a' is none."),
        (lambda: excludes("a") & "b", "all_of() takes expectations, and 'b' is none."),
        (lambda: satisfies("a"), "satisfies('a') needs a function of one argument."),
        (
            lambda: bool(excludes("a")),
            "excludes('a') is neither true nor false by itself. "
            "Did you mean: assert response == excludes('a'), or response != excludes('a')?",
        ),
        (
            lambda: satisfies(lambda text: excludes("a"), "mine").check("b"),
            "satisfies(mine) returned excludes('a'), not whether the value satisfies it.",
        ),
    ],
)
def test_a_misuse_is_an_error(make: object, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make()  # type: ignore[operator]

    assert str(caught.value) == message


def test_an_expectation_cannot_be_hashed_since_it_equals_many_values() -> None:
    with pytest.raises(TypeError):
        hash(excludes("a"))
