"""Safe access into JSON that nobody has checked: each helper gives an empty value instead of raising."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite

from pytest_llm.messages import ToolCall

__all__ = [
    "dig",
    "integer",
    "join_texts",
    "load",
    "mapping",
    "mappings",
    "number",
    "optional_string",
    "sequence",
    "string",
    "tool_arguments",
    "tool_call",
]


def load(data: bytes | str) -> object:
    """Return the JSON value of ``data``, or None when it is no JSON."""
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return value


def mapping(value: object) -> Mapping[str, object]:
    """Return the value if it is a JSON object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: object) -> list[object]:
    """Return the value if it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else []


def mappings(value: object) -> list[Mapping[str, object]]:
    """Return the objects of a JSON array."""
    return [item for item in sequence(value) if isinstance(item, Mapping)]


def string(value: object) -> str:
    """Return the value if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def optional_string(value: object) -> str | None:
    """Return the value if it is a string with something in it, else None."""
    return value if isinstance(value, str) and value else None


def integer(value: object) -> int:
    """Return the value as an integer, 0 when it is no number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return 0
    return int(value) if isfinite(value) else 0


def number(value: object) -> float | None:
    """Return the value as a float, None when it is no number."""
    return None if isinstance(value, bool) or not isinstance(value, (int, float)) else float(value)


def dig(value: object, *keys: str) -> object:
    """Follow the keys into nested objects; None where one is missing."""
    for key in keys:
        value = mapping(value).get(key)
    return value


def join_texts(items: object, key: str = "text", separator: str = "") -> str:
    """Join the string under ``key`` of each object of a JSON array."""
    return separator.join(text for item in mappings(items) if (text := string(item.get(key))))


def tool_arguments(value: object) -> Mapping[str, object] | str:
    """Return a tool call's arguments as a JSON object, or as the text they came in when they are none."""
    if isinstance(value, str):
        parsed = load(value)
        return parsed if isinstance(parsed, dict) else value
    return value if isinstance(value, dict) else {} if value is None else json.dumps(value)


def tool_call(name: object, arguments: object, call_id: object) -> ToolCall:
    """Build a tool call from JSON values."""
    return ToolCall(name=string(name), arguments=tool_arguments(arguments), id=optional_string(call_id))
