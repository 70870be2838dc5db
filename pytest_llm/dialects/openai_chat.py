"""OpenAI chat completions and legacy completions, as OpenAI and the many providers that speak them send them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pytest_llm.dialects.attachments import describe_base64, describe_data_or_url, describe_other
from pytest_llm.dialects.layout import Layout
from pytest_llm.dialects.logprobs import openai_logprobs
from pytest_llm.dialects.openai_chat_stream import join_chunks
from pytest_llm.dialects.openai_parts import content_text, message_reasoning
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
from pytest_llm.dialects.wireformat import Body, WireFormat
from pytest_llm.messages import Message, Response, ToolCall, Usage

__all__ = ["OPENAI_CHAT", "OPENAI_COMPLETIONS", "read_answer", "read_message", "read_messages", "read_usage"]

_VOLATILE = frozenset(
    {
        "id",
        "created",
        "obfuscation",
        "timings",
        "signature",
        "x_groq",
        "time_info",
        "sla_metrics",
        "queue_time",
        "prompt_time",
        "completion_time",
        "total_time",
    }
)


def read_messages(body: Body) -> list[Message]:
    """Return the messages of a chat request."""
    return [read_message(message) for message in mappings(body.get("messages"))]


def read_message(message: Body) -> Message:
    """Return one message of a chat request."""
    content = message.get("content")
    return Message(
        role=string(message.get("role")),
        text=content_text(content) or string(message.get("refusal")),
        tool_calls=_tool_calls(message),
        tool_call_id=optional_string(message.get("tool_call_id")),
        attachments=tuple(_attachment(part) for part in mappings(content) if _is_attachment(part)),
    )


def read_answer(body: Body) -> Response:
    """Return what a chat completion says."""
    choices = mappings(body.get("choices"))
    first = choices[0] if choices else {}
    message = mapping(first.get("message"))
    texts = tuple(_choice_text(choice) for choice in choices)
    return Response(
        text=texts[0] if texts else "",
        texts=texts,
        tool_calls=_tool_calls(message),
        refusal=optional_string(message.get("refusal")),
        finish_reason=optional_string(first.get("finish_reason")),
        usage=read_usage(body),
        model=string(body.get("model")),
        system_fingerprint=optional_string(body.get("system_fingerprint")),
        logprobs=openai_logprobs(first.get("logprobs")),
        reasoning=message_reasoning(message),
        id=optional_string(body.get("id")),
    )


def read_usage(body: Body) -> Usage | None:
    """Return the usage of a chat completion; Groq's streams have it under ``x_groq``, Moonshot's in the choice."""
    choice = next(iter(mappings(body.get("choices"))), {})
    usage = mapping(body.get("usage")) or mapping(dig(body, "x_groq", "usage")) or mapping(choice.get("usage"))
    if not usage:
        return None
    prompt, completion = integer(usage.get("prompt_tokens")), integer(usage.get("completion_tokens"))
    details = mapping(usage.get("prompt_tokens_details"))
    reasoning = integer(dig(usage, "completion_tokens_details", "reasoning_tokens"))
    if reasoning and integer(usage.get("total_tokens")) == prompt + completion + reasoning:
        # xAI counts reasoning beside completion_tokens instead of within.
        completion += reasoning
    cached = details.get("cached_tokens") or usage.get("prompt_cache_hit_tokens") or usage.get("cached_tokens")
    return Usage(
        input_tokens=prompt,
        output_tokens=completion,
        cached_tokens=integer(cached),
        cache_write_tokens=integer(details.get("cache_write_tokens")),
        reasoning_tokens=reasoning,
    )


def _choice_text(choice: Body) -> str:
    message = mapping(choice.get("message"))
    spoken = string(dig(message, "audio", "transcript"))
    return content_text(message.get("content")) or spoken or string(choice.get("text"))


def _tool_calls(message: Body) -> tuple[ToolCall, ...]:
    calls = [_tool_call(call) for call in mappings(message.get("tool_calls"))]
    legacy = mapping(message.get("function_call"))
    if legacy and not calls:
        calls.append(tool_call(legacy.get("name"), legacy.get("arguments"), None))
    return tuple(calls)


def _tool_call(call: Body) -> ToolCall:
    custom = mapping(call.get("custom"))
    if custom:
        return tool_call(custom.get("name"), custom.get("input"), call.get("id"))
    function = mapping(call.get("function"))
    return tool_call(function.get("name"), function.get("arguments"), call.get("id"))


def _is_attachment(part: Body) -> bool:
    return not isinstance(part.get("text"), str) and part.get("type") != "refusal"


def _attachment(part: Body) -> str:
    kind = string(part.get("type"))
    value = part.get(kind)
    if kind == "input_audio":
        return describe_base64(f"audio/{string(dig(value, 'format'))}", dig(value, "data"))
    if kind.endswith("_url") or kind == "image":
        return describe_data_or_url(kind, value if isinstance(value, str) else dig(value, "url"))
    return describe_other(part)


def _schema(body: Body) -> object:
    return dig(body, "response_format", "json_schema", "schema")


def _asks_chat(body: Body) -> bool:
    messages = sequence(body.get("messages"))
    return isinstance(body.get("model"), str) and bool(messages) and all(dig(item, "role") for item in messages)


def _prompt_messages(body: Body) -> Sequence[Message]:
    prompt = body.get("prompt")
    texts = [prompt] if isinstance(prompt, str) else [string(item) for item in sequence(prompt)]
    return [Message("user", text) for text in texts]


def _asks_completion(body: Body) -> bool:
    return isinstance(body.get("model"), str) and isinstance(body.get("prompt"), (str, list))


OPENAI_CHAT = WireFormat(
    name="openai-chat",
    endpoint=re.compile(r"(?:/deployments/(?P<model>[^/]+))?/(?:chat|agents)/completions/?$"),
    layout=Layout(
        prompt=frozenset({"messages", "documents"}),
        tools=frozenset({"tools", "tool_choice", "parallel_tool_calls", "functions", "function_call"}),
    ),
    messages=read_messages,
    schema=_schema,
    answer=read_answer,
    join=join_chunks,
    asks=_asks_chat,
    volatile=_VOLATILE,
)

OPENAI_COMPLETIONS = WireFormat(
    name="openai-completions",
    endpoint=re.compile(r"(?:/deployments/(?P<model>[^/]+))?(?<!/chat)(?<!/agents)/completions/?$"),
    layout=Layout(prompt=frozenset({"prompt", "suffix"})),
    messages=_prompt_messages,
    answer=read_answer,
    join=join_chunks,
    asks=_asks_completion,
    volatile=_VOLATILE,
)
