"""Any value as the text of a snapshot."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

from pytest_llm.errors import ConfigurationError
from pytest_llm.messages import Message, Response, ToolCall

__all__ = ["Mask", "is_path", "masked", "remasked", "rendered", "spoken", "steps"]

Mask = tuple[str, str]
"""A regular expression, or a JSON path that begins with ``$``, and what stands in its place."""


def rendered(value: object) -> str:
    """Return a value as text: a string as it is, a response or conversation as prose, anything else as JSON.

    Raises ``ConfigurationError`` for what is none of these.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Response):
        return _answer(value)
    if isinstance(value, Message):
        return _message(value)
    if isinstance(value, Sequence) and value and all(isinstance(item, Message | Response) for item in value):
        return "\n\n".join(rendered(item) for item in value)
    if type(value).__str__ is not object.__str__ and type(value).__module__ == "pytest_llm.trajectory":
        return str(value)
    return json.dumps(_plain(value), ensure_ascii=False, indent=2, sort_keys=True)


def masked(value: object, masks: Sequence[Mask]) -> str:
    """Return the text of a value after its masks: JSON paths on what is JSON, regular expressions on the text.

    With a JSON path a text or a response that holds JSON is compared as JSON.
    """
    if any(is_path(path) for path, _ in masks):
        value = _parsed(rendered(value)) if isinstance(value, str | Response) else _plain(value)
        for path, put in masks:
            if is_path(path):
                _put(value, steps(path), put)
    text = rendered(value)
    for pattern, put in masks:
        if not is_path(pattern):
            text = re.sub(pattern, put, text)
    return text


def remasked(accepted: str, masks: Sequence[Mask]) -> str:
    """Return an accepted text after masks that may be younger than it."""
    return masked(accepted, masks) if masks else accepted


def is_path(pattern: str) -> bool:
    """Say whether a mask's pattern is a JSON path."""
    return pattern.startswith(("$.", "$["))


def _parsed(text: str) -> object:
    """Return the JSON object or array that a text is, else the text."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, dict | list) else text


def _answer(response: Response) -> str:
    parts = [response.text] if response.text else []
    parts += [f"refusal: {response.refusal}"] if response.refusal else []
    return "\n".join([*parts, *map(_call, response.tool_calls)])


def spoken(message: Message) -> str:
    """Return what a message holds: its text, its attachments, its tool calls."""
    parts = [message.text] if message.text else []
    return "\n".join([*parts, *(f"[{one}]" for one in message.attachments), *map(_call, message.tool_calls)])


def _message(message: Message) -> str:
    first, line, rest = spoken(message).partition("\n")
    if not message.text and first:
        first, line, rest = "", "\n", first + line + rest
    return f"{message.role}: {first}".rstrip() + line + rest


def _call(call: ToolCall) -> str:
    if isinstance(call.arguments, str):
        return f"→ {call.name}({call.arguments})"
    return f"→ {call.name}({json.dumps(dict(call.arguments), ensure_ascii=False, sort_keys=True)})"


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Response | Message):
        return rendered(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(map(_plain, value), key=str)
    if callable(dump := getattr(value, "model_dump", None)):
        return _plain(dump(mode="json"))
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    raise ConfigurationError(
        f"A {type(value).__name__} cannot be a snapshot: {value!r}. Give it as text, JSON, a pydantic model, "
        "a dataclass, a response, or a conversation."
    )


def steps(path: str) -> list[str | int]:
    """Return the steps of a JSON path: ``$.items[*].id`` is items, ``*``, id."""
    found = re.findall(r"\.([\w-]+|\*)|\[(\d+|\*)\]", path)
    if "".join(f".{name}" if name else f"[{index}]" for name, index in found) != path[1:] or not found:
        raise ConfigurationError(f"{path!r} is no JSON path. Valid: $.name, $.items[0], $.items[*].id.")
    return [name or (index if index == "*" else int(index)) for name, index in found]


def _put(value: Any, steps: Sequence[str | int], put: str) -> None:
    step, rest = steps[0], steps[1:]
    if isinstance(value, dict):
        keys: list[Any] = list(value) if step == "*" else [step] if step in value else []
    elif isinstance(value, list):
        keys = list(range(len(value))) if step == "*" else [step] if isinstance(step, int) and step < len(value) else []
    else:
        return
    for key in keys:
        if rest:
            _put(value[key], rest, put)
        else:
            value[key] = put
