"""Conversations as chat applications keep them, in the order that providers accept."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_llm.messages import Message
from pytest_llm.payloads import Tool
from pytest_llm.strategies.calls import tool_calls
from pytest_llm.strategies.extra import st
from pytest_llm.strategies.json_values import any_json
from pytest_llm.strategies.texts import texts

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

__all__ = ["conversations"]


def conversations(*, tools: Iterable[Tool] = (), max_turns: int = 5) -> SearchStrategy[list[Message]]:
    """Draw conversations: perhaps a system message, then at least one turn of a user, each but the last answered.

    With ``tools`` an answer may call some before it says something; each call is followed by its result, with its id.
    """
    declared = list(tools)
    results = st.text() | any_json().map(json.dumps)

    def steps(draw: DrawFn, turn: int) -> list[Message]:
        made = draw(st.lists(tool_calls(declared), max_size=2)) if declared else []
        if not made:
            return []
        calls = tuple(replace(call, id=f"call_{turn}_{number}") for number, call in enumerate(made, 1))
        return [
            Message("assistant", draw(st.just("") | texts()), calls),
            *(Message("tool", draw(results), tool_call_id=call.id) for call in calls),
        ]

    @st.composite
    def talks(draw: DrawFn) -> list[Message]:
        system = draw(st.none() | texts())
        said = [] if system is None else [Message("system", system)]
        for turn in range(1, draw(st.integers(1, max_turns))):
            said += [Message("user", draw(texts())), *steps(draw, turn), Message("assistant", draw(texts()))]
        return [*said, Message("user", draw(texts()))]

    return talks()
