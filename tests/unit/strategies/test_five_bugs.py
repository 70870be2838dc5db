"""The strategies find five real parsing bugs within 200 examples each, and shrink each to a minimal case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import replies_app as app
from hypothesis import Phase, given, seed, settings

from pytest_llm import ToolCall
from pytest_llm import strategies as llm_st
from pytest_llm.strategies import ScriptedModel

SEEDS = range(3)
FIRST_EMPTY: list[list[str | None]] = [[], [""], [None]]
LAST_EMPTY: list[list[str | None]] = [[""], [None], []]


def minimal(strategy: Any, check: Callable[[Any], object]) -> list[Any]:
    """Return the values to which hypothesis shrinks a failure of ``check``, found within 200 examples of each seed."""
    return [_minimal(strategy, check, number) for number in SEEDS]


def _minimal(strategy: Any, check: Callable[[Any], object], number: int) -> Any:
    failing = []

    @seed(number)
    @settings(max_examples=200, database=None, deadline=None, phases=[Phase.generate, Phase.shrink], print_blob=False)
    @given(strategy)
    def property_(value: Any) -> None:
        try:
            check(value)
        except (Exception, pytest.fail.Exception):
            failing.append(value)
            raise

    with pytest.raises((Exception, pytest.fail.Exception)):
        property_()
    return failing[-1]


def test_a_sentence_before_the_fence_is_not_expected() -> None:
    found = minimal(llm_st.json_answers(app.SCHEMA, mess="fenced"), app.unfenced)

    assert found == ['Here is the JSON:\n```json\n{\n  "name": "",\n  "days": 0\n}\n```'] * len(SEEDS)


def test_a_chunk_without_a_choice_is_not_expected() -> None:
    found = minimal(llm_st.chat_completions(stream=True), app.streamed_text)
    texts = [[[choice.delta.content for choice in chunk.choices] for chunk in chunks] for chunks in found]

    # Two kinds of stream have one, and neither can be made smaller into the other: Azure's first, the last with usage.
    assert texts == [FIRST_EMPTY, LAST_EMPTY, FIRST_EMPTY]


def test_an_answer_without_content_is_not_expected() -> None:
    found = minimal(llm_st.chat_completions(tools=[app.book_room]), app.word_count)
    messages = [completion.choices[0].message for completion in found]

    assert [(one.content, one.refusal, one.tool_calls) for one in messages] == (
        [(None, "I can't help with that.", None)] * len(SEEDS)
    )


def test_a_number_that_came_as_a_string_is_multiplied() -> None:
    def costs_at_most(call: ToolCall) -> None:
        assert isinstance(call.arguments, dict)
        assert len(app.run_tool(call.arguments)) < 100

    found = minimal(llm_st.tool_calls([app.book_room], broken="string for number"), costs_at_most)

    assert found == [ToolCall("book_room", {"city": "", "nights": "0"}, "call_1")] * len(SEEDS)


def test_a_model_that_calls_tools_for_ever_is_asked_for_ever() -> None:
    def ends(model: ScriptedModel) -> None:
        with model as llm:
            app.ask_until_done(llm.sdk, "A room in Oslo?")

    calls = llm_st.scripted_models(tools=[app.book_room], max_calls=3)
    found = minimal(calls, ends)

    assert [len(model.requests) for model in found] == [3] * len(SEEDS)
    assert [[dict(call.arguments) for call in answer.tool_calls] for model in found for answer in model.answers] == (
        [[{"city": "", "nights": 0}]] * 3 * len(SEEDS)
    )
