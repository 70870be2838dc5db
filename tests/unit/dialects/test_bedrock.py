"""Tests of reading Amazon Bedrock's Converse and InvokeModel."""

from __future__ import annotations

import base64
import json

import pytest
from wire_samples import answer, asked, parts, said

from pytest_llm.http import HTTPResponse
from pytest_llm.messages import Message, Response, ToolCall, Usage

CONVERSE = "/model/us.amazon.nova-pro-v1%3A0/converse"
CONVERSE_STREAM = f"{CONVERSE}-stream"
INVOKE = "/model/some.model-v1%3A0/invoke"
INVOKE_STREAM = f"{INVOKE}-with-response-stream"

BODY = {
    "output": {
        "message": {
            "role": "assistant",
            "content": [
                {"reasoningContent": {"reasoningText": {"text": "Hm."}}},
                {"text": "Hello"},
                {"toolUse": {"toolUseId": "t1", "name": "f", "input": {"a": 1}}},
                {"toolUse": {"toolUseId": "t2", "name": "g", "input": {}}},
            ],
        }
    },
    "stopReason": "tool_use",
    "usage": {
        "inputTokens": 10,
        "outputTokens": 5,
        "totalTokens": 45,
        "cacheReadInputTokens": 20,
        "cacheWriteInputTokens": 10,
    },
    "metrics": {"latencyMs": 100},
}
EVENTS = [
    ("messageStart", {"role": "assistant"}),
    ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": "H"}}}),
    ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": "m."}}}),
    ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": {"signature": "s"}}}),
    ("contentBlockStop", {"contentBlockIndex": 0}),
    ("contentBlockDelta", {"contentBlockIndex": 1, "delta": {"text": "Hel"}}),
    ("contentBlockDelta", {"contentBlockIndex": 1, "delta": {"text": "lo"}}),
    ("contentBlockStart", {"contentBlockIndex": 2, "start": {"toolUse": {"toolUseId": "t1", "name": "f"}}}),
    ("contentBlockDelta", {"contentBlockIndex": 2, "delta": {"toolUse": {"input": '{"a"'}}}),
    ("contentBlockDelta", {"contentBlockIndex": 2, "delta": {"toolUse": {"input": ": 1}"}}}),
    ("contentBlockStart", {"contentBlockIndex": 3, "start": {"toolUse": {"toolUseId": "t2", "name": "g"}}}),
    ("messageStop", {"stopReason": "tool_use"}),
    ("metadata", {"usage": BODY["usage"], "metrics": {"latencyMs": 100}}),
]


def frames(*events: tuple[str, object], kind: str = "event") -> HTTPResponse:
    """Build a response in the Amazon event stream encoding; the check sums are not looked at."""
    chunks = []
    for name, payload in events:
        head = b"".join(
            bytes([len(key)]) + key + b"\x07" + len(value).to_bytes(2, "big") + value
            for key, value in ((f":{kind}-type".encode(), name.encode()), (b":message-type", kind.encode()))
        )
        data = json.dumps(payload).encode()
        length = (16 + len(head) + len(data)).to_bytes(4, "big")
        chunks.append(length + len(head).to_bytes(4, "big") + b"\x00" * 4 + head + data + b"\x00" * 4)
    return HTTPResponse.of(200, "application/vnd.amazon.eventstream", chunks)


def chunk(payload: object) -> tuple[str, object]:
    return "chunk", {"bytes": base64.b64encode(json.dumps(payload).encode()).decode(), "p": "abc"}


def test_the_parts_of_a_request() -> None:
    text_format = {"type": "json_schema", "structure": {"jsonSchema": {"schema": '{"type": "object"}'}}}
    body = {
        "messages": [],
        "system": [],
        "inferenceConfig": {},
        "toolConfig": {"tools": []},
        "guardrailConfig": {"guardrailIdentifier": "g"},
        "outputConfig": {"textFormat": text_format},
    }

    assert parts(CONVERSE, body) == {
        "model": "us.amazon.nova-pro-v1:0",
        "prompt": {"messages": [], "system": []},
        "params": {"inferenceConfig": {}, "guardrailConfig": {"guardrailIdentifier": "g"}},
        "tools": {"toolConfig": {"tools": []}},
        "schema": {"outputConfig": {"textFormat": text_format}},
    }
    assert asked(CONVERSE, body).schema == {"type": "object"}


