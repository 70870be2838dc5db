"""Numbers and units: what counts as the same number, and what as another."""

from __future__ import annotations

import pytest

from pytest_llm.metrics.guards import differences


def said(reference: str, text: str) -> str | None:
    found = differences(reference, text, ["numbers"])
    return found[0].message.partition(": ")[2] if found else None


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        pytest.param("It takes thirty days.", "It takes 30 days.", id="thirty days"),
        pytest.param("A 30-day trial.", "A trial of 30 days.", id="hyphen"),
        pytest.param("It takes a week.", "It takes 7 days.", id="a week"),
        pytest.param("Take it every 24 hours.", "Take it once every day.", id="24 hours"),
        pytest.param("50% of users agree.", "Half of users agree.", id="half"),
        pytest.param("It costs 1,000 points.", "It costs 1000 points.", id="grouping"),
        pytest.param("It has 2k stars.", "It has 2,000 stars.", id="k"),
        pytest.param("Use half a kilo.", "Use 500 g.", id="kilo"),
        pytest.param("It rose by a quarter of a percent.", "It rose by 0.25%.", id="quarter of a percent"),
        pytest.param("One in four users left.", "25% of users left.", id="one in four"),
        pytest.param("The two sides agree.", "Both sides agree.", id="both"),
        pytest.param("You have 30 days.", "You have one month.", id="month"),
        pytest.param("It is 12 miles long.", "It is 19 km long.", id="miles"),
        pytest.param("Bake at 180 °C.", "Bake at 356 °F.", id="Fahrenheit"),
        pytest.param("It takes an hour and a half.", "It takes 90 minutes.", id="hour and a half"),
        pytest.param("1. Open the box.\n2. Take 30 out.", "Open the box. Then take 30 out.", id="list"),
        pytest.param("It takes 3 to 5 days.", "It takes between three and five days.", id="range"),
        pytest.param("You must be at least 18.", "You must be 18 or older.", id="bound after"),
        pytest.param("Wait at least 5 minutes.", "Wait no less than 5 minutes.", id="no less"),
        pytest.param("No bags over 8 kg are accepted.", "Bags up to 8 kg are accepted.", id="bound and negation"),
        pytest.param("We are open 24/7.", "We are open seven days a week.", id="24/7"),
        pytest.param("Use release 2.10.3.", "Release 2.10.3 is used.", id="version"),
    ],
)
def test_numbers_that_are_the_same(reference: str, text: str) -> None:
    assert said(reference, text) is None
    assert said(text, reference) is None


@pytest.mark.parametrize(
    ("reference", "text", "difference"),
    [
        pytest.param("Add 500 g of flour.", "Add 500 kg of flour.", "500 g -> 500 kg", id="unit"),
        pytest.param("It costs 2 euros.", "It costs 2 dollars.", "2 euros -> 2 dollars", id="currency"),
        pytest.param("It runs ten times.", "It runs eleven times.", "ten -> eleven times", id="word"),
        pytest.param("You get 20% off.", "You get 25% off.", "20% -> 25%", id="percent"),
        pytest.param("It made $3 billion.", "It made $3 million.", "$3 billion -> $3 million", id="scale"),
        pytest.param("It pays 4.5% a year.", "It pays 5.4% a year.", "4.5% -> 5.4%", id="decimals"),
        pytest.param("They won 3-1.", "They won 4-1.", "3 -> 4", id="score"),
        pytest.param("It returns a 404 error.", "It returns a 500 error.", "404 -> 500", id="bare"),
        pytest.param(
            "You must be at least 18 years old.",
            "You must be at most 18 years old.",
            "at least 18 years -> at most 18 years",
            id="bounds",
        ),
        pytest.param("It needs version 2.1 or newer.", "It needs version 2.4 or newer.", "2.1 -> 2.4", id="version"),
        pytest.param("Half of the users left.", "A third of the users left.", "Half -> A third", id="fraction"),
        pytest.param("It has 600 megabits.", "It has 600 gigabits.", "600 -> 600", id="prefix"),
        pytest.param(
            "The limit is 10 requests per second.",
            "The limit is 10 requests per minute.",
            "per second -> per minute",
            id="rate",
        ),
    ],
)
def test_numbers_that_are_different(reference: str, text: str, difference: str) -> None:
    assert said(reference, text) == difference
