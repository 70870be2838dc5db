"""Join the chunks of a streamed chat completion to the object that the API gives without streaming."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_llm.dialects.openai_parts import content_text, message_reasoning
from pytest_llm.dialects.reading import dig, integer, mapping, mappings, sequence, string

__all__ = ["join_chunks"]


def join_chunks(chunks: Sequence[object]) -> dict[str, object]:
    """Join the chunks of a chat completion, or of a legacy completion, choice by choice."""
    body: dict[str, object] = {}
    choices: dict[int, dict[str, object]] = {}
    for chunk in mappings(list(chunks)):
        body.update({key: value for key, value in chunk.items() if value not in (None, "")})
        for choice in mappings(chunk.get("choices")):
            index = integer(choice.get("index"))
            _add_choice(choices.setdefault(index, {"index": index}), choice)
    return body | {"choices": [choices[index] for index in sorted(choices)]}


def _add_choice(joined: dict[str, object], choice: Mapping[str, object]) -> None:
    if isinstance(choice.get("text"), str):
        joined["text"] = string(joined.get("text")) + string(choice["text"])
    joined.update({key: choice[key] for key in ("finish_reason", "usage") if choice.get(key)})
    if logprobs := {key: value for key, value in mapping(choice.get("logprobs")).items() if isinstance(value, list)}:
        known = mapping(joined.get("logprobs"))
        joined["logprobs"] = {**known, **{key: [*sequence(known.get(key)), *value] for key, value in logprobs.items()}}
    delta = mapping(choice.get("delta")) or mapping(choice.get("message"))
    joined["message"] = _with_delta(mapping(joined.get("message")), delta)


def _with_delta(known: Mapping[str, object], delta: Mapping[str, object]) -> dict[str, object]:
    message = dict(known)
    for key, text in (
        ("content", content_text(delta.get("content"))),
        ("refusal", string(delta.get("refusal"))),
        ("reasoning", message_reasoning(delta)),
    ):
        if text:
            message[key] = string(message.get(key)) + text
    if spoken := string(dig(delta, "audio", "transcript")):
        message["audio"] = {"transcript": string(dig(message, "audio", "transcript")) + spoken}
    if function := mapping(delta.get("function_call")):
        message["function_call"] = _joined_function(mapping(message.get("function_call")), function)
    if deltas := mappings(delta.get("tool_calls")):
        calls = sequence(message.setdefault("tool_calls", []))
        for call in deltas:
            _add_tool_call(calls, call)
    return message


def _add_tool_call(calls: list[object], delta: Mapping[str, object]) -> None:
    place = _place(calls, delta)
    if place is None:
        calls.append({"index": delta.get("index")})
        place = len(calls) - 1
    call = dict(mapping(calls[place]))
    call.update({key: delta[key] for key in ("id", "type") if delta.get(key)})
    for kind in ("function", "custom"):
        if part := mapping(delta.get(kind)):
            call[kind] = _joined_function(mapping(call.get(kind)), part)
    calls[place] = call


def _place(calls: list[object], delta: Mapping[str, object]) -> int | None:
    # Some providers leave the index out, or give every call of an answer the same: then a new id with a name
    # begins a new call.
    known = [place for place, call in enumerate(calls) if dig(call, "index") == delta.get("index")]
    if not known:
        return None
    place = known[-1]
    call_id, begun = delta.get("id"), dig(calls[place], "id")
    named = dig(delta, "function", "name") or dig(delta, "custom", "name")
    return None if call_id and begun and call_id != begun and named else place


def _joined_function(joined: Mapping[str, object], delta: Mapping[str, object]) -> dict[str, object]:
    function = dict(joined)
    for key in ("arguments", "input"):
        if isinstance(delta.get(key), str):
            function[key] = string(function.get(key)) + string(delta[key])
        elif delta.get(key) is not None:
            function[key] = delta[key]
    return function | ({"name": delta["name"]} if delta.get("name") else {})
