"""Tests of reading Ollama's own API."""

from __future__ import annotations

import pytest
from wire_samples import answer, asked, ndjson, parts, said

from pytest_llm.messages import Message, Response, TokenLogprob, ToolCall, Usage

CHAT = "/api/chat"
GENERATE = "/api/generate"

END = {"done": True, "done_reason": "stop", "prompt_eval_count": 10, "eval_count": 5, "total_duration": 9}
CALL = {"function": {"name": "f", "arguments": {"a": 1}}}
TOKEN = {"token": "Hi", "logprob": -0.1, "top_logprobs": []}


def test_the_parts_of_a_request() -> None:
    body = {"model": "m", "messages": [], "format": "json", "options": {"seed": 1}, "tools": [], "stream": False}

    assert parts(CHAT, body) == {
        "model": "m",
        "prompt": {"messages": []},
        "params": {"options": {"seed": 1}, "stream": False},
        "tools": {"tools": []},
        "schema": {"format": "json"},
    }


def test_a_request_streams_unless_it_says_otherwise() -> None:
    assert asked(CHAT, {"model": "m", "messages": []}).stream is True
    assert asked(CHAT, {"model": "m", "messages": [], "stream": False}).stream is False


def test_the_messages_of_a_chat() -> None:
    request = asked(
        CHAT,
        {
            "model": "m",
            "messages": [
                {"role": "user", "content": "See", "images": ["aGVsbG8="]},
                {"role": "assistant", "content": "", "tool_calls": [CALL]},
                {"role": "tool", "tool_name": "f", "content": "4"},
            ],
            "format": {"type": "object"},
        },
    )

    assert request.messages == (
        Message("user", "See", attachments=("image 5 bytes sha256:2cf24dba",)),
        Message("assistant", tool_calls=(ToolCall("f", {"a": 1}),)),
        Message("tool", "4", tool_call_id="f"),
    )
    assert request.schema == {"type": "object"}


def test_the_prompt_of_generate() -> None:
    request = asked(GENERATE, {"model": "m", "system": "Be brief.", "prompt": "Hi"})

    assert request.messages == (Message("system", "Be brief."), Message("user", "Hi"))


def test_a_chat_streamed_is_read_as_the_same_whole() -> None:
    message = {"role": "assistant", "content": "Hello", "thinking": "Hm.", "tool_calls": [CALL]}
    whole = {"model": "m", "message": message, "logprobs": [TOKEN, TOKEN], **END}
    stream = ndjson(
        {"model": "m", "message": {"role": "assistant", "content": "", "thinking": "H"}, "done": False},
        {"model": "m", "message": {"role": "assistant", "content": "", "thinking": "m."}, "done": False},
        {"model": "m", "message": {"role": "assistant", "content": "Hel"}, "logprobs": [TOKEN], "done": False},
        {"model": "m", "message": {"role": "assistant", "content": "lo"}, "logprobs": [TOKEN], "done": False},
        {"model": "m", "message": {"role": "assistant", "content": "", "tool_calls": [CALL]}, "done": False},
        {"model": "m", "message": {"role": "assistant", "content": ""}, **END},
    )

    assert said(CHAT, answer(whole)) == Response(
        text="Hello",
        texts=("Hello",),
        tool_calls=(ToolCall("f", {"a": 1}),),
        finish_reason="stop",
        usage=Usage(10, 5),
        model="m",
        logprobs=(TokenLogprob("Hi", -0.1), TokenLogprob("Hi", -0.1)),
        reasoning="Hm.",
    )
    assert said(CHAT, stream) == said(CHAT, answer(whole))


def test_generate_streamed_is_read_as_the_same_whole() -> None:
    whole = {"model": "m", "response": "Hello", "thinking": "Hm.", **END}
    stream = ndjson(
        {"model": "m", "response": "", "thinking": "Hm."},
        {"model": "m", "response": "Hel"},
        {"model": "m", "response": "lo"},
        {"model": "m", "response": "", **END},
    )

    assert said(GENERATE, stream) == said(GENERATE, answer(whole))
    assert said(GENERATE, stream).text == "Hello"


@pytest.mark.parametrize(
    ("body", "vectors"),
    [({"embeddings": [[0.5], [1]]}, ((0.5,), (1.0,))), ({"embedding": [0.5, 1]}, ((0.5, 1.0),))],
)
def test_embeddings(body: dict[str, object], vectors: tuple[tuple[float, ...], ...]) -> None:
    assert said("/api/embed", answer({"model": "e", **body})).embeddings == vectors


def test_an_error_whole_and_within_a_stream() -> None:
    broken = said(CHAT, ndjson({"message": {"content": "Hel"}}, {"error": "out of memory"}))

    assert said(CHAT, answer({"error": "model 'x' not found"}, 404)) == Response(
        status=404, error="model 'x' not found"
    )
    assert (broken.text, broken.error) == ("Hel", "out of memory")


@pytest.mark.parametrize("body", [{}, [], "x", {"message": 3}, {"response": 3}, {"message": {"tool_calls": [3]}}])
def test_a_body_of_another_kind_has_no_text(body: object) -> None:
    response = said(CHAT, answer(body))

    assert (response.text, response.raw) == ("", body)
