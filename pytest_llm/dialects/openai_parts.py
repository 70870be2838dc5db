"""Text and reasoning in the messages of chat completions, whole or as deltas."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_llm.dialects.reading import join_texts, mappings, optional_string, string

__all__ = ["content_text", "message_reasoning"]


def content_text(content: object) -> str:
    """Return the text of a message's content: a string, or parts of which some are text."""
    if isinstance(content, str):
        return content
    return "".join(string(part.get("text")) or string(part.get("refusal")) for part in mappings(content))


def message_reasoning(message: Mapping[str, object]) -> str:
    """Return the reasoning of a message, in the one of its four spellings that the provider uses.

    ``reasoning_content`` (DeepSeek), ``reasoning`` (Groq, OpenRouter), ``reasoning_details`` alone (Snowflake),
    or thinking parts within the content (Mistral).
    """
    plain = optional_string(message.get("reasoning_content")) or optional_string(message.get("reasoning"))
    if plain:
        return plain
    details = mappings(message.get("reasoning_details"))
    return join_texts(details) or join_texts(details, "summary") or _thinking(message.get("content"))


def _thinking(content: object) -> str:
    parts = (part.get("thinking") for part in mappings(content))
    return "".join(thinking if isinstance(thinking, str) else join_texts(thinking) for thinking in parts)
