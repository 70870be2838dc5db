"""Ollama's own API: chat, generate and embed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pytest_llm.dialects.attachments import describe_base64
from pytest_llm.dialects.layout import Layout
from pytest_llm.dialects.logprobs import token_logprobs
from pytest_llm.dialects.openai_embeddings import read_inputs
from pytest_llm.dialects.reading import (
    dig,
    integer,
    mapping,
    mappings,
    optional_string,
    sequence,
    string,
    tool_call,
)
from pytest_llm.dialects.vectors import vectors
from pytest_llm.dialects.wireformat import Body, WireFormat
from pytest_llm.messages import Message, Response, ToolCall, Usage

__all__ = ["OLLAMA_CHAT", "OLLAMA_EMBED", "OLLAMA_GENERATE"]

_VOLATILE = frozenset(
    {"created_at", "total_duration", "load_duration", "prompt_eval_duration", "eval_duration", "id", "context"}
)


def _chat_messages(body: Body) -> list[Message]:
    return [
        Message(
            role=string(message.get("role")),
            text=string(message.get("content")),
            tool_calls=_tool_calls(message),
            tool_call_id=optional_string(message.get("tool_call_id")) or optional_string(message.get("tool_name")),
            attachments=_images(message),
        )
        for message in mappings(body.get("messages"))
    ]


def _prompt_messages(body: Body) -> list[Message]:
    system = string(body.get("system"))
    user = Message("user", string(body.get("prompt")), attachments=_images(body))
    return [*([Message("system", system)] if system else []), user]


def _images(holder: Body) -> tuple[str, ...]:
    return tuple(describe_base64("image", image) for image in sequence(holder.get("images")))


def _tool_calls(message: Body) -> tuple[ToolCall, ...]:
    calls = mappings(message.get("tool_calls"))
    return tuple(
        tool_call(dig(call, "function", "name"), dig(call, "function", "arguments"), call.get("id")) for call in calls
    )


def _read_answer(body: Body) -> Response:
    message = mapping(body.get("message"))
    text = string(message.get("content")) or string(body.get("response"))
    return Response(
        text=text,
        texts=(text,) if message or "response" in body else (),
        tool_calls=_tool_calls(message),
        finish_reason=optional_string(body.get("done_reason")),
        usage=_read_usage(body),
        model=string(body.get("model")),
        logprobs=token_logprobs(body.get("logprobs")),
        reasoning=string(message.get("thinking")) or string(body.get("thinking")),
        embeddings=vectors(body),
    )


def _read_usage(body: Body) -> Usage | None:
    # A prompt wholly in the cache is not evaluated, and then not counted.
    if "prompt_eval_count" not in body and "eval_count" not in body:
        return None
    return Usage(integer(body.get("prompt_eval_count")), integer(body.get("eval_count")))


def _join(chunks: Sequence[object]) -> Body:
    body: dict[str, object] = {}
    message: dict[str, object] = {}
    for chunk in mappings(list(chunks)):
        texts = {key: string(body.get(key)) + string(chunk[key]) for key in ("response", "thinking") if key in chunk}
        logprobs = [*sequence(body.get("logprobs")), *sequence(chunk.get("logprobs"))]
        _add_delta(message, mapping(chunk.get("message")))
        body.update({**chunk, **texts, **({"logprobs": logprobs} if logprobs else {})})
    return {**body, "message": message} if message else body


def _add_delta(message: dict[str, object], delta: Mapping[str, object]) -> None:
    for key, value in delta.items():
        if key in ("content", "thinking"):
            message[key] = string(message.get(key)) + string(value)
        elif key == "tool_calls":
            message[key] = [*sequence(message.get(key)), *sequence(value)]
        else:
            message[key] = value


def _is_ollama(body: Body) -> bool:
    # An application's own /api/chat has the same shape; Ollama's clients always say whether they stream.
    return isinstance(body.get("model"), str) and (
        isinstance(body.get("stream"), bool) or isinstance(body.get("options"), Mapping)
    )


def _asks_chat(body: Body) -> bool:
    messages = sequence(body.get("messages"))
    return _is_ollama(body) and bool(messages) and all(dig(item, "role") for item in messages)


def _asks_embed(body: Body) -> bool:
    return isinstance(body.get("model"), str) and isinstance(body.get("input") or body.get("prompt"), (str, list))


_PROMPT = frozenset({"messages", "prompt", "suffix", "system", "template", "context", "images", "input"})
_LAYOUT = Layout(prompt=_PROMPT, tools=frozenset({"tools"}), schema=frozenset({"format"}))

OLLAMA_CHAT = WireFormat(
    name="ollama-chat",
    endpoint=re.compile(r"/api/chat$"),
    layout=_LAYOUT,
    messages=_chat_messages,
    schema=lambda body: body.get("format"),
    answer=_read_answer,
    join=_join,
    asks=_asks_chat,
    volatile=_VOLATILE,
    streams_by_default=True,
)

OLLAMA_GENERATE = WireFormat(
    name="ollama-generate",
    endpoint=re.compile(r"/api/generate$"),
    layout=_LAYOUT,
    messages=_prompt_messages,
    schema=lambda body: body.get("format"),
    answer=_read_answer,
    join=_join,
    asks=lambda body: _is_ollama(body) and isinstance(body.get("prompt"), str),
    volatile=_VOLATILE,
    streams_by_default=True,
)

OLLAMA_EMBED = WireFormat(
    name="ollama-embed",
    endpoint=re.compile(r"/api/embed(?:dings)?$"),
    layout=_LAYOUT,
    messages=lambda body: read_inputs(body.get("input") or body.get("prompt")),
    answer=_read_answer,
    asks=_asks_embed,
    volatile=_VOLATILE,
)
