"""Several trials of one test at a time: each request goes to the player of the trial that makes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from pytest_llm.errors import UninterceptedCallError
from pytest_llm.http import HTTPRequest
from pytest_llm.player import Player
from pytest_llm.wire.handler import Exchange, Replay

__all__ = ["Router", "current", "playing"]

current: ContextVar[Player | None] = ContextVar("pytest_llm_trial", default=None)
"""The player of the trial that runs in this context; None where a test runs alone."""


@contextmanager
def playing(player: Player | None) -> Iterator[None]:
    """Have what runs in this context belong to a player's trial."""
    token = current.set(player)
    try:
        yield
    finally:
        current.reset(token)


class Router:
    """The wire's ``Handler`` while bodies of several trials run at once."""

    def __init__(self, players: Sequence[Player]) -> None:
        self._players = players

    def wants(self, method: str, scheme: str, host: str, port: int | None, path: str) -> bool:
        """Say whether a request may be ours."""
        return self._players[0].wants(method, scheme, host, port, path)

    def handle(self, request: HTTPRequest) -> Replay | Exchange | None:
        """Hand the request to its trial's player."""
        player = current.get()
        if player is not None:
            return player.handle(request)
        if not self._players[0].knows(request):
            return None
        raise self._strayed(request.host)

    def blocks(self, host: str) -> bool:
        """Say whether a connection from outside an intercepted stack must not be made."""
        return self._players[0].blocks(host)

    def blocked(self, host: str) -> BaseException:
        """Return the error for such a connection, noted on its trial."""
        return (current.get() or self._players[0]).blocked(host)

    def _strayed(self, host: str) -> UninterceptedCallError:
        error = UninterceptedCallError(
            f"{self._players[0].place.nodeid} calls {host} from a thread of its own, of which it cannot be told to "
            "which of the trials that run at the same time it belongs. Nothing was sent.\n"
            "Run them one after another: @pytest.mark.llm_trials(..., concurrent=False), which is the default."
        )
        for player in self._players:
            player.note(error)
        return error
