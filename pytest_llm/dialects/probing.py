"""How each API is asked the same thing at temperature 0, and for log-probabilities."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_llm.dialects.reading import mapping, sequence

__all__ = ["asking_no_logprobs", "asks_logprobs", "at_temperature_zero", "with_logprobs", "without_logprobs"]

Body = Mapping[str, object]

TOP = 5
_RESPONSES = "message.output_text.logprobs"
_GEMINI = "generationConfig"
# By the object in which they stand, "" for the body itself.
_SAMPLING = {
    "": frozenset({"top_p", "top_k", "seed", "n", "best_of", "k", "p"}),
    _GEMINI: frozenset({"topP", "topK", "seed", "candidateCount"}),
    "options": frozenset({"top_p", "top_k", "min_p", "typical_p", "seed"}),
}
# Not Bedrock's: its requests are signed, so they can only be sent as they are.
_TEMPERATURE = {
    "anthropic-messages": "",
    "cohere-chat": "",
    "gemini": _GEMINI,
    "ollama-chat": "options",
    "ollama-generate": "options",
    "openai-chat": "",
    "openai-completions": "",
    "openai-responses": "",
}
_ANSWERED = frozenset({"logprobs", "logprobsResult", "avgLogprobs"})
_LOGPROBS: Mapping[str, Mapping[str, object]] = {
    "cohere-chat": {"logprobs": True},
    "gemini": {"responseLogprobs": True, "logprobs": TOP},
    "ollama-chat": {"logprobs": True, "top_logprobs": TOP},
    "ollama-generate": {"logprobs": True, "top_logprobs": TOP},
    "openai-chat": {"logprobs": True, "top_logprobs": TOP},
    "openai-completions": {"logprobs": TOP},
    "openai-responses": {"top_logprobs": TOP},
}


def at_temperature_zero(dialect: str, body: Body) -> dict[str, object] | None:
    """Return a request's body at temperature 0, without what shapes sampling besides; None where the API has none."""
    where = _TEMPERATURE.get(dialect)
    if where is None:
        return None
    inside = body if not where else mapping(body.get(where))
    changed = {key: value for key, value in inside.items() if key not in _SAMPLING[where]} | {"temperature": 0}
    return changed if not where else {**body, where: changed}


def with_logprobs(dialect: str, body: Body) -> dict[str, object] | None:
    """Return a request's body that asks for log-probabilities; None where the API has none, or they are asked for."""
    asked = _LOGPROBS.get(dialect)
    if asked is None or asks_logprobs(dialect, body):
        return None
    if dialect == "gemini":
        return {**body, _GEMINI: {**mapping(body.get(_GEMINI)), **asked}}
    if dialect == "openai-responses":
        return {**body, **asked, "include": [*sequence(body.get("include")), _RESPONSES]}
    return {**body, **asked}


def asking_no_logprobs(dialect: str, body: Body) -> dict[str, object]:
    """Return a request's body without what asks for log-probabilities."""
    if dialect == "gemini":
        inside = {key: item for key, item in mapping(body.get(_GEMINI)).items() if key not in _LOGPROBS[dialect]}
        return {key: item for key, item in body.items() if key != _GEMINI} | ({_GEMINI: inside} if inside else {})
    kept = {key: item for key, item in body.items() if key not in _LOGPROBS.get(dialect, ())}
    if dialect == "openai-responses":
        included = [item for item in sequence(kept.pop("include", None)) if item != _RESPONSES]
        return kept | ({"include": included} if included else {})
    return kept


def asks_logprobs(dialect: str, body: Body) -> bool:
    """Say whether a request's body asks for log-probabilities."""
    if dialect == "openai-responses":
        return _RESPONSES in sequence(body.get("include"))
    asked = mapping(body.get(_GEMINI)) if dialect == "gemini" else body
    return any(asked.get(key) not in (None, False) for key in _LOGPROBS.get(dialect, ()))


def without_logprobs(value: object) -> object:
    """Return an answer, or a stream's events, without the log-probabilities in it: what who does not ask would get."""
    if isinstance(value, list):
        return [without_logprobs(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: without_logprobs(item) for key, item in value.items() if key not in _ANSWERED}
