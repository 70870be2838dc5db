"""Tests of reading OpenAI responses."""

from __future__ import annotations

import pytest
from wire_samples import answer, asked, parts, said, sse

from pytest_llm.messages import Message, Response, TokenLogprob, ToolCall, Usage

PATH = "/v1/responses"

MESSAGE = {
    "type": "message",
    "id": "msg_1",
    "role": "assistant",
    "status": "completed",
    "content": [
        {
            "type": "output_text",
            "text": "Paris",
            "annotations": [],
            "logprobs": [{"token": "Paris", "logprob": -0.1, "top_logprobs": [{"token": "Paris", "logprob": -0.1}]}],
        }
    ],
}
REASONING = {
    "type": "reasoning",
    "id": "rs_1",
    "summary": [{"type": "summary_text", "text": "First."}, {"type": "summary_text", "text": "Then."}],
}
CALL = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": '{"a": 1}'}
BODY = {
    "id": "resp_1",
    "object": "response",
    "model": "gpt-5-2025-08-07",
    "status": "completed",
    "error": None,
    "incomplete_details": None,
    "output": [REASONING, MESSAGE, CALL],
    "usage": {
        "input_tokens": 10,
        "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 1},
        "output_tokens": 7,
        "output_tokens_details": {"reasoning_tokens": 3},
    },
}


def test_the_parts_of_a_request() -> None:
    text_format = {"type": "json_schema", "name": "n", "schema": {"type": "object"}}

    assert parts(
        PATH,
        {
            "model": "gpt-5",
            "input": "Hi",
            "instructions": "Be brief.",
            "text": {"format": text_format, "verbosity": "low"},
            "tools": [{"type": "web_search"}],
            "tool_choice": "auto",
            "reasoning": {"effort": "low"},
            "stream": False,
        },
    ) == {
        "model": "gpt-5",
        "prompt": {"input": "Hi", "instructions": "Be brief."},
        "params": {"text": {"verbosity": "low"}, "reasoning": {"effort": "low"}, "stream": False},
        "tools": {"tools": [{"type": "web_search"}], "tool_choice": "auto"},
        "schema": {"text": {"format": text_format}},
    }


def test_an_earlier_response_that_a_request_continues_is_of_its_prompt() -> None:
    body = {"input": "And?", "previous_response_id": "resp_0", "conversation": "conv_1"}

    assert parts(PATH, body) == {"prompt": body}


def test_the_input_items_are_messages() -> None:
    request = asked(
        PATH,
        {
            "model": "gpt-5",
            "instructions": "Be brief.",
            "input": [
                {"role": "developer", "content": "In French."},
                {
                    "type": "message",
                    "role": "user",
                    "content": [
                        {"type": "input_text", "text": "What is it?"},
                        {"type": "input_image", "image_url": "data:image/png;base64,aGVsbG8="},
                        {"type": "input_file", "file_id": "file-1"},
                    ],
                },
                REASONING,
                CALL,
                {"type": "function_call_output", "call_id": "call_1", "output": "4"},
                {"type": "custom_tool_call", "call_id": "call_2", "name": "sql", "input": "select 1"},
                {"type": "item_reference", "id": "msg_0"},
            ],
            "text": {"format": {"type": "json_schema", "schema": {"type": "object"}}, "verbosity": "low"},
            "max_output_tokens": 9,
        },
    )

    assert request.messages == (
        Message("system", "Be brief."),
        Message("developer", "In French."),
        Message("user", "What is it?", attachments=("image/png 5 bytes sha256:2cf24dba", "input_file file-1")),
        Message("assistant", attachments=("reasoning First.\n\nThen.",)),
        Message("assistant", tool_calls=(ToolCall("f", {"a": 1}, "call_1"),)),
        Message("tool", "4", tool_call_id="call_1"),
        Message("assistant", tool_calls=(ToolCall("sql", "select 1", "call_2"),)),
        Message("assistant", attachments=("item_reference msg_0",)),
    )
    assert request.schema == {"type": "object"}
    assert request.params == {"text": {"verbosity": "low"}, "max_output_tokens": 9}


def test_an_input_of_text_is_a_user_message() -> None:
    assert asked(PATH, {"model": "m", "input": "Hi"}).messages == (Message("user", "Hi"),)


def test_an_answer_is_read_in_full() -> None:
    response = said(PATH, answer(BODY))

    assert response == Response(
        text="Paris",
        texts=("Paris",),
        tool_calls=(ToolCall("f", {"a": 1}, "call_1"),),
        finish_reason="completed",
        usage=Usage(10, 7, cached_tokens=4, cache_write_tokens=1, reasoning_tokens=3),
        model="gpt-5-2025-08-07",
        logprobs=(TokenLogprob("Paris", -0.1, (("Paris", -0.1),)),),
        reasoning="First.\n\nThen.",
        id="resp_1",
    )


