"""What the wire asks of whoever handles its requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from pytest_llm.http import Headers, HTTPRequest

__all__ = ["Exchange", "Handler", "Replay"]


@dataclass(frozen=True, slots=True)
class Replay:
    """A recorded response to hand out instead of calling: one chunk an event.

    ``chunks`` may raise at its end (a recording that was cut short), and what it raises reaches the reader.
    ``retriable`` marks an error that SDKs wait after before they try again; that wait is skipped.
    """

    status: int
    headers: Headers
    chunks: Iterator[bytes]
    body: bytes | None = None
    reason: str = ""
    retriable: bool = False


class Exchange(Protocol):
    """One live call, told of as it happens. Exactly one of ``finish``, ``cut`` and ``fail`` ends it."""

    def delay(self) -> float:
        """Return how many seconds to wait before asking again, or 0.0 when the call may start now."""

    def answer(self, status: int, headers: Headers, reason: str) -> None:
        """Tell the status line and headers."""

    def chunk(self, data: bytes) -> None:
        """Tell a piece of the body, still content-encoded, as it reaches the caller."""

    def finish(self) -> None:
        """Tell that the body is complete."""

    def cut(self) -> None:
        """Tell that the caller closed the response before its end."""

    def fail(self, error: BaseException) -> None:
        """Tell that the call or the reading of its body failed."""


class Handler(Protocol):
    """Decides what becomes of each request; called from any thread and any event loop."""

    def wants(self, method: str, scheme: str, host: str, port: int | None, path: str) -> bool:
        """Say, without the body and cheaply, whether a request may be ours; others pass untouched."""

    def handle(self, request: HTTPRequest) -> Replay | Exchange | None:
        """Answer from a recording, start a live call, or return None to let it pass untouched.

        What it raises (a miss) reaches the caller of the SDK.
        """

    def blocks(self, host: str) -> bool:
        """Say whether a connection to ``host`` from outside an intercepted stack must not be made."""

    def blocked(self, host: str) -> BaseException:
        """Return the error to raise for such a connection, after noting it on the test."""
