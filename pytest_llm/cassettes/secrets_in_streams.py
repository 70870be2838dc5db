"""Redaction of streams, where a secret may be spread over many events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pytest_llm.cassettes.body import decode_json, encode_json
from pytest_llm.cassettes.redaction import Redactor

__all__ = ["redact_events"]


def redact_events(events: list[object], redactor: Redactor) -> list[object]:
    """Return the stored events of a stream without secrets.

    Each event is redacted by itself; then the strings that stand at one place of successive events (the deltas of
    a text) are joined, and where the whole holds a secret that no single event shows, the first delta gets the
    redacted whole and the others become empty.
    """
    payloads = [_payload(event) for event in events]
    cleaned = [redactor.json(payload) for payload in payloads]
    for place, holders in _deltas(cleaned).items():
        if len(holders) < 2:
            continue
        whole = "".join(holder[place[-1]] for holder in holders)
        redacted = redactor.text(whole)
        if redacted != whole:
            for index, holder in enumerate(holders):
                holder[place[-1]] = redacted if index == 0 else ""
    return [_stored(event, payload) for event, payload in zip(events, cleaned, strict=True)]


def _payload(event: object) -> Any:
    match event:
        case [str(_), payload] | {"$line": payload}:
            return decode_json(payload)
        case {"$base64": _}:
            return None
    return decode_json(event)


def _stored(event: object, payload: Any) -> object:
    match event:
        case [str(name), _]:
            return [name, encode_json(payload)]
        case {"$line": _}:
            return {"$line": encode_json(payload)}
        case {"$base64": _}:
            return event
        case str():
            return payload
    return encode_json(payload)


def _deltas(payloads: list[Any]) -> dict[tuple[Any, ...], list[Any]]:
    """Return, for each path to a string, the containers that hold it, in order of the events.

    The index of a choice or content block that an event names belongs to the path.
    """
    found: dict[tuple[Any, ...], list[Any]] = {}
    for payload in payloads:
        for path, holder in _strings(payload, ()):
            found.setdefault(path, []).append(holder)
    return found


def _strings(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict):
        named = (*path, *(("#", str(value[key])) for key in ("index", "output_index", "content_index") if key in value))
        items: Any = value.items()
    elif isinstance(value, list):
        named, items = path, enumerate(value)
    else:
        return
    for key, item in items:
        if isinstance(item, str):
            yield (*named, key), value
        else:
            yield from _strings(item, (*named, key))