def test_blocks_are_messages_with_each_tool_result_on_its_own() -> None:
    request = asked(
        CONVERSE_STREAM,
        {
            "system": [{"text": "Be brief."}],
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"text": "Hi"},
                        {"image": {"format": "png", "source": {"bytes": "aGVsbG8="}}},
                        {"document": {"format": "pdf", "name": "d", "source": {"s3Location": {"uri": "s3://b/d"}}}},
                    ],
                },
                {"role": "assistant", "content": [{"toolUse": {"toolUseId": "t1", "name": "f", "input": {"a": 1}}}]},
                {
                    "role": "user",
                    "content": [
                        {"toolResult": {"toolUseId": "t1", "content": [{"text": "4"}]}},
                        {"toolResult": {"toolUseId": "t2", "content": [{"json": {"b": 2}}]}},
                    ],
                },
            ],
            "toolConfig": {"tools": [{"toolSpec": {"name": "f"}}]},
        },
    )

    assert request.messages == (
        Message("system", "Be brief."),
        Message("user", "Hi", attachments=("image/png 5 bytes sha256:2cf24dba", "document s3://b/d")),
        Message("assistant", tool_calls=(ToolCall("f", {"a": 1}, "t1"),)),
        Message("tool", "4", tool_call_id="t1"),
        Message("tool", '{"b": 2}', tool_call_id="t2"),
    )
    assert (request.model, request.stream) == ("us.amazon.nova-pro-v1:0", True)
    assert request.tools == ({"toolSpec": {"name": "f"}},)


def test_an_answer_is_read_in_full() -> None:
    assert said(CONVERSE, answer(BODY)) == Response(
        text="Hello",
        texts=("Hello",),
        tool_calls=(ToolCall("f", {"a": 1}, "t1"), ToolCall("g", {}, "t2")),
        finish_reason="tool_use",
        usage=Usage(40, 5, cached_tokens=20, cache_write_tokens=10),
        reasoning="Hm.",
    )


def test_a_stream_is_read_as_the_same_answer_whole() -> None:
    assert said(CONVERSE_STREAM, frames(*EVENTS)) == said(CONVERSE, answer(BODY))


def test_an_exception_within_a_stream_is_the_error() -> None:
    begun = frames(*EVENTS[:7])
    broken = frames(("throttlingException", {"message": "Too many requests"}), kind="exception")
    response = said(
        CONVERSE_STREAM, HTTPResponse.of(200, "application/vnd.amazon.eventstream", [*begun.chunks, *broken.chunks])
    )

    assert (response.text, response.error) == ("Hello", "Too many requests")


@pytest.mark.parametrize("key", ["message", "Message"])
def test_a_failure_has_its_status_and_the_provider_s_words(key: str) -> None:
    assert said(CONVERSE, answer({key: "Throttled"}, 429)) == Response(status=429, error="Throttled")


@pytest.mark.parametrize("path", [CONVERSE, CONVERSE_STREAM, INVOKE, INVOKE_STREAM])
@pytest.mark.parametrize(
    "body", [{}, [], "x", {"output": 3}, {"output": {"message": {"content": "x"}}}, {"results": [1]}]
)
def test_a_body_of_another_kind_has_no_text(path: str, body: object) -> None:
    response = said(path, answer(body))

    assert (response.text, response.raw) == ("", body)


@pytest.mark.parametrize(
    ("body", "text", "usage", "reason"),
    [
        pytest.param(
            {
                "type": "message",
                "content": [{"type": "text", "text": "Hi"}],
                "stop_reason": "end_turn",
                "usage": {"input_tokens": 2, "output_tokens": 1},
            },
            "Hi",
            Usage(2, 1),
            "end_turn",
            id="Claude",
        ),
        pytest.param(
            {
                "output": {"message": {"content": [{"text": "Hi"}]}},
                "stopReason": "end_turn",
                "usage": {"inputTokens": 2, "outputTokens": 1},
            },
            "Hi",
            Usage(2, 1),
            "end_turn",
            id="Nova",
        ),
        pytest.param(
            {
                "choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 2, "completion_tokens": 1},
            },
            "Hi",
            Usage(2, 1),
            "stop",
            id="gpt-oss",
        ),
        pytest.param(
            {
                "inputTextTokenCount": 2,
                "results": [{"outputText": "Hi", "tokenCount": 1, "completionReason": "FINISH"}],
            },
            "Hi",
            Usage(2, 1),
            "FINISH",
            id="Titan",
        ),
        pytest.param(
            {"generation": "Hi", "prompt_token_count": 2, "generation_token_count": 1, "stop_reason": "stop"},
            "Hi",
            Usage(2, 1),
            "stop",
            id="Llama",
        ),
        pytest.param({"outputs": [{"text": "Hi", "stop_reason": "stop"}]}, "Hi", None, "stop", id="Mistral"),
    ],
)
def test_an_invoked_model_answers_in_its_vendor_s_format(
    body: dict[str, object], text: str, usage: Usage | None, reason: str
) -> None:
    response = said(INVOKE, answer(body))

    assert (response.text, response.usage, response.finish_reason) == (text, usage, reason)


