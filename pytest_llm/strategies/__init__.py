"""Properties instead of examples: what models send and what people send, drawn by hypothesis."""

from __future__ import annotations

from pytest_llm.strategies.calls import tool_calls
from pytest_llm.strategies.failures import errors
from pytest_llm.strategies.json_values import json_values
from pytest_llm.strategies.replies import chat_completions, responses
from pytest_llm.strategies.scripted import ScriptedModel, scripted_models
from pytest_llm.strategies.talks import conversations
from pytest_llm.strategies.texts import json_answers, refusals, texts

__all__ = [
    "ScriptedModel",
    "chat_completions",
    "conversations",
    "errors",
    "json_answers",
    "json_values",
    "refusals",
    "responses",
    "scripted_models",
    "texts",
    "tool_calls",
]
