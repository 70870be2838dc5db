from __future__ import annotations

import asyncio
import gzip
import io

import pytest

from pytest_llm.wire.handler import Replay
from pytest_llm.wire.interception import intercepting

aiohttp = pytest.importorskip("aiohttp")

EVENTS = (b"data: one\n\n", b"data: two\n\n", b"data: three\n\n")
STREAM = (("content-type", "text/event-stream"),)
URL = "https://api.example.com/v1/stream?x=1"


def in_session(work, **options):
    async def main():
        async with aiohttp.ClientSession(**options) as session:
            return await work(session)

    return asyncio.run(main())


@pytest.fixture
def answering(tape, monkeypatch):
    """Return the tape, made to answer everything with ``replay``."""

    def answer(*replay):
        monkeypatch.setattr(tape, "handle", lambda request: Replay(*replay))
        return tape

    return answer


async def by_iter_any(content):
    return [piece async for piece in content.iter_any()]


async def by_iter_chunked(content):
    return [piece async for piece in content.iter_chunked(1024)]


async def by_iter_chunks(content):
    return [piece async for piece, end in content.iter_chunks() if piece]


async def by_readchunk(content):
    pieces = []
    while not content.at_eof():
        pieces.append((await content.readchunk())[0])
    return [piece for piece in pieces if piece]


async def by_lines(content):
    lines = [line async for line in content]
    return [first + second for first, second in zip(lines[::2], lines[1::2], strict=True)]


async def by_readexactly(content):
    return [await content.readexactly(len(event)) for event in EVENTS]


@pytest.mark.parametrize("read", [by_iter_any, by_iter_chunked, by_iter_chunks, by_readchunk, by_lines, by_readexactly])
def test_a_replayed_stream_is_read_event_by_event(answering, read):
    async def work(session):
        async with session.post(URL, data=b"{}") as response:
            return await read(response.content)

    with intercepting(answering(200, STREAM, iter(EVENTS))):
        got = in_session(work)

    assert got == list(EVENTS)


@pytest.mark.parametrize("read", [by_iter_any, by_iter_chunked, by_iter_chunks, by_readchunk, by_lines, by_readexactly])
def test_a_live_stream_is_told_however_it_is_read(server, tape, read):
    async def work(session):
        async with session.post(f"{server.url}/stream", data=b"{}") as response:
            got = await read(response.content)
            assert await response.read() == b""
            return got

    with intercepting(tape):
        got = in_session(work)

    assert b"".join(got) == tape.taped[0].body == b"".join(EVENTS)
    assert tape.taped[0].end == "finish"


def test_a_replayed_response_has_what_a_real_one_has(answering):
    headers = (("Content-Type", "application/json"), ("Set-Cookie", "a=b"), ("X-Two", "1"), ("X-Two", "2"))
    seen = {}

    async def work(session):
        response = await session.post(URL, json={"q": 1}, headers={"X-Key": "k"})
        seen.update(jar={cookie.key: cookie.value for cookie in session.cookie_jar})
        assert await response.json() == {"id": 1}
        return response

    with intercepting(answering(200, headers, iter(()), b'{"id": 1}', "Fine")):
        response = in_session(work)

    assert (response.status, response.reason, response.method, str(response.url)) == (200, "Fine", "POST", URL)
    assert response.headers.getall("X-Two") == ["1", "2"]
    assert (b"X-Two", b"2") in response.raw_headers
    assert response.cookies["a"].value == "b"
    assert seen["jar"] == {"a": "b"}
    assert response.history == ()
    assert response.request_info.headers["X-Key"] == "k"
    assert response.closed


def test_raise_for_status_works_on_a_replay(answering):
    async def work(session):
        async with session.post(URL) as response:
            response.raise_for_status()

    with (
        intercepting(answering(429, (), iter(()), b"{}", "Slow down")),
        pytest.raises(aiohttp.ClientResponseError, match="Slow down") as caught,
    ):
        in_session(work)

    assert caught.value.status == 429


def test_a_redirect_is_followed_and_remembered(server, tape):
    async def work(session):
        async with session.post(f"{server.url}/moved", data=b"again") as response:
            return [hop.status for hop in response.history], await response.json()

    with intercepting(tape):
        live = in_session(work)
        server.stop()
        tape.rewind()
        replayed = in_session(work)

    assert live == replayed == ([307], {"echo": "again"})


