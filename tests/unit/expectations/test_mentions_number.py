"""mentions_number: a number in any writing, with its unit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from growth import LIMIT, growth, repeated

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import Expectation, Finding, unfit
from pytest_llm.expectations.numbers import mentions_number

TEXT = "You have 90 days, and 2 tries."


@pytest.mark.parametrize(
    ("expectation", "text"),
    [
        (mentions_number(30, unit="days"), "within thirty days"),
        (mentions_number(30, unit="days"), "a 30-day window"),
        (mentions_number(30, unit="day"), "30 d"),
        (mentions_number(30, unit="days"), "20-30 days"),
        (mentions_number(20, unit="days"), "20-30 days"),
        (mentions_number(30, unit="days"), "退款期限为三十天"),
        (mentions_number(30, unit="天"), "thirty days"),
        (mentions_number(30, unit="days"), "خلال ٣٠ يوما"),
        (mentions_number(30, unit="DAYS"), "30 days 🙂"),
        (mentions_number(2_500_000), "2.5 million"),
        (mentions_number(2.5e6), "2,500,000"),
        (mentions_number(0.5), "half"),
        (mentions_number(1 / 3), "one third"),
        (mentions_number(50, unit="%"), "fifty per cent"),
        (mentions_number(30, unit="$"), "30 USD"),
        (mentions_number(30, unit="EUR"), "€30"),
        (mentions_number(30, unit="£"), "thirty pounds"),
        (mentions_number(30, unit="¥"), "30元"),
        (mentions_number(-3, unit="°C"), "minus three degrees Celsius"),
        (mentions_number(3, unit="widgets"), "three widgets"),
        (mentions_number(30), "30 days"),
        (mentions_number(30, tolerance=2), "about 28"),
        (mentions_number(Decimal("0.1"), tolerance=Decimal("0.2")), "0.3"),
    ],
)
def test_a_number_is_found_however_it_is_written(expectation: Expectation, text: str) -> None:
    assert expectation.check(text).holds


@pytest.mark.parametrize(
    ("expectation", "text", "expected"),
    [
        pytest.param(
            mentions_number(90, unit="days"),
            TEXT,
            Finding(True, "mentions 90 days", (f"in '{TEXT}'",)),
            id="it is there",
        ),
        pytest.param(
            mentions_number(30, unit="days"),
            TEXT,
            Finding(
                False,
                "mentions 30 days  (the numbers are 90 days, 2)",
                (f"the nearest is in '{TEXT}'",),
            ),
            id="other numbers are there",
        ),
        pytest.param(
            mentions_number(30, unit="days"),
            "30 hours",
            Finding(False, "mentions 30 days  (the only number is 30 hours)", ("the nearest is in '30 hours'",)),
            id="another unit is there",
        ),
        pytest.param(
            mentions_number(30, unit="$", tolerance=5),
            "Soon",
            Finding(False, "mentions $30 ± 5  (there is no number)", ("got 'Soon'",)),
            id="no number is there",
        ),
        pytest.param(
            mentions_number(30, unit="%"),
            "",
            Finding(False, "mentions 30%  (there is no number)", ("got ''",)),
            id="empty",
        ),
        pytest.param(
            mentions_number(30),
            "1; 2; 3; 4; 5; 6; 7; 8; 8",
            Finding(
                False,
                "mentions 30  (the numbers are 1, 2, 3, 4, 5, 6 and 2 more)",
                ("the nearest is in '1; 2; 3; 4; 5; 6; 7; 8; 8'",),
            ),
            id="many numbers are there",
        ),
        pytest.param(
            mentions_number(3),
            "the third of 13th",
            Finding(False, "mentions 3  (there is no number)", ("got 'the third of 13th'",)),
            id="ordinals do not count",
        ),
        pytest.param(
            mentions_number(1),
            None,
            unfit("None is a text or a response  (its type is NoneType)"),
            id="no text",
        ),
    ],
)
def test_the_failure_lists_the_numbers(expectation: Expectation, text: object, expected: Finding) -> None:
    assert expectation.check(text) == expected


def test_a_long_text_is_read_in_proportion() -> None:
    piece = "Refunds take thirty days, mostly, or so it is said. "
    expectation = mentions_number(31, unit="days")

    assert expectation.check(piece * 1_000).claim == "mentions 31 days  (the only number is thirty days)"
    assert growth(expectation.check, repeated(piece)) < LIMIT


@pytest.mark.parametrize(
    ("expectation", "shown"),
    [
        (mentions_number(30), "mentions_number(30)"),
        (mentions_number(0.5, unit="km", tolerance=0.1), "mentions_number(0.5, unit='km', tolerance=0.1)"),
    ],
)
def test_it_is_shown_as_one_writes_it(expectation: Expectation, shown: str) -> None:
    assert repr(expectation) == shown


@pytest.mark.parametrize(
    ("value", "options", "message"),
    [
        ("30", {}, "mentions_number(): value='30' is not a finite number."),
        (True, {}, "mentions_number(): value=True is not a finite number."),
        (float("nan"), {}, "mentions_number(): value=nan is not a finite number."),
        (30, {"tolerance": float("inf")}, "mentions_number(): tolerance=inf is not a finite number."),
        (30, {"tolerance": -1}, "mentions_number(): tolerance=-1 is negative, so nothing could pass."),
        (30, {"unit": 7}, "mentions_number(): unit=7 is not a text such as 'days', '%' or '$'."),
    ],
)
def test_misuse_is_refused_when_it_is_written(value: int, options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        mentions_number(value, **options)

    assert str(caught.value) == message
