"""The JSON in what is compared: a response's text or tool call, a text, a plain value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pytest_llm.messages import Response, ToolCall
from pytest_llm.schemas.faults import Fault
from pytest_llm.schemas.locating import Document, document, located
from pytest_llm.text import and_list, short

__all__ = ["in_response", "in_text", "in_value"]

_LENGTH = {"length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded"}


def in_value(value: object, *, tool: str | None = None, whole_text: bool = False) -> Sequence[Document] | Fault:
    """Return the JSON in a value; several only when a response calls the named tool several times."""
    if isinstance(value, Response):
        return in_response(value, tool=tool, whole_text=whole_text)
    if tool is not None:
        return Fault(f"{short(repr(value), 40)} is no response, which could hold a call of the tool {tool!r}")
    if isinstance(value, ToolCall):
        return _in_call(value)
    return in_text(value, whole_text=whole_text) if isinstance(value, str) else _plain(value)


def in_text(text: str, *, whole_text: bool = False) -> list[Document] | Fault:
    """Return the JSON in a text."""
    found = located(text)
    if whole_text and isinstance(found, Document) and found.where:
        return Fault(f"the JSON is {found.where}, not the whole text")
    if whole_text and isinstance(found, Fault) and text.strip():
        found = document(text)
    return found if isinstance(found, Fault) else [found]


def in_response(response: Response, *, tool: str | None = None, whole_text: bool = False) -> list[Document] | Fault:
    """Return the JSON in a response: in its text, or in the arguments of its tool call when there is no text."""
    calls = [call for call in response.tool_calls if tool in (None, call.name)]
    if tool is None and response.text.strip():
        found = in_text(response.text, whole_text=whole_text)
    elif len(calls) == 1 or (tool is not None and calls):
        found = _in_calls(calls)
    else:
        found = _nothing(response, tool)
    if isinstance(found, Fault) and found.cut and str(response.finish_reason).casefold() in _LENGTH:
        return replace(found, reason=f"{found.reason}: the finish reason is {response.finish_reason!r}")
    return found


def _in_calls(calls: Sequence[ToolCall]) -> list[Document] | Fault:
    found: list[Document] = []
    for number, call in enumerate(calls, 1):
        one = _in_call(call)
        where = f"in the call of the tool {call.name!r}{'' if len(calls) == 1 else f', number {number}'}"
        if isinstance(one, Fault):
            return replace(one, reason=f"{one.reason}, {where}")
        found += [replace(item, where=where) for item in one]
    return found


def _in_call(call: ToolCall) -> list[Document] | Fault:
    if isinstance(call.arguments, str):
        return in_text(call.arguments, whole_text=True)
    return [Document(dict(call.arguments), "")]


def _nothing(response: Response, tool: str | None) -> Fault:
    called = [call.name for call in response.tool_calls]
    if tool is not None and called:
        return Fault(f"it does not call the tool {tool!r} but {and_list([repr(name) for name in called])}")
    if called:
        return Fault(f"it has no text and {len(called)} tool calls: say which with tool='{called[0]}'")
    if response.error is not None:
        return Fault("the call failed", (f"got {short(response.error, 92)}",))
    if response.refusal is not None:
        return Fault("the model refused", (f"got {short(repr(response.refusal), 92)}",))
    if tool is not None:
        return Fault(f"it does not call the tool {tool!r}, nor any")
    return Fault("the text is empty", cut=True)


def _plain(value: object) -> list[Document] | Fault:
    if _is_json(value):
        return [Document(value)]
    from pydantic_core import to_jsonable_python

    try:
        return [Document(to_jsonable_python(value, by_alias=True, round_trip=True))]
    except ValueError as error:  # pydantic's "unable to serialize", and a circular reference
        return Fault(f"a value of type {type(value).__name__} is no JSON: {short(str(error), 80)}")


def _is_json(value: Any) -> bool:
    """Say whether a value is made of what Python's json reads, and nothing else."""
    todo = [value]
    seen = set()  # a value that holds itself would never end
    for item in todo:
        if type(item) in (dict, list):
            if id(item) in seen:
                return False
            seen.add(id(item))
            todo += item.values() if type(item) is dict else item
            if type(item) is dict and not all(type(key) is str for key in item):
                return False
        elif type(item) not in (str, int, float, bool, type(None)):
            return False
    return True
