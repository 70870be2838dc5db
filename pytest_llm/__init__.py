"""LLM regression testing for pytest: recorded model calls, replayed offline, exactly and fast."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_llm.cassettes.redaction import Redaction
    from pytest_llm.client import AsyncClient, Chat, Client
    from pytest_llm.embedders.base import Embedder
    from pytest_llm.errors import (
        BudgetExceededError,
        CassetteError,
        CassetteMissError,
        LLMError,
        UngradedError,
        UninterceptedCallError,
    )
    from pytest_llm.expectations.base import all_of, any_of, satisfies
    from pytest_llm.expectations.forms import has_length, in_language, valid_markdown
    from pytest_llm.expectations.fuzzy import fuzzy_match
    from pytest_llm.expectations.meaning import similar_to
    from pytest_llm.expectations.nets import has_no_links, leaks, links_only_to, mentions_pii, refuses
    from pytest_llm.expectations.no_worse import Baseline, no_worse_than
    from pytest_llm.expectations.numbers import mentions_number
    from pytest_llm.expectations.patterns import matches
    from pytest_llm.expectations.references import bleu, chrf, exact_match, loose_match, rouge_l, token_f1
    from pytest_llm.expectations.shares import at_least, at_most
    from pytest_llm.expectations.structure import conforming_to
    from pytest_llm.expectations.texts import contains_all, contains_any, equal_to, excludes, starts_with
    from pytest_llm.expectations.tools import calls, calls_nothing, calls_only
    from pytest_llm.expectations.trajectories import calls_all, calls_at_most, calls_exactly, calls_in_order
    from pytest_llm.judges.grade import Check, Checklist, Grade
    from pytest_llm.judges.rubric import Rubric
    from pytest_llm.judging.judge import Judge
    from pytest_llm.messages import Interaction, Message, Request, Response, ToolCall, Usage
    from pytest_llm.prices import Price
    from pytest_llm.prompts.filled import FilledPrompt, load_prompt
    from pytest_llm.sample.rate import Rate
    from pytest_llm.sample.sample import Sample
    from pytest_llm.sample.score import Score
    from pytest_llm.sample.verdict import UndecidedWarning, Verdict
    from pytest_llm.trajectory import Step, TracedCall, Trajectory

__all__ = [
    "AsyncClient",
    "Baseline",
    "BudgetExceededError",
    "CassetteError",
    "CassetteMissError",
    "Chat",
    "Check",
    "Checklist",
    "Client",
    "Embedder",
    "FilledPrompt",
    "Grade",
    "Interaction",
    "Judge",
    "LLMError",
    "Message",
    "Price",
    "Rate",
    "Redaction",
    "Request",
    "Response",
    "Rubric",
    "Sample",
    "Score",
    "Step",
    "ToolCall",
    "TracedCall",
    "Trajectory",
    "UndecidedWarning",
    "UngradedError",
    "UninterceptedCallError",
    "Usage",
    "Verdict",
    "all_of",
    "any_of",
    "at_least",
    "at_most",
    "bleu",
    "calls",
    "calls_all",
    "calls_at_most",
    "calls_exactly",
    "calls_in_order",
    "calls_nothing",
    "calls_only",
    "chrf",
    "conforming_to",
    "contains_all",
    "contains_any",
    "equal_to",
    "exact_match",
    "excludes",
    "fuzzy_match",
    "has_length",
    "has_no_links",
    "in_language",
    "leaks",
    "links_only_to",
    "load_prompt",
    "loose_match",
    "matches",
    "mentions_number",
    "mentions_pii",
    "no_worse_than",
    "refuses",
    "rouge_l",
    "satisfies",
    "similar_to",
    "starts_with",
    "token_f1",
    "valid_markdown",
]

_HOMES = {
    "AsyncClient": "client",
    "Baseline": "expectations.no_worse",
    "BudgetExceededError": "errors",
    "CassetteError": "errors",
    "CassetteMissError": "errors",
    "Chat": "client",
    "Check": "judges.grade",
    "Checklist": "judges.grade",
    "Client": "client",
    "Embedder": "embedders.base",
    "FilledPrompt": "prompts.filled",
    "Grade": "judges.grade",
    "Interaction": "messages",
    "Judge": "judging.judge",
    "LLMError": "errors",
    "Message": "messages",
    "Price": "prices",
    "Rate": "sample.rate",
    "Redaction": "cassettes.redaction",
    "Request": "messages",
    "Response": "messages",
    "Sample": "sample.sample",
    "Score": "sample.score",
    "Rubric": "judges.rubric",
    "Step": "trajectory",
    "ToolCall": "messages",
    "TracedCall": "trajectory",
    "Trajectory": "trajectory",
    "UndecidedWarning": "sample.verdict",
    "UngradedError": "errors",
    "UninterceptedCallError": "errors",
    "Usage": "messages",
    "Verdict": "sample.verdict",
    "all_of": "expectations.base",
    "any_of": "expectations.base",
    "at_least": "expectations.shares",
    "at_most": "expectations.shares",
    "bleu": "expectations.references",
    "calls": "expectations.tools",
    "calls_all": "expectations.trajectories",
    "calls_at_most": "expectations.trajectories",
    "calls_exactly": "expectations.trajectories",
    "calls_in_order": "expectations.trajectories",
    "calls_nothing": "expectations.tools",
    "calls_only": "expectations.tools",
    "chrf": "expectations.references",
    "conforming_to": "expectations.structure",
    "contains_all": "expectations.texts",
    "contains_any": "expectations.texts",
    "equal_to": "expectations.texts",
    "exact_match": "expectations.references",
    "excludes": "expectations.texts",
    "fuzzy_match": "expectations.fuzzy",
    "has_length": "expectations.forms",
    "has_no_links": "expectations.nets",
    "in_language": "expectations.forms",
    "leaks": "expectations.nets",
    "links_only_to": "expectations.nets",
    "load_prompt": "prompts.filled",
    "loose_match": "expectations.references",
    "matches": "expectations.patterns",
    "mentions_number": "expectations.numbers",
    "mentions_pii": "expectations.nets",
    "no_worse_than": "expectations.no_worse",
    "refuses": "expectations.nets",
    "rouge_l": "expectations.references",
    "satisfies": "expectations.base",
    "similar_to": "expectations.meaning",
    "starts_with": "expectations.texts",
    "token_f1": "expectations.references",
    "valid_markdown": "expectations.forms",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'pytest_llm' has no attribute {name!r}")
    return getattr(import_module(f"pytest_llm.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
