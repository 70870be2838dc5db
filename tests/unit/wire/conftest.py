"""A real server on loopback, a handler that records and replays, and one driver for each HTTP stack."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module

import pytest

from pytest_llm.http import Headers, HTTPRequest, header
from pytest_llm.wire.handler import Exchange, Replay

EVENTS = (b"data: one\n\n", b"data: two\n\n", b"data: three\n\n")
PAYLOAD = b'{"prompt": "hi"}'


class Loopback(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


class Server:
    """What the loopback server does and has seen; ``gate`` holds back everything after a stream's first event."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, bytes]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.failures = 1
        self.http = Loopback(("127.0.0.1", 0), type("Routes", (Routes,), {"owner": self}))
        self.port = self.http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.gate.set()
        if self.thread.is_alive():
            self.http.shutdown()
            self.http.server_close()
            self.thread.join()


class Routes(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: Server

    def log_message(self, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        if self.headers.get("transfer-encoding") == "chunked":
            body = b"".join(iter(self.chunk, b""))
        else:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.owner.seen.append((self.command, self.path, body))
        getattr(self, self.path.partition("?")[0].rpartition("/")[2].replace("-", "_"))(body)

    do_GET = do_HEAD = do_POST

    def chunk(self) -> bytes:
        data = self.rfile.read(int(self.rfile.readline(), 16))
        self.rfile.readline()
        return data

    def plain(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content_type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 204:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def events(self, pieces: tuple[bytes, ...], **headers: str) -> None:
        self.send_response(200)
        for name, value in {"content_type": "text/event-stream", "transfer_encoding": "chunked", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        try:
            for piece in pieces:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                self.wfile.flush()
                self.owner.gate.wait(10)
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.close_connection = True

    def echo(self, body: bytes) -> None:
        self.plain(200, json.dumps({"echo": body.decode()}).encode(), set_cookie="a=b")

    def gzip(self, body: bytes) -> None:
        self.plain(200, gzip.compress(b'{"zipped": true}' + b" " * 400), content_encoding="gzip")

    def gzip_stream(self, body: bytes) -> None:
        self.events((gzip.compress(b"".join(EVENTS)),), content_encoding="gzip")

    def stream(self, body: bytes) -> None:
        self.events(EVENTS)

    def empty(self, body: bytes) -> None:
        self.plain(204, b"")

    def error(self, body: bytes) -> None:
        self.plain(400, b'{"error": "bad"}')

    def busy(self, body: bytes) -> None:
        if self.owner.failures:
            self.owner.failures -= 1
            self.plain(503, b'{"error": "busy"}')
        else:
            self.plain(200, b'{"ok": true}')

    def moved(self, body: bytes) -> None:
        self.plain(307, b"", location="/echo")

    def until_closed(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(b"".join(EVENTS))
        self.close_connection = True

    def dropped(self, body: bytes) -> None:
        self.close_connection = True

    def broken(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-length", "100")
        self.end_headers()
        self.wfile.write(b"short")
        self.close_connection = True


@dataclass
class Taped(Exchange):
    """One recorded exchange."""

    request: HTTPRequest
    status: int = 0
    headers: Headers = ()
    reason: str = ""
    chunks: list[bytes] = field(default_factory=list)
    end: str = ""
    error: BaseException | None = None
    delays: list[float] = field(default_factory=list)

    def delay(self) -> float:
        return self.delays.pop() if self.delays else 0.0

    def answer(self, status: int, headers: Headers, reason: str) -> None:
        self.status, self.headers, self.reason = status, headers, reason

    def chunk(self, data: bytes) -> None:
        assert not self.end
        self.chunks.append(data)

    def finish(self) -> None:
        self.ended("finish")

    def cut(self) -> None:
        self.ended("cut")

    def fail(self, error: BaseException) -> None:
        self.ended("fail")
        self.error = error

    def ended(self, how: str) -> None:
        assert not self.end
        self.end = how

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    def replay(self) -> Replay:
        if header(self.headers, "content-type") == "text/event-stream":
            return Replay(self.status, self.headers, iter(self.chunks), None, self.reason)
        retriable = self.status in (429, 503)
        return Replay(self.status, self.headers, iter(()), self.body, self.reason, retriable)


class Blocked(BaseException):
    pass


class Tape:
    """A handler that records, and after ``rewind()`` replays in the order of recording."""

    error = Blocked

    def __init__(self) -> None:
        self.taped: list[Taped] = []
        self.asked: list[HTTPRequest] = []
        self.left: list[Taped] | None = None
        self.wanted = True
        self.delays: tuple[float, ...] = ()
        self.blocking: tuple[str, ...] = ()
        self.refused: list[str] = []

    def rewind(self) -> None:
        self.left = list(self.taped)

    def wants(self, method: str, scheme: str, host: str, port: int | None, path: str) -> bool:
        return self.wanted

    def handle(self, request: HTTPRequest) -> Replay | Exchange | None:
        self.asked.append(request)
        if self.left is not None:
            return self.left.pop(0).replay()
        self.taped.append(Taped(request, delays=list(self.delays)))
        return self.taped[-1]

    def blocks(self, host: str) -> bool:
        return host in self.blocking

    def blocked(self, host: str) -> BaseException:
        self.refused.append(host)
        return Blocked(host)


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def tape() -> Tape:
    return Tape()


@dataclass
class Got:
    status: int
    body: bytes


Step = Callable[[], None]


def nothing() -> None:
    pass


class Httpx:
    def __init__(self, name: str, client: object = None) -> None:
        self.module = pytest.importorskip(name)
        self.client = client or self.module.Client()
        self.errors = self.module.ConnectError
        self.broken = self.module.RemoteProtocolError

    def call(self, method: str, url: str, body: object = PAYLOAD) -> Got:
        response = self.client.request(method, url, content=body, follow_redirects=True)
        return Got(response.status_code, response.content)

    def stream(self, url: str, first: Step = nothing, most: int = 99) -> list[bytes]:
        chunks = []
        with self.client.stream("POST", url, content=PAYLOAD) as response:
            for chunk in response.iter_bytes():
                chunks.append(chunk)
                first()
                if len(chunks) == most:
                    break
        return chunks

    def close(self) -> None:
        self.client.close()


class AsyncHttpx:
    def __init__(self, name: str, backend: str) -> None:
        self.module = pytest.importorskip(name)
        self.backend = pytest.importorskip(backend)
        self.errors = self.module.ConnectError
        self.broken = self.module.RemoteProtocolError

    def run(self, work: Callable[..., object]) -> object:
        async def main() -> object:
            async with self.made() as client:
                return await work(client)

        return self.backend.run(main) if self.backend.__name__ == "trio" else self.backend.run(main())

    def made(self) -> object:
        return self.module.AsyncClient()

    def call(self, method: str, url: str, body: object = PAYLOAD) -> Got:
        async def work(client: object) -> Got:
            response = await client.request(method, url, content=body, follow_redirects=True)
            return Got(response.status_code, response.content)

        return self.run(work)

    def stream(self, url: str, first: Step = nothing, most: int = 99) -> list[bytes]:
        async def work(client: object) -> list[bytes]:
            chunks = []
            async with (
                client.stream("POST", url, content=PAYLOAD) as response,
                aclosing(response.aiter_bytes()) as pieces,
            ):
                async for chunk in pieces:
                    chunks.append(chunk)
                    first()
                    if len(chunks) == most:
                        break
            return chunks

        return self.run(work)

    def close(self) -> None:
        pass


class HttpxAiohttp(AsyncHttpx):
    def __init__(self) -> None:
        super().__init__("httpx", "asyncio")
        self.transport = pytest.importorskip("httpx_aiohttp").AiohttpTransport
        self.errors = self.module.ConnectTimeout
        self.broken = self.module.ReadError

    def made(self) -> object:
        return self.module.AsyncClient(transport=self.transport())


class Aiohttp:
    def __init__(self) -> None:
        self.module = pytest.importorskip("aiohttp")
        self.errors = self.module.ClientConnectorError
        self.broken = self.module.ClientPayloadError

    def run(self, work: Callable[..., object]) -> object:
        async def main() -> object:
            async with self.module.ClientSession() as session:
                return await work(session)

        return import_module("asyncio").run(main())

    def call(self, method: str, url: str, body: object = PAYLOAD) -> Got:
        async def work(session: object) -> Got:
            async with session.request(method, url, data=body) as response:
                return Got(response.status, await response.read())

        return self.run(work)

    def stream(self, url: str, first: Step = nothing, most: int = 99) -> list[bytes]:
        async def work(session: object) -> list[bytes]:
            chunks = []
            async with session.post(url, data=PAYLOAD) as response:
                async for chunk in response.content.iter_any():
                    chunks.append(chunk)
                    first()
                    if len(chunks) == most:
                        break
            return chunks

        return self.run(work)

    def close(self) -> None:
        pass


class Urllib3:
    def __init__(self) -> None:
        self.module = pytest.importorskip("urllib3")
        self.client = self.module.PoolManager(retries=self.module.Retry(1, connect=0, read=0))
        self.errors = self.module.exceptions.MaxRetryError
        self.broken = self.module.exceptions.ProtocolError

    def call(self, method: str, url: str, body: object = PAYLOAD) -> Got:
        response = self.client.request(method, url, body=body)
        return Got(response.status, response.data)

    def stream(self, url: str, first: Step = nothing, most: int = 99) -> list[bytes]:
        chunks = []
        response = self.client.request("POST", url, body=PAYLOAD, preload_content=False)
        for chunk in response.stream(1024, decode_content=True):
            chunks.append(chunk)
            first()
            if len(chunks) == most:
                break
        response.close()
        return chunks

    def close(self) -> None:
        self.client.clear()


class Requests:
    def __init__(self) -> None:
        self.module = pytest.importorskip("requests")
        self.client = self.module.Session()
        self.errors = self.module.ConnectionError
        self.broken = (self.module.ConnectionError, self.module.exceptions.ChunkedEncodingError)

    def call(self, method: str, url: str, body: object = PAYLOAD) -> Got:
        response = self.client.request(method, url, data=body)
        return Got(response.status_code, response.content)

    def stream(self, url: str, first: Step = nothing, most: int = 99) -> list[bytes]:
        chunks = []
        with self.client.post(url, data=PAYLOAD, stream=True) as response:
            for chunk in response.iter_content(chunk_size=None):
                chunks.append(chunk)
                first()
                if len(chunks) == most:
                    break
        return chunks

    def close(self) -> None:
        self.client.close()


STACKS = {
    "httpx": lambda: Httpx("httpx"),
    "httpx2": lambda: Httpx("httpx2"),
    "httpx-asyncio": lambda: AsyncHttpx("httpx", "asyncio"),
    "httpx2-asyncio": lambda: AsyncHttpx("httpx2", "asyncio"),
    "httpx-trio": lambda: AsyncHttpx("httpx", "trio"),
    "httpx2-trio": lambda: AsyncHttpx("httpx2", "trio"),
    "httpx_aiohttp": HttpxAiohttp,
    "aiohttp": Aiohttp,
    "urllib3": Urllib3,
    "requests": Requests,
}


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> Iterator[object]:
    stack = STACKS[request.param]()
    yield stack
    stack.close()
