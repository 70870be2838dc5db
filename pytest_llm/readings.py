"""Cassette entries and live requests as their dialect reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pytest_llm.cassettes.body import decode_body, decode_events, encode_body
from pytest_llm.cassettes.differences import Reading
from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.redaction import Redactor
from pytest_llm.dialects import DIALECTS, GENERIC, dialect_for
from pytest_llm.dialects.base import Dialect
from pytest_llm.fingerprint import Fingerprint, fingerprint, with_steady_ids
from pytest_llm.http import HTTPRequest, HTTPResponse
from pytest_llm.local import LOCAL_MODELS
from pytest_llm.messages import Interaction, Request, Response
from pytest_llm.prices import FREE, Price, cost, price_of

__all__ = ["Readings", "Sought"]


@dataclass(frozen=True, slots=True)
class Sought:
    """A request after redaction: what is looked up, explained and recorded."""

    request: HTTPRequest
    dialect: Dialect
    parts: dict[str, object]
    fingerprint: Fingerprint
    query: str
    stored: object
    untouched: bool


class Readings:
    """Reads requests and entries with the built-in dialects and those of ``pytest_llm_dialect``, and prices them."""

    def __init__(
        self, redactor: Redactor, extra: Sequence[Dialect] = (), prices: Mapping[str, Price] | None = None
    ) -> None:
        self.redactor = redactor
        self.extra = tuple(extra)
        self.prices = prices or {}
        self._named = {dialect.name: dialect for dialect in (*DIALECTS, GENERIC, *self.extra)}

    def dialect(self, method: str, path: str) -> Dialect:
        """Return the dialect of a path; the generic one when its shape is not known."""
        return dialect_for(method, path, self.extra) or GENERIC

    def named(self, name: str) -> Dialect:
        """Return the dialect that an entry names; the generic one when it is not installed."""
        return self._named.get(name, GENERIC)

    def sought(self, request: HTTPRequest) -> Sought:
        """Return a request as it is looked up: redacted, split in its parts, with its fingerprint."""
        url = self.redactor.url(request.url)
        redacted = HTTPRequest(request.method, url, request.headers, self._redacted_body(request))
        dialect = self.dialect(request.method, request.path)
        parts = dialect.split(redacted)
        stored = encode_body(redacted.body)[0] if redacted.body else None
        if redacted.body and not _is_object(redacted.body):
            stored = {"$parts": parts}
        return Sought(
            redacted,
            dialect,
            parts,
            fingerprint(request.method, redacted.path, redacted.query, parts),
            redacted.query,
            stored,
            redacted.body == request.body,
        )

    def _redacted_body(self, request: HTTPRequest) -> bytes:
        return self.redactor.bytes_(request.body) if request.body else b""

    def reading(self, sought: Sought) -> Reading:
        """Return a request in the form in which misses are explained."""
        return Reading(
            _endpoint(sought.request), with_steady_ids(sought.parts), sought.dialect.read_request(sought.request)
        )

    def of_entry(self, entry: Entry) -> Reading:
        """Return a recorded request in the form in which misses are explained."""
        request, dialect = self.request_of(entry), self.named(entry["dialect"])
        return Reading(
            _endpoint(request), with_steady_ids(self.parts_of(entry)), self._request_of(entry, request, dialect)
        )

    def fingerprint_of(self, entry: Entry) -> str:
        """Return the fingerprint of the request as it stands in the file, which a person may have edited."""
        request = self.request_of(entry)
        return fingerprint(request.method, request.path, request.query, self.parts_of(entry)).digest

    def parts_of(self, entry: Entry) -> dict[str, object]:
        """Return the parts of a recorded request: model, prompt, params, tools, schema."""
        match entry.get("request"):
            case {"$parts": dict(parts)}:
                return parts
        return self.named(entry["dialect"]).split(self.request_of(entry))

    @staticmethod
    def request_of(entry: Entry) -> HTTPRequest:
        """Return the recorded request as HTTP, without a host."""
        stored, query = entry.get("request"), entry.get("query")
        body = b"" if stored is None or (isinstance(stored, dict) and "$parts" in stored) else decode_body(stored)
        url = entry["path"] + (f"?{query}" if query else "")
        headers = (("content-type", "application/json"),) if body else ()
        return HTTPRequest(entry["method"], url, headers, body)

    @staticmethod
    def response_of(entry: Entry) -> HTTPResponse:
        """Return the recorded response as HTTP."""
        headers = tuple((entry.get("headers") or {}).items())
        return HTTPResponse(entry["status"], headers, tuple(chunks_of(entry)))

    def response(self, entry: Entry) -> Response:
        """Return the recorded response as a value."""
        response = self.named(entry["dialect"]).read_response(self.response_of(entry))
        return replace(response, latency=entry.get("latency"), cost=self._cost(entry, response))

    def _cost(self, entry: Entry, response: Response) -> float | None:
        """Return what a call costs in USD; None when that is not known. One that failed or asked no model is free."""
        if response.status >= 400 or entry["method"] == "GET":
            return 0.0
        price = self._price(entry, response)
        if price == FREE:
            return 0.0
        return cost(response.usage, price) if price is not None and response.usage is not None else None

    def knows_price(self, model: str) -> bool:
        """Say whether what a model costs is known by its name alone."""
        return model in LOCAL_MODELS or price_of(model, self.prices) is not None

    def _price(self, entry: Entry, response: Response) -> Price | None:
        price = price_of(response.model, self.prices)
        if price is None:
            asked = self._request_of(entry, self.request_of(entry), self.named(entry["dialect"])).model
            price = price_of(asked, self.prices)
            if price is None and (entry.get("local") or {asked, response.model} & LOCAL_MODELS.keys()):
                price = FREE
        return price

    def interaction(self, entry: Entry, *, replayed: bool) -> Interaction:
        """Return the entry as a value."""
        request = self._request_of(entry, self.request_of(entry), self.named(entry["dialect"]))
        return Interaction(
            request,
            self.response(entry),
            entry["test"],
            entry["fingerprint"],
            entry.get("draw", 1),
            entry.get("recorded", ""),
            replayed,
        )

    def _request_of(self, entry: Entry, request: HTTPRequest, dialect: Dialect) -> Request:
        match entry.get("request"):
            case {"$parts": dict(parts)}:
                return Request(entry["dialect"], str(parts.get("model") or ""))
        return dialect.read_request(request)


def chunks_of(entry: Entry) -> list[bytes]:
    """Return the recorded body: one chunk an event of a stream, else a single chunk (none when empty)."""
    spelling = entry.get("spelling", "compact")
    if "events" in entry:
        return decode_events(entry["events"], spelling)
    return [decode_body(entry["response"], spelling)] if "response" in entry else []


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body.decode()), dict)
    except (ValueError, RecursionError):
        return False


def _endpoint(request: HTTPRequest) -> str:
    return f"{request.method} {request.path}" + (f"?{request.query}" if request.query else "")
