"""How many live calls a run may make, what they may cost, and how many may be in flight."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pytest_llm.errors import BudgetExceededError, ConfigurationError
from pytest_llm.text import money

__all__ = ["Budget", "Limiter", "Reservation"]


@dataclass(frozen=True, slots=True)
class Reservation:
    """A call that a budget has granted, with the cost in USD that was set aside for it."""

    cost: float


@dataclass(frozen=True, slots=True)
class _Spent:
    calls: int = 0
    cost: float = 0.0


class Budget:
    """Grants live calls until their number or their cost reaches a limit.

    Each call is reserved before it is made, at the most it can cost, and settled at what it did cost. With
    ``path`` the account is a small JSON file, guarded by a lock of the operating system, that any number of
    processes share, made by whoever comes first.
    """

    def __init__(self, max_calls: int | None, max_cost: float | None, path: Path | None = None) -> None:
        for option, limit in (("max_calls", max_calls), ("max_cost", max_cost)):
            if limit is not None and not limit >= 0:
                raise ConfigurationError(f"{option}={limit!r} is not a limit: it must be 0 or more.")
        self.max_calls = max_calls
        self.max_cost = max_cost
        self._path = path
        self._lock = threading.Lock()
        self._memory = _Spent()

    def reserve(self, cost: float) -> Reservation:
        """Set aside one call of at most ``cost`` USD; raises ``BudgetExceededError`` when that is too much."""
        with self._account() as (spent, save):
            self._refuse_beyond_calls(spent)
            self._refuse_beyond_cost(spent, cost)
            save(_Spent(spent.calls + 1, spent.cost + cost))
        return Reservation(cost)

    def settle(self, reservation: Reservation, actual_cost: float) -> None:
        """Replace what was set aside by what the call did cost."""
        with self._account() as (spent, save):
            save(_Spent(spent.calls, max(0.0, spent.cost - reservation.cost) + actual_cost))

    def release(self, reservation: Reservation) -> None:
        """Give back a call that was not made."""
        with self._account() as (spent, save):
            save(_Spent(max(0, spent.calls - 1), max(0.0, spent.cost - reservation.cost)))

    def spent(self) -> tuple[int, float]:
        """Return the number of calls and their cost in USD, what is set aside included."""
        with self._account() as (spent, _):
            return spent.calls, spent.cost

    def _refuse_beyond_calls(self, spent: _Spent) -> None:
        if self.max_calls is not None and spent.calls >= self.max_calls:
            raise BudgetExceededError(
                f"{spent.calls} of {self.max_calls} live calls are used up, so this one was not made. "
                "Raise --llm-max-calls to allow more."
            )

    def _refuse_beyond_cost(self, spent: _Spent, cost: float) -> None:
        # A hair of tolerance: 0.1 + 0.2 must fit into 0.3.
        if self.max_cost is not None and spent.cost + cost > self.max_cost * (1 + 1e-9):
            raise BudgetExceededError(
                f"{money(spent.cost)} of {money(self.max_cost)} are spent and this call may cost {money(cost)} more, "
                "so it was not made. Raise --llm-max-cost to allow it."
            )

    @contextmanager
    def _account(self) -> Iterator[tuple[_Spent, Callable[[_Spent], None]]]:
        with self._lock:
            if self._path is None:
                yield self._memory, self._remember
            else:
                with _locked(self._path) as descriptor:
                    yield _read(descriptor), lambda spent: _write(descriptor, spent)

    def _remember(self, spent: _Spent) -> None:
        self._memory = spent


def _read(descriptor: int) -> _Spent:
    os.lseek(descriptor, 0, os.SEEK_SET)
    text = os.read(descriptor, 1000)
    return _Spent(**json.loads(text)) if text.strip() else _Spent()


def _write(descriptor: int, spent: _Spent) -> None:
    data = json.dumps({"calls": spent.calls, "cost": spent.cost}).encode().ljust(100) + b"\n"
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, data)


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    try:
        _lock(descriptor)
        try:
            yield descriptor
        finally:
            _unlock(descriptor)
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    # Beyond the content, because Windows locks are mandatory: others could not even read.
    _PLACE = 1 << 30

    def _lock(descriptor: int) -> None:
        while True:
            os.lseek(descriptor, _PLACE, os.SEEK_SET)
            try:
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            except OSError:
                time.sleep(0.005)
            else:
                return

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, _PLACE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


class Limiter:
    """Lets ``concurrency`` live calls be in flight, and none while a provider asks everybody to wait.

    It never blocks, so that threads and event loops can share it: who is refused asks again after the seconds
    it was told.
    """

    def __init__(self, concurrency: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        if concurrency < 1:
            raise ConfigurationError(f"concurrency={concurrency!r} lets no call through: it must be 1 or more.")
        self._free = concurrency
        self._clock = clock
        self._held_until = 0.0
        self._lock = threading.Lock()

    def try_acquire(self) -> float:
        """Return 0.0 when the call may go, else the seconds to wait before asking again."""
        with self._lock:
            held = self._held_until - self._clock()
            if held > 0:
                return held
            if self._free == 0:
                return 0.01
            self._free -= 1
            return 0.0

    def release(self) -> None:
        """Give back the place of a call that is through."""
        with self._lock:
            self._free += 1

    def hold(self, seconds: float) -> None:
        """Let no call go for the next ``seconds``."""
        with self._lock:
            self._held_until = max(self._held_until, self._clock() + seconds)
