"""Skips the wait of an SDK between a replayed error and its next attempt."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from math import inf
from typing import Any

from pytest_llm.wire.patching import Patch
from pytest_llm.wire.state import STATE

__all__ = ["patches"]


def patches(module: Any) -> list[Patch]:
    """Return the patch of ``sleep`` in time, asyncio, trio or anyio's backend, or of botocore's rate limiter."""
    if module.__name__ == "botocore.retries.bucket":
        return [Patch(module.TokenBucket, "_acquire", _bucket)]
    if not hasattr(module, "sleep"):
        return []
    return [Patch(module, "sleep", _sync if module.__name__ == "time" else _async)]


def _waived(seconds: float) -> bool:
    """Say whether this is a wait to skip; to yield and to sleep forever are none."""
    return 0 < seconds < inf and STATE.waives()


def _sync(original: Callable[[float], None]) -> Callable[[float], None]:
    def sleep(seconds: float, /) -> None:
        if not _waived(seconds):
            original(seconds)

    return sleep


def _async(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def sleep(*args: Any, **kwargs: Any) -> Any:
        seconds = args[0] if args else kwargs.get("delay", kwargs.get("seconds", 0))
        if not _waived(seconds):
            return await original(*args, **kwargs)
        await original(0)
        return args[1] if len(args) > 1 else kwargs.get("result")

    return sleep


def _bucket(original: Callable[[Any, float, bool], bool]) -> Callable[[Any, float, bool], bool]:
    def _acquire(self: Any, amount: float, block: bool) -> bool:
        return STATE.replayed() or original(self, amount, block)

    return _acquire
