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
from pytest_llm.plugin.endpoints import PLACEHOLDER
from pytest_llm.recorder import LONGEST_HOLD, LiveCall, retry_after
from pytest_llm.studio import is_loopback
from pytest_llm.text import short

__all__ = ["Sender"]

_RETRIED = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_HOPELESS = frozenset({401, 403, 404})
_ATTEMPTS = 3
_IN_A_ROW = 6
_PAUSE = 0.2
_STEP = 0.2


class Sender:
    """Sends requests of one item through a player that neither reads nor writes a cassette.

    ``stopped`` says why no more are sent: the budget is used up (``spent_up``), somebody pressed Ctrl-C
    (``interrupted``), or the provider is of no use. ``trouble`` is the last failure. ``resting`` are the hosts that no
    item asks again, as they want to be left alone for longer than it is worth to wait, with what they said.
    """

    def __init__(self, player: Player, concurrency: int, resting: dict[str, str]) -> None:
        self.player = player
        self.resting = resting
        self.stopped = ""
        self.spent_up = False
        self.interrupted = False
        self.trouble = ""
        self.allows_logprobs = True  # until the endpoint refuses them
        self.allows_zero = True  # until it refuses temperature 0 where the test asks for another
        self._concurrency = concurrency
        self._in_a_row = 0

    def draws(self, asked: Sequence[Variant]) -> list[Entry | None]:
        """Return an answer to each, in order; None where there is none. A variant that stands twice is asked twice.

        After Ctrl-C nothing more is sent, and what was under way is returned all the same, for it is paid for.
        """
        found: list[Entry | None] = [None] * len(asked)

        def take(place: int) -> None:
            found[place] = self.draw(asked[place].sent)

        with ThreadPoolExecutor(self._concurrency, thread_name_prefix="llm-drift") as pool:
            try:
                for future in [pool.submit(copy_context().run, take, place) for place in range(len(asked))]:
                    future.result()
            except KeyboardInterrupt:
                self._interrupt()
        return found

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
        self._stop(self.resting.get(request.host, ""))
        if self.stopped:
            return None
        made: list[Entry] = []
        token = capturing.set(made)
        try:
            self._send(request)
        except BudgetExceededError as error:
            self.spent_up = True
            self._stop(str(error).partition(", so this")[0].partition(", so it")[0])
        except KeyboardInterrupt:
            self._interrupt()
        except InterruptedError:  # stopped while it waited for its turn
            return None
        except (OSError, HTTPException) as error:
            said = str(error)
            self.trouble = short(said if "does not answer" in said else f"the provider does not answer: {said}", 110)
        finally:
            capturing.reset(token)
        if made and made[0]["status"] >= 400:
            self._note_refusal(request, made[0])
        return made[0] if made else None

    def _note_refusal(self, request: HTTPRequest, entry: Entry) -> None:
        self.trouble = f"the provider answers {entry['status']}"
        if (seconds := retry_after(tuple(entry["headers"].items()))) > LONGEST_HOLD:
            self._stop(self.resting.setdefault(request.host, f"{self.trouble} and wants to rest for {seconds:,.0f} s"))

    def _send(self, request: HTTPRequest) -> None:
        call = self.player.handle(request)
        if not isinstance(call, LiveCall):
            raise ConfigurationError(f"{request.host}{request.path} is no call of a model.")
        answered(call, request, request.url, self._wait)

    def _wait(self, seconds: float) -> None:
        if self.stopped:
            raise InterruptedError(self.stopped)
        time.sleep(min(seconds, _STEP))

    def _interrupt(self) -> None:
        self.interrupted = True
        self._stop("interrupted")

    def _lacks_key(self, request: HTTPRequest) -> bool:
        """Say whether a provider would get the placeholder for a key; an endpoint of one's own may need none."""
        own = self.player.studio.hosts.configured
        if is_loopback(request.host) or {request.host, request.parsed.netloc} & own:
            return False
        return any(PLACEHOLDER in value for _, value in request.headers)

    def _stop(self, why: str) -> None:
        self.stopped = self.stopped or why
