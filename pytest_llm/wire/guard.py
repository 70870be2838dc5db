"""Refuses connections to a provider over a stack that is not intercepted, so that no call slips out unseen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytest_llm.wire.patching import Patch
from pytest_llm.wire.state import STATE

__all__ = ["patches", "refuse"]


def refuse(host: str) -> None:
    """Raise the handler's error when a connection to ``host`` may not be made here."""
    handler = STATE.handler
    name = host.lower()
    if handler is not None and not STATE.allows(name) and handler.blocks(name):
        raise handler.blocked(name)


def patches(module: Any) -> list[Patch]:
    """Return the patch of name resolution in ``socket``, or of channels in one of grpc's two modules."""
    if module.__name__ == "socket":
        return [Patch(module, "getaddrinfo", _resolution)]
    return [Patch(module.Channel, "__init__", _channel)]


def _resolution(original: Callable[..., Any]) -> Callable[..., Any]:
    def getaddrinfo(host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0) -> Any:
        if STATE.handler is not None and host:
            refuse(host.decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else host)
        return original(host, port, family, type, proto, flags)

    return getaddrinfo


def _channel(original: Callable[..., None]) -> Callable[..., None]:
    def __init__(self: Any, target: Any, *args: Any, **kwargs: Any) -> None:
        text = target.decode() if isinstance(target, bytes) else target
        refuse(text.rpartition("/")[2].rpartition(":")[0].strip("[]") or text)
        original(self, target, *args, **kwargs)

    return __init__
