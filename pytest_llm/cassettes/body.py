"""Bodies as they stand in a cassette: JSON as JSON, long texts as lines, streams as events, the rest as base64.

A JSON body is stored as JSON when that loses nothing; strings of several lines become ``{"$lines": [...]}`` and
long vectors of single-precision numbers ``{"$float32": "<base64>"}``. Whatever else it is becomes ``{"$text": ...}``
or ``{"$base64": ...}``.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

__all__ = ["decode_body", "decode_events", "decode_json", "encode_body", "encode_events", "encode_json"]

_MARKERS = frozenset({"$lines", "$float32", "$float32-wide", "$text", "$base64", "$line"})
_NOTHING = object()
_SHORT_VECTOR = 16
_SPELLINGS: dict[str, dict[str, Any]] = {
    "compact": {"separators": (",", ":"), "ensure_ascii": False},
    "spaced": {"separators": (", ", ": "), "ensure_ascii": False},
    "indented": {"indent": 2, "ensure_ascii": False},
    "compact-ascii": {"separators": (",", ":")},
    "spaced-ascii": {"separators": (", ", ": ")},
    "indented-ascii": {"indent": 2},
}
_ENCODERS = {name: json.JSONEncoder(check_circular=False, **options) for name, options in _SPELLINGS.items()}


def encode_body(body: bytes, *, as_json: bool = True) -> tuple[object, str]:
    """Return the stored form of a body and the spelling that restores its bytes (``compact`` by default)."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return {"$base64": base64.b64encode(body).decode("ascii")}, "compact"
    if as_json and (parsed := _lossless(text)) not in (_NOTHING, None, ""):  # an entry leaves out null and ""
        spelling = next((name for name in _SPELLINGS if _spell(parsed, name) == text), "compact")
        return encode_json(parsed), spelling
    return {"$text": _lines(text)}, "compact"


def decode_body(stored: Any, spelling: str = "compact") -> bytes:
    """Return the bytes of a stored body."""
    match stored:
        case {"$base64": str(data)} if len(stored) == 1:
            return base64.b64decode(data)
        case {"$text": text} if len(stored) == 1:
            return _join(text).encode("utf-8")
    return _spell(decode_json(stored), spelling).encode("utf-8")


def encode_events(chunks: Iterable[bytes]) -> tuple[list[object], str]:
    """Return the stored form of a stream, one entry an event.

    A server-sent event of one ``data`` line becomes its JSON, one with a name ``[name, JSON]``, a line of JSON
    ``{"$line": JSON}``; any other event stays the text (or base64) it was.
    """
    chunks = list(chunks)
    parts = [_event_parts(chunk) for chunk in chunks]
    texts = [text for _, _, text, payload in parts if payload is not _NOTHING]
    payloads = [payload for *_, payload in parts if payload is not _NOTHING]
    spelling = "compact"
    for name in _SPELLINGS:
        if not name.startswith("indented") and all(
            _spell(payload, name) == text for payload, text in zip(payloads, texts, strict=True)
        ):
            spelling = name
            break
    return [_stored_event(chunk, *part) for chunk, part in zip(chunks, parts, strict=True)], spelling


def decode_events(stored: Sequence[object], spelling: str = "compact") -> list[bytes]:
    """Return the chunks of a stored stream."""
    return [_event_bytes(event, spelling) for event in stored]


