"""Gemini's contents as messages of text, function calls, function responses and attachments."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pytest_llm.dialects.attachments import describe_base64, describe_data_or_url, describe_other, describe_quote
from pytest_llm.dialects.reading import dig, mapping, mappings, optional_string, string, tool_call
from pytest_llm.messages import Message

__all__ = ["read_contents"]

_ROLES = {"model": "assistant", "": "user"}


def read_contents(value: object, role: str | None = None) -> list[Message]:
    """Return the messages of contents; each function response is a message of its own, with role ``tool``."""
    if isinstance(value, str):
        return [Message(role or "user", value)]
    contents = [value] if isinstance(value, Mapping) else mappings(value)
    return [message for content in contents for message in _read_content(content, role)]


def _read_content(content: Mapping[str, object], role: str | None) -> list[Message]:
    given = string(content.get("role"))
    held = content.get("parts")
    parts = [held] if isinstance(held, Mapping) else mappings(held)
    messages = [_function_response(found) for part in parts if (found := _named(part, "function", "response"))]
    rest = [part for part in parts if not _named(part, "function", "response")]
    if rest or not messages:
        messages.append(_message(role or _ROLES.get(given, given), rest))
    return messages


def _message(role: str, parts: list[Mapping[str, object]]) -> Message:
    texts = [part for part in parts if isinstance(part.get("text"), str) and not part.get("thought")]
    calls = [call for part in parts if (call := _named(part, "function", "call"))]
    others = [part for part in parts if part not in texts and not _named(part, "function", "call")]
    return Message(
        role,
        text="".join(string(part["text"]) for part in texts),
        tool_calls=tuple(tool_call(call.get("name"), call.get("args"), call.get("id")) for call in calls),
        attachments=tuple(_attachment(part) for part in others),
    )


def _function_response(response: Mapping[str, object]) -> Message:
    value = response.get("response")
    result = value.get("result", value.get("output")) if isinstance(value, Mapping) and len(value) == 1 else None
    text = result if isinstance(result, str) else json.dumps(value, ensure_ascii=False)
    return Message("tool", text, tool_call_id=optional_string(response.get("id")) or string(response.get("name")))


def _named(part: Mapping[str, object], first: str, second: str) -> Mapping[str, object]:
    return mapping(part.get(f"{first}{second.title()}") or part.get(f"{first}_{second}"))


def _attachment(part: Mapping[str, object]) -> str:
    if part.get("thought"):
        return describe_quote("thought", string(part.get("text")))
    if inline := _named(part, "inline", "data"):
        return describe_base64(_media_type(inline), inline.get("data"))
    if file := _named(part, "file", "data"):
        return describe_data_or_url(_media_type(file) or "file", file.get("fileUri") or file.get("file_uri"))
    if code := string(dig(part, "executableCode", "code")):
        return describe_quote("executableCode", code)
    if output := string(dig(part, "codeExecutionResult", "output")):
        return describe_quote("codeExecutionResult", output)
    return describe_other(part)


def _media_type(data: Mapping[str, object]) -> str:
    return string(data.get("mimeType")) or string(data.get("mime_type"))
