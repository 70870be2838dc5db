"""A cell of an experiment: the test's requests with the old prompt or the old model put in place of the new."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import HTTPErrorProcessor, Request, build_opener

from pytest_llm.http import Headers, HTTPRequest
from pytest_llm.player import Player
from pytest_llm.readings import Readings
from pytest_llm.studio import Mode
from pytest_llm.wire.handler import Exchange, Replay
from pytest_llm.wire.state import Sending

__all__ = ["Cell", "Rewriter", "rewritten", "send"]

_PATIENCE = 600.0
_HOP = frozenset({"accept-encoding", "connection", "content-length", "host", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One of the four: ``prompt`` and ``model`` are what to put in place of the new ones, None where they stay.

    ``replaces`` is the hash of the new prompt, ``asked`` the new model.
    """

    name: str
    replaces: str
    asked: str
    prompt: Mapping[str, Any] | None = None
    model: str | None = None
    mode: Mode = "missing"


def rewritten(request: HTTPRequest, cell: Cell, readings: Readings) -> HTTPRequest:
    """Return a request as the cell asks it: the same object where it has nothing of what is replaced."""
    sought = readings.sought(request)
    parts, prompt = sought.parts, sought.parts.get("prompt")
    swaps_prompt = cell.prompt is not None and sought.fingerprint.parts.get("prompt") == cell.replaces
    swaps_model = cell.model is not None and parts.get("model") == cell.asked
    if not (swaps_prompt or swaps_model) or not isinstance(prompt, Mapping):
        return request
    body = json.loads(request.body)
    url = request.url
    if swaps_prompt:
        body = {key: item for key, item in body.items() if key not in prompt} | dict(cell.prompt or {})
    if swaps_model and "model" in body:
        body["model"] = cell.model
    elif swaps_model:
        url = url.replace(f"/{cell.asked}", f"/{cell.model}", 1)
    return HTTPRequest(request.method, url, request.headers, json.dumps(body, ensure_ascii=False).encode())


class Rewriter:
    """The wire's ``Handler`` of a cell: it sends what it has rewritten itself, for the SDK would send its own."""

    def __init__(self, player: Player, cell: Cell, endpoint: Callable[[str], str | None]) -> None:
        self._player, self._cell, self._endpoint = player, cell, endpoint

    def wants(self, method: str, scheme: str, host: str, port: int | None, path: str) -> bool:
        """Say whether a request may be ours."""
        return self._player.wants(method, scheme, host, port, path)

    def handle(self, request: HTTPRequest) -> Replay | Exchange | None:
        """Replay the rewritten request or send it."""
        if not self._player.knows(request):
            return None
        asked = rewritten(request, self._cell, self._player.studio.readings)
        outcome = self._player.handle(asked)
        if asked is request or outcome is None or isinstance(outcome, Replay):
            return outcome
        return self._sent(asked, outcome)

    def blocks(self, host: str) -> bool:
        """Say whether a connection from outside an intercepted stack must not be made."""
        return self._player.blocks(host)

    def blocked(self, host: str) -> BaseException:
        """Return the error for such a connection."""
        return self._player.blocked(host)

    def _sent(self, request: HTTPRequest, call: Exchange) -> Replay:
        status, headers, body = answered(call, request, self._url(request))
        return Replay(status, headers, iter([body]), body)

    def _url(self, request: HTTPRequest) -> str:
        base = self._endpoint(self._cell.model) if self._cell.model is not None else None
        if base is None:
            return request.url
        host, asked = urlsplit(base), urlsplit(request.url)
        return urlunsplit((host.scheme, host.netloc, asked.path, asked.query, ""))


class _AnyStatus(HTTPErrorProcessor):
    """Gives an answer of any status as it is: the SDK knows what to make of it."""

    def http_response(self, request: Any, response: Any) -> Any:
        return response

    https_response = http_response


def answered(
    call: Exchange, request: HTTPRequest, url: str, wait: Callable[[float], None] = time.sleep
) -> tuple[int, Headers, bytes]:
    """Send the request of a live call, when it may go, and let the call know what came.

    Raises as ``send`` and ``wait`` do.
    """
    try:
        while seconds := call.delay():
            wait(seconds)
        status, headers, body = send(request, url)
    except BaseException as error:
        call.fail(error)
        raise
    call.answer(status, headers, "")
    call.chunk(body)
    call.finish()
    return status, headers, body


def send(request: HTTPRequest, url: str) -> tuple[int, Headers, bytes]:
    """Send a request; raises ``ConnectionError`` when there is no answer."""
    headers = {name: text for name, text in request.headers if name.lower() not in _HOP}
    asked = Request(url, request.body or None, headers, method=request.method)
    try:
        with (
            Sending(urlsplit(url).hostname or ""),
            build_opener(_AnyStatus).open(asked, timeout=_PATIENCE) as answer,
        ):
            body = answer.read()
            kept = [(name, text) for name, text in answer.headers.items() if name.lower() not in _HOP]
            return answer.status, tuple(kept), body
    except URLError as error:
        raise ConnectionError(f"{urlsplit(url).netloc} does not answer: {error.reason}") from error
