"""Fresh draws from the provider: each over a connection of its own, under the run's budget and concurrency."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from http.client import HTTPException

from pytest_llm.cassettes.entry import Entry
from pytest_llm.errors import BudgetExceededError, ConfigurationError
from pytest_llm.http import HTTPRequest
from pytest_llm.player import Player, capturing
from pytest_llm.plugin.cells import answered
from pytest_llm.plugin.drift.variants import Variant
from pytest_llm.recorder import LiveCall
from pytest_llm.studio import is_loopback
from pytest_llm.text import short

__all__ = ["Sender"]

_RETRIED = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_HOPELESS = frozenset({401, 403, 404})
_ATTEMPTS = 3
_IN_A_ROW = 6
_PAUSE = 0.2
_PLACEHOLDER = "no-key-while-replaying"


class Sender:
    """Sends requests of one item through a player that neither reads nor writes a cassette.

    ``stopped`` says why no more are sent: the budget is used up (``spent_up``), or the provider is of no use.
    ``trouble`` is the last failure.
    """

    def __init__(self, player: Player, concurrency: int) -> None:
        self.player = player
        self.stopped = ""
        self.spent_up = False
        self.trouble = ""
        self.allows_logprobs = True  # until the endpoint refuses them
        self.allows_zero = True  # until it refuses temperature 0 where the test asks for another
        self._concurrency = concurrency
        self._in_a_row = 0

    def draws(self, asked: Sequence[Variant]) -> list[Entry | None]:
        """Return an answer to each, in order; None where there is none. A variant that stands twice is asked twice."""
        if not asked:
            return []
        with ThreadPoolExecutor(min(self._concurrency, len(asked)), thread_name_prefix="llm-drift") as pool:
            futures = [pool.submit(copy_context().run, self.draw, one.sent) for one in asked]
            return [future.result() for future in futures]

    def draw(self, request: HTTPRequest) -> Entry | None:
        """Return an answer; None when there is none after three attempts. What is refused for good stops the rest."""
        for attempt in range(_ATTEMPTS):
            if self.stopped:
                return None
            if attempt:
                time.sleep(_PAUSE * 2**attempt)
            entry = self.once(request)
            if entry is not None and entry["status"] < 400:
                self._in_a_row = 0
                return entry
            if entry is not None and entry["status"] not in _RETRIED:
                if entry["status"] in _HOPELESS:
                    self._stop(self.trouble)
                break
        self._in_a_row += 1
        if self._in_a_row >= _IN_A_ROW:
            self._stop(self.trouble)
        return None

    def once(self, request: HTTPRequest) -> Entry | None:
        """Return what one call brought, an error of the provider's as well; None when it brought no answer."""
        if self._lacks_key(request):
            self._stop("there is no key of the provider in the environment")
            return None
        made: list[Entry] = []
        token = capturing.set(made)
        try:
            self._send(request)
        except BudgetExceededError as error:
            self.spent_up = True
            self._stop(str(error).partition(", so this")[0].partition(", so it")[0])
        except (OSError, HTTPException) as error:
            said = str(error)
            self.trouble = short(said if "does not answer" in said else f"the provider does not answer: {said}", 110)
        finally:
            capturing.reset(token)
        if made and made[0]["status"] >= 400:
            self.trouble = f"the provider answers {made[0]['status']}"
        return made[0] if made else None

    def _send(self, request: HTTPRequest) -> None:
        call = self.player.handle(request)
        if not isinstance(call, LiveCall):
            raise ConfigurationError(f"{request.host}{request.path} is no call of a model.")
        answered(call, request, request.url)

    def _lacks_key(self, request: HTTPRequest) -> bool:
        """Say whether a provider would get the placeholder for a key; an endpoint of one's own may need none."""
        own = self.player.studio.hosts.configured
        if is_loopback(request.host) or {request.host, request.parsed.netloc} & own:
            return False
        return any(_PLACEHOLDER in value for _, value in request.headers)

    def _stop(self, why: str) -> None:
        self.stopped = self.stopped or why
