"""Short, stable descriptions of what a message holds besides text."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from hashlib import sha256

from pytest_llm.dialects.reading import mapping, optional_string, string

__all__ = ["describe_base64", "describe_bytes", "describe_data_or_url", "describe_other", "describe_quote"]

_SHOWN = 60


def describe_bytes(media_type: str, data: bytes) -> str:
    """Describe binary data, like ``image/png 3120 bytes sha256:1f0a2b3c``."""
    return f"{media_type} {len(data)} bytes sha256:{sha256(data).hexdigest()[:8]}"


def describe_base64(media_type: str, data: object) -> str:
    """Describe base64 text by the data in it."""
    text = string(data)
    try:
        return describe_bytes(media_type, base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return describe_bytes(media_type, text.encode(errors="replace"))


def describe_data_or_url(kind: str, url: object) -> str:
    """Describe what a URL points to: by its data when it is a ``data:`` URL, else by its beginning."""
    text = string(url)
    head, comma, data = text.partition(",")
    if not head.startswith("data:") or not comma:
        return describe_quote(kind, text)
    media_type = head.removeprefix("data:").partition(";")[0] or "text/plain"
    return describe_base64(media_type, data) if head.endswith(";base64") else describe_bytes(media_type, data.encode())


def describe_quote(kind: str, text: str) -> str:
    """Describe a text by its kind and its beginning."""
    return f"{kind} {text}" if len(text) <= _SHOWN else f"{kind} {text[:_SHOWN]}…"


def describe_other(part: Mapping[str, object]) -> str:
    """Describe a content part by its type, and by its URL, its file or else the hash of the whole."""
    kind = string(part.get("type")) or next((key for key, value in part.items() if value is not None), "part")
    inner = part.get(kind, part)
    for key in ("url", "file_data", "data", "file_url", "file_id", "uri", "text", "id"):
        if found := optional_string(inner if isinstance(inner, str) else mapping(inner).get(key)):
            return describe_data_or_url(kind, found)
    return f"{kind} sha256:{sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()[:8]}"
