"""Log probabilities of tokens, in the shapes that the providers give them."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_llm.dialects.reading import mapping, mappings, number, sequence, string
from pytest_llm.messages import TokenLogprob

__all__ = ["gemini_logprobs", "openai_logprobs", "token_logprobs"]


def openai_logprobs(value: object) -> tuple[TokenLogprob, ...]:
    """Return the log probabilities of a choice: ``content`` of chats, or ``tokens`` of legacy completions."""
    logprobs = mapping(value)
    content = token_logprobs(logprobs.get("content") or logprobs.get("refusal"))
    return content or _legacy(logprobs)


def token_logprobs(items: object) -> tuple[TokenLogprob, ...]:
    """Return the log probabilities of a list of ``{token, logprob, top_logprobs}``."""
    return tuple(
        TokenLogprob(string(item.get("token")), logprob, _top(item.get("top_logprobs"), "logprob"))
        for item in mappings(items)
        if (logprob := number(item.get("logprob"))) is not None
    )


def gemini_logprobs(value: object) -> tuple[TokenLogprob, ...]:
    """Return the log probabilities of Gemini's ``logprobsResult``."""
    result = mapping(value)
    tops = [item.get("candidates") for item in mappings(result.get("topCandidates"))]
    return tuple(
        TokenLogprob(
            string(item.get("token")), logprob, _top(tops[place] if place < len(tops) else None, "logProbability")
        )
        for place, item in enumerate(mappings(result.get("chosenCandidates")))
        if (logprob := number(item.get("logProbability"))) is not None
    )


def _top(items: object, key: str) -> tuple[tuple[str, float], ...]:
    return tuple(
        (string(item.get("token")), logprob)
        for item in mappings(items)
        if (logprob := number(item.get(key))) is not None
    )


def _legacy(logprobs: Mapping[str, object]) -> tuple[TokenLogprob, ...]:
    # The first token of an echoed prompt has no log probability: there is nothing before it.
    tokens, values = sequence(logprobs.get("tokens")), sequence(logprobs.get("token_logprobs"))
    tops = sequence(logprobs.get("top_logprobs"))
    return tuple(
        TokenLogprob(string(token), logprob, _legacy_top(tops[place] if place < len(tops) else None))
        for place, (token, value) in enumerate(zip(tokens, values, strict=False))
        if (logprob := number(value)) is not None
    )


def _legacy_top(value: object) -> tuple[tuple[str, float], ...]:
    return tuple((token, logprob) for token, item in mapping(value).items() if (logprob := number(item)) is not None)
