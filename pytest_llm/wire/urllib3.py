"""Intercepts urllib3, and with it requests and botocore: one attempt of a connection pool.

A replay is read by http.client from memory instead of a socket, so that everything from there up is real.
"""

from __future__ import annotations

import inspect
import io
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from typing import Any
from urllib.parse import urlsplit

from pytest_llm.http import Headers, HTTPRequest
from pytest_llm.wire.framing import Dechunker, frames
from pytest_llm.wire.handler import Exchange, Handler, Replay
from pytest_llm.wire.patching import Patch
from pytest_llm.wire.state import STATE, Sending
from pytest_llm.wire.tee import Tee

__all__ = ["patches"]

DEFAULT_PORTS = (("http", 80), ("https", 443))
SKIPPED = "@@@SKIP_HEADER@@@"
TUNNEL = "_pytest_llm_tunnel"
TEE = "_pytest_llm_tee"


def patches(module: Any) -> list[Patch]:
    """Return the patches of the pools in ``module``, ``urllib3.connectionpool``, and of http.client below them."""
    pools = module.HTTPConnectionPool, module.HTTPSConnectionPool
    tunnels = [Patch(pool, "_prepare_proxy", _postponed) for pool in pools if "_prepare_proxy" in pool.__dict__]
    return [
        Patch(module.HTTPConnectionPool, "_make_request", _attempt),
        Patch(HTTPConnection, "getresponse", _taught),
        *tunnels,
    ]


def _attempt(original: Callable[..., Any]) -> Callable[..., Any]:
    legacy = "preload_content" not in inspect.signature(original).parameters

    def _make_request(self: Any, conn: Any, method: str, url: str, **options: Any) -> Any:
        handler = STATE.asking()
        if handler is None:
            return _send(original, self, conn, method, url, options)
        where = _Where(self, url)
        outcome: Replay | Exchange | None = None
        if where.wanted(handler, method):
            body, options["body"] = _body(options.get("body"))
            outcome = handler.handle(HTTPRequest(method, where.url, _headers(options.get("headers")), body))
        if isinstance(outcome, Replay):
            STATE.replay(outcome.retriable)
            self.num_requests += 1
            raw = _raw(outcome, method)
            return raw if legacy else _response(self, raw, method, url, options)
        if outcome is None:
            with Sending(where.host):
                return _send(original, self, conn, method, url, options)
        tee = Tee(outcome)
        try:
            while seconds := outcome.delay():
                time.sleep(seconds)
            setattr(conn, TEE, (tee, method))
            with Sending(where.host):
                return _send(original, self, conn, method, url, options)
        except BaseException as error:
            tee.fail(error)
            raise
        finally:
            conn.__dict__.pop(TEE, None)

    return _make_request


class _Where:
    """Where a request goes: to the host of its pool, or through a proxy's pool to that of its URL."""

    def __init__(self, pool: Any, target: str) -> None:
        if target.startswith("/"):
            self.scheme, self.host, self.port = pool.scheme, pool.host.strip("[]"), pool.port
            shown = f"[{self.host}]" if ":" in self.host else self.host
            suffix = f":{self.port}" if self.port and (self.scheme, self.port) not in DEFAULT_PORTS else ""
            self.url = f"{self.scheme}://{shown}{suffix}{target}"
            self.path = target.partition("?")[0]
        else:
            parts = urlsplit(target)
            self.scheme, self.host, self.port = parts.scheme, parts.hostname or "", parts.port
            self.url, self.path = target, parts.path

    def wanted(self, handler: Handler, method: str) -> bool:
        STATE.passed()
        port = None if (self.scheme, self.port) in DEFAULT_PORTS else self.port
        return handler.wants(method, self.scheme, self.host, port, self.path)


def _headers(headers: Any) -> Headers:
    return tuple([(_text(name), _text(value)) for name, value in (headers or {}).items() if value != SKIPPED])


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _body(body: Any) -> tuple[bytes, Any]:
    """Return the bytes of a body, and what to send in its place: itself, if it can be read again."""
    if body is None or isinstance(body, str):
        return (body or "").encode(), body
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body), body
    if not hasattr(body, "read"):
        data = b"".join(_bytes(piece) for piece in body)
        return data, data
    try:
        start = body.tell()
    except (AttributeError, OSError):
        data = _bytes(body.read())
        return data, data
    data = _bytes(body.read())
    body.seek(start)
    return data, body


