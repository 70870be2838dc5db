"""Tests of reading Anthropic messages."""

from __future__ import annotations

import pytest
from wire_samples import answer, asked, parts, said, sse

from pytest_llm.dialects import dialect_for, stable
from pytest_llm.messages import Message, Response, ToolCall, Usage

PATH = "/v1/messages"

BODY = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-4-5-20250929",
    "content": [
        {"type": "thinking", "thinking": "Hm.", "signature": "abc"},
        {"type": "redacted_thinking", "data": "xyz"},
        {"type": "text", "text": "Hello "},
        {"type": "text", "text": "there", "citations": [{"type": "char_location", "cited_text": "there"}]},
        {"type": "server_tool_use", "id": "srv_1", "name": "web_search", "input": {"query": "x"}},
        {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"a": 1}},
        {"type": "tool_use", "id": "toolu_2", "name": "g", "input": {}},
    ],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "usage": {
        "input_tokens": 10,
        "cache_read_input_tokens": 20,
        "cache_creation_input_tokens": 30,
        "output_tokens": 7,
        "output_tokens_details": {"thinking_tokens": 2},
    },
}


def test_the_parts_of_a_request() -> None:
    text_format = {"type": "json_schema", "schema": {"type": "object"}}

    assert parts(
        PATH,
        {
            "model": "claude",
            "system": "Be brief.",
            "messages": [],
            "max_tokens": 5,
            "output_config": {"effort": "low", "format": text_format},
            "tools": [],
            "tool_choice": {"type": "auto"},
            "mcp_servers": [],
            "stream": True,
        },
    ) == {
        "model": "claude",
        "prompt": {"system": "Be brief.", "messages": []},
        "params": {"max_tokens": 5, "output_config": {"effort": "low"}, "stream": True},
        "tools": {"tools": [], "tool_choice": {"type": "auto"}, "mcp_servers": []},
        "schema": {"output_config": {"format": text_format}},
    }


def test_an_output_config_that_is_a_format_alone_leaves_no_params() -> None:
    body = {"output_config": {"format": {"type": "json_schema"}}}

    assert parts(PATH, body) == {"schema": body}
    assert parts(PATH, {"output_config": {}}) == {"params": {"output_config": {}}}


@pytest.mark.parametrize(
    "body",
    [
        {"output_format": {"type": "json_schema", "schema": {"type": "object"}}},
        {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}},
    ],
)
def test_the_schema_of_a_request(body: dict[str, object]) -> None:
    request = asked(PATH, {**body, "max_tokens": 5})

    assert (request.schema, request.params) == ({"type": "object"}, {"max_tokens": 5})


def test_a_model_of_vertex_stands_in_the_path() -> None:
    path = "/v1/projects/p/locations/l/publishers/anthropic/models/claude-sonnet-4@20250514:streamRawPredict"
    request = asked(path, {"anthropic_version": "vertex-2023-10-16", "messages": [], "stream": True})

    assert (request.dialect, request.model, request.stream) == (
        "anthropic-messages",
        "claude-sonnet-4@20250514",
        True,
    )


def test_blocks_are_messages_with_each_tool_result_on_its_own() -> None:
    request = asked(
        PATH,
        {
            "model": "claude",
            "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
            "messages": [
                {"role": "user", "content": "Hi"},
                {
                    "role": "assistant",
                    "content": [
                        {"type": "thinking", "thinking": "Hm.", "signature": "s"},
                        {"type": "text", "text": "Let me look."},
                        {"type": "tool_use", "id": "t1", "name": "f", "input": {"a": 1}},
                    ],
                },
                {
                    "role": "user",
                    "content": [
                        {"type": "tool_result", "tool_use_id": "t1", "content": "4"},
                        {
                            "type": "tool_result",
                            "tool_use_id": "t2",
                            "content": [
                                {"type": "text", "text": "five"},
                                {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
                            ],
                        },
                        {"type": "text", "text": "Well?"},
                        {
                            "type": "image",
                            "source": {"type": "base64", "media_type": "image/png", "data": "aGVsbG8="},
                        },
                        {"type": "document", "source": {"type": "text", "data": "A text"}},
                        {"type": "document", "source": {"type": "file", "file_id": "file_1"}},
                    ],
                },
            ],
        },
    )

    assert request.messages == (
        Message("system", "Be brief."),
        Message("user", "Hi"),
        Message("assistant", "Let me look.", (ToolCall("f", {"a": 1}, "t1"),), attachments=("thinking Hm.",)),
        Message("tool", "4", tool_call_id="t1"),
        Message("tool", "five", tool_call_id="t2", attachments=("image https://example.com/a.png",)),
        Message(
            "user",
            "Well?",
            attachments=("image/png 5 bytes sha256:2cf24dba", "document A text", "document file_1"),
        ),
    )


def test_an_answer_is_read_in_full() -> None:
    assert said(PATH, answer(BODY)) == Response(
        text="Hello there",
        texts=("Hello there",),
        tool_calls=(ToolCall("f", {"a": 1}, "toolu_1"), ToolCall("g", {}, "toolu_2")),
        finish_reason="tool_use",
        usage=Usage(60, 7, cached_tokens=20, cache_write_tokens=30, reasoning_tokens=2),
        model="claude-sonnet-4-5-20250929",
        reasoning="Hm.",
        id="msg_1",
    )


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        pytest.param({"stop_details": {"explanation": "Not that."}}, "Not that.", id="explained"),
        pytest.param({"content": [{"type": "text", "text": "I can't."}]}, "I can't.", id="in the text"),
        pytest.param({"stop_details": {"category": "cyber"}}, "cyber", id="a category"),
        pytest.param({}, "refusal", id="without a word"),
    ],
)
def test_a_refusal_is_told_by_its_stop_reason(more: dict[str, object], refusal: str) -> None:
    body = {**BODY, "content": [], "stop_reason": "refusal", **more}

    assert said(PATH, answer(body)).refusal == refusal


