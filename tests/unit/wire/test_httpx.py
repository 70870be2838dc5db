from __future__ import annotations

import asyncio

import pytest

from pytest_llm.wire.handler import Replay
from pytest_llm.wire.interception import intercepting

JSON = (("content-type", "application/json"),)


@pytest.fixture(params=["httpx", "httpx2"])
def httpx(request):
    return pytest.importorskip(request.param)


def pieces():
    yield b"one "
    yield b"two"


async def async_pieces():
    yield b"one "
    yield b"two"


def test_a_body_from_a_generator_is_seen_and_sent(httpx, server, tape):
    with intercepting(tape), httpx.Client() as client:
        client.post(f"{server.url}/echo", content=pieces())

    assert tape.asked[0].body == b"one two"
    assert server.seen == [("POST", "/echo", b"one two")]


def test_a_body_from_an_asynchronous_generator_is_seen_and_sent(httpx, server, tape):
    async def main():
        async with httpx.AsyncClient() as client:
            await client.post(f"{server.url}/echo", content=async_pieces())

    with intercepting(tape):
        asyncio.run(main())

    assert tape.asked[0].body == b"one two"
    assert server.seen == [("POST", "/echo", b"one two")]


def test_a_multipart_body_is_seen_and_sent(httpx, server, tape):
    with intercepting(tape), httpx.Client() as client:
        client.post(f"{server.url}/error", files={"file": ("a.txt", b"content")})

    assert b"content" in tape.asked[0].body
    assert server.seen == [("POST", "/error", tape.asked[0].body)]


def test_a_replayed_response_has_what_a_real_one_has(httpx, tape, monkeypatch):
    replay = Replay(200, (*JSON, ("set-cookie", "a=b")), iter(()), b'{"id": 1}', "Fine")
    monkeypatch.setattr(tape, "handle", lambda request: replay)
    with intercepting(tape), httpx.Client() as client:
        response = client.post("https://api.example.com/v1?x=%20y", json={})

    assert (response.status_code, response.reason_phrase, response.http_version) == (200, "Fine", "HTTP/1.1")
    assert response.json() == {"id": 1}
    assert dict(response.cookies) == {"a": "b"}
    assert response.elapsed.total_seconds() >= 0


def test_a_replayed_body_can_be_streamed_raw(httpx, tape, monkeypatch):
    monkeypatch.setattr(tape, "handle", lambda request: Replay(200, JSON, iter(()), b"{}"))
    with (
        intercepting(tape),
        httpx.Client() as client,
        client.stream("GET", "https://api.example.com") as response,
    ):
        raw = b"".join(response.iter_raw())

    assert raw == b"{}"


def test_the_request_is_told_as_it_was_sent(httpx, tape, monkeypatch):
    asked = []
    monkeypatch.setattr(tape, "wants", lambda *where: asked.append(where) or True)
    monkeypatch.setattr(tape, "handle", lambda request: asked.append(request) or Replay(200, (), iter(()), b""))
    with intercepting(tape), httpx.Client() as client:
        client.put("https://api.example.com:8443/a%2Fb c?q=1&r=%20", content=b"{}", headers={"X-Key": "secret"})
        client.get("https://api.example.com:443/")

    where, request, default, _ = asked
    assert where == ("PUT", "https", "api.example.com", 8443, "/a%2Fb%20c")
    assert (request.method, request.url) == ("PUT", "https://api.example.com:8443/a%2Fb%20c?q=1&r=%20")
    assert dict(request.headers)["x-key" if "x-key" in dict(request.headers) else "X-Key"] == "secret"
    assert default == ("GET", "https", "api.example.com", None, "/")


def test_a_cancelled_live_call_fails_its_exchange(httpx, server, tape):
    server.gate.clear()

    async def main():
        async with httpx.AsyncClient() as client:
            task = asyncio.create_task(client.post(f"{server.url}/stream"))
            while not tape.taped or not tape.taped[0].chunks:
                await asyncio.sleep(0.001)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    with intercepting(tape):
        asyncio.run(main())

    assert tape.taped[0].end == "fail"
    assert type(tape.taped[0].error).__name__ == "CancelledError"


def test_concurrent_calls_of_one_client_each_get_their_own_answer(httpx, server, tape):
    async def main():
        async with httpx.AsyncClient() as client:
            calls = [client.post(f"{server.url}/echo", content=str(number)) for number in range(8)]
            return [response.json()["echo"] for response in await asyncio.gather(*calls)]

    with intercepting(tape):
        got = asyncio.run(main())

    assert got == [str(number) for number in range(8)]
    assert sorted(asked.body for asked in tape.asked) == [str(number).encode() for number in range(8)]
