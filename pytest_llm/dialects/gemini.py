"""Gemini on Google AI and Vertex AI: generateContent, its streams, countTokens and embeddings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pytest_llm.dialects.gemini_contents import read_contents
from pytest_llm.dialects.layout import Layout
from pytest_llm.dialects.logprobs import gemini_logprobs
from pytest_llm.dialects.reading import (
    dig,
    integer,
    join_texts,
    mapping,
    mappings,
    optional_string,
    sequence,
    string,
    tool_call,
)
from pytest_llm.dialects.vectors import vectors
from pytest_llm.dialects.wireformat import Body, WireFormat
from pytest_llm.messages import Message, Response, ToolCall, Usage

__all__ = ["GEMINI", "join_chunks"]

_BLOCKED = frozenset({"SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII", "IMAGE_SAFETY", "MODEL_ARMOR"})
_SCHEMA_KEYS = ("responseJsonSchema", "responseSchema", "response_json_schema", "response_schema")
_CONFIGS = ("generationConfig", "generation_config")


def _read_messages(body: Body) -> list[Message]:
    system = body.get("systemInstruction") or body.get("system_instruction")
    messages = read_contents(system, role="system") if system else []
    requests = mappings(body.get("requests")) + mappings(body.get("instances"))
    messages += [message for item in requests for message in read_contents(item.get("content"))]
    return messages + read_contents(body.get("contents") or body.get("content"))


def _read_answer(body: Body) -> Response:
    candidates = mappings(body.get("candidates"))
    first = candidates[0] if candidates else {}
    texts = tuple(join_texts(_parts(candidate, thought=False)) for candidate in candidates)
    return Response(
        text=texts[0] if texts else "",
        texts=texts,
        tool_calls=_tool_calls(first),
        refusal=_refusal(body, first),
        finish_reason=optional_string(first.get("finishReason")),
        usage=_read_usage(body),
        model=string(body.get("modelVersion")),
        logprobs=gemini_logprobs(first.get("logprobsResult")),
        reasoning=join_texts(_parts(first, thought=True)),
        id=optional_string(body.get("responseId")),
        embeddings=vectors(body),
    )


def _parts(candidate: Body, *, thought: bool) -> list[Mapping[str, object]]:
    parts = mappings(dig(candidate, "content", "parts"))
    return [part for part in parts if bool(part.get("thought")) is thought]


def _tool_calls(candidate: Body) -> tuple[ToolCall, ...]:
    calls = [mapping(part.get("functionCall")) for part in _parts(candidate, thought=False)]
    return tuple(tool_call(call.get("name"), call.get("args"), call.get("id")) for call in calls if call)


def _refusal(body: Body, candidate: Body) -> str | None:
    feedback = mapping(body.get("promptFeedback"))
    if reason := optional_string(feedback.get("blockReason")):
        return optional_string(feedback.get("blockReasonMessage")) or reason
    reason = string(candidate.get("finishReason"))
    return (optional_string(candidate.get("finishMessage")) or reason) if reason in _BLOCKED else None


def _read_usage(body: Body) -> Usage | None:
    if "totalTokens" in body:
        return Usage(input_tokens=integer(body["totalTokens"]))
    usage = mapping(body.get("usageMetadata"))
    if not usage:
        return None
    thoughts = integer(usage.get("thoughtsTokenCount"))
    return Usage(
        input_tokens=integer(usage.get("promptTokenCount")) + integer(usage.get("toolUsePromptTokenCount")),
        output_tokens=integer(usage.get("candidatesTokenCount")) + thoughts,
        cached_tokens=integer(usage.get("cachedContentTokenCount")),
        reasoning_tokens=thoughts,
    )


def join_chunks(chunks: Sequence[object]) -> dict[str, object]:
    """Join the chunks of a streamed answer: the parts of each candidate, and the last value of all else."""
    body: dict[str, object] = {}
    candidates: dict[int, dict[str, object]] = {}
    usage: dict[str, object] = {}
    for chunk in mappings(list(chunks)):
        body.update(chunk)
        usage.update(mapping(chunk.get("usageMetadata")))
        for candidate in mappings(chunk.get("candidates")):
            index = integer(candidate.get("index"))
            candidates[index] = _joined_candidate(candidates.get(index, {}), candidate)
    if usage:
        body["usageMetadata"] = usage
    if candidates:
        body["candidates"] = [candidates[index] for index in sorted(candidates)]
    return body


def _joined_candidate(known: Body, later: Body) -> dict[str, object]:
    parts = mappings(dig(known, "content", "parts")) + mappings(dig(later, "content", "parts"))
    joined = {**known, **later, "content": {**mapping(known.get("content")), "parts": parts}}
    logprobs = mapping(known.get("logprobsResult")), mapping(later.get("logprobsResult"))
    if any(logprobs):
        joined["logprobsResult"] = {
            key: [item for half in logprobs for item in sequence(half.get(key))]
            for key in ("chosenCandidates", "topCandidates")
        }
    return joined


def _schema(body: Body) -> object:
    schemas = (dig(body, config, key) for config in _CONFIGS for key in _SCHEMA_KEYS)
    return next((schema for schema in schemas if schema), None)


def _asks(body: Body) -> bool:
    contents = body.get("contents") or body.get("content") or body.get("requests") or body.get("instances")
    return isinstance(contents, (list, dict))


GEMINI = WireFormat(
    name="gemini",
    endpoint=re.compile(
        r"/(?:models|tunedModels|endpoints)/(?P<model>[^/:]*embedding[^/:]*(?=(?::|%3A)predict$)|[^/:]+(?=(?::|%3A)"
        r"(?:generateContent|streamGenerateContent|countTokens|computeTokens|embedContent|batchEmbedContents)$))"
    ),
    layout=Layout(
        prompt=frozenset(
            {
                "contents",
                "content",
                "systemInstruction",
                "system_instruction",
                "cachedContent",
                "cached_content",
                "requests",
                "instances",
                "generateContentRequest",
            }
        ),
        tools=frozenset({"tools", "toolConfig", "tool_config"}),
        schema=frozenset(),
        nested={
            config: frozenset({*_SCHEMA_KEYS, "responseMimeType", "response_mime_type", "responseFormat"})
            for config in _CONFIGS
        },
    ),
    messages=_read_messages,
    schema=_schema,
    answer=_read_answer,
    join=join_chunks,
    asks=_asks,
    volatile=frozenset({"responseId", "createTime", "thoughtSignature", "id"}),
)
