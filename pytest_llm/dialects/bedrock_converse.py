"""Amazon Bedrock's Converse and ConverseStream, one format for the models of all vendors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pytest_llm.dialects.bedrock_blocks import read_blocks
from pytest_llm.dialects.layout import Layout
from pytest_llm.dialects.reading import (
    dig,
    integer,
    join_texts,
    load,
    mapping,
    mappings,
    optional_string,
    sequence,
    string,
    tool_call,
)
from pytest_llm.dialects.wireformat import Body, WireFormat
from pytest_llm.messages import Message, Response, Usage

__all__ = ["BEDROCK_CONVERSE", "join_events", "read_answer", "read_messages"]


def read_messages(body: Body) -> list[Message]:
    """Return the system prompt and the messages; each tool result is a message of its own."""
    messages = read_blocks("system", body.get("system")) if body.get("system") else []
    for message in mappings(body.get("messages")):
        messages += read_blocks(string(message.get("role")), message.get("content"))
    return messages


def read_answer(body: Body) -> Response:
    """Return what a Converse answer says; it names no served model and no id."""
    blocks = mappings(dig(body, "output", "message", "content"))
    text = join_texts(blocks)
    calls = [mapping(block.get("toolUse")) for block in blocks]
    reasoning = (string(dig(block, "reasoningContent", "reasoningText", "text")) for block in blocks)
    return Response(
        text=text,
        texts=(text,) if blocks else (),
        tool_calls=tuple(
            tool_call(call.get("name"), call.get("input"), call.get("toolUseId")) for call in calls if call
        ),
        finish_reason=optional_string(body.get("stopReason")),
        usage=_read_usage(body),
        reasoning="\n\n".join(filter(None, reasoning)),
    )


def _read_usage(body: Body) -> Usage | None:
    usage = mapping(body.get("usage"))
    if not usage:
        return None
    cached, written = integer(usage.get("cacheReadInputTokens")), integer(usage.get("cacheWriteInputTokens"))
    return Usage(
        input_tokens=integer(usage.get("inputTokens")) + cached + written,
        output_tokens=integer(usage.get("outputTokens")),
        cached_tokens=cached,
        cache_write_tokens=written,
    )


def join_events(events: Sequence[object]) -> dict[str, object]:
    """Join the events of a ConverseStream to the object that Converse gives."""
    body: dict[str, object] = {}
    message: dict[str, object] = {}
    blocks: dict[int, dict[str, object]] = {}
    for event in mappings(list(events)):
        for kind, value in event.items():
            payload = mapping(value)
            index = integer(payload.get("contentBlockIndex"))
            if kind == "messageStart":
                message.update(payload)
            elif kind == "contentBlockStart":
                blocks[index] = dict(mapping(payload.get("start")))
            elif kind == "contentBlockDelta":
                _add_delta(blocks.setdefault(index, {}), mapping(payload.get("delta")))
            elif kind in ("messageStop", "metadata"):
                body.update(payload)
            elif kind == "exception":
                body["error"] = payload
    content = [_finished(blocks[index]) for index in sorted(blocks)]
    return body | {"output": {"message": {**message, "content": content}}}


def _add_delta(block: dict[str, object], delta: Mapping[str, object]) -> None:
    if isinstance(delta.get("text"), str):
        block["text"] = string(block.get("text")) + string(delta["text"])
    if isinstance(text := dig(delta, "toolUse", "input"), str):
        call = mapping(block.get("toolUse"))
        block["toolUse"] = {**call, "input": string(call.get("input")) + text}
    if isinstance(text := dig(delta, "reasoningContent", "text"), str):
        known = string(dig(block, "reasoningContent", "reasoningText", "text"))
        block["reasoningContent"] = {"reasoningText": {"text": known + text}}


def _finished(block: Mapping[str, object]) -> Mapping[str, object]:
    text = dig(block, "toolUse", "input")
    if "toolUse" not in block or not (isinstance(text, str) or text is None):
        return block
    parsed = load(text) if text else {}
    return {**block, "toolUse": {**mapping(block["toolUse"]), "input": text if parsed is None else parsed}}


def _schema(body: Body) -> object:
    schema = dig(body, "outputConfig", "textFormat", "structure", "jsonSchema", "schema")
    return load(schema) if isinstance(schema, str) else schema


def _asks(body: Body) -> bool:
    messages = sequence(body.get("messages"))
    return bool(messages) and all(isinstance(dig(item, "content"), list) for item in messages)


BEDROCK_CONVERSE = WireFormat(
    name="bedrock-converse",
    endpoint=re.compile(r"/model/(?P<model>[^/]+)/converse(?:-stream)?$"),
    layout=Layout(
        prompt=frozenset({"messages", "system", "promptVariables"}),
        tools=frozenset({"toolConfig"}),
        schema=frozenset(),
        nested={"outputConfig": frozenset({"textFormat"})},
    ),
    messages=read_messages,
    schema=_schema,
    answer=read_answer,
    join=join_events,
    asks=_asks,
    volatile=frozenset({"toolUseId", "latencyMs", "guardrailProcessingLatency", "signature", "p"}),
)
