"""A response as a draw."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pytest_llm.drift.values import Draw
from pytest_llm.messages import Response, TokenLogprob

__all__ = ["Told", "draw_of", "is_greedy", "told_of"]

Told = Mapping[str, Any]
_DIGITS = 4
_VERSIONS = frozenset({"openai-version", "anthropic-version", "openai-processing-model"})


def draw_of(
    response: Response,
    *,
    session: str = "",
    outcome: float | None = None,
    headers: Mapping[str, str] | None = None,
    category: str | None = None,
    told: Told | None = None,
) -> Draw:
    """Return what of a response is compared; its text holds the tool calls (their names and arguments) as well.

    Of its ``headers`` those that name a version are kept.

    ``told`` is what ``told_of`` said of its log-probabilities, where the response holds them no more.
    """
    calls = [f"{call.name}({json.dumps(call.arguments, sort_keys=True, default=str)})" for call in response.tool_calls]
    known = told_of(response.logprobs) if told is None else told
    return Draw(
        "\n".join([part for part in (response.text, response.refusal) if part] + calls),
        category,
        known["top"],
        tuple(known["chosen"]),
        response.model,
        response.system_fingerprint or "",
        response.usage.input_tokens if response.usage else None,
        {name: value for name, value in (headers or {}).items() if name.lower() in _VERSIONS},
        session,
        outcome,
        tuple(known["likeliest"]),
    )


def told_of(logprobs: Sequence[TokenLogprob]) -> Told:
    """Return what of log-probabilities is compared, in nats: a hundredth of what APIs send, and all a baseline keeps.

    ``top`` are those of the likeliest first tokens, ``chosen`` those of the tokens that were drawn, ``likeliest`` those
    of the likeliest tokens in their places, empty where these are not known.
    """
    alternatives = all(token.top for token in logprobs)
    best = [max(token.logprob, *(value for _, value in token.top)) for token in logprobs] if alternatives else []
    return {
        "top": {token: round(value, _DIGITS) for token, value in logprobs[0].top} if logprobs else {},
        "chosen": [round(token.logprob, _DIGITS) for token in logprobs],
        "likeliest": [round(value, _DIGITS) for value in best],
    }


def is_greedy(params: Mapping[str, object]) -> bool:
    """Say whether a request with these parameters is asked at temperature 0, or with a single candidate token."""
    found = [params]
    # Gemini and Bedrock keep it one level down.
    found += [value for value in params.values() if isinstance(value, Mapping)]
    return any(level.get("temperature") == 0 or level.get("top_k", level.get("topK")) == 1 for level in found)
