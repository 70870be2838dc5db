"""Intercepts aiohttp where a session asks its connector for a connection.

A replay gets a connection without a socket, from which aiohttp's own parser reads it, so that redirects, middlewares,
traces, cookies and decompression are real.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from pytest_llm.http import Headers, HTTPRequest, header
from pytest_llm.wire.framing import frames
from pytest_llm.wire.guard import refuse
from pytest_llm.wire.handler import Exchange, Handler, Replay
from pytest_llm.wire.patching import Patch
from pytest_llm.wire.state import STATE, Sending
from pytest_llm.wire.tee import Tee

__all__ = ["patches"]

ENCODINGS = frozenset({"gzip", "deflate", "br", "zstd"})


def patches(module: Any) -> list[Patch]:
    """Return the patch of the connectors in ``module``, which is ``aiohttp.connector``."""
    made: list[_Classes] = []

    def classes() -> _Classes:
        if not made:
            made.append(_Classes(module))
        return made[0]

    return [Patch(module.BaseConnector, "connect", lambda original: _connecting(original, classes))]


def _connecting(original: Callable[..., Awaitable[Any]], classes: Callable[[], _Classes]) -> Callable[..., Any]:
    async def connect(self: Any, req: Any, *args: Any, **kwargs: Any) -> Any:
        handler = STATE.asking()
        if handler is None:
            return await original(self, req, *args, **kwargs)
        if "upgrade" in req.headers:
            refuse(req.url.raw_host or "")
            return await original(self, req, *args, **kwargs)
        outcome: Replay | Exchange | None = None
        if _wanted(handler, req):
            outcome = handler.handle(await _request(req))
        if isinstance(outcome, Replay):
            STATE.replay(outcome.retriable)
            return classes().connection(self, req, outcome)
        if outcome is None:
            with Sending(req.url.raw_host or ""):
                return await original(self, req, *args, **kwargs)
        tee = Tee(outcome)
        try:
            while seconds := outcome.delay():
                await asyncio.sleep(seconds)
            with Sending(req.url.raw_host or ""):
                connection = await original(self, req, *args, **kwargs)
        except BaseException as error:
            tee.fail(error)
            raise
        _follow(req, connection.protocol, tee, classes())
        return connection

    return connect


def _wanted(handler: Handler, req: Any) -> bool:
    STATE.passed()
    url = req.url
    return handler.wants(req.method, url.scheme, url.raw_host or "", url.explicit_port, url.raw_path)


async def _request(req: Any) -> HTTPRequest:
    headers: Headers = tuple(req.headers.items())
    if req.compress:
        headers = tuple(item for item in headers if item[0].lower() != "content-encoding")
    return HTTPRequest(req.method, str(req.url), headers, await _body(req))


async def _body(req: Any) -> bytes:
    """Return the body of a request; one that can be read only once is replaced by its bytes."""
    from aiohttp import payload

    body = req.body
    if not isinstance(body, payload.Payload):
        return body if isinstance(body, bytes) else b"".join(body)
    value = getattr(body, "_value", None)
    if isinstance(body, payload.BytesPayload) and isinstance(value, (bytes, bytearray)):
        return bytes(value)
    collected = _Collected()
    await body.write(collected)  # type: ignore[arg-type]
    data = b"".join(collected.pieces)
    kept = payload.BytesIOPayload(io.BytesIO(data))
    name = "_body" if hasattr(req, "_body") else "body"
    setattr(req, name, kept)
    return data


class _Collected:
    """As much of a stream writer as a payload writes to."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    async def write(self, chunk: Any) -> None:
        self.pieces.append(bytes(chunk))

    async def write_eof(self, chunk: Any = b"") -> None:
        self.pieces.append(bytes(chunk))


def _follow(req: Any, protocol: Any, tee: Tee, classes: _Classes) -> None:
    """Have the response to this live request tell the tee, from its head on."""
    send, set_response_params = req.send, protocol.set_response_params
    decoded = True

    def setting(**params: Any) -> None:
        nonlocal decoded
        del protocol.set_response_params
        decoded = params.get("auto_decompress", True)
        set_response_params(**params)

    async def sending(conn: Any) -> Any:
        del req.send
        try:
            response = await send(conn)
        except BaseException as error:
            tee.fail(error)
            raise
        start = response.start

        async def starting(connection: Any) -> Any:
            del response.start
            try:
                started = await start(connection)
                _answer(response, tee, classes, decoded)
            except BaseException as error:
                tee.fail(error)
                raise
            return started

        response.start = starting
        return response

    protocol.set_response_params = setting
    req.send = sending


