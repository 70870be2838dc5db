"""Tests of reading Cohere's chat and embed."""

from __future__ import annotations

import pytest
from wire_samples import answer, asked, parts, said, sse

from pytest_llm.messages import Message, Response, TokenLogprob, ToolCall, Usage

CHAT = "/v2/chat"

BODY = {
    "id": "c1",
    "finish_reason": "TOOL_CALL",
    "message": {
        "role": "assistant",
        "tool_plan": "I will look.",
        "content": [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "Hello"}],
        "tool_calls": [{"id": "t1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}],
    },
    "usage": {
        "billed_units": {"input_tokens": 2, "output_tokens": 1},
        "tokens": {"input_tokens": 10.0, "output_tokens": 5.0},
        "cached_tokens": 3,
    },
}


def test_the_parts_of_a_request() -> None:
    assert parts(
        CHAT,
        {
            "model": "command",
            "messages": [],
            "documents": ["d"],
            "tools": [],
            "strict_tools": True,
            "response_format": {"type": "json_object", "json_schema": {}},
            "p": 0.5,
        },
    ) == {
        "model": "command",
        "prompt": {"messages": [], "documents": ["d"]},
        "params": {"p": 0.5},
        "tools": {"tools": [], "strict_tools": True},
        "schema": {"response_format": {"type": "json_object", "json_schema": {}}},
    }


def test_messages_documents_and_schema_of_a_request() -> None:
    request = asked(
        CHAT,
        {
            "model": "command",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
                {"role": "assistant", "tool_calls": BODY["message"]["tool_calls"]},  # type: ignore[index]
                {"role": "tool", "tool_call_id": "t1", "content": "4"},
            ],
            "documents": [{"id": "doc1", "data": {"text": "A text"}}],
            "response_format": {"type": "json_object", "json_schema": {"type": "object"}},
        },
    )

    assert request.messages == (
        Message("system", "Be brief."),
        Message("user", "Hi"),
        Message("assistant", tool_calls=(ToolCall("f", {"a": 1}, "t1"),)),
        Message("tool", "4", tool_call_id="t1"),
        Message("system", attachments=("document doc1",)),
    )
    assert request.schema == {"type": "object"}


def test_an_answer_is_read_in_full() -> None:
    assert said(CHAT, answer(BODY)) == Response(
        text="Hello",
        texts=("Hello",),
        tool_calls=(ToolCall("f", {"a": 1}, "t1"),),
        finish_reason="TOOL_CALL",
        usage=Usage(10, 5, cached_tokens=3),
        reasoning="Hm.\n\nI will look.",
        id="c1",
    )


def test_a_stream_is_read_as_the_same_answer_whole() -> None:
    def event(kind: str, index: int, message: dict[str, object]) -> dict[str, object]:
        return {"type": kind, "index": index, "delta": {"message": message}}

    stream = sse(
        {"type": "message-start", "id": "c1", "delta": {"message": {"role": "assistant", "content": []}}},
        event("tool-plan-delta", 0, {"tool_plan": "I will "}),
        event("tool-plan-delta", 0, {"tool_plan": "look."}),
        event("content-start", 0, {"content": {"type": "thinking", "thinking": ""}}),
        event("content-delta", 0, {"content": {"thinking": "Hm."}}),
        event("content-start", 1, {"content": {"type": "text", "text": ""}}),
        event("content-delta", 1, {"content": {"text": "Hel"}}),
        event("content-delta", 1, {"content": {"text": "lo"}}),
        event(
            "tool-call-start",
            0,
            {"tool_calls": {"id": "t1", "type": "function", "function": {"name": "f", "arguments": ""}}},
        ),
        event("tool-call-delta", 0, {"tool_calls": {"function": {"arguments": '{"a"'}}}),
        event("tool-call-delta", 0, {"tool_calls": {"function": {"arguments": ": 1}"}}}),
        {"type": "message-end", "delta": {"finish_reason": "TOOL_CALL", "usage": BODY["usage"]}},
        ending="",
    )

    assert said(CHAT, stream) == said(CHAT, answer(BODY))


def test_logprobs() -> None:
    body = {
        **BODY,
        "logprobs": [{"text": "Hel", "token_ids": [1], "logprobs": [-0.5]}, {"text": "lo", "logprobs": [-1, -1]}],
    }

    assert said(CHAT, answer(body)).logprobs == (TokenLogprob("Hel", -0.5), TokenLogprob("lo", -2.0))


def test_version_1_is_read_too() -> None:
    body = {
        "text": "Hello",
        "generation_id": "g1",
        "finish_reason": "COMPLETE",
        "tool_calls": [{"name": "f", "parameters": {"a": 1}}],
        "meta": {"billed_units": {"input_tokens": 2, "output_tokens": 1}},
    }
    whole = Response(
        text="Hello",
        texts=("Hello",),
        tool_calls=(ToolCall("f", {"a": 1}),),
        finish_reason="COMPLETE",
        usage=Usage(2, 1),
        id="g1",
    )
    stream = sse({"event_type": "text-generation", "text": "Hello"}, {"event_type": "stream-end", "response": body})
    history = [{"role": "USER", "message": "a"}, {"role": "CHATBOT", "message": "b"}]

    assert said("/v1/chat", answer(body)) == whole
    assert said("/v1/chat", stream) == whole
    assert asked("/v1/chat", {"preamble": "p", "chat_history": history, "message": "c"}).messages == (
        Message("system", "p"),
        Message("user", "a"),
        Message("assistant", "b"),
        Message("user", "c"),
    )


def test_embeddings() -> None:
    body = {"id": "e1", "embeddings": {"float": [[0.5], [1]]}, "meta": {"billed_units": {"input_tokens": 2}}}

    assert said("/v2/embed", answer(body)) == Response(embeddings=((0.5,), (1.0,)), usage=Usage(2), id="e1")
    assert asked("/v2/embed", {"model": "e", "texts": ["a"]}).messages == (Message("user", "a"),)


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_a_failure_has_its_status_and_the_provider_s_words(status: int) -> None:
    assert said(CHAT, answer({"id": "x", "message": "No."}, status)) == Response(status=status, error="No.")


@pytest.mark.parametrize("body", [{}, [], "x", {"message": 3}, {"message": {"content": 3, "tool_calls": [3]}}])
def test_a_body_of_another_kind_has_no_text(body: object) -> None:
    response = said(CHAT, answer(body))

    assert (response.text, response.raw) == ("", body)
