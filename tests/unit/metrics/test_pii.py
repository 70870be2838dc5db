"""Personal data is found by its own rules, and numbers of other kinds are none."""

from __future__ import annotations

import pytest
from growth import LIMIT, growth, repeated

from pytest_llm.metrics.pii import KINDS, Personal, find_personal, masked

pytest.importorskip("phonenumbers", reason="the extra pii is not installed")
pytest.importorskip("stdnum", reason="the extra pii is not installed")


def found(text: str, region: str = "US") -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in find_personal(text, KINDS, region)]


@pytest.mark.parametrize(
    ("text", "kind", "value", "hidden"),
    [
        pytest.param("Mail john.doe@example.com.", "email", "john.doe@example.com", "jo***@ex***.com", id="e-mail"),
        pytest.param("<o'neil+x@mail.example.co.uk>", "email", "o'neil+x@mail.example.co.uk", "o'***@ma***.uk",
                     id="in angle brackets"),
        pytest.param("邮箱是\uff1ali@example.cn。", "email", "li@example.cn", "l***@ex***.cn", id="Chinese text"),
        pytest.param("البريد: ali@example.com", "email", "ali@example.com", "a***@ex***.com", id="Arabic text"),
        pytest.param("Visa 4111 1111 1111 1111.", "credit_card", "4111 1111 1111 1111", "41***1111", id="Visa"),
        pytest.param("Amex 3782-822463-10005", "credit_card", "3782-822463-10005", "37***0005", id="Amex"),
        pytest.param("DE89 3704 0044 0532 0130 00", "iban", "DE89 3704 0044 0532 0130 00", "DE***00", id="German IBAN"),
        pytest.param("GB82WEST12345698765432", "iban", "GB82WEST12345698765432", "GB***32", id="British IBAN"),
        pytest.param("SSN 536-90-4399", "us_ssn", "536-90-4399", "53***99", id="SSN"),
        pytest.param("Call (415) 867-5309 now", "phone", "(415) 867-5309", "(4***09", id="US phone"),
        pytest.param("Call +44 20 7946 0958", "phone", "+44 20 7946 0958", "+4***58", id="UK phone"),
        pytest.param("from 93.184.216.34,", "ip_address", "93.184.216.34", "93***34", id="IPv4"),
        pytest.param("2606:2800:220:1:248:1893:25c8:1946", "ip_address", "2606:2800:220:1:248:1893:25c8:1946",
                     "26***46", id="IPv6"),
        pytest.param("DNI 54362315K", "national_id", "54362315K", "54***5K", id="Spain"),
        pytest.param("CPF 123.456.789-09", "national_id", "123.456.789-09", "12***09", id="Brazil"),
        pytest.param("CF RSSMRA85T10A562S", "national_id", "RSSMRA85T10A562S", "RS***2S", id="Italy"),
        pytest.param("NIR 2 95 10 99 126 111 93", "national_id", "2 95 10 99 126 111 93", "2 ***93", id="France"),
        pytest.param("131052-308T", "national_id", "131052-308T", "13***8T", id="Finland"),
    ],
)  # fmt: skip
def test_personal_data_is_found_and_masked(text: str, kind: str, value: str, hidden: str) -> None:
    assert found(text) == [(kind, value)]
    assert [masked(one) for one in find_personal(text, KINDS, "US")] == [hidden]


@pytest.mark.parametrize(
    "text",
    """
Order 4158675309
order #1234-5678-9012
2024-10-12
12.10.2024 10:30:45
version 1.20.30.40
v93.184.216.34
section 12.34.56.78
1.2.3.4
127.0.0.1 and 10.0.4.2
ISBN 978-3-16-148410-0
1,234,567.89
ticket 555-1234
3.14159265358979
263.7142857
2010-2020
@handle
foo@bar
$1,234-$5,678
1234 5678 9012 3456
4111 1111 1111 1112
DE89 3704 0044 0532 0130 01
078-05-1120
123e4567-e89b-12d3-a456-426614174000
12:30:45:00
std::vector::iterator
sha 4111111111111111abc
tracking 1Z999AA10123456784
54362315A
call toll-free 1-800-356-9377
🎉 1️⃣2️⃣3️⃣
""".strip().splitlines(),
)
def test_other_numbers_are_no_personal_data(text: str) -> None:
    assert found(text) == []


def test_an_empty_text_has_no_personal_data() -> None:
    assert found("") == []


def test_a_phone_number_without_country_code_is_known_in_its_region_only() -> None:
    text = "Rufen Sie 030 901820 an."

    assert found(text, "DE") == [("phone", "030 901820")]
    assert found(text, "US") == []


def test_only_the_kinds_asked_for_are_looked_for() -> None:
    text = "ann@example.com, SSN 536-90-4399"

    assert find_personal(text, ("us_ssn",), "US") == [Personal("us_ssn", "536-90-4399", 21)]


@pytest.mark.parametrize(
    ("piece", "count"),
    [
        pytest.param("lorem ipsum dolor ", 0, id="words"),
        pytest.param("john@example.com ", 1_000, id="addresses"),
        pytest.param("a.b@", 0, id="broken addresses"),
    ],
)
def test_a_long_text_is_read_in_proportion(piece: str, count: int) -> None:
    assert len(found(piece * 1_000)) == count
    assert growth(found, repeated(piece)) < LIMIT
