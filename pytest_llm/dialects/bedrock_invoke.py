"""Amazon Bedrock's InvokeModel, whose bodies are in the format of each vendor's models."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence

from pytest_llm.dialects import anthropic_messages, bedrock_converse, openai_chat
from pytest_llm.dialects.anthropic_stream import join_events as join_anthropic
from pytest_llm.dialects.layout import Layout
from pytest_llm.dialects.openai_chat_stream import join_chunks as join_openai
from pytest_llm.dialects.openai_embeddings import read_inputs
from pytest_llm.dialects.reading import dig, integer, load, mappings, optional_string, string
from pytest_llm.dialects.vectors import vectors
from pytest_llm.dialects.wireformat import Body, WireFormat
from pytest_llm.http import HTTPResponse, header
from pytest_llm.messages import Message, Response, Usage

__all__ = ["BEDROCK_INVOKE"]

_REASONS = ("stop_reason", "completionReason", "finish_reason")
_TEXT_KEYS = ("generation", "outputText", "text", "completion")


def _read_messages(body: Body) -> list[Message]:
    if "anthropic_version" in body:
        return anthropic_messages.read_messages(body)
    if "inferenceConfig" in body or "schemaVersion" in body:
        return bedrock_converse.read_messages(body)
    if body.get("messages"):
        return openai_chat.read_messages(body)
    text = body.get("prompt") or body.get("inputText") or dig(body, "singleEmbeddingParams", "text", "value")
    return read_inputs(text or body.get("texts"))


def _read_answer(body: Body) -> Response:
    if body.get("type") == "message" or ("stop_reason" in body and isinstance(body.get("content"), list)):
        return anthropic_messages.read_answer(body)
    if "output" in body:
        return bedrock_converse.read_answer(body)
    if dig(next(iter(mappings(body.get("choices"))), None), "message"):
        return openai_chat.read_answer(body)
    return _read_own(body)


def _read_own(body: Body) -> Response:
    # Titan has its texts in results, Mistral in outputs, Llama in the body itself.
    results = mappings(body.get("results")) or mappings(body.get("outputs")) or [body]
    texts = tuple(filter(None, (_own_text(result) for result in results)))
    reason = next((result[key] for result in results for key in _REASONS if result.get(key)), None)
    return Response(
        text=texts[0] if texts else "",
        texts=texts,
        finish_reason=optional_string(reason),
        usage=_own_usage(body, results[0]),
        embeddings=vectors(body),
    )


def _own_text(result: Mapping[str, object]) -> str:
    return next((text for key in _TEXT_KEYS if (text := string(result.get(key)))), "")


def _own_usage(body: Body, result: Body) -> Usage | None:
    read = next((body[key] for key in ("prompt_token_count", "inputTextTokenCount") if key in body), None)
    written = result.get("tokenCount", body.get("generation_token_count"))
    if read is None and written is None:
        return None
    return Usage(integer(read), integer(written))


def _join(events: Sequence[object]) -> Body:
    inner = [load(data) for event in mappings(list(events)) if (data := _decoded(dig(event, "chunk", "bytes")))]
    failed = [event["exception"] for event in mappings(list(events)) if "exception" in event]
    error: dict[str, object] = {"error": failed[0]} if failed else {}
    first = next(iter(mappings(inner)), {})
    if string(first.get("type")).startswith("message"):
        return join_anthropic(inner) | error
    if "choices" in first:
        return join_openai(inner) | error
    if "messageStart" in first or "contentBlockDelta" in first:
        return bedrock_converse.join_events(inner) | error
    return _join_own(mappings(inner)) | error


def _join_own(chunks: Sequence[Body]) -> dict[str, object]:
    body: dict[str, object] = {}
    flat = [
        {**chunk, **part}
        for chunk in chunks
        for part in (mappings(chunk.get("outputs")) or mappings(chunk.get("results")) or [{}])
    ]
    for chunk in flat:
        for key, value in chunk.items():
            if key in _TEXT_KEYS and isinstance(value, str):
                body[key] = string(body.get(key)) + value
            elif value is not None and key not in ("outputs", "results"):
                body[key] = value
    return body


def _decoded(value: object) -> bytes:
    try:
        return base64.b64decode(string(value), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _asks(body: Body) -> bool:
    keys = ("messages", "prompt", "inputText", "texts", "singleEmbeddingParams", "taskType")
    return any(key in body for key in keys)


def _usage_of_headers(response: HTTPResponse) -> Usage | None:
    counts = [header(response.headers, f"x-amzn-bedrock-{side}-token-count") or "" for side in ("input", "output")]
    return Usage(*(int(count) if count.isdigit() else 0 for count in counts)) if any(counts) else None


BEDROCK_INVOKE = WireFormat(
    name="bedrock-invoke",
    endpoint=re.compile(r"/model/(?P<model>[^/]+)/invoke(?:-with-response-stream)?$"),
    layout=Layout(
        prompt=frozenset(
            {
                "messages",
                "system",
                "prompt",
                "suffix",
                "inputText",
                "inputImage",
                "texts",
                "images",
                "inputs",
                "message",
                "chat_history",
                "preamble",
                "documents",
                "singleEmbeddingParams",
                "segmentedEmbeddingParams",
            }
        ),
        tools=frozenset({"tools", "tool_choice", "toolConfig", "parallel_tool_calls"}),
        schema=frozenset({"response_format", "output_format"}),
        nested={"output_config": frozenset({"format"})},
    ),
    messages=_read_messages,
    answer=_read_answer,
    join=_join,
    usage_of_headers=_usage_of_headers,
    asks=_asks,
    volatile=bedrock_converse.BEDROCK_CONVERSE.volatile
    | anthropic_messages.ANTHROPIC_MESSAGES.volatile
    | openai_chat.OPENAI_CHAT.volatile
    | {"amazon-bedrock-invocationMetrics"},
)
