"""The TLS context that the clients of a run share: to make one takes 25 times as long as the rest of a client."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ssl import SSLContext

__all__ = ["tls_of"]

_NAMES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_CONTEXTS = pytest.StashKey["dict[tuple[str | None, ...], SSLContext]"]()


def tls_of(config: pytest.Config, client: type) -> SSLContext:
    """Return the context that this kind of HTTP client makes for itself, one a run and setting of the environment.

    ``client`` is a class of httpx or httpx2, or derived from one.
    """
    known = config.stash.setdefault(_CONTEXTS, {})
    stack = next(name for one in client.__mro__ if (name := one.__module__.partition(".")[0]) in ("httpx", "httpx2"))
    key = (stack, *(os.environ.get(name) for name in _NAMES))
    if key not in known:
        known[key] = sys.modules[stack].create_ssl_context()
    return known[key]
