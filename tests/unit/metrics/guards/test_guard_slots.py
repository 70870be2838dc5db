"""Sentences side by side: another thing in the same place, and deeds told from either side."""

from __future__ import annotations

import pytest

from pytest_llm.metrics.guards import differences


def said(reference: str, text: str) -> list[str]:
    return [one.message for one in differences(reference, text)]


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        pytest.param("The film got good reviews.", "The movie got good reviews.", id="synonym"),
        pytest.param("The study found a link to diet.", "The study found a connection to diet.", id="abstract synonym"),
        pytest.param("The board rejected the offer.", "The board turned the offer down.", id="phrasal verb"),
        pytest.param("The item is out of stock.", "The item is not in stock.", id="out of"),
        pytest.param("The lawyer sent Ann the deed.", "Ann received the deed from the lawyer.", id="received"),
        pytest.param("Lee taught Anna statistics.", "Anna learned statistics from Lee.", id="learned"),
        pytest.param("It uses 40% less power than before.", "It uses 60% of the power it used.", id="remainder"),
        pytest.param("You have to be on time.", "You must be punctual.", id="must"),
    ],
)
def test_other_words_for_the_same_are_no_difference(reference: str, text: str) -> None:
    assert said(reference, text) == []
    assert said(text, reference) == []


@pytest.mark.parametrize(
    ("reference", "text", "messages"),
    [
        pytest.param(
            "The hammock is delivered on Friday.",
            "The parasol is delivered on Friday.",
            ["the entities differ: hammock -> parasol"],
            id="a thing of no list",
        ),
        pytest.param(
            "The inspector blamed the contractor for the delay.",
            "The contractor held the inspector responsible for the delay.",
            [
                "who did what differs: 'inspector blamed the contractor for the delay' -> "
                "'contractor held the inspector r…le for the delay'"
            ],
            id="a deed in other words",
        ),
        pytest.param(
            "Adults pay $10 and children pay $5.",
            "Adults pay $5 and children pay $10.",
            ["who did what differs: 'Adults pay $10 and children pay $5' -> 'Adults pay $5 and children pay $10'"],
            id="values within roles",
        ),
        pytest.param(
            "The price rose by 10%.",
            "The price rose to 10%.",
            ["the numbers differ: by 10% -> to 10%"],
            id="by and to",
        ),
        pytest.param(
            "It takes 100 calls per minute.",
            "It takes 100 calls per second.",
            ["the numbers differ: per minute -> per second"],
            id="rate",
        ),
        pytest.param("It opens at 7:30.", "It opens at 8.", ["the dates differ: 7:30 -> 8"], id="bare hour"),
        pytest.param("It ended at 23:05.", "It ended at 22:05.", ["the dates differ: 23:05 -> 22:05"], id="late hours"),
    ],
)
def test_another_thing_in_its_place_is_named(reference: str, text: str, messages: list[str]) -> None:
    assert said(reference, text) == messages
