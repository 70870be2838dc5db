"""The numbers of a text are read as a person reads them, with their units, in digits and in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from growth import LIMIT, growth, repeated

from pytest_llm.metrics.numbers import Number, numbers_in


def read(text: str, unit: str = "") -> list[tuple[str, str]]:
    """Return the values, in plain digits of at most six decimals, and the units."""
    found = [(one.value, one.unit) for one in numbers_in(text, unit)]
    return [(f"{value:.6f}".rstrip("0").rstrip("."), unit) for value, unit in found]


def test_a_number_says_where_it_stands() -> None:
    text = "Refunds: within thirty days, or $1,000.50."

    assert numbers_in(text) == [
        Number(Decimal(30), "day", "thirty days", 16, 27),
        Number(Decimal("1000.50"), "dollar", "$1,000.50", 32, 41),
    ]
    assert [text[one.start : one.end] for one in numbers_in(text)] == ["thirty days", "$1,000.50"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", "7"),
        ("007", "7"),
        ("3.5", "3.5"),
        ("3.5.", "3.5"),
        (".5", "0.5"),
        ("1,000", "1000"),
        ("1,000,000.50", "1000000.5"),
        ("1,00,000", "100000"),
        ("1.000,5", "1000.5"),
        ("1.000.000", "1000000"),
        ("1\u00a0000\u00a0000", "1000000"),
        ("1\u202f000,5", "1000.5"),
        ("20 000 000", "20000000"),
        ("1'000", "1000"),
        ("1\u2019000.5", "1000.5"),
        pytest.param("1.000", "1", id="ambiguous: a single point is a decimal point"),
        pytest.param("2,5", "2.5", id="ambiguous: a comma before other than three digits is a decimal comma"),
        pytest.param("0,500", "0.5", id="nothing begins with a group of zero"),
        ("1e3", "1000"),
        ("1.5E-3", "0.0015"),
        ("3\u00d710^4", "30000"),
        ("6.5 x 10⁴", "65000"),
        ("2·10**3", "2000"),
        ("10^6", "1000000"),
        ("10⁻²", "0.01"),
        ("1/2", "0.5"),
        ("2 1/2", "2.5"),
        ("½", "0.5"),
        ("2½", "2.5"),
        ("-5", "-5"),
        ("(\u22123)", "-3"),
        ("minus 5", "-5"),
        ("negative five", "-5"),
        ("2.5k", "2500"),
        ("1.2bn", "1200000000"),
        ("5B", "5000000000"),
        ("2.5 million", "2500000"),
        ("5 hundred thousand", "500000"),
        ("2 dozen", "24"),
        ("2 and a half", "2.5"),
        ("٣٠", "30"),
        ("٣\u066b\u0665", "3.5"),
        ("\u0661٬\u0660\u0660\u0660", "1000"),
        ("३०", "30"),
        ("\uff13\uff10", "30"),
    ],
)
def test_digits_are_read_with_their_separators_fractions_and_powers(text: str, expected: str) -> None:
    assert read(text) == [(expected, "")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zero", "0"),
        ("thirty", "30"),
        ("Thirty-Five", "35"),
        ("five hundred", "500"),
        ("one hundred and five", "105"),
        ("a hundred and fifty", "150"),
        ("two million three hundred thousand and five", "2300005"),
        ("nine hundred ninety-nine thousand nine hundred ninety-nine", "999999"),
        ("two hundred thousand", "200000"),
        ("one thousand, one hundred and seven point six", "1107.6"),
        ("six hundred and ninety-eight million, five hundred thousand and two", "698500002"),
        ("five hundred million", "500000000"),
        ("a dozen", "12"),
        ("half a dozen", "6"),
        ("half", "0.5"),
        ("half a million", "500000"),
        ("one and a half", "1.5"),
        ("two-and-a-half million", "2500000"),
        ("two point five", "2.5"),
        ("three point one four", "3.14"),
        ("two thirds", "0.666667"),
        ("one-third", "0.333333"),
        ("three quarters", "0.75"),
        ("a quarter", "0.25"),
        ("a third of it", "0.333333"),
        ("two lakh", "200000"),
    ],
)
def test_words_are_read(text: str, expected: str) -> None:
    assert read(text) == [(expected, "")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("退款期限为30天。", [("30", "day")]),
        ("三十天", [("30", "day")]),
        ("三百六十五天", [("365", "day")]),
        ("两个月", [("2", "month")]),
        ("二〇二四年", [("2024", "year")]),
        ("一千二百万", [("12000000", "")]),
        ("百分之五十", [("50", "percent")]),
        ("百分之50", [("50", "percent")]),
        ("30万元", [("300000", "yuan")]),
        ("1.2亿", [("120000000", "")]),
        ("负5度", [("-5", "degree")]),
        ("خلال ٣٠ يوما", [("30", "day")]),
    ],
)
def test_chinese_and_arabic_are_read(text: str, expected: list[tuple[str, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no number",
        "🙂",
        "3rd, 21st and 2nd",
        "the third, the twenty-first",
        "the twelfth, the hundredth, the one hundred and first, the two hundred twentieth",
        "GPT-4 and gpt4",
        "v2.0, B2B, 3D, H2O, 0x1F, 4f3a9",
        "version 1.2.3 at 192.168.0.1",
        "no one, this one",
        "the second half",
        "hundreds of thousands",
        "tension, often, weight",
        "一起 统一 千万不要",
        "第三天 第3章",
    ],
)
def test_what_is_no_cardinal_number_is_not_read(text: str) -> None:
    assert read(text) == []


def test_the_numbers_of_list_items_are_not_read_but_an_answer_that_begins_a_line_is() -> None:
    assert read("1. Buy 7\n2. Sell\n3. Wait") == [("7", "")]
    assert read("42. Because of 6") == [("42", ""), ("6", "")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30 days", "30 day"),
        ("30-day window", "30 day"),
        ("30\u2011day window", "30 day"),
        ("30 d.", "30 day"),
        ("30d", "30 day"),
        ("**30** days", "30 day"),
        ("(30) days", "30 day"),
        ("30 business days", "30 day"),
        ("five-second", "5 second"),
        ("half an hour", "0.5 hour"),
        ("half-hour", "0.5 hour"),
        ("5 min", "5 minute"),
        ("5 m", "5 meter"),
        ("5 M", "5 "),
        ("5 MB", "5 megabyte"),
        ("30 KM", "30 kilometer"),
        ("100 km/h", "100 kilometer per hour"),
        ("30 m²", "30 square meter"),
        ("30 m2", "30 square meter"),
        ("100 square meters", "100 square meter"),
        ("3 feet", "3 foot"),
        ("-3 °C", "-3 degree Celsius"),
        ("30 degrees Celsius", "30 degree Celsius"),
        ("30°", "30 degree"),
        ("50%", "50 percent"),
        ("50 %", "50 percent"),
        ("٣٠٪", "30 percent"),
        ("fifty per cent", "50 percent"),
        ("50 percent", "50 percent"),
        ("12 percentage points", "12 percentage point"),
        ("$30", "30 dollar"),
        ("US$ 30", "30 dollar"),
        ("30 USD", "30 dollar"),
        ("USD 30", "30 dollar"),
        ("-$5", "-5 dollar"),
        ("$-5", "-5 dollar"),
        ("A$30", "30 Australian dollar"),
        ("€1.2bn", "1200000000 euro"),
        ("$2.5m", "2500000 dollar"),
        ("2.5m", "2.5 meter"),
        ("2 million dollars", "2000000 dollar"),
        ("£30", "30 pound sterling"),
        ("30 pounds", "30 pound"),
        ("30 lbs", "30 lb"),
        ("10x", "10 time"),
        ("three times", "3 time"),
        ("5 in total", "5 "),
        ("30 d'attente", "30 "),
    ],
)
def test_units_have_one_name_however_they_are_written(text: str, expected: str) -> None:
    assert [" ".join(one) for one in read(text)] == [expected]


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("3 widgets", "widget", "widget"),
        ("3 widget", "widgets", "widgets"),
        ("30 Tage", "Tage", "Tage"),
        ("3张", "张", "张"),
    ],
)
def test_a_unit_of_ones_own_is_known_by_its_singular_or_plural(text: str, unit: str, expected: str) -> None:
    assert numbers_in(text, unit)[0].unit == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20-30 days", "20 day, 30 day"),
        ("20\u201330%", "20 percent, 30 percent"),
        ("20 to 30 days", "20 day, 30 day"),
        ("two to three weeks", "2 week, 3 week"),
        ("between 20 and 30 days", "20 day, 30 day"),
        ("one or two days", "1 day, 2 day"),
        ("$20-30", "20 dollar, 30 dollar"),
        ("20 and 30 days", "20 , 30 day"),
        ("10-5", "10 , 5 "),
        ("2024-05-12", "2024 , 5 , 12 "),
        ("1/2/2024", "1 , 2 , 2024 "),
        ("10:30", "10 , 30 "),
        ("1,2,3", "1 , 2 , 3 "),
        ("(2, 3)", "2 , 3 "),
        ("1 hour 30 minutes", "1 hour, 30 minute"),
        ("thirty (30) days", "30 , 30 day"),
        ("thirty third-party vendors", "30 "),
        ("one thousand, two or three", "1000 , 2 , 3 "),
        ("a hundred, two hundred", "100 , 200 "),
        ("two hundred and three hundred", "200 , 300 "),
        ("Paris has 2,102,650 people (2023), 1/3 of them under 25.", "2102650 , 2023 , 0.333333 , 25 "),
    ],
)
def test_both_ends_of_a_range_have_the_unit_and_neighbours_stay_apart(text: str, expected: str) -> None:
    assert ", ".join(" ".join(one) for one in read(text)) == expected


@pytest.mark.parametrize(
    "piece",
    [
        "The refund takes 30 days or $1,000.50; twenty percent, maybe. ",
        "退款期限为三十天或百分之五十。",
        "خلال ٣٠ يوما من تاريخ الشراء. ",
        "🙂 ",
        "1.1",
        "1,2,",
        "one hundred ",
        "a half ",
        "1/",
        "一",
        "亿",
        "$",
        "*",
        "9e999 ",
        "- ",
    ],
)
def test_a_long_text_takes_time_in_proportion(piece: str) -> None:
    assert growth(numbers_in, repeated(piece)) < LIMIT


@pytest.mark.parametrize(
    "text", ["1" * 5000, "1" + "亿" * 5000, "one" + " million" * 5000, "1/" + "9" * 5000, "9e9999 million"]
)
def test_absurd_numbers_are_read_without_an_error(text: str) -> None:
    assert len(numbers_in(text)) >= 1
