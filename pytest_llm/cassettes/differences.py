"""How one request differs from another, in the field's words: part by part, a few short lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from pytest_llm.fingerprint import PARTS, canonical
from pytest_llm.messages import Message, Request
from pytest_llm.text import changed_words, excerpts, short, value

__all__ = ["Difference", "Reading", "differences"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A request as its dialect reads it: the parts without loss, and the messages."""

    endpoint: str
    parts: Mapping[str, object]
    request: Request


@dataclass(frozen=True, slots=True)
class Difference:
    """One change between two requests.

    ``part`` is prompt, params, tools, schema, model or endpoint; ``where`` narrows it (``message 2 (user)``);
    ``summary`` is one line; ``before`` and ``after`` are texts to show under each other, when there are any.
    """

    part: str
    where: str
    summary: str
    before: str | None = None
    after: str | None = None


def differences(old: Reading, new: Reading) -> list[Difference]:
    """Return every change from ``old`` to ``new``, the endpoint first, then in the order of the parts."""
    found: list[Difference] = []
    if _without_model(old) != _without_model(new):
        found.append(Difference("endpoint", "", f"{short(old.endpoint)} → {short(new.endpoint)}"))
    for part in PARTS:
        before, after = old.parts.get(part), new.parts.get(part)
        if canonical(before) != canonical(after):
            found += _PARTS[part](before, after, old.request, new.request)
    return found


def _without_model(reading: Reading) -> str:
    """Return the endpoint without the model that some APIs name in their path."""
    model = quote(reading.request.model, safe="")
    return reading.endpoint.replace(reading.request.model, "").replace(model, "") if model else reading.endpoint


def _model(before: object, after: object, old: Request, new: Request) -> Iterator[Difference]:
    yield Difference("model", "", f"{old.model or value(before)} → {new.model or value(after)}")


def _prompt(before: object, after: object, old: Request, new: Request) -> Iterator[Difference]:
    changes = list(_messages(old.messages, new.messages))
    yield from changes or (
        Difference("prompt", "", f"{path}: {change}") for path, change in _changes(before, after, "")
    )


def _messages(old: Sequence[Message], new: Sequence[Message]) -> Iterator[Difference]:
    for index in range(max(len(old), len(new))):
        if index >= len(old):
            message = new[index]
            yield Difference("prompt", _place(index, message), f"is new: {short(_said(message), 60)}")
        elif index >= len(new):
            message = old[index]
            yield Difference("prompt", _place(index, message), f"is gone: {short(_said(message), 60)}")
        elif (old[index].role, _said(old[index])) != (new[index].role, _said(new[index])):
            yield _message(index, old[index], new[index])


def _message(index: int, old: Message, new: Message) -> Difference:
    place = _place(index, new)
    if old.role != new.role:
        return Difference("prompt", place, f"role {old.role} → {new.role}")
    if old.text != new.text:
        before, after = excerpts(old.text, new.text)
        return Difference("prompt", place, changed_words(before, after), before, after)
    before, after = excerpts(_said(old), _said(new))
    return Difference("prompt", place, changed_words(before, after), before, after)


def _said(message: Message) -> str:
    calls = [f"{call.name}({value(call.arguments, 200)})" for call in message.tool_calls]
    return "\n".join([message.text, *calls, *message.attachments]).strip("\n")


def _place(index: int, message: Message) -> str:
    return f"message {index + 1} ({message.role})"


def _tools(before: object, after: object, old: Request, new: Request) -> Iterator[Difference]:
    theirs, ours = _by_name(old.tools), _by_name(new.tools)
    found = False
    for name in [*theirs, *(name for name in ours if name not in theirs)]:
        if name not in ours:
            change = "is gone"
        elif name not in theirs:
            change = "is new"
        elif theirs[name] != ours[name]:
            change = _tool_change(theirs[name], ours[name])
        else:
            continue
        found = True
        yield Difference("tools", f"tool `{name}`", change)
    if not found and list(theirs) != list(ours):
        found = True
        yield Difference("tools", "order", f"{short(', '.join(theirs))} → {short(', '.join(ours))}")
    if not found:
        for path, change in _changes(before, after, ""):
            yield Difference("tools", path, change)


def _by_name(tools: Sequence[Mapping[str, object]]) -> dict[str, Mapping[str, object]]:
    named = {}
    for index, tool in enumerate(tools):
        inner = tool.get("function")
        body = inner if isinstance(inner, Mapping) else tool
        named[str(body.get("name") or tool.get("type") or index + 1)] = body
    return named


def _tool_change(old: Mapping[str, object], new: Mapping[str, object]) -> str:
    theirs, ours = _properties(old), _properties(new)
    gained = [f"`{name}`" for name in ours if name not in theirs]
    lost = [f"`{name}`" for name in theirs if name not in ours]
    said = []
    if gained:
        said.append(f"gained {', '.join(gained)}")
    if lost:
        said.append(f"lost {', '.join(lost)}")
    if not said:
        path, change = next(_changes(old, new, ""), ("its form", "differs"))
        said.append(f"{path}: {change}")
    return " and ".join(said)


def _properties(tool: Mapping[str, object]) -> Mapping[str, object]:
    for key in ("parameters", "input_schema", "parametersJsonSchema"):
        schema = tool.get(key)
        if isinstance(schema, Mapping) and isinstance(schema.get("properties"), Mapping):
            properties: Mapping[str, object] = schema["properties"]
            return properties
    return {}


def _schema(before: object, after: object, old: Request, new: Request) -> Iterator[Difference]:
    for path, change in _changes(before, after, ""):
        yield Difference("schema", path, change)


def _params(before: object, after: object, old: Request, new: Request) -> Iterator[Difference]:
    for path, change in _changes(before, after, ""):
        yield Difference("params", path, change)


def _changes(old: object, new: object, path: str) -> Iterator[tuple[str, str]]:
    """Yield (path, change) for each place in which two JSON values differ."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            below = f"{path}.{key}" if path else str(key)
            if key not in new:
                yield below, f"{value(old[key])} is gone"
            elif key not in old:
                yield below, f"{value(new[key])} is new"
            else:
                yield from _changes(old[key], new[key], below)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _changes(before, after, f"{path}[{index}]")
    elif old is None and isinstance(new, Mapping) and not path:
        for key, item in new.items():
            yield str(key), f"{value(item)} is new"
    elif new is None and isinstance(old, Mapping) and not path:
        for key, item in old.items():
            yield str(key), f"{value(item)} is gone"
    elif canonical(old) != canonical(new):
        before, after = value(old), value(new)
        if before == after:  # the change was in what is cut out
            before, after = excerpts(canonical(old), canonical(new), 40)
        yield path, f"{before} → {after}"


_PARTS = {"model": _model, "prompt": _prompt, "params": _params, "tools": _tools, "schema": _schema}
