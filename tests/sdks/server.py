"""A loopback server that answers as the model providers do; what the prompt says decides what comes back.

* the n-th request with one prompt gets the n-th answer, so that no two are equal;
* "fail 400" (401, 500): the provider's error of that status, each time;
* "busy": first 429 with ``retry-after: 2.5``, then the answer; "busy for 1": the same with another number;
* "json": an answer in JSON;
* "slowly": a stream whose last event is sent only after ``POST /control/go``;
* "together N": no answer before N have asked; then the last to ask is the first to be answered.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Event, Thread
from typing import Any, ClassVar
from urllib.parse import urlsplit

from provider_formats import Format, Said, format_of

__all__ = ["Loopback"]

PATIENCE = 20.0


class Loopback:
    """The server; ``requests`` are the paths and prompts that it got, in order of arrival."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str]] = []
        self.counts: Counter[tuple[str, str]] = Counter()
        self.answered: Counter[tuple[str, str]] = Counter()
        self.gates: defaultdict[str, Event] = defaultdict(Event)
        self.turn = Condition()
        handler = type("Bound", (_Handler,), {"loopback": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the port; nothing answers any more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take(self, path: str, prompt: str) -> int:
        """Count a request and return its number among those of its prompt, from 1."""
        with self.turn:
            self.requests.append((path, prompt))
            self.counts[path, prompt] += 1
            self.turn.notify_all()
            return self.counts[path, prompt]

    def wait_for_turn(self, path: str, prompt: str, n: int, together: int) -> None:
        """Wait until all have asked and all who asked later were answered."""
        key = path, prompt
        with self.turn:
            assert self.turn.wait_for(
                lambda: self.answered[key] == together - n and self.counts[key] >= together, PATIENCE
            )

    def done(self, path: str, prompt: str) -> None:
        """Let the one who asked before have its answer."""
        with self.turn:
            self.answered[path, prompt] += 1
            self.turn.notify_all()

    def wait_for_asked(self, prompt: str, n: int) -> None:
        """Wait until ``n`` requests with the prompt are here."""
        with self.turn:
            asked = lambda: sum(count for (_, asked), count in self.counts.items() if asked == prompt)  # noqa: E731
            assert self.turn.wait_for(lambda: asked() >= n, PATIENCE)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that went away."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    loopback: ClassVar[Loopback]

    def log_message(self, *args: object) -> None:
        """Keep quiet."""

    def do_POST(self) -> None:
        body = json.loads(self._read())
        path = urlsplit(self.path).path
        if path.startswith("/control/"):
            self._control(path.removeprefix("/control/"), body)
            return
        form = format_of(path)
        prompt = form.prompt(body)
        n = self.loopback.take(path, prompt)
        together = int(found[1]) if (found := re.search(r"together (\d+)", prompt)) else 0
        if together:
            self.loopback.wait_for_turn(path, prompt, n, together)
        self._answer(form, body, prompt, n)
        if together:
            self.loopback.done(path, prompt)

    def _read(self) -> bytes:
        if "chunked" not in self.headers.get("transfer-encoding", ""):
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _control(self, what: str, body: dict[str, Any]) -> None:
        if what == "go":
            self.loopback.gates[body["prompt"]].set()
        else:
            self.loopback.wait_for_asked(body["prompt"], body["n"])
        self._send(200, {})

    def _answer(self, form: Format, body: dict[str, Any], prompt: str, n: int) -> None:
        if (found := re.search(r"fail (\d+)", prompt)) is not None:
            self._send(int(found[1]), form.error(int(found[1]), prompt))
        elif "busy" in prompt and n == 1:
            seconds = found[1] if (found := re.search(r"busy for ([\d.]+)", prompt)) else "2.5"
            self._send(429, form.error(429, prompt), ("retry-after", seconds))
        else:
            text = json.dumps({"city": "Tromsø", "days": n}) if "json" in prompt else f"Answer {n}, “así”: {prompt}"
            said = Said(text, n, form.tool(body))
            if form.events is not None and self._is_streamed(form, body):
                self._stream(form, form.events(body, said), prompt)
            else:
                self._send(200, form.whole(body, said))

    @staticmethod
    def _is_streamed(form: Format, body: dict[str, Any]) -> bool:
        always = form.endpoint in (":streamGenerateContent", "/converse-stream")
        return always or bool(body.get("stream", form.endpoint == "/api/chat"))

    def _send(self, status: int, value: object, *more: tuple[str, str]) -> None:
        data = json.dumps(value, ensure_ascii=False, indent=2).encode()
        self.send_response(status)
        if status >= 400 and "message" in (value if isinstance(value, dict) else {}):
            self.send_header("x-amzn-errortype", _AWS_ERRORS[status])
        if "gzip" in self.headers.get("accept-encoding", ""):
            data = gzip.compress(data)
            self.send_header("content-encoding", "gzip")
        for name, text in (("content-type", "application/json"), ("content-length", str(len(data))), *more):
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, form: Format, events: list[bytes], prompt: str) -> None:
        self.send_response(200)
        self.send_header("content-type", form.media_type)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for piece in self._paced(events, prompt):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def _paced(self, events: list[bytes], prompt: str) -> Iterator[bytes]:
        gate = self.loopback.gates[prompt]
        for index, event in enumerate(events):
            if index == len(events) - 1 and "slowly" in prompt:
                assert gate.wait(PATIENCE), "the first events did not reach the caller before the last was sent"
            yield event


_AWS_ERRORS = {
    400: "ValidationException",
    401: "AccessDeniedException",
    429: "ThrottlingException",
    500: "InternalServerException",
}
