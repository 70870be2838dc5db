"""Names and things: other ways to name the same, and others in their place."""

from __future__ import annotations

import pytest

from pytest_llm.metrics.guards import differences


def said(reference: str, text: str) -> str | None:
    found = differences(reference, text, ["entities"])
    return found[0].message.partition(": ")[2] if found else None


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        pytest.param("The United States signed.", "The treaty was signed by the US.", id="alias"),
        pytest.param("Barack Obama served two terms.", "Obama served for two terms.", id="surname"),
        pytest.param("The European Central Bank raised rates.", "Rates were raised by the ECB.", id="acronym"),
        pytest.param("Apple's new phone is in Oslo.", "In Oslo there is a phone by Apple.", id="possessive"),
        pytest.param("The law of Germany applies.", "The German law applies.", id="adjective"),
        pytest.param("The deal with Anna is done.", "The deal with her is done.", id="pronoun"),
        pytest.param("Dr. Jane Smith led the trial.", "The trial was led by Dr. Smith.", id="title"),
        pytest.param("It is near Zürich.", "It is near Zurich.", id="accent"),
        pytest.param("THE FLIGHT TO OSLO IS LATE.", "The flight to Oslo is late.", id="heading"),
        pytest.param("It returns `None`.", "The result is None.", id="code"),
        pytest.param("The sky is grey.", "The sky is gray.", id="synonym"),
    ],
)
def test_names_that_are_the_same(reference: str, text: str) -> None:
    assert said(reference, text) is None
    assert said(text, reference) is None


@pytest.mark.parametrize(
    ("reference", "text", "difference"),
    [
        pytest.param("The office in Berlin is new.", "The office in Munich is new.", "Berlin -> Munich", id="place"),
        pytest.param(
            "It was written by Jane Austen.",
            "It was written by Emily Brontë.",
            "Jane Austen -> Emily Brontë",
            id="person",
        ),
        pytest.param("Shakespeare wrote the play.", "Marlowe wrote the play.", "Shakespeare -> Marlowe", id="opening"),
        pytest.param(
            "Write to help@example.com now.",
            "Write to sales@example.com now.",
            "help@example.com -> sales@example.com",
            id="e-mail",
        ),
        pytest.param(
            "See https://example.com/a today.",
            "See https://example.com/b today.",
            "https://example.com/a -> https://example.com/b",
            id="url",
        ),
        pytest.param("Call `json.loads` first.", "Call `json.dumps` first.", "json.loads -> json.dumps", id="code"),
        pytest.param(
            'It says "connection refused".',
            'It says "connection reset".',
            "connection refused -> connection reset",
            id="quoted",
        ),
        pytest.param("The light is red.", "The light is green.", "red -> green", id="colour"),
        pytest.param("Brown the beef in oil.", "Brown the chicken in oil.", "beef -> chicken", id="food"),
        pytest.param("Turn left at the corner.", "Turn right at the corner.", "left -> right", id="direction"),
        pytest.param("Ask the WHO about it.", "Ask the CDC about it.", "WHO -> CDC", id="acronym"),
        pytest.param("Mr. Jones chaired the hearing.", "Mr. Brown chaired the hearing.", "Jones -> Brown", id="title"),
        pytest.param("Pay by PayPal today.", "Pay by Stripe today.", "PayPal -> Stripe", id="camel case"),
    ],
)
def test_names_that_are_different(reference: str, text: str, difference: str) -> None:
    assert said(reference, text) == difference