def _bytes(piece: Any) -> bytes:
    return piece.encode() if isinstance(piece, str) else bytes(piece)


def _postponed(original: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """Have a proxy's tunnel wait until the request is known to leave, since a replay needs none."""

    def _prepare_proxy(self: Any, conn: Any) -> None:
        if STATE.asking() is None:
            original(self, conn)
        else:
            setattr(conn, TUNNEL, original)

    return _prepare_proxy


def _send(original: Callable[..., Any], pool: Any, conn: Any, method: str, url: str, options: dict[str, Any]) -> Any:
    tunnel = conn.__dict__.pop(TUNNEL, None)
    if tunnel is not None:
        try:
            tunnel(pool, conn)
        except OSError as error:
            pool._raise_timeout(err=error, url=pool.proxy.url, timeout_value=conn.timeout)
            raise
    return original(pool, conn, method, url, **options)


def _raw(replay: Replay, method: str) -> HTTPResponse:
    """Have http.client read the replay."""
    raw = HTTPResponse(_Socket(frames(replay, method)), method=method)  # type: ignore[arg-type]
    raw.begin()
    return raw


class _Socket:
    """As much of a socket as http.client asks of it."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Pieces(self.pieces), 65536)


class _Pieces(io.RawIOBase):
    """A raw stream that hands out at most one piece a read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.rest:
            self.rest = memoryview(next(self.pieces, b""))
        size = min(len(buffer), len(self.rest))
        buffer[:size] = self.rest[:size]
        self.rest = self.rest[size:]
        return size


def _response(pool: Any, raw: HTTPResponse, method: str, url: str, options: dict[str, Any]) -> Any:
    """Build the response of urllib3 2 as its connection does."""
    from urllib3.response import HTTPHeaderDict  # type: ignore[attr-defined]
    from urllib3.response import HTTPResponse as Response

    response: Any = Response(
        body=raw,
        headers=HTTPHeaderDict(raw.msg.items()),
        status=raw.status,
        version=raw.version,
        version_string="HTTP/1.1",
        reason=raw.reason,
        preload_content=options.get("preload_content", True),
        decode_content=options.get("decode_content", True),
        original_response=raw,
        enforce_content_length=options.get("enforce_content_length", True),
        request_method=method,
        request_url=url,
    )
    response.retries = options.get("retries")
    response._connection = options.get("response_conn")
    response._pool = pool
    return response


def _taught(original: Callable[[Any], HTTPResponse]) -> Callable[[Any], HTTPResponse]:
    """Put a tee under the response of a connection that carries a live exchange."""

    def getresponse(self: Any) -> HTTPResponse:
        response = original(self)
        tee, method = self.__dict__.get(TEE, (None, ""))
        if tee is not None:
            headers: Headers = tuple(response.msg.items())
            tee.answer(method, response.status, headers, response.reason)
            if tee.open and response.fp is not None:
                response.fp = _File(response, tee)  # type: ignore[assignment]
        return response

    return getresponse


class _File:
    """The file http.client reads a live body from; whoever reads it and however, the tee is told."""

    def __init__(self, response: HTTPResponse, tee: Tee) -> None:
        self.file: Any = response.fp
        self.tee = tee
        self.content = Dechunker(bool(response.chunked), response.length)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def read(self, size: int | None = None) -> bytes:
        data = self._seen(self.file.read, size)
        if size is None or size < 0 or len(data) < size:
            self._over()
        return data

    def read1(self, size: int = -1) -> bytes:
        data = self._seen(self.file.read1, size)
        if size and not data:
            self._over()
        return data

    def readline(self, size: int = -1) -> bytes:
        data = self._seen(self.file.readline, size)
        if size and not data:
            self._over()
        return data

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _seen(self, read: Callable[[int | None], bytes], size: int | None) -> bytes:
        try:
            data = read(size)
        except BaseException as error:
            self.tee.fail(error)
            raise
        self.tee.chunk(self.content.feed(data))
        if self.content.complete:
            self.tee.finish()
        return data

    def _over(self) -> None:
        """Tell the end of the connection, which is that of the body if nothing said how long it is."""
        if self.content.delimited:
            self.tee.fail(IncompleteRead(b"", self.content.left or None))
        else:
            self.tee.finish()

    def close(self) -> None:
        self.file.close()
        self.tee.cut()