@pytest.mark.parametrize(
    ("body", "vectors"),
    [
        pytest.param({"embedding": [0.5, 1], "inputTextTokenCount": 2}, ((0.5, 1.0),), id="Titan"),
        pytest.param({"embeddings": [[0.5], [1]]}, ((0.5,), (1.0,)), id="Cohere"),
        pytest.param({"embeddings": {"float": [[0.5]], "int8": [[1]]}}, ((0.5,),), id="Cohere, by type"),
        pytest.param({"embeddings": [{"embeddingType": "TEXT", "embedding": [0.5]}]}, ((0.5,),), id="Nova"),
    ],
)
def test_an_invoked_embedder_gives_vectors(body: dict[str, object], vectors: tuple[tuple[float, ...], ...]) -> None:
    assert said(INVOKE, answer(body)).embeddings == vectors


def test_tokens_counted_in_headers_are_the_usage_when_the_body_counts_none() -> None:
    headers = (("content-type", "application/json"), ("x-amzn-bedrock-input-token-count", "18"))

    assert said(INVOKE, HTTPResponse(200, headers, (b'{"embedding": [1]}',))).usage == Usage(18)
    assert said(INVOKE, HTTPResponse(200, headers, (b'{"generation_token_count": 3}',))).usage == Usage(0, 3)


@pytest.mark.parametrize(
    ("events", "text"),
    [
        pytest.param(
            [
                {"type": "message_start", "message": {"type": "message", "content": []}},
                {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "H"}},
                {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "i"}},
            ],
            "Hi",
            id="Claude",
        ),
        pytest.param([{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in "Hi"], "Hi", id="gpt-oss"),
        pytest.param(
            [
                {"messageStart": {"role": "assistant"}},
                {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "Hi"}}},
            ],
            "Hi",
            id="Nova",
        ),
        pytest.param([{"outputText": "H"}, {"outputText": "i"}], "Hi", id="Titan"),
        pytest.param([{"generation": "H"}, {"generation": "i"}], "Hi", id="Llama"),
        pytest.param([{"outputs": [{"text": "H"}]}, {"outputs": [{"text": "i"}]}], "Hi", id="Mistral"),
        pytest.param([], "", id="nothing"),
    ],
)
def test_an_invoked_model_streams_in_its_vendor_s_format(events: list[object], text: str) -> None:
    assert said(INVOKE_STREAM, frames(*map(chunk, events))).text == text


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        pytest.param(
            {
                "anthropic_version": "bedrock-2023-05-31",
                "system": "S",
                "messages": [{"role": "user", "content": "Hi"}],
            },
            (Message("system", "S"), Message("user", "Hi")),
            id="Claude",
        ),
        pytest.param(
            {"inferenceConfig": {}, "messages": [{"role": "user", "content": [{"text": "Hi"}]}]},
            (Message("user", "Hi"),),
            id="Nova",
        ),
        pytest.param({"messages": [{"role": "user", "content": "Hi"}]}, (Message("user", "Hi"),), id="gpt-oss"),
        pytest.param({"prompt": "Hi"}, (Message("user", "Hi"),), id="Llama"),
        pytest.param({"inputText": "Hi"}, (Message("user", "Hi"),), id="Titan"),
        pytest.param({"texts": ["a", "b"]}, (Message("user", "a"), Message("user", "b")), id="Cohere"),
    ],
)
def test_an_invoked_model_is_asked_in_its_vendor_s_format(
    body: dict[str, object], messages: tuple[Message, ...]
) -> None:
    assert asked(INVOKE, body).messages == messages
