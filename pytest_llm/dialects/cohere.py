"""Cohere's chat and embed, version 2 and what is left of version 1."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pytest_llm.dialects.attachments import describe_other
from pytest_llm.dialects.layout import Layout
from pytest_llm.dialects.openai_chat import read_message
from pytest_llm.dialects.openai_embeddings import read_inputs
from pytest_llm.dialects.openai_parts import content_text
from pytest_llm.dialects.reading import (
    dig,
    integer,
    join_texts,
    mapping,
    mappings,
    number,
    optional_string,
    sequence,
    string,
    tool_call,
)
from pytest_llm.dialects.vectors import vectors
from pytest_llm.dialects.wireformat import Body, WireFormat
from pytest_llm.messages import Message, Response, TokenLogprob, ToolCall, Usage

__all__ = ["COHERE_CHAT", "COHERE_EMBED"]

_V1_ROLES = {"USER": "user", "CHATBOT": "assistant", "SYSTEM": "system", "TOOL": "tool"}


def _read_messages(body: Body) -> list[Message]:
    if "messages" in body:
        messages = [read_message(message) for message in mappings(body.get("messages"))]
    else:
        messages = _v1_messages(body)
    documents = sequence(body.get("documents"))
    if documents:
        held = (item if isinstance(item, dict) else {"type": "document", "document": item} for item in documents)
        messages.append(Message("system", attachments=tuple(describe_other({"type": "document", **i}) for i in held)))
    return messages


def _v1_messages(body: Body) -> list[Message]:
    preamble = string(body.get("preamble"))
    history = [
        Message(_V1_ROLES.get(string(turn.get("role")), string(turn.get("role"))), string(turn.get("message")))
        for turn in mappings(body.get("chat_history"))
    ]
    return [
        *([Message("system", preamble)] if preamble else []),
        *history,
        Message("user", string(body.get("message"))),
    ]


def _read_answer(body: Body) -> Response:
    message = mapping(body.get("message"))
    content = message.get("content")
    text = content_text(content) or string(body.get("text"))
    reasoning = (join_texts(content, "thinking"), string(message.get("tool_plan")))
    return Response(
        text=text,
        texts=(text,) if text or message else (),
        tool_calls=_tool_calls(message) or _tool_calls(body),
        finish_reason=optional_string(body.get("finish_reason")),
        usage=_read_usage(body),
        logprobs=tuple(_logprobs(body)),
        reasoning="\n\n".join(filter(None, reasoning)),
        id=optional_string(body.get("id")) or optional_string(body.get("generation_id")),
        embeddings=vectors(body),
    )


def _tool_calls(holder: Body) -> tuple[ToolCall, ...]:
    calls = mappings(holder.get("tool_calls"))
    return tuple(
        tool_call(function.get("name"), function.get("arguments", call.get("parameters")), call.get("id"))
        for call in calls
        if (function := mapping(call.get("function")) or call)
    )


def _read_usage(body: Body) -> Usage | None:
    usage = mapping(body.get("usage")) or mapping(body.get("meta"))
    counts = mapping(usage.get("tokens")) or mapping(usage.get("billed_units"))
    if not counts:
        return None
    return Usage(
        input_tokens=integer(counts.get("input_tokens")),
        output_tokens=integer(counts.get("output_tokens")),
        cached_tokens=integer(usage.get("cached_tokens")),
    )


def _logprobs(body: Body) -> list[TokenLogprob]:
    # An entry spans one token or a few; the probability of the few is the product of each.
    return [
        TokenLogprob(string(item.get("text")), sum(values))
        for item in mappings(body.get("logprobs"))
        if (values := [value for entry in sequence(item.get("logprobs")) if (value := number(entry)) is not None])
    ]


def _join(events: Sequence[object]) -> Body:
    body: dict[str, object] = {}
    message: dict[str, object] = {}
    content: dict[int, dict[str, object]] = {}
    calls: dict[int, dict[str, object]] = {}
    for event in mappings(list(events)):
        if isinstance(event.get("response"), Mapping):
            return mapping(event["response"])
        index = integer(event.get("index"))
        delta = mapping(event.get("delta"))
        part = mapping(delta.get("message"))
        if event.get("id"):
            body["id"] = event["id"]
        if plan := string(part.get("tool_plan")):
            message["tool_plan"] = string(message.get("tool_plan")) + plan
        if "content" in part:
            _add_texts(content.setdefault(index, {}), mapping(part["content"]))
        if "tool_calls" in part:
            _add_call(calls.setdefault(index, {}), mapping(part["tool_calls"]))
        body.update({key: delta[key] for key in ("finish_reason", "usage", "error") if delta.get(key)})
        body["logprobs"] = [*sequence(body.get("logprobs")), *mappings([event.get("logprobs")])]
    message["content"] = [content[index] for index in sorted(content)]
    message["tool_calls"] = [calls[index] for index in sorted(calls)]
    return body | {"message": message}


def _add_texts(known: dict[str, object], delta: Mapping[str, object]) -> None:
    for key, value in delta.items():
        known[key] = string(known.get(key)) + string(value) if key in ("text", "thinking") else value


def _add_call(known: dict[str, object], delta: Mapping[str, object]) -> None:
    function, later = mapping(known.get("function")), mapping(delta.get("function"))
    arguments = string(function.get("arguments")) + string(later.get("arguments"))
    known.update(delta)
    known["function"] = {**function, **later, "arguments": arguments}


def _schema(body: Body) -> object:
    return dig(body, "response_format", "json_schema") or dig(body, "response_format", "schema")


def _asks_chat(body: Body) -> bool:
    # An application's own chat endpoint has the same shape; Cohere's client says always whether it streams.
    messages = sequence(body.get("messages"))
    named = isinstance(body.get("model"), str) and isinstance(body.get("stream"), bool)
    return named and bool(messages) and all(dig(item, "role") for item in messages)


def _asks_embed(body: Body) -> bool:
    given = body.get("texts") or body.get("inputs") or body.get("images")
    return isinstance(body.get("model"), str) and "input_type" in body and isinstance(given, list)


COHERE_CHAT = WireFormat(
    name="cohere-chat",
    endpoint=re.compile(r"/v[12]/chat/?$"),
    layout=Layout(
        prompt=frozenset({"messages", "documents", "message", "chat_history", "preamble", "tool_results"}),
        tools=frozenset({"tools", "tool_choice", "strict_tools"}),
    ),
    messages=_read_messages,
    schema=_schema,
    answer=_read_answer,
    join=_join,
    asks=_asks_chat,
    volatile=frozenset({"id", "generation_id", "response_id"}),
)

COHERE_EMBED = WireFormat(
    name="cohere-embed",
    endpoint=re.compile(r"/v[12]/embed/?$"),
    layout=Layout(prompt=frozenset({"texts", "images", "inputs"})),
    messages=lambda body: read_inputs(body.get("texts") or body.get("inputs")),
    answer=_read_answer,
    asks=_asks_embed,
    volatile=frozenset({"id"}),
)