def encode_json(value: object) -> object:
    """Return a JSON value with its long texts and vectors in their stored form."""
    if isinstance(value, str):
        return {"$lines": value.split("\n")} if "\n" in value else value
    if isinstance(value, dict):
        return {key: encode_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return _vector(value) or [encode_json(item) for item in value]
    return value


def decode_json(stored: object) -> object:
    """Return the JSON value of its stored form."""
    if type(stored) is dict:
        if len(stored) == 1:
            ((key, item),) = stored.items()
            if key == "$lines":
                return "\n".join(item)
            if key == "$float32":
                return [_shortest(number) for number in _floats(item)]
            if key == "$float32-wide":
                return list(_floats(item))
        return {k: decode_json(item) if type(item) in (dict, list) else item for k, item in stored.items()}
    if type(stored) is list:
        return [decode_json(item) if type(item) in (dict, list) else item for item in stored]
    return stored


def _floats(data: str) -> tuple[float, ...]:
    packed = base64.b64decode(data)
    return struct.unpack(f"<{len(packed) // 4}f", packed)


def _shortest(number: float) -> float:
    """Return the number of fewest decimal digits that rounds to this single-precision one."""
    packed = struct.pack("<f", number)
    for digits in (6, 7, 8, 9):
        short = float(f"{number:.{digits}g}")
        if struct.pack("<f", short) == packed:
            return short
    return number


def _vector(value: list[Any]) -> object | None:
    """Return the compact form of a vector that single precision holds without loss, else None."""
    if len(value) < _SHORT_VECTOR or not all(type(item) is float for item in value):
        return None
    try:
        packed = struct.pack(f"<{len(value)}f", *value)
    except OverflowError:
        return None
    data = base64.b64encode(packed).decode("ascii")
    for marker in ("$float32", "$float32-wide"):
        if decode_json({marker: data}) == value:
            return {marker: data}
    return None


def _lossless(text: str) -> Any:
    """Return the parsed JSON when its stored form gives back every key, digit and character, else _NOTHING."""
    try:
        parsed = json.loads(text)
        json.dumps(parsed, ensure_ascii=False).encode("utf-8")
        exact = json.loads(text, parse_float=Decimal, object_pairs_hook=_unique)
        again = json.loads(json.dumps(parsed), parse_float=Decimal, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        return _NOTHING
    return parsed if exact == again else _NOTHING


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    if len(found) == 1 and not _MARKERS.isdisjoint(found):
        raise ValueError("a key is one of ours")
    return found


def _spell(value: object, spelling: str) -> str:
    return _ENCODERS[spelling].encode(value)


def _lines(text: str) -> str | list[str]:
    return text.split("\n") if "\n" in text else text


def _join(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "\n".join(text)


def _event_parts(chunk: bytes) -> tuple[str, str, str, Any]:
    """Return (kind, name, JSON text, payload) of an event; kind ``raw`` when it is not plainly JSON."""
    try:
        text = chunk.decode("utf-8")
    except UnicodeDecodeError:
        return "raw", "", "", _NOTHING
    kind, name, data = "raw", "", ""
    if text.startswith("data: ") and text.endswith("\n\n") and text.count("\n") == 2:
        kind, data = "data", text[6:-2]
    elif text.startswith("event: ") and text.endswith("\n\n") and text.count("\n") == 3:
        name, _, data = text[7:-2].partition("\ndata: ")
        kind = "named" if data else "raw"
    elif text.startswith("{") and text.endswith("}\n") and text.count("\n") == 1:
        kind, data = "line", text[:-1]
    payload = _lossless(data) if kind != "raw" else _NOTHING
    if not isinstance(payload, dict):
        return "raw", "", "", _NOTHING
    return kind, name, data, payload


def _stored_event(chunk: bytes, kind: str, name: str, _: str, payload: Any) -> object:
    if kind == "data":
        return encode_json(payload)
    if kind == "named":
        return [name, encode_json(payload)]
    if kind == "line":
        return {"$line": encode_json(payload)}
    try:
        return chunk.decode("utf-8")
    except UnicodeDecodeError:
        return {"$base64": base64.b64encode(chunk).decode("ascii")}


def _event_bytes(event: Any, spelling: str) -> bytes:
    match event:
        case str():
            return event.encode("utf-8")
        case [str(name), payload]:
            return f"event: {name}\ndata: {_spell(decode_json(payload), spelling)}\n\n".encode()
        case {"$base64": str(data)} if len(event) == 1:
            return base64.b64decode(data)
        case {"$line": payload} if len(event) == 1:
            return f"{_spell(decode_json(payload), spelling)}\n".encode()
    return f"data: {_spell(decode_json(event), spelling)}\n\n".encode()
