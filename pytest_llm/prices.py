"""What a call costs: USD per million tokens, as the providers list them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pytest_llm.messages import Usage

__all__ = ["AS_OF", "FREE", "PRICES", "Price", "cost", "price_of", "worst_case"]

AS_OF = "2026-11"


@dataclass(frozen=True, slots=True)
class Price:
    """List price of a model in USD per million tokens.

    ``cached`` is for input tokens read from the provider's cache and ``cache_write`` for those written to it;
    None means that they cost what other input costs. Return a mapping of model names to these from the hook
    ``pytest_llm_prices`` to add a model or to replace a price.
    """

    input: float
    output: float
    cached: float | None = None
    cache_write: float | None = None


FREE = Price(0.0, 0.0)


def _anthropic(price: float, output: float, cached: float) -> Price:
    return Price(price, output, cached, cache_write=price * 1.25)


PRICES: Mapping[str, Price] = {
    # OpenAI
    "gpt-6-astra": Price(10.0, 50.0, 1.0, 12.5),
    "gpt-6-sol": Price(2.0, 10.0, 0.2, 2.5),
    "gpt-6-luna": Price(0.1, 0.5, 0.01, 0.125),
    "gpt-6.1-sol": Price(2.0, 10.0, 0.1, 2.5),
    "gpt-5.6": Price(4.0, 20.0, 0.4, 5.0),
    "gpt-5.6-sol": Price(4.0, 20.0, 0.4, 5.0),
    "gpt-5.6-terra": Price(2.0, 12.0, 0.2, 2.5),
    "gpt-5.6-luna": Price(0.2, 1.2, 0.02, 0.25),
    "gpt-5.5": Price(5.0, 30.0, 0.5),
    "gpt-5.5-pro": Price(30.0, 180.0),
    "gpt-5.4": Price(2.5, 15.0, 0.25),
    "gpt-5.4-mini": Price(0.75, 4.5, 0.075),
    "gpt-5.4-nano": Price(0.2, 1.25, 0.02),
    "gpt-5.4-pro": Price(30.0, 180.0),
    "gpt-5.3-codex": Price(1.75, 14.0, 0.175),
    "gpt-5.2": Price(1.75, 14.0, 0.175),
    "gpt-5.2-codex": Price(1.75, 14.0, 0.175),
    "gpt-5.2-pro": Price(21.0, 168.0),
    "gpt-5.1": Price(1.25, 10.0, 0.125),
    "gpt-5.1-codex": Price(1.25, 10.0, 0.125),
    "gpt-5.1-codex-mini": Price(0.25, 2.0, 0.025),
    "gpt-5": Price(1.25, 10.0, 0.125),
    "gpt-5-mini": Price(0.25, 2.0, 0.025),
    "gpt-5-nano": Price(0.05, 0.4, 0.005),
    "gpt-5-pro": Price(15.0, 120.0),
    "gpt-5-codex": Price(1.25, 10.0, 0.125),
    "gpt-5-chat": Price(1.25, 10.0, 0.125),
    "gpt-4.1": Price(2.0, 8.0, 0.5),
    "gpt-4.1-mini": Price(0.4, 1.6, 0.1),
    "gpt-4.1-nano": Price(0.1, 0.4, 0.025),
    "gpt-4o": Price(2.5, 10.0, 1.25),
    "gpt-4o-2024-05-13": Price(5.0, 15.0),
    "gpt-4o-mini": Price(0.15, 0.6, 0.075),
    "gpt-4-turbo": Price(10.0, 30.0),
    "gpt-4-1106-preview": Price(10.0, 30.0),
    "gpt-4-0125-preview": Price(10.0, 30.0),
    "gpt-4": Price(30.0, 60.0),
    "gpt-3.5-turbo": Price(0.5, 1.5),
    "gpt-3.5-turbo-1106": Price(1.0, 2.0),
    "gpt-3.5-turbo-16k": Price(3.0, 4.0),
    "o1": Price(15.0, 60.0, 7.5),
    "o1-pro": Price(150.0, 600.0),
    "o3": Price(2.0, 8.0, 0.5),
    "o3-mini": Price(1.1, 4.4, 0.55),
    "o3-pro": Price(20.0, 80.0),
    "o4-mini": Price(1.1, 4.4, 0.275),
    "text-embedding-3-large": Price(0.13, 0.0),
    "text-embedding-3-small": Price(0.02, 0.0),
    "text-embedding-ada-002": Price(0.1, 0.0),
    # Anthropic
    "claude-fable-5": _anthropic(10.0, 50.0, 1.0),
    "claude-fable-5-1": _anthropic(10.0, 50.0, 0.25),
    "claude-mythos-5": _anthropic(10.0, 50.0, 1.0),
    "claude-mythos-5-1": _anthropic(10.0, 50.0, 0.25),
    "claude-opus-5-5": _anthropic(4.0, 20.0, 0.2),
    "claude-opus-5": _anthropic(5.0, 25.0, 0.5),
    "claude-opus-4-8": _anthropic(5.0, 25.0, 0.5),
    "claude-opus-4-7": _anthropic(5.0, 25.0, 0.5),
    "claude-opus-4-6": _anthropic(5.0, 25.0, 0.5),
    "claude-opus-4-5": _anthropic(5.0, 25.0, 0.5),
    "claude-opus-4-1": _anthropic(15.0, 75.0, 1.5),
    "claude-opus-4": _anthropic(15.0, 75.0, 1.5),
    "claude-sonnet-5-5": _anthropic(2.0, 10.0, 0.1),
    "claude-sonnet-5": _anthropic(2.0, 10.0, 0.2),
    "claude-sonnet-4-6": _anthropic(3.0, 15.0, 0.3),
    "claude-sonnet-4-5": _anthropic(3.0, 15.0, 0.3),
    "claude-sonnet-4": _anthropic(3.0, 15.0, 0.3),
    "claude-3-7-sonnet": _anthropic(3.0, 15.0, 0.3),
    "claude-3-5-sonnet": _anthropic(3.0, 15.0, 0.3),
    "claude-haiku-5-5": _anthropic(0.1, 0.5, 0.01),
    "claude-haiku-4-5": _anthropic(1.0, 5.0, 0.1),
    "claude-3-5-haiku": _anthropic(0.8, 4.0, 0.08),
    "claude-3-haiku": _anthropic(0.25, 1.25, 0.03),
    "claude-3-opus": _anthropic(15.0, 75.0, 1.5),
    # Google
    "gemini-4-argon": Price(2.0, 10.0, 0.1),
    "gemini-3.8-flash": Price(0.75, 3.75, 0.075),
    "gemini-3.7-flash": Price(0.75, 3.75, 0.075),
    "gemini-3.6-flash": Price(0.75, 3.75, 0.075),
    "gemini-3.5-flash": Price(1.5, 9.0, 0.15),
    "gemini-3.5-flash-lite": Price(0.3, 2.5, 0.03),
    "gemini-3.1-pro": Price(2.0, 12.0, 0.2),
    "gemini-3.1-flash-lite": Price(0.25, 1.5, 0.025),
    "gemini-3-pro": Price(2.0, 12.0, 0.2),
    "gemini-3-flash": Price(0.5, 3.0, 0.05),
    "gemini-2.5-pro": Price(1.25, 10.0, 0.125),
    "gemini-2.5-flash": Price(0.3, 2.5, 0.03),
    "gemini-2.5-flash-lite": Price(0.1, 0.4, 0.01),
    "gemini-2.0-flash": Price(0.1, 0.4, 0.025),
    "gemini-2.0-flash-lite": Price(0.075, 0.3),
    "gemini-pro-latest": Price(2.0, 12.0, 0.2),
    "gemini-flash-latest": Price(0.75, 3.75, 0.075),
    "gemini-flash-lite-latest": Price(0.3, 2.5, 0.03),
    "gemini-embedding-2": Price(0.2, 0.0),
    "gemini-embedding": Price(0.15, 0.0),
    # Mistral
    "mistral-large-4": Price(0.68, 2.09, 0.068),
    "mistral-large-3": Price(0.5, 1.5, 0.05),
    "mistral-large-2512": Price(0.5, 1.5, 0.05),
    "mistral-large-latest": Price(0.5, 1.5, 0.05),
    "mistral-medium": Price(1.5, 7.5, 0.15),
    "mistral-medium-3": Price(1.5, 7.5, 0.15),
    "mistral-small": Price(0.15, 0.6, 0.015),
    "magistral-medium": Price(1.5, 7.5, 0.15),
    "magistral-small": Price(0.15, 0.6, 0.015),
    "ministral-3b": Price(0.1, 0.1, 0.01),
    "ministral-8b": Price(0.15, 0.15, 0.015),
    "ministral-14b": Price(0.2, 0.2, 0.02),
    "codestral": Price(0.3, 0.9, 0.03),
    "devstral": Price(0.4, 2.0, 0.04),
    "open-mistral-nemo": Price(0.3, 0.3, 0.03),
    "mistral-embed": Price(0.1, 0.0),
    # Groq
    "gpt-oss-120b": Price(0.15, 0.6, 0.075),
    "gpt-oss-20b": Price(0.075, 0.3, 0.0375),
    "llama-3.3-70b-versatile": Price(0.59, 0.79),
    "llama-3.1-8b-instant": Price(0.05, 0.08),
    "qwen3.8-27b": Price(0.8, 4.0),
    # DeepSeek
    "deepseek-chat": Price(0.28, 0.42, 0.028),
    "deepseek-reasoner": Price(0.28, 0.42, 0.028),
    "deepseek-flash": Price(0.3, 1.2, 0.006),
    "deepseek-v4-flash": Price(0.3, 1.2, 0.006),
    "deepseek-v4-pro": Price(1.32, 3.96, 0.044),
    # xAI
    "grok-4.7": Price(2.0, 6.0, 0.5),
    "grok-4.6": Price(2.0, 6.0, 0.5),
    "grok-4.5": Price(2.0, 6.0, 0.3),
    "grok-4.3": Price(1.25, 2.5, 0.2),
    "grok-4.20": Price(1.25, 2.5, 0.2),
    "grok-code-fast": Price(1.0, 2.0, 0.2),
    # Cohere
    "command-a": Price(2.5, 10.0),
    "command-r": Price(0.15, 0.6),
    "command-r-plus": Price(2.5, 10.0),
    "command-r7b": Price(0.0375, 0.15),
    "embed-v4.0": Price(0.12, 0.0),
}

_BEDROCK_PREFIX = re.compile(r"^(?:(?:us|eu|apac|jp|au|global)\.)?(?:anthropic|mistral|cohere|openai|deepseek)\.")
# A date, a three-digit release, a word for the newest: anything else may be another model at another price.
_RELEASE = re.compile(
    r"(?:-(?:\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|\d{2}-\d{2}|\d{3,8}|v\d+(?::\d+)?|latest|preview|exp|beta))+(?::free)?"
)


def price_of(model: str, extra: Mapping[str, Price]) -> Price | None:
    """Return the price of ``model``, first by ``extra``, then by the built-in table; None when neither knows it.

    A dated name has the price of the undated one: ``gpt-4o-2024-08-06`` costs what ``gpt-4o`` does, unless it is
    listed itself. A provider's prefix (``openai/``, ``models/``, ``us.anthropic.``) is ignored. What runs on
    this machine, ``local/...``, is free.
    """
    if model.startswith("local/"):
        return FREE
    bare = _BEDROCK_PREFIX.sub("", model.rpartition("/")[2])
    for table in (extra, PRICES):
        for name in (model, bare):
            listed = _longest(name, table)
            if listed is not None:
                return table[listed]
    return None


def _longest(model: str, table: Mapping[str, Price]) -> str | None:
    if model in table:
        return model
    dated = [name for name in table if model.startswith(name) and _RELEASE.fullmatch(model, len(name))]
    return max(dated, key=len, default=None)


def cost(usage: Usage, price: Price) -> float:
    """Return what ``usage`` costs at ``price``, in USD."""
    cached = price.input if price.cached is None else price.cached
    written = price.input if price.cache_write is None else price.cache_write
    plain = max(0, usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens)
    of_input = plain * price.input + usage.cached_tokens * cached + usage.cache_write_tokens * written
    return (of_input + usage.output_tokens * price.output) / 1_000_000


_OUTPUT_LIMITS = ("max_completion_tokens", "max_output_tokens", "max_tokens", "maxOutputTokens", "maxTokens")
_CHOICES = ("n", "candidateCount")
_ASSUMED_OUTPUT = 4096
_BINARY = re.compile(rb"[A-Za-z0-9+/_=-]{1000,}")
_TOKENS_PER_BINARY = 4000


def worst_case(body: bytes, params: Mapping[str, object], price: Price) -> float:
    """Return the most that a request can cost, in USD, to be reserved before it is made.

    Input is taken as a token for every two bytes of the body (text has three to five), and 4 000 for an image or
    a file; output as the request's own limit, or 4 096 tokens where it sets none, for each of its ``n`` choices.
    """
    text, binaries = _BINARY.subn(b"", body)
    of_input = (len(text) / 2 + binaries * _TOKENS_PER_BINARY) * max(price.input, price.cache_write or 0.0)
    of_output = _number(params, _OUTPUT_LIMITS, _ASSUMED_OUTPUT) * _number(params, _CHOICES, 1) * price.output
    return (of_input + of_output) / 1_000_000


def _number(params: Mapping[str, object], names: tuple[str, ...], otherwise: int) -> int:
    groups = [params, *(value for value in params.values() if isinstance(value, Mapping))]
    found = [group[name] for group in groups for name in names if name in group]
    return max((value for value in found if isinstance(value, int)), default=otherwise)
