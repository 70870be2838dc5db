"""The provider's own words for why a call failed, out of the many shapes they come in."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_llm.dialects.reading import mapping, optional_string, sequence, string

__all__ = ["error_text"]

_KEYS = ("message", "Message", "error", "detail", "errors", "msg", "error_message")


def error_text(value: object) -> str | None:
    """Return the message of an error body, or None when it holds none."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, Mapping):
        return _of_mapping(value)
    texts = [text for item in sequence(value) if (text := error_text(item))]
    return "; ".join(texts) or None


def _of_mapping(value: Mapping[str, object]) -> str | None:
    nested = mapping(value.get("error"))
    if text := optional_string(nested.get("message")):
        return text
    for key in _KEYS:
        if text := error_text(value.get(key)):
            return text
    return (
        optional_string(value.get("code")) or optional_string(value.get("type")) or string(value.get("title")) or None
    )
