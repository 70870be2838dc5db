"""Join the events of a streamed Anthropic message to the object that the API gives without streaming."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy

from pytest_llm.dialects.reading import integer, load, mapping, mappings, sequence, string

__all__ = ["join_events"]

_TEXTS = {
    "text_delta": "text",
    "thinking_delta": "thinking",
    "signature_delta": "signature",
    "compaction_delta": "content",
}


def join_events(events: Sequence[object]) -> dict[str, object]:
    """Return the message that the events build up, block by block."""
    body: dict[str, object] = {}
    blocks: dict[int, dict[str, object]] = {}
    inputs: dict[int, str] = {}
    for event in mappings(list(events)):
        kind = event.get("type")
        index = integer(event.get("index"))
        delta = mapping(event.get("delta"))
        if kind == "message_start":
            body.update(mapping(event.get("message")))
        elif kind == "message_delta":
            body.update({key: value for key, value in delta.items() if value is not None})
            body["usage"] = _joined_usage(body.get("usage"), event.get("usage"))
        elif kind == "content_block_start":
            blocks[index] = deepcopy(dict(mapping(event.get("content_block"))))
        elif kind == "content_block_delta" and delta.get("type") == "input_json_delta":
            inputs[index] = inputs.get(index, "") + string(delta.get("partial_json"))
        elif kind == "content_block_delta":
            _add_delta(blocks.setdefault(index, {"type": "text"}), delta)
        elif kind == "error":
            body["error"] = event.get("error")
    return body | {"content": _finished(blocks, inputs)}


def _joined_usage(known: object, later: object) -> dict[str, object]:
    # The first event counts the input, the last one the output and, with server tools, the input anew.
    return {**mapping(known), **{key: value for key, value in mapping(later).items() if value is not None}}


def _add_delta(block: dict[str, object], delta: Mapping[str, object]) -> None:
    key = _TEXTS.get(string(delta.get("type")))
    if key:
        block[key] = string(block.get(key)) + string(delta.get(key))
    elif delta.get("type") == "citations_delta":
        block["citations"] = [*sequence(block.get("citations")), delta.get("citation")]


def _finished(blocks: dict[int, dict[str, object]], inputs: dict[int, str]) -> list[object]:
    for index, text in inputs.items():
        if text:
            parsed = load(text)
            blocks.setdefault(index, {"type": "tool_use"})["input"] = text if parsed is None else parsed
    return [blocks[index] for index in sorted(blocks)]
