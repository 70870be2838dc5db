"""What every interceptor asks: which handler is active, and whether a call is already being handled."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from contextvars import ContextVar, Token
from threading import Lock
from types import TracebackType

from pytest_llm.wire.handler import Handler

__all__ = ["STATE", "Sending", "State"]


class State:
    """The one active handler of this process, and the calls that are on their way to the network."""

    def __init__(self) -> None:
        self.handler: Handler | None = None
        self.handlers: list[Handler] = []
        self.epoch = 0
        self.sending: Counter[str] = Counter()
        self.lock = Lock()
        self.taken: ContextVar[bool] = ContextVar("pytest_llm_taken", default=False)
        self.last: ContextVar[int] = ContextVar("pytest_llm_last", default=0)

    def push(self, handler: Handler) -> bool:
        """Make ``handler`` the active one; say whether it is the first."""
        with self.lock:
            self.handlers.append(handler)
            self.handler = handler
            self.epoch += 1
            return len(self.handlers) == 1

    def pop(self) -> bool:
        """Return to the handler before; say whether it was the last."""
        with self.lock:
            if not self.handlers:
                raise RuntimeError("uninstall() was called more often than install().")
            self.handlers.pop()
            self.handler = self.handlers[-1] if self.handlers else None
            self.epoch += 1
            return self.handler is None

    def asking(self) -> Handler | None:
        """Return the handler to ask about a call, or None when a layer above has already asked."""
        handler = self.handler
        return None if handler is None or self.taken.get() else handler

    def passed(self) -> None:
        """Note that the last call of this context was not replayed."""
        self.last.set(0)

    def replay(self, retriable: bool) -> None:
        """Note that the last call of this context was replayed, and whether the wait that follows is skipped."""
        self.last.set(self.epoch if retriable else -self.epoch)

    def replayed(self) -> bool:
        """Say whether the last call of this context was replayed."""
        return self.handler is not None and abs(self.last.get()) == self.epoch

    def waives(self) -> bool:
        """Say, once, whether a sleep in this context is to be skipped."""
        if self.handler is None or self.last.get() != self.epoch:
            return False
        self.last.set(-self.epoch)
        return True

    def allows(self, host: str) -> bool:
        """Say whether this connection to ``host`` belongs to a call that an interceptor let through."""
        return self.taken.get() or self.sending[host] > 0


STATE = State()


class Sending:
    """While entered, a call to ``host`` is on its way: no other layer handles it and the guard lets it pass.

    The count per host serves name resolution in an executor, which runs without the context of the call.
    """

    __slots__ = ("host", "token")

    def __init__(self, host: str) -> None:
        self.host = host.lower()

    def __enter__(self) -> None:
        self.token: Token[bool] = STATE.taken.set(True)
        with STATE.lock:
            STATE.sending[self.host] += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with STATE.lock:
            STATE.sending[self.host] -= 1
            if not STATE.sending[self.host]:
                del STATE.sending[self.host]
        with suppress(ValueError):  # a coroutine collected unfinished is closed in another context
            STATE.taken.reset(self.token)
