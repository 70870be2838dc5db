"""Tells an exchange what passes by, and sees to it that it ends exactly once."""

from __future__ import annotations

from pytest_llm.http import Headers, header
from pytest_llm.wire.handler import Exchange

__all__ = ["Tee", "bodiless"]


def bodiless(method: str, status: int) -> bool:
    """Say whether HTTP gives such a response no body at all."""
    return method == "HEAD" or status in (204, 304) or 100 <= status < 200


class Tee:
    """A guard around one exchange: the first of ``finish``, ``cut`` and ``fail`` ends it, the others are ignored.

    A response that is dropped without being read or closed is cut when it is collected.
    """

    __slots__ = ("__weakref__", "exchange", "open")

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.open = True

    def answer(self, method: str, status: int, headers: Headers, reason: str) -> None:
        """Tell the status line and headers; a response without a body is complete with them."""
        self.exchange.answer(status, headers, reason)
        if bodiless(method, status) or header(headers, "content-length") == "0":
            self.finish()

    def chunk(self, data: bytes) -> None:
        """Tell a piece of the body."""
        if self.open and data:
            self.exchange.chunk(data)

    def finish(self) -> None:
        """Tell that the body is complete."""
        if self.open:
            self.open = False
            self.exchange.finish()

    def cut(self) -> None:
        """Tell that the caller closed the response before its end."""
        if self.open:
            self.open = False
            self.exchange.cut()

    def fail(self, error: BaseException) -> None:
        """Tell that the call or the reading of its body failed."""
        if self.open:
            self.open = False
            self.exchange.fail(error)

    def __del__(self) -> None:
        if getattr(self, "open", False):
            self.cut()
