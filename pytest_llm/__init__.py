"""LLM regression testing for pytest: recorded model calls, replayed offline, exactly and fast."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_llm.cassettes.redaction import Redaction
    from pytest_llm.client import AsyncClient, Chat, Client
    from pytest_llm.errors import (
        BudgetExceededError,
        CassetteError,
        CassetteMissError,
        LLMError,
        UninterceptedCallError,
    )
    from pytest_llm.messages import Interaction, Message, Request, Response, ToolCall, Usage
    from pytest_llm.prices import Price

__all__ = [
    "AsyncClient",
    "BudgetExceededError",
    "CassetteError",
    "CassetteMissError",
    "Chat",
    "Client",
    "Interaction",
    "LLMError",
    "Message",
    "Price",
    "Redaction",
    "Request",
    "Response",
    "ToolCall",
    "UninterceptedCallError",
    "Usage",
]

_HOMES = {
    "AsyncClient": "client",
    "BudgetExceededError": "errors",
    "CassetteError": "errors",
    "CassetteMissError": "errors",
    "Chat": "client",
    "Client": "client",
    "Interaction": "messages",
    "LLMError": "errors",
    "Message": "messages",
    "Price": "prices",
    "Redaction": "cassettes.redaction",
    "Request": "messages",
    "Response": "messages",
    "ToolCall": "messages",
    "UninterceptedCallError": "errors",
    "Usage": "messages",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'pytest_llm' has no attribute {name!r}")
    return getattr(import_module(f"pytest_llm.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
