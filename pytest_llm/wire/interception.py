"""Turns the interception of every HTTP stack on and off.

Only modules that the process has imported are patched, each at the classes that all its clients share, so that a
client is caught whoever made it and whenever; a module imported later is patched as it arrives.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import RLock
from types import MappingProxyType, ModuleType

from pytest_llm.wire.handler import Handler
from pytest_llm.wire.imports import Watcher
from pytest_llm.wire.patching import Patch
from pytest_llm.wire.state import STATE

__all__ = ["install", "installed", "intercepting", "uninstall"]

INTERCEPTORS = MappingProxyType(
    {
        "socket": "guard",
        "time": "waits",
        "asyncio": "waits",
        "anyio._backends._asyncio": "waits",
        "trio": "waits",
        "botocore.retries.bucket": "waits",
        "httpx._transports.default": "httpx",
        "httpx2._transports.default": "httpx",
        "aiohttp.connector": "aiohttp",
        "urllib3.connectionpool": "urllib3",
        "grpc._channel": "guard",
        "grpc.aio._channel": "guard",
    }
)


class _Interception:
    """The patches of this process; a module's are made once and applied whenever a handler is active."""

    def __init__(self) -> None:
        self.patches: dict[str, tuple[ModuleType, list[Patch]]] = {}
        self.watcher = Watcher(INTERCEPTORS, self.imported)
        self.lock = RLock()

    def on(self) -> None:
        with self.lock:
            sys.meta_path.insert(0, self.watcher)
            for name in INTERCEPTORS:
                module = sys.modules.get(name)
                if module is not None and not getattr(module.__spec__, "_initializing", False):
                    self.patch(name, module)

    def off(self) -> None:
        with self.lock:
            sys.meta_path.remove(self.watcher)
            for _, patches in self.patches.values():
                for patch in patches:
                    patch.undo()

    def imported(self, module: ModuleType) -> None:
        with self.lock:
            if STATE.handler is not None:
                self.patch(module.__name__, module)

    def patch(self, name: str, module: ModuleType) -> None:
        known, patches = self.patches.get(name, (None, []))
        if known is not module:
            interceptor = import_module(f"pytest_llm.wire.{INTERCEPTORS[name]}")
            make: Callable[[ModuleType], list[Patch]] = interceptor.patches
            patches = make(module)
            self.patches[name] = (module, patches)
        for patch in patches:
            patch.apply()


INTERCEPTION = _Interception()


def install(handler: Handler) -> None:
    """Have every HTTP request of this process asked of ``handler``, instead of the one installed before it."""
    if STATE.push(handler):
        INTERCEPTION.on()


def uninstall() -> None:
    """Return to the handler installed before the last one; after the first, everything is as it was."""
    if STATE.pop():
        INTERCEPTION.off()


def installed() -> Handler | None:
    """Return the active handler."""
    return STATE.handler


@contextmanager
def intercepting(handler: Handler) -> Iterator[Handler]:
    """Install ``handler`` for the duration of a block."""
    install(handler)
    try:
        yield handler
    finally:
        uninstall()
