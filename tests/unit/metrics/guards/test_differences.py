"""What a text says against its reference: one message of each guard, in order, and silence where nothing is known."""

from __future__ import annotations

import pytest
from growth import LIMIT, growth, repeated

from pytest_llm.errors import ConfigurationError
from pytest_llm.metrics.guards import GUARDS, Difference, differences
from pytest_llm.metrics.guards.reading import LONGEST


def messages(reference: str, text: str) -> list[str]:
    return [one.message for one in differences(reference, text)]


@pytest.mark.parametrize(
    ("reference", "text", "message"),
    [
        pytest.param(
            "Refunds are available within 30 days.",
            "Refunds are available within 90 days.",
            "the numbers differ: 30 -> 90 days",
            id="numbers",
        ),
        pytest.param(
            "The report is due on March 3.",
            "The report is due on March 5.",
            "the dates differ: March 3 -> March 5",
            id="dates",
        ),
        pytest.param(
            "The ticket is not refundable.",
            "The ticket is refundable.",
            "the negation differs: 'is not refundable' -> 'is refundable'",
            id="negation",
        ),
        pytest.param(
            "The flight to Oslo is late.",
            "The flight to Bergen is late.",
            "the entities differ: Oslo -> Bergen",
            id="entities",
        ),
        pytest.param(
            "Alice paid Bob.",
            "Bob paid Alice.",
            "who did what differs: 'Alice paid Bob' -> 'Bob paid Alice'",
            id="roles",
        ),
    ],
)
def test_each_guard_says_what_differs(reference: str, text: str, message: str) -> None:
    assert messages(reference, text) == [message]


def test_each_guard_speaks_once_in_the_order_it_is_named() -> None:
    reference = "On March 3 Alice flew to Oslo, and 30 people were not allowed in."
    text = "On March 5 Alice flew to Bergen, and 90 people were allowed in."

    assert differences(reference, text) == [
        Difference("numbers", "the numbers differ: 30 -> 90"),
        Difference("dates", "the dates differ: March 3 -> March 5"),
        Difference("negation", "the negation differs: 'were not allowed' -> 'were allowed'"),
        Difference("entities", "the entities differ: Oslo -> Bergen"),
    ]
    assert [one.guard for one in differences(reference, text, ["entities", "dates"])] == ["entities", "dates"]


def test_no_guard_finds_nothing() -> None:
    assert differences("It takes 30 days.", "It takes 90 days.", []) == []


def test_what_a_text_adds_or_leaves_out_is_not_against_the_reference() -> None:
    short = "Refunds are available within 30 days."
    long = f"{short} On March 5, 2024 Bob in Oslo bought 4 tickets, which were not cheap."

    assert messages(short, long) == []
    assert messages(long, short) == []


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        pytest.param("", "", id="empty"),
        pytest.param("", "30 days", id="empty reference"),
        pytest.param("30 days", " \n ", id="blank text"),
        pytest.param("猫追狗。", "狗追猫。", id="Chinese"),
        pytest.param("不允许吸烟。", "允许吸烟。", id="Chinese negation"),
        pytest.param("التدخين ممنوع في المبنى", "التدخين مسموح في المبنى", id="Arabic"),
        pytest.param("Москва больше Киева.", "Киев больше Москвы.", id="Russian"),
        pytest.param("Der Hund jagt die Katze im Garten.", "Die Katze jagt den Hund im Garten.", id="German"),
        pytest.param("Le vol pour Oslo est en retard.", "Le vol pour Bergen est en retard.", id="French"),
        pytest.param("👍🎉", "👎😢", id="emoji"),
        pytest.param("\ud800 x", "\udc00 y", id="lone surrogates"),
        pytest.param("...!?", "((([[[", id="punctuation"),
        pytest.param("\0\x1b[31m", "`'\"", id="control characters"),
    ],
)
def test_what_no_guard_understands_is_passed_over(reference: str, text: str) -> None:
    assert messages(reference, text) == []


@pytest.mark.parametrize(
    ("reference", "text", "said"),
    [
        pytest.param("退款在30天内可用。", "退款在90天内可用。", "30天 -> 90天", id="Chinese"),
        pytest.param("الاسترداد خلال 30 يوما", "الاسترداد خلال 90 يوما", "30 -> 90 يوما", id="Arabic"),
        pytest.param("Die Frist beträgt 30 Tage.", "Die Frist beträgt 90 Tage.", "30 -> 90", id="German"),
    ],
)
def test_digits_are_compared_in_every_language(reference: str, text: str, said: str) -> None:
    assert messages(reference, text) == [f"the numbers differ: {said}"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            "He is not in Oslo on March 3 for 30 days. ", "She was in Rome on April 4 for 9 weeks. ", id="prose"
        ),
        pytest.param("not ", "never ", id="negations"),
        pytest.param("Alice pays Bob. ", "Bob pays Alice. ", id="roles"),
        pytest.param("`a1` ", '"b2" ', id="code"),
        pytest.param("(", ")", id="brackets"),
        pytest.param("a@b.c", "b@c.d", id="addresses"),
        pytest.param("\n", " ", id="space"),
        pytest.param("退款在30天内可用。", "退款在90天内可用。", id="Chinese"),
    ],
)
def test_what_is_read_of_a_long_text_takes_time_in_proportion(one: str, other: str) -> None:
    def texts(size: int) -> tuple[str, str]:
        return repeated(one)(size), repeated(other)(size)

    assert growth(lambda pair: differences(*pair), texts, LONGEST // 8) < LIMIT


def test_all_guards_are_on_by_default() -> None:
    assert GUARDS == ("numbers", "dates", "negation", "entities", "roles")


def test_a_guard_that_does_not_exist_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(ConfigurationError) as refused:
        differences("a", "a", ["numbers", "tone"])  # type: ignore[list-item]

    assert str(refused.value) == (
        "differences(guards=['numbers', 'tone']): 'tone' is no guard. "
        "Valid guards: numbers, dates, negation, entities, roles."
    )
