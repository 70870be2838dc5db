"""The dialect of an API that speaks JSON, put together from the functions that read its objects."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from urllib.parse import unquote

from pytest_llm.dialects.bodies import body_value
from pytest_llm.dialects.failures import error_text
from pytest_llm.dialects.layout import Layout, divide, remaining
from pytest_llm.dialects.reading import mapping, mappings, string
from pytest_llm.http import HTTPRequest, HTTPResponse
from pytest_llm.messages import Message, Request, Response, Usage
from pytest_llm.streams import is_stream, payloads

__all__ = ["Body", "WireFormat", "failure", "no_schema", "no_usage", "raw_value", "updated"]

Body = Mapping[str, object]


def no_schema(body: Body) -> object:
    """Return None, for an API whose requests bear no schema."""
    del body
    return None


def no_usage(response: HTTPResponse) -> Usage | None:
    """Return None, for an API whose headers do not count tokens."""
    del response
    return None


def updated(chunks: Sequence[object]) -> Body:
    """Join the payloads of a stream by taking the last value of each key."""
    body: dict[str, object] = {}
    for chunk in mappings(list(chunks)):
        body.update(chunk)
    return body


@dataclass(frozen=True)
class WireFormat:
    """A dialect by the shape of its path and the functions that read its JSON objects.

    ``endpoint`` is searched in the path; its group ``model``, if there is one, names the model. ``join`` makes
    of a stream's payloads the body that the API gives without streaming, which ``answer`` then reads.
    ``asks`` says whether a body has what the API requires of a request.
    """

    name: str
    endpoint: re.Pattern[str]
    layout: Layout
    messages: Callable[[Body], Sequence[Message]]
    answer: Callable[[Body], Response]
    asks: Callable[[Body], bool]
    join: Callable[[Sequence[object]], Body] = updated
    schema: Callable[[Body], object] = no_schema
    usage_of_headers: Callable[[HTTPResponse], Usage | None] = no_usage
    volatile: frozenset[str] = frozenset()
    streams_by_default: bool = False

    def knows(self, method: str, path: str) -> bool:
        """Return whether a request of this method and path is one of this API."""
        return method.upper() == "POST" and self.endpoint.search(path) is not None

    def split(self, request: HTTPRequest) -> dict[str, object]:
        """Return the body's JSON values by part."""
        value = body_value(request)
        model = self._path_model(request.path)
        if isinstance(value, Mapping):
            return divide(value, self.layout, model)
        return ({"model": model} if model else {}) | ({} if value is None else {"params": value})

    def read_request(self, request: HTTPRequest) -> Request:
        """Return what the request asks."""
        value = body_value(request)
        body = mapping(value)
        parts = self.split(request)
        schema = self.schema(body)
        params = remaining(parts, schema_read=isinstance(schema, Mapping))
        return Request(
            dialect=self.name,
            model=self._path_model(request.path) or string(body.get("model")),
            messages=tuple(self.messages(body)),
            params=params if body or value is None else {"body": value},
            tools=tuple(mappings(body.get("tools")) or mappings(mapping(body.get("toolConfig")).get("tools"))),
            schema=schema if isinstance(schema, Mapping) else None,
            stream=self._streams(request.path, body),
        )

    def read_response(self, response: HTTPResponse) -> Response:
        """Return what the response says, streamed or not."""
        raw = raw_value(response)
        if response.status >= 400:
            return failure(response, raw)
        body = self.join(raw) if isinstance(raw, list) else mapping(raw)
        answer = self.answer(body)
        return replace(
            answer,
            status=response.status,
            usage=answer.usage or self.usage_of_headers(response),
            error=answer.error or error_text(body.get("error")),
            raw=raw,
        )

    def _path_model(self, path: str) -> str:
        match = self.endpoint.search(path)
        return unquote((match and match.groupdict().get("model")) or "")

    def _streams(self, path: str, body: Body) -> bool:
        default = self.streams_by_default or "stream" in path.rpartition("/")[2].lower()
        stream = body.get("stream")
        return stream if isinstance(stream, bool) else default


def raw_value(response: HTTPResponse) -> object:
    """Return the JSON value of a body, a stream's list of payloads, its text, or the digest of binary data."""
    media_type = response.media_type
    if is_stream(media_type):
        return payloads(media_type, response.chunks)
    body = response.body
    if body.startswith((b"data:", b"event:")):
        # Some servers stream events under the media type of plain text or JSON.
        return payloads("text/event-stream", [body])
    values = payloads(media_type, [body])
    if values or not body.strip():
        return values[0] if values else None
    return {"media_type": media_type, "bytes": len(body), "sha256": sha256(body).hexdigest()}


def failure(response: HTTPResponse, raw: object) -> Response:
    """Return the response of a call that failed, with the provider's message or else its status."""
    status = f"HTTP {response.status} {response.reason}".strip()
    return Response(status=response.status, error=error_text(raw) or status, raw=raw)