def test_counted_tokens_are_the_input() -> None:
    assert said(f"{PATH}/count_tokens", answer({"input_tokens": 7})) == Response(usage=Usage(input_tokens=7))


def streamed() -> list[dict[str, object]]:
    """Give the events of the answer above as a stream."""

    def block(index: int, start: dict[str, object], *deltas: dict[str, object]) -> list[dict[str, object]]:
        return [
            {"type": "content_block_start", "index": index, "content_block": start},
            *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
            {"type": "content_block_stop", "index": index},
        ]

    def inputs(*pieces: str) -> list[dict[str, object]]:
        return [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]

    usage = {**BODY["usage"], "output_tokens": 1, "output_tokens_details": None}  # type: ignore[dict-item]
    start = {**BODY, "content": [], "stop_reason": None, "usage": usage}
    citation = {"type": "char_location", "cited_text": "there"}
    search = {"type": "server_tool_use", "id": "srv_1", "name": "web_search", "input": {}}
    return [
        {"type": "message_start", "message": start},
        {"type": "ping"},
        *block(
            0,
            {"type": "thinking", "thinking": "", "signature": ""},
            {"type": "thinking_delta", "thinking": "Hm."},
            {"type": "signature_delta", "signature": "abc"},
        ),
        *block(1, {"type": "redacted_thinking", "data": "xyz"}),
        *block(
            2,
            {"type": "text", "text": ""},
            {"type": "text_delta", "text": "Hel"},
            {"type": "text_delta", "text": "lo "},
        ),
        *block(
            3,
            {"type": "text", "text": ""},
            {"type": "citations_delta", "citation": citation},
            {"type": "text_delta", "text": "there"},
        ),
        *block(4, search, *inputs('{"query"', ': "x"}')),
        *block(5, {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}, *inputs("", '{"a"', ": 1}")),
        *block(6, {"type": "tool_use", "id": "toolu_2", "name": "g", "input": {}}, *inputs("")),
        {
            "type": "message_delta",
            "delta": {"stop_reason": "tool_use", "stop_sequence": None},
            "usage": {"output_tokens": 7, "output_tokens_details": {"thinking_tokens": 2}},
        },
        {"type": "message_stop"},
    ]


def test_a_stream_is_read_as_the_same_answer_whole() -> None:
    assert said(PATH, sse(*streamed(), ending="")) == said(PATH, answer(BODY))


def test_a_stream_that_breaks_off_in_a_tool_call_keeps_its_text() -> None:
    cut = streamed()[:-7]

    response = said(PATH, sse(*cut, ending=""))

    assert (response.text, response.finish_reason) == ("Hello there", None)
    assert response.tool_calls == (ToolCall("f", '{"a"', "toolu_1"),)


def test_an_error_event_is_the_error() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}

    response = said(PATH, sse(*streamed()[:-2], error))

    assert (response.text, response.error) == ("Hello there", "Overloaded")


@pytest.mark.parametrize("status", [400, 401, 429, 500, 529])
def test_a_failure_has_its_status_and_the_provider_s_words(status: int) -> None:
    body = {"type": "error", "error": {"type": "some_error", "message": "No."}, "request_id": "r"}

    assert said(PATH, answer(body, status)) == Response(status=status, error="No.")


@pytest.mark.parametrize("body", [{}, [], "x", {"content": "x"}, {"content": [None, {"type": "tool_use"}]}])
def test_a_body_of_another_kind_has_no_text(body: object) -> None:
    response = said(PATH, answer(body))

    assert (response.text, response.raw) == ("", body)


def test_ids_and_signatures_are_volatile_but_not_what_a_tool_is_given() -> None:
    dialect = dialect_for("POST", PATH)
    assert dialect is not None
    content = [
        {"type": "thinking", "thinking": "Hm.", "signature": "abc"},
        {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"id": 7}},
    ]

    assert stable({"id": "msg_1", "content": content}, dialect.volatile) == {
        "content": [{"type": "thinking", "thinking": "Hm."}, {"type": "tool_use", "name": "f", "input": {"id": 7}}]
    }
