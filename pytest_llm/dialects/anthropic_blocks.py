"""The content blocks of Anthropic messages as messages of text, tool calls, tool results and attachments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pytest_llm.dialects.attachments import describe_base64, describe_data_or_url, describe_other, describe_quote
from pytest_llm.dialects.reading import mapping, mappings, optional_string, string, tool_call
from pytest_llm.messages import Message, ToolCall

__all__ = ["read_blocks"]


@dataclass
class _Gathered:
    texts: list[str] = field(default_factory=list)
    tool_calls: list[ToolCall] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)

    def message(self, role: str) -> list[Message]:
        if not (self.texts or self.tool_calls or self.attachments):
            return []
        return [Message(role, "".join(self.texts), tuple(self.tool_calls), attachments=tuple(self.attachments))]


def read_blocks(role: str, content: object) -> list[Message]:
    """Return the messages of one message's content, in order: a tool result stands alone, with role ``tool``."""
    if not isinstance(content, list):
        return [Message(role, string(content))]
    messages: list[Message] = []
    gathered = _Gathered()
    for block in mappings(content):
        if block.get("type") == "tool_result":
            messages += [*gathered.message(role), _tool_result(block)]
            gathered = _Gathered()
        else:
            _gather(gathered, block)
    messages += gathered.message(role)
    return messages or [Message(role)]


def _tool_result(block: Mapping[str, object]) -> Message:
    inner = read_blocks("tool", block.get("content"))[0]
    call_id = optional_string(block.get("tool_use_id"))
    return Message("tool", inner.text, tool_call_id=call_id, attachments=inner.attachments)


def _gather(gathered: _Gathered, block: Mapping[str, object]) -> None:
    kind = block.get("type")
    if kind == "text":
        gathered.texts.append(string(block.get("text")))
    elif kind == "tool_use":
        gathered.tool_calls.append(tool_call(block.get("name"), block.get("input"), block.get("id")))
    elif kind == "thinking":
        gathered.attachments.append(describe_quote("thinking", string(block.get("thinking"))))
    else:
        gathered.attachments.append(_attachment(block))


def _attachment(block: Mapping[str, object]) -> str:
    source = mapping(block.get("source"))
    kind = string(block.get("type"))
    if source.get("type") == "base64":
        return describe_base64(string(source.get("media_type")), source.get("data"))
    if source.get("type") == "text":
        return describe_quote(kind, string(source.get("data")))
    for key in ("url", "file_id"):
        if found := optional_string(source.get(key)):
            return describe_data_or_url(kind, found)
    return describe_other(block)
