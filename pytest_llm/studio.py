"""What a player plays with: the test's place, the session's common means, and the tally of one test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pytest_llm.budget import Budget, Limiter
from pytest_llm.cassettes.store import Track
from pytest_llm.dialects import known_host
from pytest_llm.messages import Interaction
from pytest_llm.prices import Price
from pytest_llm.readings import Readings

__all__ = ["Adopted", "Hosts", "Mode", "Place", "Studio", "Tally", "is_loopback"]

Mode = Literal["none", "once", "missing", "all", "live"]
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a test stands: its node id, its name (class, function, parameters), its slot in the cassette.

    ``options`` are those of the command line that a command to record it must repeat; ``trial`` is which of the test's
    trials it is, from 1.
    """

    nodeid: str
    test: str
    slot: str
    options: str = ""
    trial: int = 1


class Hosts:
    """Which requests are ours: providers' hosts, the configured ones, and the shape of a model call elsewhere."""

    def __init__(self, configured: frozenset[str]) -> None:
        self.configured = configured
        self.is_ours = lru_cache(512)(self._is_ours)

    def _is_ours(self, host: str, port: int | None, path: str | None) -> bool:
        return host in self.configured or f"{host}:{port}" in self.configured or known_host(host, path)

    def guards(self, host: str) -> bool:
        """Say whether a connection to the host from outside an intercepted stack is provider traffic."""
        return not is_loopback(host) and self.is_ours(host, None, None)


@dataclass(frozen=True, slots=True)
class Adopted:
    """Recordings found by content under the name of a test that no longer exists."""

    path: Path
    track: Track


@dataclass
class Tally:
    """What one test cost: calls made and money (USD) spent, and what replay saved.

    ``recorded`` of the ``live`` calls were written; ``unpriced`` names the served models without a known price;
    ``errors`` are the statuses of the live calls that failed; ``oldest`` is the date of the oldest recording that was
    replayed; ``explored`` is how many examples of a property ran before the budget was
    used up, if it was, and how many were to run; 0 when one failed and was being shrunk.
    """

    replayed: int = 0
    saved_seconds: float = 0.0
    recorded: int = 0
    live: int = 0
    spent: float = 0.0
    unpriced: set[str] = field(default_factory=set)
    oldest: str = ""
    errors: list[int] = field(default_factory=list)
    explored: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Studio:
    """What all tests of a session share."""

    readings: Readings
    hosts: Hosts
    limiter: Limiter
    budget: Budget
    prices: Mapping[str, Price]
    session: str
    recorded: Callable[[Interaction, float], None]


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine, whose calls are free and whose other traffic is not ours to guard."""
    return host in _LOOPBACK
