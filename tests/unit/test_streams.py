"""Tests of cutting streamed bodies into events and reading their payloads."""

from __future__ import annotations

import json
from binascii import crc32

import pytest

from pytest_llm.streams import is_stream, payloads, split_events

SSE = "text/event-stream"
NDJSON = "application/x-ndjson"
AWS = "application/vnd.amazon.eventstream"


def frame(headers: dict[str, str], payload: bytes) -> bytes:
    """Build a frame as the Amazon event stream encoding says."""
    head = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + len(value).to_bytes(2, "big") + value.encode()
        for name, value in headers.items()
    )
    prelude = (16 + len(head) + len(payload)).to_bytes(4, "big") + len(head).to_bytes(4, "big")
    body = prelude + crc32(prelude).to_bytes(4, "big") + head + payload
    return body + crc32(body).to_bytes(4, "big")


def event(kind: str, payload: object) -> bytes:
    headers = {":event-type": kind, ":content-type": "application/json", ":message-type": "event"}
    return frame(headers, json.dumps(payload).encode())


@pytest.mark.parametrize(
    ("media_type", "events"),
    [
        pytest.param(SSE, (b'data: {"a":1}\n\n', b"data: [DONE]\n\n"), id="line feeds"),
        pytest.param(SSE, (b'data: {"a":1}\r\n\r\n', b'data: {"a":2}\r\n\r\n'), id="carriage returns and line feeds"),
        pytest.param(SSE, (b"data: 1\r\r", b"data: 2\r\r"), id="carriage returns"),
        pytest.param(SSE, (b"event: ping\r\ndata: 1\r\nid: 7\r\n\r\n",), id="several fields in one event"),
        pytest.param(
            SSE, (b": PROCESSING\n\n", b"data: 1\n\n\n\n", b"data: 2\n\n"), id="comments and spare blank lines"
        ),
        pytest.param(SSE, (b"data: 1\n\n", b'data: {"a'), id="a truncated event"),
        pytest.param(SSE, (b"data: 1\n\n", b"data: 2\n"), id="a last event without its blank line"),
        pytest.param(NDJSON, (b'{"a":1}\n', b'{"a":2}\r\n', b'{"a":3'), id="JSON lines"),
        pytest.param(NDJSON, (b'{"a":1}\n\n', b'{"a":2}\n'), id="JSON lines with a blank one"),
        pytest.param("application/stream+json", (b"1\n", b"2\n"), id="stream of JSON"),
        pytest.param(AWS, (event("a", {}), event("b", {"x": 1})), id="Amazon frames"),
        pytest.param(AWS, (event("a", {}), event("b", {"x": 1})[:-9]), id="a truncated Amazon frame"),
        pytest.param(AWS, (event("a", {}), b"\x00\x00"), id="a truncated Amazon prelude"),
        pytest.param("application/json", (b'{"a":1}\n\n{"b":2}\n',), id="no stream"),
        pytest.param("", (b"data: 1\n\ndata: 2\n\n",), id="no media type"),
        pytest.param(SSE, (), id="nothing"),
    ],
)
def test_a_body_is_cut_into_its_events(media_type: str, events: tuple[bytes, ...]) -> None:
    assert split_events(media_type, b"".join(events)) == events


def test_the_parameters_and_the_case_of_a_media_type_do_not_matter() -> None:
    assert split_events("Text/Event-Stream; charset=utf-8", b"data: 1\n\ndata: 2\n\n") == (
        b"data: 1\n\n",
        b"data: 2\n\n",
    )


@pytest.mark.parametrize(
    ("media_type", "streams"),
    [
        (SSE, True),
        ("text/event-stream; charset=utf-8", True),
        (NDJSON, True),
        ("application/jsonl", True),
        ("application/stream+json", True),
        (AWS, True),
        ("application/json", False),
        ("text/plain", False),
        ("", False),
    ],
)
def test_streams_are_told_by_their_media_type(media_type: str, streams: bool) -> None:
    assert is_stream(media_type) is streams


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(b'data: {"a": 1}\n\ndata: [DONE]\n\n', [{"a": 1}], id="the end marker is left out"),
        pytest.param(b": hello\n\nevent: ping\n\n", [], id="comments and events without data are left out"),
        pytest.param(b'event: delta\ndata: {"a": 1}\n\n', [{"a": 1}], id="the event's name is not put into its data"),
        pytest.param(b'data:{"a": 1}\r\n\r\n', [{"a": 1}], id="no space after the colon"),
        pytest.param(b'data: {"a":\ndata: 1}\n\n', [{"a": 1}], id="data of several lines is one"),
        pytest.param(b'data: {"a": 1}\ndata: {"a": 2}\n\n', [{"a": 1}, {"a": 2}], id="events parted by one line end"),
        pytest.param(b'data: {"a": 1}\ndata: [DONE]\n', [{"a": 1}], id="an end marker parted by one line end"),
        pytest.param(b"data: hello\ndata: world\n\n", ["hello\nworld"], id="data that is no JSON is text"),
        pytest.param(b'data: {"a": 1}\n\ndata: {"a": ', [{"a": 1}, '{"a": '], id="a truncated tail is text"),
        pytest.param(b"\xef\xbb\xbfdata: 1\n\n", [1], id="a byte order mark"),
        pytest.param('data: {"a": "é\u2028"}\n\n'.encode(), [{"a": "é\u2028"}], id="a line separator within a string"),
        pytest.param(b"data: \xff\n\n", ["�"], id="no UTF-8"),
    ],
)
def test_the_payloads_of_server_sent_events(body: bytes, expected: list[object]) -> None:
    assert payloads(SSE, [body]) == expected