def _answer(response: Any, tee: Tee, classes: _Classes, decoded: bool) -> None:
    """Tell the head and what has come of the body, and have the rest told as it comes.

    aiohttp decompresses before anyone can see the body, unless it was asked not to; the headers told say so.
    """
    headers: Headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers)
    if decoded and (header(headers, "content-encoding") or "").lower() in ENCODINGS:
        headers = tuple(item for item in headers if item[0].lower() not in ("content-encoding", "content-length"))
    tee.answer(response.method, response.status, headers, response.reason or "")
    content = response.content
    if tee.open:
        tee.chunk(b"".join(content._buffer))
        if content.is_eof():
            tee.finish()
        elif content.exception() is not None:
            tee.fail(content.exception())
        else:
            content.on_eof(Ending(tee))
            content.__class__ = classes.Told


class _Classes:
    """Subclasses of aiohttp's own, made when the first call needs them."""

    def __init__(self, connector: Any) -> None:
        from aiohttp.client_exceptions import ClientConnectionError
        from aiohttp.client_proto import ResponseHandler
        from aiohttp.streams import StreamReader

        class Told(StreamReader):
            """A stream that tells its tee what is fed; the tee stands among the callbacks at its end."""

            __slots__ = ()

            def feed_data(self, data: bytes, *args: Any) -> Any:
                for callback in self._eof_callbacks:
                    if isinstance(callback, Ending):
                        callback.tee.chunk(bytes(data))
                return super().feed_data(data, *args)

            def set_exception(self, exc: Any, *args: Any) -> None:
                endings = [callback for callback in self._eof_callbacks if isinstance(callback, Ending)]
                super().set_exception(exc, *args)
                for ending in endings:
                    closed = type(exc) is ClientConnectionError
                    ending.tee.cut() if closed else ending.tee.fail(exc)

        class Awaited(StreamReader):
            """A replayed body, which has its next piece played when somebody waits for it."""

            __slots__ = ()
            _protocol: Any

            async def _wait(self, *args: Any) -> None:
                self._loop.call_soon(self._protocol.play)
                await super()._wait(*args)

        class Played(ResponseHandler):
            """A protocol that is fed the head of a replay, and each piece of its body when it is waited for.

            Nothing is read ahead: a recording that was cut short raises at its end only if the caller reads on.
            """

            def __init__(self, loop: asyncio.AbstractEventLoop, pieces: Iterator[bytes]) -> None:
                super().__init__(loop)
                self.pieces: Iterator[bytes] | None = pieces
                self.connection_made(_Transport())
                loop.call_soon(self.play)

            def resume_reading(self, *args: Any, **kwargs: Any) -> None:
                super().resume_reading(*args, **kwargs)
                if self.pieces is not None:
                    self._loop.call_soon(self.play)

            def play(self) -> None:
                """Feed pieces until nobody waits for more."""
                while self.pieces is not None and self.transport is not None and self.is_due():
                    try:
                        piece = next(self.pieces, None)
                    except BaseException as error:
                        self.pieces = None
                        (self if self._payload is None else self._payload).set_exception(error)
                        return
                    if piece is None:
                        self.pieces = None
                    else:
                        self.data_received(piece)
                        if type(self._payload) is StreamReader:
                            self._payload.__class__ = Awaited
                self._reading_paused = self.pieces is not None

            def is_due(self) -> bool:
                return type(self._payload) is not Awaited or self._payload._waiter is not None

        class Unconnected(connector.Connection):  # type: ignore[misc]
            """A connection that no pool ever gets to see."""

            _protocol: Any

            def close(self) -> None:
                self._notify_release()
                if self._protocol is not None:
                    self._protocol.close()
                    self._protocol = None

            release = close

            def __del__(self, *args: Any) -> None:
                self._protocol = None

        self.Told: Any = Told
        self.Played: Any = Played
        self.Unconnected: Any = Unconnected

    def connection(self, connector: Any, req: Any, replay: Replay) -> Any:
        loop = asyncio.get_running_loop()
        protocol = self.Played(loop, frames(replay, req.method))
        return self.Unconnected(connector, req.connection_key, protocol, loop)


class Ending:
    """The callback at the end of a live stream."""

    def __init__(self, tee: Tee) -> None:
        self.tee = tee

    def __call__(self) -> None:
        self.tee.finish()


class _Transport(asyncio.Transport):
    """A transport into nothing."""

    closing = False

    def write(self, data: Any) -> None:
        pass

    def writelines(self, pieces: Any) -> None:
        pass

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True

    abort = close

    def pause_reading(self) -> None:
        pass

    resume_reading = pause_reading
