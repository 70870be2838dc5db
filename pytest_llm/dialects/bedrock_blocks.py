"""The content blocks of Bedrock's Converse as messages of text, tool calls, tool results and attachments."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pytest_llm.dialects.attachments import describe_base64, describe_data_or_url, describe_other, describe_quote
from pytest_llm.dialects.reading import dig, mapping, mappings, optional_string, string, tool_call
from pytest_llm.messages import Message

__all__ = ["read_blocks"]


def read_blocks(role: str, content: object) -> list[Message]:
    """Return the messages of one message's content: each tool result stands alone, with role ``tool``."""
    if isinstance(content, str):
        return [Message(role, content)]
    blocks = mappings(content)
    results = [result for block in blocks if (result := mapping(block.get("toolResult")))]
    messages = [_tool_result(result) for result in results]
    rest = [block for block in blocks if "toolResult" not in block]
    if rest or not messages:
        messages.append(_message(role, rest))
    return messages


def _message(role: str, blocks: list[Mapping[str, object]]) -> Message:
    calls = [call for block in blocks if (call := mapping(block.get("toolUse")))]
    return Message(
        role,
        text="".join(_text(block) for block in blocks),
        tool_calls=tuple(tool_call(call.get("name"), call.get("input"), call.get("toolUseId")) for call in calls),
        attachments=tuple(_attachment(block) for block in blocks if not _text(block) and "toolUse" not in block),
    )


def _text(block: Mapping[str, object]) -> str:
    return string(block.get("text")) or string(dig(block, "guardContent", "text", "text"))


def _tool_result(result: Mapping[str, object]) -> Message:
    blocks = mappings(result.get("content"))
    texts = [
        json.dumps(block["json"], ensure_ascii=False) if "json" in block else _text(block)
        for block in blocks
        if "json" in block or _text(block)
    ]
    return Message(
        "tool",
        "".join(texts),
        tool_call_id=optional_string(result.get("toolUseId")),
        attachments=tuple(_attachment(block) for block in blocks if "json" not in block and not _text(block)),
    )


def _attachment(block: Mapping[str, object]) -> str:
    kind = next(iter(block), "block")
    held = mapping(block.get(kind))
    if data := dig(held, "source", "bytes"):
        return describe_base64(f"{kind}/{string(held.get('format'))}", data)
    if uri := optional_string(dig(held, "source", "s3Location", "uri")):
        return describe_data_or_url(kind, uri)
    if text := optional_string(dig(held, "reasoningText", "text")):
        return describe_quote("reasoning", text)
    return describe_other(block)
