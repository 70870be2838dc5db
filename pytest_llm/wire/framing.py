"""HTTP/1.1 on the wire, for the stacks whose own parsers read a replay as if it came from a socket."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import responses

from pytest_llm.wire.handler import Replay
from pytest_llm.wire.tee import bodiless

__all__ = ["Dechunker", "frames", "head"]

FRAMING = frozenset({"connection", "content-length", "keep-alive", "trailer", "transfer-encoding"})
CHUNKED = ("transfer-encoding", "chunked")


def head(replay: Replay, method: str) -> bytes:
    """Return the status line and headers, framed for the body at hand rather than for the recorded one."""
    headers = [(name, value) for name, value in replay.headers if name.lower() not in FRAMING]
    if not bodiless(method, replay.status):
        headers.append(CHUNKED if replay.body is None else ("content-length", str(len(replay.body))))
    reason = replay.reason or responses.get(replay.status, "")
    lines = [f"HTTP/1.1 {replay.status} {reason}", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace")


def frames(replay: Replay, method: str) -> Iterator[bytes]:
    """Yield the response piece by piece: the head, then one recorded chunk each, then the end."""
    if bodiless(method, replay.status):
        yield head(replay, method)
    elif replay.body is not None:
        yield head(replay, method) + replay.body
    else:
        yield head(replay, method)
        for chunk in replay.chunks:
            if chunk:
                yield b"%x\r\n%b\r\n" % (len(chunk), chunk)
        yield b"0\r\n\r\n"


class Dechunker:
    """Takes the body of a response as it stands on the wire and gives back its content.

    A body that is not ``delimited`` ends with the connection.
    """

    __slots__ = ("chunked", "complete", "delimited", "left", "line")

    def __init__(self, chunked: bool, length: int | None) -> None:
        self.chunked = chunked
        self.delimited = chunked or length is not None
        self.left = 0 if chunked or length is None else length
        self.complete = False
        self.line = b""

    def feed(self, data: bytes) -> bytes:
        """Return the content in ``data``."""
        if self.chunked:
            return b"".join(self._pieces(data))
        if self.delimited:
            self.left -= len(data)
            self.complete = self.left <= 0
        return data

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        while data and not self.complete:
            if self.left:
                piece, data = data[: self.left], data[self.left :]
                self.left -= len(piece)
                yield piece
            else:
                line, newline, data = data.partition(b"\n")
                self.line += line
                if newline:
                    self._size(self.line.strip())
                    self.line = b""

    def _size(self, line: bytes) -> None:
        """Read a line between chunks: a size, or the empty one that ends a chunk."""
        if line:
            self.left = int(line.partition(b";")[0], 16)
            self.complete = self.left == 0