def test_an_incomplete_answer_says_why() -> None:
    body = {**BODY, "status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}

    assert said(PATH, answer(body)).finish_reason == "max_output_tokens"


@pytest.mark.parametrize("status", ["in_progress", "queued"])
def test_an_answer_in_the_background_has_not_finished(status: str) -> None:
    assert said(PATH, answer({**BODY, "status": status, "output": []})).finish_reason is None


def test_a_refusal_is_no_text() -> None:
    refusal = {**MESSAGE, "content": [{"type": "refusal", "refusal": "I can't."}]}

    response = said(PATH, answer({**BODY, "output": [refusal]}))

    assert (response.text, response.refusal) == ("", "I can't.")


def test_the_provider_s_own_tools_are_no_tool_calls() -> None:
    search = {"type": "web_search_call", "id": "ws_1", "action": {"type": "search", "query": "x"}}

    response = said(PATH, answer({**BODY, "output": [search, MESSAGE]}))

    assert (response.text, response.tool_calls) == ("Paris", ())


def test_a_failed_answer_has_the_provider_s_words() -> None:
    body = {**BODY, "status": "failed", "error": {"code": "server_error", "message": "It broke."}, "output": []}

    response = said(PATH, answer(body))

    assert (response.finish_reason, response.error, response.status) == ("failed", "It broke.", 200)


def deltas() -> list[dict[str, object]]:
    """Give the events of a stream up to the one that ends it."""
    part = {"output_index": 1, "content_index": 0, "item_id": "msg_1"}
    token = MESSAGE["content"][0]["logprobs"][0]  # type: ignore[index]
    return [
        {"type": "response.created", "response": {**BODY, "status": "in_progress", "output": [], "usage": None}},
        {"type": "response.output_item.added", "output_index": 0, "item": {**REASONING, "summary": []}},
        {"type": "response.reasoning_summary_text.delta", "output_index": 0, "summary_index": 0, "delta": "First."},
        {"type": "response.reasoning_summary_text.delta", "output_index": 0, "summary_index": 1, "delta": "Th"},
        {"type": "response.reasoning_summary_text.delta", "output_index": 0, "summary_index": 1, "delta": "en."},
        {"type": "response.output_item.added", "output_index": 1, "item": {**MESSAGE, "content": []}},
        {"type": "response.output_text.delta", "delta": "Par", **part, "logprobs": [token]},
        {"type": "response.output_text.delta", "delta": "is", **part, "logprobs": []},
        {"type": "response.output_item.added", "output_index": 2, "item": {**CALL, "arguments": ""}},
        {"type": "response.function_call_arguments.delta", "output_index": 2, "delta": '{"a"'},
        {"type": "response.function_call_arguments.delta", "output_index": 2, "delta": ": 1}"},
    ]


def test_a_stream_is_read_as_the_same_answer_whole() -> None:
    done = [
        {"type": "response.output_item.done", "output_index": index, "item": item}
        for index, item in enumerate((REASONING, MESSAGE, CALL))
    ]

    completed = said(PATH, sse(*deltas(), *done, {"type": "response.completed", "response": BODY}, ending=""))

    assert completed == said(PATH, answer(BODY))


def test_a_completed_event_without_output_takes_it_from_the_deltas() -> None:
    completed = said(PATH, sse(*deltas(), {"type": "response.completed", "response": {**BODY, "output": []}}))

    assert completed == said(PATH, answer(BODY))


def test_a_stream_that_breaks_off_has_what_its_deltas_said() -> None:
    response = said(PATH, sse(*deltas(), ending=""))

    assert (response.text, response.reasoning, response.finish_reason) == ("Paris", "First.\n\nThen.", None)
    assert response.tool_calls == (ToolCall("f", {"a": 1}, "call_1"),)
    assert response.logprobs == (TokenLogprob("Paris", -0.1, (("Paris", -0.1),)),)


def test_a_streamed_refusal() -> None:
    events = [{"type": "response.refusal.delta", "output_index": 0, "content_index": 0, "delta": text} for text in "No"]

    assert said(PATH, sse(*events)).refusal == "No"


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"type": "error", "code": "e", "message": "Overloaded"}, id="flat"),
        pytest.param({"type": "error", "error": {"message": "Overloaded"}}, id="nested"),
        pytest.param(
            {"type": "response.failed", "response": {"status": "failed", "error": {"message": "Overloaded"}}},
            id="failed",
        ),
    ],
)
def test_an_error_event_is_the_error(event: dict[str, object]) -> None:
    response = said(PATH, sse(*deltas(), event))

    assert (response.text, response.error) == ("Paris", "Overloaded")
