"""Roles: the same deed in another voice or order, and the deed turned round."""

from __future__ import annotations

import pytest

from pytest_llm.metrics.guards import differences


def said(reference: str, text: str) -> str | None:
    found = differences(reference, text, ["roles"])
    return found[0].message.partition(": ")[2] if found else None


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        pytest.param("Alice paid Bob.", "Bob was paid by Alice.", id="passive"),
        pytest.param("The cake needs eggs and flour.", "The cake needs flour and eggs.", id="list"),
        pytest.param("Buy eggs, flour, and sugar.", "Buy sugar, flour, and eggs.", id="longer list"),
        pytest.param("If it rains, we stay.", "We stay if it rains.", id="clauses"),
        pytest.param("She gave Bob a book.", "She gave a book to Bob.", id="ditransitive"),
        pytest.param("Tokyo is larger than Osaka.", "Osaka is smaller than Tokyo.", id="comparative"),
        pytest.param("In 2006 Google bought YouTube.", "Google bought YouTube in 2006.", id="moved"),
        pytest.param("Canberra is the capital of Australia.", "The capital of Australia is Canberra.", id="identity"),
        pytest.param("It flies from Paris to Rome.", "It flies to Rome from Paris.", id="from and to"),
        pytest.param("Anna married Tom.", "Tom married Anna.", id="marry"),
        pytest.param("Boil the eggs before the pasta.", "Boil the pasta after the eggs.", id="before"),
    ],
)
def test_deeds_that_are_the_same(reference: str, text: str) -> None:
    assert said(reference, text) is None
    assert said(text, reference) is None


@pytest.mark.parametrize(
    ("reference", "text", "difference"),
    [
        pytest.param(
            "The dog chased the cat.",
            "The cat chased the dog.",
            "'The dog chased the cat' -> 'The cat chased the dog'",
            id="swap",
        ),
        pytest.param(
            "It runs from Paris to Lyon.",
            "It runs from Lyon to Paris.",
            "'It runs from Paris to Lyon' -> 'It runs from Lyon to Paris'",
            id="from to",
        ),
        pytest.param(
            "Gold is heavier than silver.",
            "Silver is heavier than gold.",
            "'Gold is heavier than silver' -> 'Silver is heavier than gold'",
            id="comparative",
        ),
        pytest.param(
            "The students praised the teacher.",
            "The students were praised by the teacher.",
            "'students praised the teacher' -> 'students were praised by the teacher'",
            id="passive",
        ),
        pytest.param(
            "Jonas will call Priya next week.",
            "Next week Priya will call Jonas.",
            "'Jonas will call Priya next week' -> 'Next week Priya will call Jonas'",
            id="moved",
        ),
        pytest.param(
            "Add the eggs before the flour.",
            "Add the flour before the eggs.",
            "'Add the eggs before the flour' -> 'Add the flour before the eggs'",
            id="order",
        ),
        pytest.param(
            "Function A calls function B.",
            "Function B calls function A.",
            "'Function A calls function B' -> 'Function B calls function A'",
            id="letters",
        ),
    ],
)
def test_deeds_that_are_different(reference: str, text: str, difference: str) -> None:
    assert said(reference, text) == difference
