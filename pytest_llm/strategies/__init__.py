"""Properties instead of examples: what models send and what people send, drawn by hypothesis."""

from __future__ import annotations

from pytest_llm.strategies.calls import tool_calls
from pytest_llm.strategies.failures import errors
from pytest_llm.strategies.json_values import json_values
from pytest_llm.strategies.listed import adding_evidence, other_entity, paraphrasing, renaming
from pytest_llm.strategies.metamorphic import metamorphic
from pytest_llm.strategies.perturbations import RELATIONS, prompts_like
from pytest_llm.strategies.replies import chat_completions, responses
from pytest_llm.strategies.scripted import ScriptedModel, scripted_models
from pytest_llm.strategies.talks import conversations
from pytest_llm.strategies.texts import json_answers, refusals, texts
from pytest_llm.strategies.variants import Relation, Variant

__all__ = [
    "RELATIONS",
    "Relation",
    "ScriptedModel",
    "Variant",
    "adding_evidence",
    "chat_completions",
    "conversations",
    "errors",
    "json_answers",
    "json_values",
    "metamorphic",
    "other_entity",
    "paraphrasing",
    "prompts_like",
    "refusals",
    "renaming",
    "responses",
    "scripted_models",
    "texts",
    "tool_calls",
]
