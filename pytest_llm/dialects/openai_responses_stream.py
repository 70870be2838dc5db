"""Join the events of a streamed OpenAI response to the object that the API gives without streaming."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy

from pytest_llm.dialects.reading import integer, mapping, mappings, string

__all__ = ["join_events"]

_ITEM_TEXTS = {
    "response.function_call_arguments.delta": ("function_call", "arguments"),
    "response.custom_tool_call_input.delta": ("custom_tool_call", "input"),
}
_PART_TEXTS = {
    "response.output_text.delta": ("message", "content", "output_text", "text"),
    "response.refusal.delta": ("message", "content", "refusal", "refusal"),
    "response.reasoning_text.delta": ("reasoning", "content", "reasoning_text", "text"),
    "response.reasoning_summary_text.delta": ("reasoning", "summary", "summary_text", "text"),
}


def join_events(events: Sequence[object]) -> dict[str, object]:
    """Return the response of the last event that bears one; its output from the deltas where it has none.

    A stream that was cut off has its output in the deltas alone.
    """
    body: dict[str, object] = {}
    items: dict[int, dict[str, object]] = {}
    for event in mappings(list(events)):
        kind = string(event.get("type"))
        if kind == "error" or "error" in event:
            body["error"] = event.get("error") or {"message": event.get("message"), "code": event.get("code")}
        body.update({key: value for key, value in mapping(event.get("response")).items() if value is not None})
        _add_event(items, kind, event)
    return body if body.get("output") else body | {"output": [items[index] for index in sorted(items)]}


def _add_event(items: dict[int, dict[str, object]], kind: str, event: Mapping[str, object]) -> None:
    index = integer(event.get("output_index"))
    if kind in ("response.output_item.added", "response.output_item.done"):
        items[index] = deepcopy(dict(mapping(event.get("item"))))
    elif kind in _ITEM_TEXTS:
        item_type, key = _ITEM_TEXTS[kind]
        item = items.setdefault(index, {"type": item_type})
        item[key] = string(item.get(key)) + string(event.get("delta"))
    elif kind in _PART_TEXTS:
        item_type, holder, part_type, key = _PART_TEXTS[kind]
        part = _part(items.setdefault(index, {"type": item_type}), holder, part_type, event)
        part[key] = string(part.get(key)) + string(event.get("delta"))
        if logprobs := mappings(event.get("logprobs")):
            part["logprobs"] = [*mappings(part.get("logprobs")), *logprobs]


def _part(item: dict[str, object], holder: str, part_type: str, event: Mapping[str, object]) -> dict[str, object]:
    index = integer(event.get("summary_index" if holder == "summary" else "content_index"))
    parts = [dict(part) for part in mappings(item.get(holder))]
    parts += [{"type": part_type} for _ in range(index + 1 - len(parts))]
    item[holder] = parts
    return parts[index]
