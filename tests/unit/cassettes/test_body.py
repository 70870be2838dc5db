"""Bodies come back from a cassette to the byte, and read well in it."""

from __future__ import annotations

import base64
import json
import random
import struct

import pytest

from pytest_llm.cassettes.body import decode_body, decode_events, encode_body, encode_events, encode_json
from pytest_llm.cassettes.rendering import render
from pytest_llm.streams import split_events

VALUE = {"text": "häh\nwas?", "n": [1, 2.5, -0.0, 1e-7, 12345678901234567890123], "empty": [{}, [], "", None, True]}


def through_a_file(body: bytes) -> bytes:
    stored, spelling = encode_body(body)
    return decode_body(json.loads(render({"response": stored}))["response"], spelling)


@pytest.mark.parametrize("ascii_only", [False, True], ids=["unicode", "escaped"])
@pytest.mark.parametrize(
    "options", [{"separators": (",", ":")}, {}, {"indent": 2}], ids=["compact", "spaced", "indented"]
)
def test_json_comes_back_to_the_byte_in_every_spelling(options: dict[str, object], ascii_only: bool) -> None:
    body = json.dumps(VALUE, ensure_ascii=ascii_only, **options).encode()  # type: ignore[arg-type]

    assert isinstance(encode_body(body)[0], dict)
    assert "$text" not in str(encode_body(body)[0])
    assert through_a_file(body) == body


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b" ", id="space"),
        pytest.param(b"null", id="null"),
        pytest.param(b'""', id="empty string"),
        pytest.param(b"0", id="zero"),
        pytest.param(b"false", id="false"),
        pytest.param(b"[]", id="empty list"),
        pytest.param(b'"a\\nb"', id="a string of two lines"),
        pytest.param(b'{"a":1,"a":2}', id="a key twice"),
        pytest.param(b'{"x":{"a":1,"a":2}}', id="a key twice within"),
        pytest.param(b'{"a":"\\ud83d"}', id="a lone surrogate"),
        pytest.param(b'{"a":NaN,"b":Infinity}', id="no numbers of JSON"),
        pytest.param(b'{"a":1e400}', id="a float too large"),
        pytest.param(b'{"a":0.1000000000000000055511151231257827}', id="more digits than a float holds"),
        pytest.param(b'{"a":' + b"9" * 5000 + b"}", id="an integer too long to read"),
        pytest.param(b"[" * 100_000, id="nested too deep"),
        pytest.param(b"plain\r\ntext\n", id="text"),
        pytest.param(b"\xef\xbb\xbf{}", id="byte order mark"),
        pytest.param(b"\xff\xfe\x00binary", id="binary"),
        pytest.param(b'{"$lines":["a"]}', id="our marker for lines"),
        pytest.param(b'{"a":{"$float32":"AAAA"}}', id="our marker for vectors"),
        pytest.param(b'{"$text":"a"}', id="our marker for text"),
        pytest.param(b'{"$base64":"YQ=="}', id="our marker for binary"),
        pytest.param(b'{"$line":{"a":1}}', id="our marker for a line"),
        pytest.param(b'{"$lines":["a"],"b":1}', id="a marker among other keys"),
        pytest.param('{"a":"\u2028\x7f"}'.encode(), id="odd line separators"),
    ],
)
def test_any_body_comes_back_to_the_byte(body: bytes) -> None:
    assert through_a_file(body) == body


@pytest.mark.parametrize("body", [b'{ "a" : 1 }', b'{"a":1.00}', b'{"a":1E5}', b'{"a":"\\u00e9\xc3\xa9"}'])
def test_json_in_a_spelling_of_its_own_keeps_its_value(body: bytes) -> None:
    assert json.loads(through_a_file(body)) == json.loads(body)


def test_texts_of_several_lines_stand_as_lines() -> None:
    assert encode_json({"a": "one\ntwo\n", "b": "one"}) == {"a": {"$lines": ["one", "two", ""]}, "b": "one"}
    assert encode_body(b"one\ntwo") == ({"$text": ["one", "two"]}, "compact")


