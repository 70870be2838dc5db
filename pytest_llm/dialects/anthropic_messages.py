"""Anthropic messages: text, thinking and calls of the caller's own tools; server tools stay in ``raw``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pytest_llm.dialects.anthropic_blocks import read_blocks
from pytest_llm.dialects.anthropic_stream import join_events
from pytest_llm.dialects.layout import Layout
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
from pytest_llm.messages import Message, Response, Usage

__all__ = ["ANTHROPIC_MESSAGES", "read_answer", "read_messages"]


def read_messages(body: Body) -> list[Message]:
    """Return the system prompt and the messages; each tool result is a message of its own."""
    system = body.get("system")
    messages = read_blocks("system", system) if system else []
    for message in mappings(body.get("messages")):
        messages += read_blocks(string(message.get("role")), message.get("content"))
    return messages


def read_answer(body: Body) -> Response:
    """Return what a message says."""
    blocks = mappings(body.get("content"))
    text = "".join(string(block.get("text")) for block in blocks if block.get("type") == "text")
    stop_reason = optional_string(body.get("stop_reason"))
    return Response(
        text=text,
        texts=(text,) if blocks else (),
        tool_calls=tuple(
            tool_call(block.get("name"), block.get("input"), block.get("id"))
            for block in blocks
            if block.get("type") == "tool_use"
        ),
        refusal=_refusal(body, text) if stop_reason == "refusal" else None,
        finish_reason=stop_reason,
        usage=_read_usage(body),
        model=string(body.get("model")),
        reasoning=join_texts(blocks, "thinking", separator="\n\n"),
        id=optional_string(body.get("id")),
    )


def _refusal(body: Body, text: str) -> str:
    details = mapping(body.get("stop_details"))
    return optional_string(details.get("explanation")) or text or string(details.get("category")) or "refusal"


def _read_usage(body: Body) -> Usage | None:
    # An answer of count_tokens has its one figure at the top.
    usage = mapping(body.get("usage")) or {key: body[key] for key in ("input_tokens",) if key in body}
    if not usage:
        return None
    cached = integer(usage.get("cache_read_input_tokens"))
    written = integer(usage.get("cache_creation_input_tokens"))
    return Usage(
        input_tokens=integer(usage.get("input_tokens")) + cached + written,
        output_tokens=integer(usage.get("output_tokens")),
        cached_tokens=cached,
        cache_write_tokens=written,
        reasoning_tokens=integer(dig(usage, "output_tokens_details", "thinking_tokens")),
    )


def _schema(body: Body) -> object:
    return dig(body, "output_config", "format", "schema") or dig(body, "output_format", "schema")


def _asks(body: Body) -> bool:
    messages: Sequence[object] = sequence(body.get("messages"))
    named = isinstance(body.get("model"), str) or "anthropic_version" in body
    return named and bool(messages) and all(dig(item, "role") for item in messages)


ANTHROPIC_MESSAGES = WireFormat(
    name="anthropic-messages",
    endpoint=re.compile(
        r"/v1/messages(?:/count_tokens)?/?$|/publishers/anthropic/models/(?P<model>[^/:]+):(?:streamR|r)awPredict$"
    ),
    layout=Layout(
        prompt=frozenset({"messages", "system"}),
        tools=frozenset({"tools", "tool_choice", "mcp_servers"}),
        schema=frozenset({"output_format"}),
        nested={"output_config": frozenset({"format"})},
    ),
    messages=read_messages,
    schema=_schema,
    answer=read_answer,
    join=join_events,
    asks=_asks,
    volatile=frozenset(
        {
            "id",
            "signature",
            "data",
            "tool_use_id",
            "encrypted_content",
            "encrypted_index",
            "expires_at",
            "request_id",
        }
    ),
)
