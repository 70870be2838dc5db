"""The wire formats of the providers' APIs: which one a request speaks, and what it and its response say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pytest_llm.dialects.anthropic_messages import ANTHROPIC_MESSAGES
from pytest_llm.dialects.base import Dialect, stable
from pytest_llm.dialects.bedrock_converse import BEDROCK_CONVERSE
from pytest_llm.dialects.bedrock_invoke import BEDROCK_INVOKE
from pytest_llm.dialects.cohere import COHERE_CHAT, COHERE_EMBED
from pytest_llm.dialects.gemini import GEMINI
from pytest_llm.dialects.generic import GENERIC
from pytest_llm.dialects.hosts import PROVIDER_HOSTS, known_host
from pytest_llm.dialects.ollama import OLLAMA_CHAT, OLLAMA_EMBED, OLLAMA_GENERATE
from pytest_llm.dialects.openai_chat import OPENAI_CHAT, OPENAI_COMPLETIONS
from pytest_llm.dialects.openai_embeddings import OPENAI_EMBEDDINGS
from pytest_llm.dialects.openai_responses import OPENAI_RESPONSES
from pytest_llm.dialects.reading import load
from pytest_llm.dialects.wireformat import WireFormat

__all__ = [
    "DIALECTS",
    "GENERIC",
    "PROVIDER_HOSTS",
    "Dialect",
    "dialect_for",
    "known_host",
    "looks_like_model_call",
    "stable",
]

_FORMATS: tuple[WireFormat, ...] = (
    OPENAI_CHAT,
    OPENAI_COMPLETIONS,
    OPENAI_RESPONSES,
    OPENAI_EMBEDDINGS,
    ANTHROPIC_MESSAGES,
    GEMINI,
    BEDROCK_CONVERSE,
    BEDROCK_INVOKE,
    COHERE_CHAT,
    COHERE_EMBED,
    OLLAMA_CHAT,
    OLLAMA_GENERATE,
    OLLAMA_EMBED,
)

DIALECTS: tuple[Dialect, ...] = _FORMATS


def dialect_for(method: str, path: str, extra: Iterable[Dialect] = ()) -> Dialect | None:
    """Return the dialect of a request by the shape of its path, those of ``extra`` first; None if none fits."""
    return next((dialect for dialect in (*extra, *DIALECTS) if dialect.knows(method, path)), None)


def looks_like_model_call(method: str, path: str, body: bytes) -> bool:
    """Return whether a request to an unknown host is one to a model, by its path and what its body holds.

    The path alone does not decide: an application may have a ``/responses`` or ``/api/chat`` of its own.
    """
    for form in _FORMATS:
        if form.knows(method, path):
            value = load(body)
            return isinstance(value, Mapping) and form.asks(value)
    return False