def shortest(number: float) -> float:
    packed = struct.pack("<f", number)
    spelled = (float(f"{number:.{digits}g}") for digits in range(6, 10))
    return next(one for one in spelled if struct.pack("<f", one) == packed)


@pytest.mark.parametrize("kind", ["$float32", "$float32-wide"])
def test_an_embedding_of_single_precision_is_compact_and_exact(kind: str) -> None:
    randomly = random.Random(3)
    wide = [struct.unpack("<f", struct.pack("<f", randomly.gauss(0, 0.02)))[0] for _ in range(3072)]
    vector = [shortest(number) for number in wide] if kind == "$float32" else wide
    body = json.dumps({"data": [{"embedding": vector}]}).encode()
    stored, spelling = encode_body(body)

    assert [*stored["data"][0]["embedding"]] == [kind]  # type: ignore[index]
    assert len(render(stored)) < 17_000
    assert decode_body(stored, spelling) == body


def test_a_vector_of_double_precision_stays_as_it_is() -> None:
    randomly = random.Random(5)
    body = json.dumps([randomly.random() for _ in range(100)]).encode()

    assert isinstance(encode_body(body)[0], list)
    assert through_a_file(body) == body


@pytest.mark.parametrize("numbers", [[1e300] * 20, [1.0] * 15, [1] * 20, [0.5, True] * 10, [-0.0] * 16, [1e-45] * 16])
def test_vectors_at_the_edges_come_back(numbers: list[float]) -> None:
    body = json.dumps(numbers).encode()

    assert through_a_file(body) == body


def frame(payload: bytes) -> bytes:
    return (12 + len(payload) + 4).to_bytes(4, "big") + bytes(8) + payload + bytes(4)


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("text/event-stream", b'data: {"a":1}\n\ndata: {"a":"x\\ny"}\n\ndata: [DONE]\n\n'),
        ("text/event-stream", b'data: {"a": 1}\n\ndata: {"a": "\\u00e9"}\n\n'),
        ("text/event-stream", b'event: start\ndata: {"a":1}\n\nevent: ping\ndata: {}\n\n'),
        ("text/event-stream", b'data: {"a":1}\r\n\r\n: comment\r\n\r\nid: 1\r\ndata: x\r\n\r\n'),
        ("text/event-stream", b'data: {"a":1}\n\ndata: {"a":'),
        ("text/event-stream", b'data: {"a":1,"a":2}\n\ndata: {"$line":{"a":1}}\n\ndata: [1]\n\ndata: null\n\n'),
        ("text/event-stream", b'data: {"a":"\\ud83d"}\n\n'),
        ("text/event-stream", b"data: \xff\n\n"),
        ("text/event-stream", b'data:{"a":1}\n\nevent: a\nevent: b\ndata: {}\n\n'),
        ("application/x-ndjson", b'{"a":1}\n{"a":"b"}\n\n{"c":2}'),
        ("application/x-ndjson", b'{"$base64":"YQ=="}\n[1]\n"x"\n'),
        ("application/vnd.amazon.eventstream", frame(b'{"a":1}') + frame(b"\xff\x00") + b"\x00\x00"),
    ],
)
def test_a_stream_comes_back_event_by_event_to_the_byte(media_type: str, body: bytes) -> None:
    events = split_events(media_type, body)
    stored, spelling = encode_events(events)
    read = json.loads(render({"events": stored}))["events"]

    assert decode_events(read, spelling) == [*events]


def test_events_are_stored_as_what_they_say() -> None:
    chunks = [b'data: {"a":"x\\ny"}\n\n', b'event: e\ndata: {"b":1}\n\n', b'{"c":2}\n', b"data: [DONE]\n\n", b"\xff"]

    assert encode_events(chunks) == (
        [
            {"a": {"$lines": ["x", "y"]}},
            ["e", {"b": 1}],
            {"$line": {"c": 2}},
            "data: [DONE]\n\n",
            {"$base64": base64.b64encode(b"\xff").decode()},
        ],
        "compact",
    )
