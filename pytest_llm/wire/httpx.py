"""Intercepts httpx and httpx2: the transports that every client ends in unless it was given its own."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from pytest_llm.http import Headers, HTTPRequest
from pytest_llm.wire.handler import Exchange, Handler, Replay
from pytest_llm.wire.patching import Patch
from pytest_llm.wire.state import STATE, Sending
from pytest_llm.wire.tee import Tee

__all__ = ["patches"]


def patches(module: Any) -> list[Patch]:
    """Return the patches of the transports in ``module``, which is ``_transports.default`` of either package."""
    streams = _Streams(module)
    return [
        Patch(module.HTTPTransport, "handle_request", lambda original: _sync(original, streams)),
        Patch(module.AsyncHTTPTransport, "handle_async_request", lambda original: _async(original, streams)),
    ]


def _sync(original: Callable[[Any, Any], Any], streams: _Streams) -> Callable[[Any, Any], Any]:
    def handle_request(self: Any, request: Any) -> Any:
        handler = STATE.asking()
        if handler is None:
            return original(self, request)
        outcome: Replay | Exchange | None = None
        if _wanted(handler, request):
            request.read()
            outcome = handler.handle(_request(request))
        if isinstance(outcome, Replay):
            return streams.replayed(outcome)
        if outcome is None:
            with Sending(request.url.host):
                return original(self, request)
        tee = Tee(outcome)
        try:
            while seconds := outcome.delay():
                time.sleep(seconds)
            with Sending(request.url.host):
                response = original(self, request)
            _answer(tee, request, response)
        except BaseException as error:
            tee.fail(error)
            raise
        response.stream = streams.Live(response.stream, tee)
        return response

    return handle_request


def _async(original: Callable[[Any, Any], Awaitable[Any]], streams: _Streams) -> Callable[[Any, Any], Awaitable[Any]]:
    async def handle_async_request(self: Any, request: Any) -> Any:
        handler = STATE.asking()
        if handler is None:
            return await original(self, request)
        outcome: Replay | Exchange | None = None
        if _wanted(handler, request):
            await request.aread()
            outcome = handler.handle(_request(request))
        if isinstance(outcome, Replay):
            return streams.replayed(outcome)
        if outcome is None:
            with Sending(request.url.host):
                return await original(self, request)
        tee = Tee(outcome)
        try:
            while seconds := outcome.delay():
                await streams.sleep(seconds)
            with Sending(request.url.host):
                response = await original(self, request)
            _answer(tee, request, response)
        except BaseException as error:
            tee.fail(error)
            raise
        response.stream = streams.AsyncLive(response.stream, tee)
        return response

    return handle_async_request


def _wanted(handler: Handler, request: Any) -> bool:
    STATE.passed()
    url = request.url
    path = url.raw_path.partition(b"?")[0].decode("ascii")
    return handler.wants(request.method, url.scheme, url.host, url.port, path)


def _request(request: Any) -> HTTPRequest:
    return HTTPRequest(request.method, str(request.url), _headers(request.headers), request.content)


def _headers(headers: Any) -> Headers:
    return tuple([(key.decode("latin-1"), value.decode("latin-1")) for key, value in headers.raw])


def _answer(tee: Tee, request: Any, response: Any) -> None:
    reason = response.extensions.get("reason_phrase", b"").decode("latin-1")
    tee.answer(request.method, response.status_code, _headers(response.headers), reason)


class _Streams:
    """The response and stream classes of one of the two packages."""

    def __init__(self, module: Any) -> None:
        self.response: Any = module.Response
        self.Replayed: Any = type("Replayed", (_Replayed, module.SyncByteStream, module.AsyncByteStream), {})
        self.Live: Any = type("Live", (_Live, module.SyncByteStream), {})
        self.AsyncLive: Any = type("AsyncLive", (_AsyncLive, module.AsyncByteStream), {})

    async def sleep(self, seconds: float) -> None:
        import anyio

        await anyio.sleep(seconds)

    def replayed(self, replay: Replay) -> Any:
        STATE.replay(replay.retriable)
        extensions = {"http_version": b"HTTP/1.1"}
        if replay.reason:
            extensions["reason_phrase"] = replay.reason.encode("latin-1", "replace")
        chunks = replay.chunks if replay.body is None else iter((replay.body,))
        return self.response(
            replay.status, headers=list(replay.headers), stream=self.Replayed(chunks), extensions=extensions
        )


class _Replayed:
    """Recorded chunks, one an iteration."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return self.chunks

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        for chunk in self.chunks:
            return chunk
        raise StopAsyncIteration


class _Live:
    """A live stream that tells its exchange every chunk as the caller pulls it."""

    def __init__(self, stream: Any, tee: Tee) -> None:
        self.stream = stream
        self.tee = tee

    def __iter__(self) -> Iterator[bytes]:
        self.chunks = iter(self.stream)
        return self

    def __next__(self) -> bytes:
        try:
            chunk: bytes = next(self.chunks)
        except StopIteration:
            self.tee.finish()
            raise
        except BaseException as error:
            self.tee.fail(error)
            raise
        self.tee.chunk(chunk)
        return chunk

    def close(self) -> None:
        try:
            self.stream.close()
        finally:
            self.tee.cut()


class _AsyncLive:
    """The same for a stream of an asynchronous client."""

    def __init__(self, stream: Any, tee: Tee) -> None:
        self.stream = stream
        self.tee = tee

    def __aiter__(self) -> AsyncIterator[bytes]:
        self.chunks = aiter(self.stream)
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk: bytes = await anext(self.chunks)
        except StopAsyncIteration:
            self.tee.finish()
            raise
        except BaseException as error:
            self.tee.fail(error)
            raise
        self.tee.chunk(chunk)
        return chunk

    async def aclose(self) -> None:
        try:
            await self.stream.aclose()
        finally:
            self.tee.cut()