@pytest.mark.parametrize(
    ("media_type", "body", "expected"),
    [
        pytest.param(NDJSON, b'{"a": 1}\n\n{"a": 2}\n', [{"a": 1}, {"a": 2}], id="JSON lines"),
        pytest.param(NDJSON, b'{"a": 1}\n{"a', [{"a": 1}, '{"a'], id="truncated JSON lines"),
        pytest.param("application/json", b'{"a": 1}', [{"a": 1}], id="JSON"),
        pytest.param("application/json", b" ", [], id="empty JSON"),
        pytest.param("application/json", b'{"a": ', ['{"a": '], id="truncated JSON"),
        pytest.param("text/html", b"<html>", ["<html>"], id="text"),
        pytest.param("audio/mpeg", b"\xff\xfb\x90", [], id="binary"),
        pytest.param("application/json", b"[" * 100_000, ["[" * 100_000], id="JSON nested too deeply"),
    ],
)
def test_the_payloads_of_other_bodies(media_type: str, body: bytes, expected: list[object]) -> None:
    assert payloads(media_type, [body]) == expected


def test_the_payloads_of_amazon_frames_are_keyed_by_their_event_type() -> None:
    body = event("messageStart", {"role": "assistant"}) + event("messageStop", {"stopReason": "end_turn"})

    assert payloads(AWS, [body]) == [
        {"messageStart": {"role": "assistant"}},
        {"messageStop": {"stopReason": "end_turn"}},
    ]


def test_an_exception_among_amazon_frames_has_its_type_and_message() -> None:
    headers = {":exception-type": "throttlingException", ":message-type": "exception"}
    body = event("messageStart", {}) + frame(headers, b'{"message": "Too many requests"}')

    assert payloads(AWS, [body]) == [
        {"messageStart": {}},
        {"exception": {"type": "throttlingException", "message": "Too many requests"}},
    ]


def test_an_error_among_amazon_frames_has_its_code_and_message() -> None:
    headers = {":message-type": "error", ":error-code": "InternalError", ":error-message": "An internal error"}

    assert payloads(AWS, [frame(headers, b"")]) == [
        {"exception": {"type": "InternalError", "message": "An internal error"}}
    ]


def test_a_truncated_amazon_frame_has_no_payload() -> None:
    assert payloads(AWS, [event("a", {"x": 1}) + event("b", {"x": 2})[:-1]]) == [{"a": {"x": 1}}]


def test_amazon_headers_of_every_type_are_passed_over() -> None:
    head = b"".join(
        bytes([len(name)]) + name + bytes([kind]) + value
        for name, kind, value in (
            (b"yes", 0, b""),
            (b"no", 1, b""),
            (b"byte", 2, b"\x01"),
            (b"short", 3, b"\x00\x01"),
            (b"int", 4, b"\x00" * 4),
            (b"long", 5, b"\x00" * 8),
            (b"bytes", 6, b"\x00\x02ab"),
            (b"date", 8, b"\x00" * 8),
            (b"uuid", 9, b"\x00" * 16),
            (b":event-type", 7, b"\x00\x05chunk"),
        )
    )
    prelude = (16 + len(head) + 2).to_bytes(4, "big") + len(head).to_bytes(4, "big") + b"\x00" * 4

    assert payloads(AWS, [prelude + head + b"{}" + b"\x00" * 4]) == [{"chunk": {}}]


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        (SSE, b'event: a\r\ndata: {"a":\r\ndata: 1}\r\n\r\n: comment\n\ndata: {"b": 2}\n\ndata: [DONE]\n\n'),
        (NDJSON, b'{"a": 1}\n{"b": 2}\n'),
        (AWS, event("a", {"x": 1}) + event("b", {"x": 2})),
        ("application/json", b'{"a": 1}'),
    ],
)
def test_payloads_do_not_depend_on_where_the_chunks_are_cut(media_type: str, body: bytes) -> None:
    whole = payloads(media_type, [body])

    assert [payloads(media_type, [body[:at], body[at:]]) for at in range(len(body))] == [whole] * len(body)


@pytest.mark.parametrize("media_type", [SSE, NDJSON, AWS, "application/json"])
def test_events_joined_are_the_body_wherever_it_breaks_off(media_type: str) -> None:
    body = b"\r\n\r\n: x\n\ndata: 1\n\r\n\ndata: 2\r\r\n" + event("a", {}) + b"\n\n"

    cut = [b"".join(split_events(media_type, body[:end])) for end in range(len(body) + 1)]

    assert cut == [body[:end] for end in range(len(body) + 1)]
