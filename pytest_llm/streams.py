"""Cut a streamed HTTP body into its events, and read the JSON payload of each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

__all__ = ["is_last", "is_stream", "payloads", "split_events"]

_SSE = "text/event-stream"
_AWS = "application/vnd.amazon.eventstream"
_JSON_LINES = frozenset(
    {
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonl",
        "application/jsonlines",
        "application/x-jsonlines",
        "application/stream+json",
        "application/x-json-stream",
    }
)

# The groups are atomic: a lone \r\n must not be taken for the two line ends \r and \n.
_SSE_END = re.compile(rb"(?>\r\n|\n|\r)(?>\r\n|\n|\r)+")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_LINE = re.compile(rb"[^\n]*\n+|[^\n]+")

_LAST = re.compile(
    rb"^data:\s*\[DONE\]\s*$|^event:\s*(?:message_stop|response\.(?:completed|failed|incomplete))\s*$", re.MULTILINE
)

_PRELUDE, _CRC = 12, 4
_FIXED_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
_BYTES, _STRING = 6, 7


def is_stream(media_type: str) -> bool:
    """Return whether bodies of this media type are streams of events."""
    bare = _bare(media_type)
    return bare in (_SSE, _AWS) or bare in _JSON_LINES


def split_events(media_type: str, body: bytes) -> tuple[bytes, ...]:
    """Cut a body into its events, so that the events joined are the body again.

    Server-sent events end at their blank line, JSON lines at their line end, and frames of
    ``application/vnd.amazon.eventstream`` where their length prefix says. A truncated tail is the last event;
    a body of any other media type is a single event, an empty one none.
    """
    bare = _bare(media_type)
    if not body:
        return ()
    if bare == _SSE:
        return tuple(_slices(body, [match.end() for match in _SSE_END.finditer(body)]))
    if bare in _JSON_LINES:
        return tuple(_LINE.findall(body))
    if bare == _AWS:
        return tuple(_frames(body))
    return (body,)


def payloads(media_type: str, chunks: Iterable[bytes]) -> list[object]:
    """Return the JSON payload of each event, however the chunks are cut.

    Of server-sent events that is the ``data``, as text where it is no JSON, without comments and the final
    ``[DONE]``. A frame of an Amazon event stream gives ``{event type: payload}``, or ``{"exception": {...}}``.
    A body that is no stream gives its one value, as text where it is no JSON, and nothing when it is binary.
    """
    body = b"".join(chunks)
    bare = _bare(media_type)
    if bare == _SSE:
        return [value for event in split_events(bare, body) for value in _sse_values(event)]
    if bare == _AWS:
        return [value for frame in split_events(bare, body) for value in _frame_values(frame)]
    events = split_events(bare, body)
    return [value for event in events for value in _values(event)]


def _slices(body: bytes, ends: list[int]) -> Iterator[bytes]:
    start = 0
    for end in (*ends, len(body)):
        if end > start:
            yield body[start:end]
        start = end


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _values(data: bytes) -> list[object]:
    if not data.strip():
        return []
    try:
        return [json.loads(data)]
    except (ValueError, RecursionError):
        pass
    try:
        return [data.decode()]
    except UnicodeDecodeError:
        return []


def _sse_values(event: bytes) -> list[object]:
    lines = [data for data in map(_sse_data, _LINE_END.split(event.removeprefix(b"\xef\xbb\xbf"))) if data is not None]
    joined = b"\n".join(lines)
    if joined.strip() in (b"", b"[DONE]"):
        return []
    values = _values(joined)
    if len(lines) > 1 and values and isinstance(values[0], str):
        return _sse_values_of_lines(lines) or values
    return values or [joined.decode(errors="replace")]


def _sse_values_of_lines(lines: list[bytes]) -> list[object]:
    # Some servers end an event with one line end instead of two, so that each line is an event of its own.
    values = [value for line in lines if line.strip() != b"[DONE]" for value in _values(line)]
    return [] if any(isinstance(value, str) for value in values) else values


def _sse_data(line: bytes) -> bytes | None:
    name, _, value = line.partition(b":")
    return value.removeprefix(b" ") if name == b"data" else None


def _frames(body: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(body):
        length = int.from_bytes(body[start : start + 4], "big")
        whole = _PRELUDE + _CRC <= length <= len(body) - start
        end = start + length if whole else len(body)
        yield body[start:end]
        start = end


def _frame_values(frame: bytes) -> list[object]:
    length = int.from_bytes(frame[:4], "big")
    if length != len(frame) or length < _PRELUDE + _CRC:
        return []
    payload_start = _PRELUDE + int.from_bytes(frame[4:8], "big")
    headers = _frame_headers(frame[_PRELUDE:payload_start])
    values = _values(frame[payload_start:-_CRC])
    value: object = values[0] if values else {}
    if headers.get(":message-type", "event") == "event":
        return [{headers.get(":event-type", "event"): value}]
    return [{"exception": _exception(headers, value)}]


def _exception(headers: dict[str, str], value: object) -> dict[str, object]:
    kind = headers.get(":exception-type") or headers.get(":error-code", "")
    message = headers.get(":error-message")
    known: dict[str, object] = {"type": kind} if message is None else {"type": kind, "message": message}
    return known | (value if isinstance(value, dict) else {"message": value})


def _frame_headers(data: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    at = 0
    while at < len(data):
        name_end = at + 1 + data[at]
        name = data[at + 1 : name_end].decode(errors="replace")
        kind = data[name_end] if name_end < len(data) else _STRING
        start = name_end + 1
        size = _FIXED_SIZES.get(kind)
        if size is None:
            size = int.from_bytes(data[start : start + 2], "big")
            start += 2
        if kind == _STRING:
            headers[name] = data[start : start + size].decode(errors="replace")
        at = start + size
    return headers


def is_last(event: bytes) -> bool:
    """Say whether a server-sent event is the one after which clients stop reading."""
    return _LAST.search(event) is not None
