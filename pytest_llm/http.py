"""One HTTP request and one HTTP response as bytes: what the wire hands up and the dialects read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import SplitResult, urlsplit

__all__ = ["HTTPRequest", "HTTPResponse", "Headers", "content_type", "header"]

Headers = tuple[tuple[str, str], ...]


def header(headers: Headers, name: str) -> str | None:
    """Return the first value of the header ``name`` (lower case), or None."""
    for key, value in headers:
        if key.lower() == name:
            return value
    return None


def content_type(headers: Headers) -> str:
    """Return the media type in lower case without its parameters, or an empty string."""
    return (header(headers, "content-type") or "").partition(";")[0].strip().lower()


@dataclass(frozen=True)
class HTTPRequest:
    """A request as an SDK sends it: the full URL, every header, the body before any transfer encoding."""

    method: str
    url: str
    headers: Headers = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)

    @cached_property
    def parsed(self) -> SplitResult:
        """The URL in its parts."""
        return urlsplit(self.url)

    @property
    def host(self) -> str:
        """The host in lower case, without port or credentials."""
        return self.parsed.hostname or ""

    @property
    def path(self) -> str:
        """The path, percent-encoded as it was sent."""
        return self.parsed.path

    @property
    def query(self) -> str:
        """The query without its question mark."""
        return self.parsed.query


@dataclass(frozen=True)
class HTTPResponse:
    """A response as it came: ``chunks`` joined are the body, without transfer and content encoding.

    ``chunks`` of a stream are its events, one each; of any other body a single chunk.
    """

    status: int
    headers: Headers = field(default=(), repr=False)
    chunks: tuple[bytes, ...] = field(default=(), repr=False)
    reason: str = ""

    @property
    def body(self) -> bytes:
        """The whole body."""
        return b"".join(self.chunks)

    @property
    def media_type(self) -> str:
        """The media type in lower case without its parameters."""
        return content_type(self.headers)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.chunks)

    @classmethod
    def of(cls, status: int, media_type: str, chunks: Iterable[bytes]) -> HTTPResponse:
        """Build a response from its status, media type and chunks."""
        return cls(status, (("content-type", media_type),), tuple(chunks))
