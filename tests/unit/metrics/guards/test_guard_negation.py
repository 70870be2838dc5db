"""Negation: what is denied in other words, and what is affirmed instead."""

from __future__ import annotations

import pytest

from pytest_llm.metrics.guards import differences


def said(reference: str, text: str) -> str | None:
    found = differences(reference, text, ["negation"])
    return found[0].message.partition(": ")[2] if found else None


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        pytest.param("It is not refundable.", "It is nonrefundable.", id="prefix"),
        pytest.param("Smoking is not allowed here.", "Smoking is prohibited here.", id="prohibited"),
        pytest.param("It is safe to use.", "It isn't unsafe to use.", id="double"),
        pytest.param("Only the owner can edit it.", "No one but the owner can edit it.", id="only"),
        pytest.param("Feel free to contact us.", "Don't hesitate to contact us.", id="hesitate"),
        pytest.param("Pay by Friday.", "Pay no later than Friday.", id="no later"),
        pytest.param("The store does not open until noon.", "The store opens at noon.", id="not until"),
        pytest.param("You need a visa to enter.", "Without a visa you can't enter.", id="without"),
        pytest.param("You can't enter unless you pay.", "You can enter only if you pay.", id="unless"),
        pytest.param("Remember to save the file.", "Don't forget to save the file.", id="forget"),
        pytest.param("He is neither a doctor nor a nurse.", "He's not a doctor, and he isn't a nurse.", id="neither"),
        pytest.param("Wash your hands before the meal.", "The meal comes after you wash your hands.", id="converse"),
        pytest.param("The soup contains no dairy.", "The soup is free of dairy.", id="free of"),
        pytest.param(
            "It returns None if the key is missing.", "When the key isn't found, it returns None.", id="value"
        ),
        pytest.param("The fee is waived for students.", "Students don't have to pay the fee.", id="waived"),
    ],
)
def test_what_is_denied_is_the_same(reference: str, text: str) -> None:
    assert said(reference, text) is None
    assert said(text, reference) is None


@pytest.mark.parametrize(
    ("reference", "text", "difference"),
    [
        pytest.param(
            "You can cancel at any time.",
            "You can't cancel at any time.",
            "'can cancel' -> 'You can't cancel'",
            id="not",
        ),
        pytest.param(
            "The patient has a history of asthma.",
            "The patient has no history of asthma.",
            "'a history' -> 'has no history'",
            id="no",
        ),
        pytest.param(
            "Revenue increased in May.",
            "Revenue decreased in May.",
            "'Revenue increased in' -> 'Revenue decreased in'",
            id="antonym",
        ),
        pytest.param("Tuples are immutable.", "Tuples are mutable.", "'are immutable' -> 'are mutable'", id="prefix"),
        pytest.param("Always wash it first.", "Never wash it first.", "'Always wash' -> 'Never wash'", id="always"),
        pytest.param("All staff got a bonus.", "No staff got a bonus.", "'All staff' -> 'No staff'", id="all"),
        pytest.param(
            "The light turns on when it opens.",
            "The light turns off when it opens.",
            "'light turns on' -> 'light turns off'",
            id="on and off",
        ),
        pytest.param(
            "The policy covers water damage.",
            "Water damage isn't covered by the policy.",
            "'policy covers' -> 'damage isn't covered'",
            id="passive",
        ),
    ],
)
def test_what_is_denied_is_different(reference: str, text: str, difference: str) -> None:
    assert said(reference, text) == difference
