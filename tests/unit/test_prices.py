"""A price is found by name, and a usage costs what the provider would bill."""

from __future__ import annotations

import re

import pytest

from pytest_llm.messages import Usage
from pytest_llm.prices import AS_OF, FREE, PRICES, Price, cost, price_of, worst_case


@pytest.mark.parametrize(
    ("model", "listed"),
    [
        ("gpt-4o", "gpt-4o"),
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),
        ("gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
        ("gpt-5.4-pro-2026-03-05", "gpt-5.4-pro"),
        ("openai/gpt-4.1-nano", "gpt-4.1-nano"),
        ("claude-opus-4-20250514", "claude-opus-4"),
        ("claude-opus-4-1-20250805", "claude-opus-4-1"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
        ("models/gemini-2.0-flash-001", "gemini-2.0-flash"),
        ("gemini-3-pro-preview", "gemini-3-pro"),
        ("command-r-plus-08-2024", "command-r-plus"),
        ("mistral-small-latest", "mistral-small"),
        ("codestral-2508", "codestral"),
    ],
)
def test_a_model_has_the_price_of_its_family(model: str, listed: str) -> None:
    assert price_of(model, {}) is PRICES[listed]


@pytest.mark.parametrize(
    "model", ["gpt-4o-audio-preview", "gpt-5-unheard", "claude-opus-4-9", "gpt", "", "ft:gpt-4o:me"]
)
def test_a_model_that_only_sounds_alike_has_no_price(model: str) -> None:
    assert price_of(model, {}) is None


def test_the_users_price_comes_first() -> None:
    extra = {"gpt-4o": Price(1.0, 2.0), "my/model": Price(3.0, 4.0)}

    assert price_of("gpt-4o-2024-08-06", extra) == Price(1.0, 2.0)
    assert price_of("my/model", extra) == Price(3.0, 4.0)


def test_what_runs_on_this_machine_is_free() -> None:
    assert price_of("local/smollm2-135m", {}) is FREE


def test_cached_and_written_tokens_have_their_own_price() -> None:
    usage = Usage(input_tokens=1_000_000, output_tokens=100_000, cached_tokens=500_000, cache_write_tokens=100_000)

    assert cost(usage, Price(10.0, 50.0)) == pytest.approx(15.0)
    assert cost(usage, Price(10.0, 50.0, 1.0, 12.5)) == pytest.approx(4.0 + 0.5 + 1.25 + 5.0)


@pytest.mark.parametrize(
    ("params", "tokens"),
    [
        pytest.param({}, 4096, id="no limit"),
        pytest.param({"max_tokens": 100}, 100, id="chat"),
        pytest.param({"max_completion_tokens": 100, "n": 3}, 300, id="choices"),
        pytest.param({"generationConfig": {"maxOutputTokens": 50, "candidateCount": 2}}, 100, id="gemini"),
        pytest.param({"inferenceConfig": {"maxTokens": 7}}, 7, id="bedrock"),
        pytest.param({"max_tokens": None}, 4096, id="null"),
    ],
)
def test_the_worst_case_of_the_output_is_the_limit_of_the_request(params: dict[str, object], tokens: int) -> None:
    assert worst_case(b"", params, Price(1.0, 10.0)) == pytest.approx(tokens * 10.0 / 1e6)


def test_the_worst_case_of_the_input_grows_with_the_text_but_not_with_an_image() -> None:
    price = Price(2.0, 0.0, 0.2, cache_write=3.0)

    assert worst_case(b"1 text, " * 100, {}, price) == pytest.approx(400 * 3.0 / 1e6)
    assert worst_case(b'"' + b"iVBO" * 100_000 + b'"', {}, price) == pytest.approx(4001 * 3.0 / 1e6)


def test_the_table_is_dated_and_plausible() -> None:
    assert re.fullmatch(r"\d{4}-\d{2}", AS_OF)
    assert [name for name, price in PRICES.items() if not 0 <= (price.cached or 0) <= price.input] == []
    assert [name for name, price in PRICES.items() if price.output and price.output < price.input] == []
