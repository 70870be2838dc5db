"""A small OpenAI-like server on loopback: every answer differs, and each can be told what to be."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Call:
    """A request as the server got it."""

    number: int
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """The text of the last message."""
        messages = self.body.get("messages")
        return str(messages[-1]["content"]) if messages else str(self.body.get("input"))


@dataclass
class Answer:
    """What the server says: a text, or a whole message, or an error; ``hold`` is called after a stream's first event.

    ``model`` is the served one, that which was asked for unless given; ``top`` are log-probabilities of first tokens,
    told to who asks for them.
    """

    text: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    message: Mapping[str, Any] | None = None
    error: str = ""
    pieces: list[str] | None = None
    finish_reason: str = "stop"
    hold: Callable[[], object] = lambda: None
    model: str = ""
    top: Mapping[str, float] | None = None


class Provider(ThreadingHTTPServer):
    """The server; ``calls`` are the requests it got, ``script`` what it says to the next ones.

    A call is in flight until the last bytes of its answer are about to be sent: after them the client may
    ask again before this thread goes on. ``together`` calls wait for each other, if so many come at all.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls: list[Call] = []
        self.script: list[Answer] = []
        self.reply: Callable[[Call], Answer] = lambda call: Answer(f"answer {call.number}")
        self.seconds = 0.0
        self.together = 1
        self.in_flight = 0
        self.most_in_flight = 0
        self.lock = threading.Lock()
        self._came = threading.Condition(self.lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def asked(self) -> list[str]:
        """The last message of every call."""
        return [call.text for call in self.calls]

    def always(self, text: str) -> None:
        """Say the same to everything, under ids and dates that differ."""
        self.reply = lambda call: Answer(text)

    def come(self) -> None:
        """A call has come; it stays for ``seconds``, and until ``together`` of them have been in flight at once."""
        with self._came:
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            self._came.notify_all()
            self._came.wait_for(lambda: self.most_in_flight >= self.together, timeout=10)
        time.sleep(self.seconds)

    def leave(self) -> None:
        with self.lock:
            self.in_flight -= 1

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Be quiet when a client goes away, which tests have clients do."""


class _Handler(BaseHTTPRequestHandler):
    server: Provider
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else the body waits for the client to acknowledge the headers, up to 40 ms

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        provider = self.server
        with provider.lock:
            call = Call(
                len(provider.calls) + 1, self.path, {name.lower(): value for name, value in self.headers.items()}, body
            )
            provider.calls.append(call)
            answer = provider.script.pop(0) if provider.script else provider.reply(call)
        provider.come()
        self._answer(call, answer)

    def _answer(self, call: Call, answer: Answer) -> None:
        if answer.status != 200:
            self._json(answer, {"error": {"message": answer.error or "no", "type": "error"}})
        elif self.path.endswith("/embeddings"):
            self._json(answer, _embeddings(call))
        elif call.body.get("stream"):
            self._stream(call, answer)
        else:
            self._json(answer, _completion(call, answer))

    def _json(self, answer: Answer, document: Mapping[str, Any]) -> None:
        data = json.dumps(document).encode()
        self.send_response(answer.status)
        for name, value in {"content-type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.server.leave()
        self.wfile.write(data)

    def _stream(self, call: Call, answer: Answer) -> None:
        self.send_response(200)
        for name, value in {"content-type": "text/event-stream", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("connection", "close")
        self.end_headers()
        first, *events, last = _events(call, answer)
        try:
            self._event(first)
            answer.hold()
            for event in events:
                self._event(event)
        finally:
            self.server.leave()
        self._event(last)
        self.close_connection = True

    def _event(self, event: str) -> None:
        self.wfile.write(f"data: {event}\n\n".encode())
        self.wfile.flush()


def _usage() -> dict[str, int]:
    return {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


def _head(call: Call, kind: str) -> dict[str, Any]:
    model = call.body.get("model")
    return {"id": f"chatcmpl-{call.number}", "object": kind, "created": 1_700_000_000 + call.number, "model": model}


def _completion(call: Call, answer: Answer) -> dict[str, Any]:
    message = {"role": "assistant", "content": answer.text, **(answer.message or {})}
    choice: dict[str, Any] = {"index": 0, "finish_reason": answer.finish_reason, "message": message}
    if answer.top and call.body.get("logprobs"):
        ranked = sorted(answer.top.items(), key=lambda one: -one[1])
        tokens = [{"token": token, "logprob": value, "bytes": None} for token, value in ranked]
        choice["logprobs"] = {"content": [{**tokens[0], "top_logprobs": tokens}], "refusal": None}
    served = {"model": answer.model} if answer.model else {}
    return {**_head(call, "chat.completion"), **served, "choices": [choice], "usage": _usage()}


def _events(call: Call, answer: Answer) -> list[str]:
    head = _head(call, "chat.completion.chunk")
    pieces = answer.pieces if answer.pieces is not None else [f"{word} " for word in answer.text.split()]
    choices: list[dict[str, Any]] = [{"index": 0, "delta": {"content": piece}} for piece in pieces]
    choices.append({"index": 0, "delta": {}, "finish_reason": "stop"})
    events = [json.dumps({**head, "choices": [choice]}) for choice in choices]
    return [*events, json.dumps({**head, "choices": [], "usage": _usage()}), "[DONE]"]


def _embeddings(call: Call) -> dict[str, Any]:
    texts = call.body["input"] if isinstance(call.body["input"], list) else [call.body["input"]]
    data = [
        {"object": "embedding", "index": index, "embedding": [0.5 * call.number + index, 0.25]}
        for index, _ in enumerate(texts)
    ]
    usage = {"prompt_tokens": 4, "total_tokens": 4}
    return {"object": "list", "data": data, "model": call.body["model"], "usage": usage}
