"""Responses in the wire format of OpenAI's chat completions, whole and as the chunks of a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal, get_args

from pytest_llm.messages import Response, ToolCall

__all__ = ["SHAPES", "Shape", "chunks_of", "completion_of"]

Shape = Literal["openai", "sparse", "azure"]
"""How a provider of this API spells what is absent: as null; not at all, and no text as empty; with the records of its
content filter, and a first chunk without a choice."""
SHAPES: tuple[Shape, ...] = get_args(Shape)
_CREATED = 1_700_000_000


def completion_of(response: Response, shape: Shape = "openai") -> dict[str, Any]:
    """Return a response as the JSON of a chat completion."""
    message: dict[str, Any] = {"role": "assistant", "content": _content(response, shape)}
    if response.tool_calls:
        message["tool_calls"] = [_call(call) for call in response.tool_calls]
    if response.refusal is not None or shape != "sparse":
        message["refusal"] = response.refusal
    choice: dict[str, Any] = {"index": 0, "message": message, "finish_reason": response.finish_reason or "stop"}
    if shape != "sparse":
        choice["logprobs"] = None
    if shape == "azure":
        choice["content_filter_results"] = {"hate": {"filtered": False, "severity": "safe"}}
    return _enveloped(response, shape, "chat.completion", [choice]) | _usage(response, shape)


def chunks_of(response: Response, shape: Shape = "openai", size: int = 4) -> list[dict[str, Any]]:
    """Return a response as the JSON of the chunks of a stream; its text and arguments in pieces of ``size`` characters.

    The last chunk holds the usage and no choice, if the response counts any.
    """
    first: dict[str, Any] = {"role": "assistant", "content": "" if shape != "sparse" else None}
    deltas = [first, *_deltas(response, size)]
    choices: list[dict[str, Any]] = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    choices.append({"index": 0, "delta": {}, "finish_reason": response.finish_reason or "stop"})
    found = [_enveloped(response, shape, "chat.completion.chunk", [choice]) for choice in choices]
    if shape == "azure":
        found.insert(0, {**_enveloped(response, shape, "chat.completion.chunk", []), "model": ""})
    if response.usage is not None:
        found.append(_enveloped(response, shape, "chat.completion.chunk", []) | _usage(response, shape))
    return found


def _deltas(response: Response, size: int) -> Iterator[dict[str, Any]]:
    yield from ({"content": piece} for piece in _pieces(response.text, size))
    yield from ({"refusal": piece} for piece in _pieces(response.refusal or "", size))
    for index, call in enumerate(response.tool_calls):
        spelled = _call(call)
        arguments = spelled["function"]["arguments"]
        spelled["function"]["arguments"] = ""
        yield {"tool_calls": [{"index": index, **spelled}]}
        for piece in _pieces(arguments, size):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def _content(response: Response, shape: Shape) -> str | None:
    absent = None if shape != "sparse" else ""
    return response.text or (absent if response.tool_calls or response.refusal is not None else "")


def _call(call: ToolCall) -> dict[str, Any]:
    text = call.arguments if isinstance(call.arguments, str) else json.dumps(call.arguments, ensure_ascii=False)
    return {"id": call.id or "call_1", "type": "function", "function": {"name": call.name, "arguments": text}}


def _enveloped(response: Response, shape: Shape, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": response.id or "chatcmpl-1",
        "object": kind,
        "created": _CREATED,
        "model": response.model or "scripted",
        "choices": choices,
    }
    return body if shape == "sparse" else {**body, "system_fingerprint": response.system_fingerprint}


def _usage(response: Response, shape: Shape) -> dict[str, Any]:
    if response.usage is None:
        return {} if shape == "sparse" else {"usage": None}
    told = {"prompt_tokens": response.usage.input_tokens, "completion_tokens": response.usage.output_tokens}
    return {"usage": {**told, "total_tokens": response.usage.total_tokens}}
