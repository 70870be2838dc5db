"""A response as a draw."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from pytest_llm.drift.values import Draw
from pytest_llm.messages import Response, TokenLogprob

__all__ = ["draw_of", "is_greedy"]


def draw_of(
    response: Response,
    *,
    session: str = "",
    outcome: float | None = None,
    headers: Mapping[str, str] | None = None,
    category: str | None = None,
) -> Draw:
    """Return what of a response is compared; its text holds the tool calls (their names and arguments) as well."""
    calls = [f"{call.name}({json.dumps(call.arguments, sort_keys=True, default=str)})" for call in response.tool_calls]
    first = response.logprobs[0] if response.logprobs else None
    return Draw(
        "\n".join([part for part in (response.text, response.refusal) if part] + calls),
        category,
        dict(first.top) if first else {},
        tuple(token.logprob for token in response.logprobs),
        response.model,
        response.system_fingerprint or "",
        response.usage.input_tokens if response.usage else None,
        headers or {},
        session,
        outcome,
        _likeliest(response.logprobs),
    )


def _likeliest(logprobs: Sequence[TokenLogprob]) -> tuple[float, ...]:
    if not all(token.top for token in logprobs):
        return ()
    return tuple(max(token.logprob, *(value for _, value in token.top)) for token in logprobs)


def is_greedy(params: Mapping[str, object]) -> bool:
    """Say whether a request with these parameters is asked at temperature 0, or with a single candidate token."""
    found = [params]
    # Gemini and Bedrock keep it one level down.
    found += [value for value in params.values() if isinstance(value, Mapping)]
    return any(level.get("temperature") == 0 or level.get("top_k", level.get("topK")) == 1 for level in found)
