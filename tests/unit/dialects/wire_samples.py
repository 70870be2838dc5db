"""Short ways to write requests and responses for the dialects' tests."""

from __future__ import annotations

import json

from pytest_llm.dialects import dialect_for
from pytest_llm.http import HTTPRequest, HTTPResponse
from pytest_llm.messages import Request, Response

JSON = "application/json"


def post(path: str, body: object) -> HTTPRequest:
    """Build a request with a JSON body."""
    return HTTPRequest("POST", f"https://host.test{path}", (("content-type", JSON),), json.dumps(body).encode())


def answer(body: object, status: int = 200) -> HTTPResponse:
    """Build a response with a JSON body."""
    return HTTPResponse.of(status, JSON, [json.dumps(body).encode()])


def sse(*events: object, ending: str = "data: [DONE]\n\n") -> HTTPResponse:
    """Build a response of server-sent events."""
    chunks = [f"data: {json.dumps(event)}\n\n".encode() for event in events]
    return HTTPResponse.of(200, "text/event-stream", [*chunks, ending.encode()])


def ndjson(*events: object) -> HTTPResponse:
    """Build a response of JSON lines."""
    return HTTPResponse.of(200, "application/x-ndjson", [f"{json.dumps(event)}\n".encode() for event in events])


def asked(path: str, body: object) -> Request:
    """Read a request with the dialect of its path."""
    request = post(path, body)
    dialect = dialect_for("POST", request.path)
    assert dialect is not None
    return dialect.read_request(request)


def parts(path: str, body: object) -> dict[str, object]:
    """Split a request with the dialect of its path."""
    request = post(path, body)
    dialect = dialect_for("POST", request.path)
    assert dialect is not None
    return dialect.split(request)


def said(path: str, response: HTTPResponse) -> Response:
    """Read a response with the dialect of a path."""
    dialect = dialect_for("POST", path)
    assert dialect is not None
    return dialect.read_response(response)
