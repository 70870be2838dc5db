"""What a client sends: prompts, tools and schemas as the chat completions API spells them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pytest_llm.messages import Message, ToolCall
from pytest_llm.prompts.filled import FilledPrompt
from pytest_llm.schemas.types import json_schema_of

__all__ = ["Prompt", "Tool", "declaration", "embedding", "messages_of", "response_format"]

Prompt = str | Message | Sequence[Message | Mapping[str, Any]]
"""A user's text, a prompt from a file, one message, or a conversation; a mapping is passed on as the API spells it."""
Tool = Mapping[str, Any] | Callable[..., object]
"""A tool declaration as the API spells it, or a function whose name, docstring and annotations declare it."""


def messages_of(prompt: Prompt) -> list[dict[str, Any]]:
    """Return the prompt as messages of the chat completions API."""
    if isinstance(prompt, FilledPrompt):
        return [dict(message) for message in prompt.messages]
    if isinstance(prompt, str):
        return [{"role": "user", "content": prompt}]
    if isinstance(prompt, Message):
        prompt = [prompt]
    if not isinstance(prompt, Sequence) or isinstance(prompt, bytes):
        raise TypeError(f"A prompt is a text, a Message or a list of messages, not {type(prompt).__name__}.")
    return [_message(item) for item in prompt]


def _message(item: object) -> dict[str, Any]:
    if isinstance(item, Mapping):
        return dict(item)
    if not isinstance(item, Message):
        raise TypeError(f"A conversation holds messages, not {type(item).__name__} ({item!r:.60}).")
    if item.attachments:
        raise TypeError("A Message with attachments cannot be sent. Write the message as a dict of the API instead.")
    message: dict[str, Any] = {"role": item.role, "content": item.text}
    if item.tool_calls:
        message["tool_calls"] = [_tool_call(call) for call in item.tool_calls]
    if item.tool_call_id is not None:
        message["tool_call_id"] = item.tool_call_id
    return message


def _tool_call(call: ToolCall) -> dict[str, Any]:
    arguments = call.arguments if isinstance(call.arguments, str) else json.dumps(call.arguments, ensure_ascii=False)
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}}


def declaration(tool: Tool) -> dict[str, Any]:
    """Return a tool's declaration for the chat completions API."""
    if isinstance(tool, Mapping):
        return dict(tool)
    from inspect import getdoc

    from pydantic import TypeAdapter

    adapter: Any = TypeAdapter
    schema: dict[str, Any] = adapter(tool).json_schema()
    schema.pop("title", None)
    name = getattr(tool, "__name__", type(tool).__name__)
    return {"type": "function", "function": {"name": name, "description": getdoc(tool) or "", "parameters": schema}}


def response_format(schema: object) -> dict[str, Any]:
    """Return the ``response_format`` that makes an answer conform to a JSON schema or a type."""
    if isinstance(schema, Mapping):
        body: dict[str, Any] = dict(schema)
        name = str(body.get("title") or "answer")
    else:
        body = json_schema_of(schema)
        _close_objects(body)
        name = getattr(schema, "__name__", "answer")
    return {"type": "json_schema", "json_schema": {"name": name, "schema": body, "strict": _is_strict(body)}}


def _close_objects(schema: object) -> None:
    """Make every object require all its properties and allow no other, as strict mode asks."""
    if isinstance(schema, dict) and isinstance(schema.get("properties"), dict):
        schema["additionalProperties"] = False
        schema["required"] = list(schema["properties"])
    for item in _within(schema):
        _close_objects(item)


def _is_strict(schema: object) -> bool:
    if isinstance(schema, dict):
        properties = schema.get("properties")
        if isinstance(properties, dict) and (
            schema.get("additionalProperties") is not False or set(schema.get("required", ())) != set(properties)
        ):
            return False
    return all(_is_strict(item) for item in _within(schema))


def _within(schema: object) -> list[object]:
    """Return what may be schemas within a schema; a property that is called "properties" is none of its keywords."""
    if isinstance(schema, dict):
        fields = schema.get("properties")
        others = [item for key, item in schema.items() if key != "properties"]
        return [*others, *(fields.values() if isinstance(fields, dict) else ())]
    return schema if isinstance(schema, list) else []


def embedding(
    model: str, texts: str | Sequence[str], defaults: Mapping[str, Any], params: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the arguments of an embeddings call; of the client's parameters only those that such a call knows."""
    dimensions = {key: value for key, value in defaults.items() if key in ("dimensions", "user")}
    return {"model": model, "input": texts if isinstance(texts, str) else list(texts), **dimensions, **params}
