"""OpenAI responses: text, calls of the caller's own tools, reasoning; the provider's server tools stay in ``raw``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pytest_llm.dialects.attachments import describe_data_or_url, describe_other, describe_quote
from pytest_llm.dialects.layout import Layout
from pytest_llm.dialects.logprobs import token_logprobs
from pytest_llm.dialects.openai_responses_stream import join_events
from pytest_llm.dialects.reading import (
    dig,
    integer,
    join_texts,
    mapping,
    mappings,
    optional_string,
    sequence,
    string,
    tool_call,
)
from pytest_llm.dialects.wireformat import Body, WireFormat
from pytest_llm.messages import Message, Response, ToolCall, Usage

__all__ = ["OPENAI_RESPONSES"]

_CALLS = {"function_call": "arguments", "custom_tool_call": "input"}
_OUTPUTS = frozenset({"function_call_output", "custom_tool_call_output"})
_TEXTS = frozenset({"input_text", "output_text", "text", "refusal", "summary_text", "reasoning_text"})
_UNFINISHED = frozenset({"in_progress", "queued"})


def _read_messages(body: Body) -> list[Message]:
    system = string(body.get("instructions"))
    messages = [Message("system", system)] if system else []
    if template := mapping(body.get("prompt")):
        messages.append(Message("system", attachments=(describe_other({"type": "prompt", **template}),)))
    given = body.get("input")
    if isinstance(given, str):
        return [*messages, Message("user", given)]
    return messages + [_read_item(item) for item in mappings(given)]


def _read_item(item: Body) -> Message:
    kind = string(item.get("type")) or "message"
    if kind == "message":
        return _message(string(item.get("role")), item.get("content"))
    if kind in _CALLS:
        return Message("assistant", tool_calls=(_call(item),))
    if kind in _OUTPUTS:
        return _message("tool", item.get("output"), call_id=optional_string(item.get("call_id")))
    if kind == "reasoning":
        return Message("assistant", attachments=(describe_quote("reasoning", _reasoning(item)),))
    return Message("assistant", attachments=(describe_other(item),))


def _message(role: str, content: object, call_id: str | None = None) -> Message:
    if isinstance(content, str):
        return Message(role, content, tool_call_id=call_id)
    parts = mappings(content)
    return Message(
        role,
        text="".join(string(part.get("text")) or string(part.get("refusal")) for part in parts),
        tool_call_id=call_id,
        attachments=tuple(_attachment(part) for part in parts if string(part.get("type")) not in _TEXTS),
    )


def _attachment(part: Body) -> str:
    kind = string(part.get("type"))
    for key in ("image_url", "file_data", "file_url", "file_id"):
        if found := optional_string(part.get(key)):
            return describe_data_or_url(kind, found)
    return describe_other(part)


def _call(item: Body) -> ToolCall:
    arguments = item.get(_CALLS[string(item.get("type"))])
    return tool_call(item.get("name"), arguments, item.get("call_id") or item.get("id"))


def _reasoning(item: Body) -> str:
    return join_texts(item.get("content")) or join_texts(item.get("summary"), separator="\n\n")


def _read_answer(body: Body) -> Response:
    items = mappings(body.get("output"))
    parts = [part for item in items if item.get("type") == "message" for part in mappings(item.get("content"))]
    text = join_texts(parts)
    status = string(body.get("status"))
    incomplete = optional_string(dig(body, "incomplete_details", "reason"))
    return Response(
        text=text,
        texts=(text,) if items else (),
        tool_calls=tuple(_call(item) for item in items if string(item.get("type")) in _CALLS),
        refusal=join_texts(parts, "refusal") or None,
        finish_reason=incomplete or (status if status and status not in _UNFINISHED else None),
        usage=_read_usage(body),
        model=string(body.get("model")),
        system_fingerprint=optional_string(body.get("system_fingerprint")),
        logprobs=tuple(token for part in parts for token in token_logprobs(part.get("logprobs"))),
        reasoning="\n\n".join(filter(None, (_reasoning(item) for item in items if item.get("type") == "reasoning"))),
        id=optional_string(body.get("id")),
    )


def _read_usage(body: Body) -> Usage | None:
    usage = mapping(body.get("usage"))
    if not usage:
        return None
    return Usage(
        input_tokens=integer(usage.get("input_tokens")),
        output_tokens=integer(usage.get("output_tokens")),
        cached_tokens=integer(dig(usage, "input_tokens_details", "cached_tokens")),
        cache_write_tokens=integer(dig(usage, "input_tokens_details", "cache_write_tokens")),
        reasoning_tokens=integer(dig(usage, "output_tokens_details", "reasoning_tokens")),
    )


def _schema(body: Body) -> object:
    return dig(body, "text", "format", "schema")


def _asks(body: Body) -> bool:
    given: object = body.get("input")
    items: Sequence[object] = sequence(given)
    return isinstance(body.get("model"), str) and (
        isinstance(given, str) or (bool(items) and all(dig(item, "role") or dig(item, "type") for item in items))
    )


OPENAI_RESPONSES = WireFormat(
    name="openai-responses",
    endpoint=re.compile(r"(?:/deployments/(?P<model>[^/]+))?/responses/?$"),
    layout=Layout(
        prompt=frozenset({"input", "instructions", "prompt", "previous_response_id", "conversation"}),
        nested={"text": frozenset({"format"})},
    ),
    messages=_read_messages,
    schema=_schema,
    answer=_read_answer,
    join=join_events,
    asks=_asks,
    volatile=frozenset(
        {
            "id",
            "created_at",
            "completed_at",
            "call_id",
            "item_id",
            "response_id",
            "encrypted_content",
            "obfuscation",
            "previous_response_id",
        }
    ),
)
