"""Answers of chat models as values and as the objects of the openai SDK, whole and streamed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_llm.messages import Response, ToolCall, Usage
from pytest_llm.payloads import Tool
from pytest_llm.strategies.breaking import Break
from pytest_llm.strategies.calls import tool_calls
from pytest_llm.strategies.completions import SHAPES, chunks_of, completion_of
from pytest_llm.strategies.extra import st
from pytest_llm.strategies.texts import refusals, texts

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

__all__ = ["chat_completions", "responses", "tool_answers"]


def responses(
    text: SearchStrategy[str] | None = None,
    *,
    tools: Iterable[Tool] = (),
    broken: bool | Break | Collection[Break] = False,
) -> SearchStrategy[Response]:
    """Draw responses: a text, cut off by the token limit or not; refusals; with ``tools`` one to three tool calls.

    ``text`` draws the texts (``json_answers(schema)``); given, every response is such a text or a tool call.
    ``broken`` breaks the arguments of every tool call as ``tool_calls`` does.
    """
    said = texts() if text is None else text
    declared = list(tools)
    others: list[SearchStrategy[Response | None]] = [st.none()]
    if text is None:
        others.append(refusals())
    if declared:
        others.append(tool_answers(declared, broken))

    @st.composite
    def answers(draw: DrawFn) -> Response:
        usage = draw(st.none() | st.builds(Usage, st.integers(0, 10**5), st.integers(0, 10**5)))
        answer, reason = draw(said), draw(st.sampled_from(["stop", "length"]))
        # Drawn last, so that to shrink to a plain text leaves draws away.
        other = draw(st.one_of(others))
        response = other or Response(answer, (answer,), finish_reason=reason)
        if response.tool_calls:
            response = replace(response, text=answer, texts=(answer,))
        return replace(response, usage=usage, model="scripted", id="chatcmpl-1")

    return answers()


def chat_completions(
    text: SearchStrategy[str] | None = None,
    *,
    tools: Iterable[Tool] = (),
    broken: bool | Break | Collection[Break] = False,
    stream: bool = False,
) -> SearchStrategy[Any]:
    """Draw ``openai.types.chat.ChatCompletion`` objects; with ``stream=True`` lists of the chunks of one stream.

    Beside what ``responses`` draws they vary in what the providers of this API vary: content that is null or empty, no
    usage, absent and null fields, chunks without a choice, text cut anywhere.
    """
    # Imported here, as hypothesis counts the time that a draw takes.
    from openai.types.chat import ChatCompletion, ChatCompletionChunk

    drawn = responses(text, tools=list(tools), broken=broken)

    @st.composite
    def completions(draw: DrawFn) -> Any:
        response, shape = draw(drawn), draw(st.sampled_from(SHAPES))
        if not stream:
            return ChatCompletion.model_validate(completion_of(response, shape))
        chunks = chunks_of(response, shape, draw(st.integers(1, 20)))
        return [ChatCompletionChunk.model_validate(chunk) for chunk in chunks]

    return completions()


def tool_answers(tools: Iterable[Tool], broken: bool | Break | Collection[Break] = False) -> SearchStrategy[Response]:
    """Draw responses of one to three tool calls."""
    return st.lists(tool_calls(tools, broken=broken), min_size=1, max_size=3).map(_calling)


def _calling(calls: list[ToolCall]) -> Response:
    return Response(texts=("",), tool_calls=_numbered(calls), finish_reason="tool_calls", model="scripted")


def _numbered(calls: list[ToolCall]) -> tuple[ToolCall, ...]:
    return tuple(replace(call, id=f"call_{number}") for number, call in enumerate(calls, 1))