@pytest.mark.parametrize(("decompress", "encoding"), [(True, None), (False, "gzip")])
def test_the_headers_told_fit_the_body_told(server, tape, decompress, encoding):
    async def work(session):
        async with session.post(f"{server.url}/gzip") as response:
            return await response.read()

    with intercepting(tape):
        live = in_session(work, auto_decompress=decompress)
        tape.rewind()
        replayed = in_session(work, auto_decompress=decompress)

    told = {name.lower(): value for name, value in tape.taped[0].headers}
    assert told.get("content-encoding") == encoding
    assert live == replayed == tape.taped[0].body
    assert (gzip.decompress(live) if encoding else live).startswith(b'{"zipped": true}')


def test_a_recording_with_an_encoded_body_is_decompressed(answering):
    async def work(session):
        async with session.post(URL) as response:
            return await response.read()

    packed = gzip.compress(b"".join(EVENTS))
    chunks = iter((packed[:3], packed[3:11], packed[11:]))
    with intercepting(answering(200, (*STREAM, ("content-encoding", "gzip")), chunks)):
        got = in_session(work)

    assert got == b"".join(EVENTS)


@pytest.mark.parametrize("leave", ["release", "close"])
def test_a_replayed_response_can_be_left_unread(answering, leave):
    async def work(session):
        response = await session.post(URL)
        await asyncio.sleep(0)
        left = getattr(response, leave)()
        if left is not None:
            await left
        return response.closed

    with intercepting(answering(200, STREAM, iter(EVENTS))):
        assert in_session(work)


async def pieces():
    yield b"one "
    yield b"two"


@pytest.mark.parametrize(
    ("make", "body"),
    [
        pytest.param(lambda: b"one two", b"one two", id="bytes"),
        pytest.param(lambda: "one two", b"one two", id="str"),
        pytest.param(lambda: io.BytesIO(b"one two"), b"one two", id="file"),
        pytest.param(pieces, b"one two", id="asynchronous generator"),
        pytest.param(lambda: {"a": "b"}, b"a=b", id="form"),
        pytest.param(lambda: None, b"", id="none"),
    ],
)
def test_every_kind_of_body_is_seen_and_sent(server, tape, make, body):
    async def work(session):
        async with session.post(f"{server.url}/echo", data=make()) as response:
            return await response.json()

    with intercepting(tape):
        got = in_session(work)

    assert got == {"echo": body.decode()}
    assert tape.asked[0].body == body
    assert server.seen == [("POST", "/echo", body)]


def test_a_multipart_body_is_seen_and_sent(server, tape):
    async def work(session):
        form = aiohttp.FormData({"name": "value"})
        form.add_field("file", io.BytesIO(b"content"), filename="a.txt")
        async with session.post(f"{server.url}/error", data=form) as response:
            return response.status

    with intercepting(tape):
        assert in_session(work) == 400

    assert b"content" in tape.asked[0].body
    assert server.seen == [("POST", "/error", tape.asked[0].body)]


def test_concurrent_calls_of_one_session_each_get_their_own_answer(server, tape):
    async def call(session, number):
        async with session.post(f"{server.url}/echo", data=str(number)) as response:
            return (await response.json())["echo"]

    async def work(session):
        return await asyncio.gather(*(call(session, number) for number in range(8)))

    with intercepting(tape):
        got = in_session(work)

    assert got == [str(number) for number in range(8)]
    assert [taped.end for taped in tape.taped] == ["finish"] * 8


def test_a_session_serves_live_and_replayed_calls_in_turn(server, tape, monkeypatch):
    handle = tape.handle

    def alternately(request):
        return Replay(200, STREAM, iter(EVENTS)) if request.path == "/replayed" else handle(request)

    async def work(session):
        got = []
        for path in ("echo", "replayed", "echo", "replayed"):
            async with session.post(f"{server.url}/{path}", data=b"x") as response:
                got.append(await response.read())
        return got

    monkeypatch.setattr(tape, "handle", alternately)
    with intercepting(tape):
        got = in_session(work)

    assert got == [b'{"echo": "x"}', b"".join(EVENTS)] * 2
    assert [path for _, path, _ in server.seen] == ["/echo", "/echo"]


def test_a_middleware_sees_a_replay(answering):
    if not hasattr(aiohttp, "ClientMiddlewareType"):
        pytest.skip("no middlewares in this version")
    seen = []

    async def middleware(request, handler):
        response = await handler(request)
        seen.append(response.status)
        return response

    async def work(session):
        async with session.post(URL) as response:
            return await response.read()

    with intercepting(answering(200, (), iter(()), b"{}")):
        got = in_session(work, middlewares=(middleware,))

    assert (got, seen) == (b"{}", [200])
