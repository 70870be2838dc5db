"""What each provider's API answers, whole and streamed, in its own words; the contents are made up."""

from __future__ import annotations

import json
import struct
import zlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

__all__ = ["FORMATS", "Format", "Said", "format_of"]

Body = Mapping[str, Any]
CREATED = 1_767_225_600


@dataclass(frozen=True)
class Said:
    """The n-th answer to a prompt, before a provider's format is put around it."""

    text: str
    n: int
    tool: str = ""

    @property
    def pieces(self) -> list[str]:
        """The text as a stream sends it, in three pieces of which the second is cut within a word."""
        third = len(self.text) // 3
        return [self.text[:third], self.text[third : 2 * third], self.text[2 * third :]]


@dataclass(frozen=True)
class Format:
    """One endpoint: how it answers, streams and fails. ``endpoint`` is the end of its path."""

    endpoint: str
    prompt: Callable[[Body], str]
    tool: Callable[[Body], str]
    whole: Callable[[Body, Said], object]
    error: Callable[[int, str], object]
    events: Callable[[Body, Said], list[bytes]] | None = None
    media_type: str = "text/event-stream"


def format_of(path: str) -> Format:
    """Return the format of an endpoint."""
    return next(form for form in FORMATS if path.partition("?")[0].endswith(form.endpoint))


def text_of(content: Any) -> str:
    match content:
        case str():
            return content
        case [*parts]:
            return " ".join(map(text_of, parts))
        case {"text": str(text)}:
            return text
        case {"content": inner} | {"parts": inner}:
            return text_of(inner)
    return ""


def dumped(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def sse(*values: object) -> list[bytes]:
    return [b"data: " + dumped(value) + b"\n\n" for value in values]


def named_sse(*values: Mapping[str, Any]) -> list[bytes]:
    return [b"event: " + value["type"].encode() + b"\ndata: " + dumped(value) + b"\n\n" for value in values]


def last_message(body: Body) -> Any:
    return body["messages"][-1]


# -- OpenAI, and those who speak like it: Groq, Together, Mistral --


def chat_prompt(body: Body) -> str:
    return text_of(last_message(body).get("content"))


def chat_tool(body: Body) -> str:
    if not body.get("tools") or last_message(body)["role"] == "tool":
        return ""
    return str(body["tools"][0]["function"]["name"])


def chat_call(said: Said) -> dict[str, Any]:
    arguments = json.dumps({"city": "Tromsø", "days": said.n}, ensure_ascii=False)
    return {"id": f"call_{said.n:04}Zq", "type": "function", "function": {"name": said.tool, "arguments": arguments}}


def chat_usage(said: Said) -> dict[str, Any]:
    details = {"cached_tokens": 0, "audio_tokens": 0}
    more = {"reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0}
    return {
        "prompt_tokens": 21,
        "completion_tokens": 10 + said.n,
        "total_tokens": 31 + said.n,
        "prompt_tokens_details": details,
        "completion_tokens_details": more,
    }


def chat(body: Body, said: Said) -> object:
    message: dict[str, Any] = {"role": "assistant", "content": said.text, "refusal": None, "annotations": []}
    if said.tool:
        message |= {"content": None, "tool_calls": [chat_call(said)]}
    finish = "tool_calls" if said.tool else "stop"
    return {
        "id": f"chatcmpl-B{said.n:04}",
        "object": "chat.completion",
        "created": CREATED + said.n,
        "model": body["model"] + "-2026-01-01",
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
        "usage": chat_usage(said),
        "service_tier": "default",
        "system_fingerprint": "fp_0f7c2e9a31",
    }


def chat_events(body: Body, said: Said) -> list[bytes]:
    head = {
        "id": f"chatcmpl-C{said.n:04}",
        "object": "chat.completion.chunk",
        "created": CREATED + said.n,
        "model": body["model"] + "-2026-01-01",
        "system_fingerprint": "fp_0f7c2e9a31",
    }

    def chunk(delta: Body, finish: str | None = None) -> dict[str, Any]:
        return {**head, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]}

    if said.tool:
        call = chat_call(said)
        arguments = call["function"]["arguments"]
        start = {"index": 0, **call, "function": {"name": said.tool, "arguments": ""}}
        deltas: list[Body] = [
            {"role": "assistant", "content": None, "tool_calls": [start]},
            *({"tool_calls": [{"index": 0, "function": {"arguments": a}}]} for a in (arguments[:7], arguments[7:])),
        ]
    else:
        deltas = [{"role": "assistant", "content": ""}, *({"content": piece} for piece in said.pieces)]
    end = chunk({}, "tool_calls" if said.tool else "stop")
    usage = {**head, "choices": [], "usage": chat_usage(said)}
    return [*sse(*map(chunk, deltas), end, usage), b"data: [DONE]\n\n"]


def openai_error(status: int, prompt: str) -> object:
    kinds = {400: "invalid_request_error", 401: "invalid_request_error", 429: "requests", 500: "server_error"}
    return {"error": {"message": f"No: {prompt}", "type": kinds[status], "param": None, "code": f"code_{status}"}}


def vector(text: str, size: int) -> list[float]:
    draw = Random(text)
    return [round(draw.uniform(-0.1, 0.1), 9) for _ in range(size)]


def inputs_of(body: Body) -> list[str]:
    value = body["input"]
    return [value] if isinstance(value, str) else value


def openai_embeddings(body: Body, said: Said) -> object:
    vectors: list[Any] = [vector(text, 1536) for text in inputs_of(body)]
    if body.get("encoding_format") == "base64":
        vectors = [b64encode(struct.pack(f"<{len(v)}f", *v)).decode() for v in vectors]
    data = [{"object": "embedding", "index": index, "embedding": v} for index, v in enumerate(vectors)]
    usage = {"prompt_tokens": 5, "total_tokens": 5}
    return {"object": "list", "data": data, "model": body["model"], "usage": usage}


def responses_prompt(body: Body) -> str:
    value = body["input"]
    return text_of(value if isinstance(value, str) else value[-1])


def responses_tool(body: Body) -> str:
    tools = body.get("tools") or [{"name": ""}]
    return str(tools[0]["name"])


def responses_whole(body: Body, said: Said) -> dict[str, Any]:
    if said.tool:
        function = chat_call(said)["function"]
        item = {"type": "function_call", "id": f"fc_{said.n}", "call_id": f"call_{said.n:04}Zq", **function}
        item["status"] = "completed"
    else:
        content = [{"type": "output_text", "text": said.text, "annotations": [], "logprobs": []}]
        item = {"type": "message", "id": f"msg_{said.n}", "role": "assistant", "status": "completed"}
        item |= {"content": content}
    return {
        "id": f"resp_{said.n:04}",
        "object": "response",
        "created_at": CREATED + said.n,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": body.get("instructions"),
        "metadata": {},
        "model": body["model"] + "-2026-01-01",
        "output": [item],
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "text": body.get("text") or {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": body.get("tools") or [],
        "top_p": 1.0,
        "usage": {
            "input_tokens": 9,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 10 + said.n,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 19 + said.n,
        },
    }


def responses_events(body: Body, said: Said) -> list[bytes]:
    whole = responses_whole(body, said)
    started = {**whole, "status": "in_progress", "output": [], "usage": None}
    item = whole["output"][0]
    at = {"output_index": 0, "item_id": item["id"]}
    if said.tool:
        empty: Body = {**item, "arguments": "", "status": "in_progress"}
        kind, whole_text, place = "function_call_arguments", item["arguments"], at
        inner: list[dict[str, Any]] = [{"type": f"response.{kind}.delta", **at, "delta": whole_text}]
        inner.append({"type": f"response.{kind}.done", **at, "name": item["name"], "arguments": whole_text})
    else:
        empty = {**item, "content": [], "status": "in_progress"}
        place = {**at, "content_index": 0}
        part = item["content"][0]
        inner = [{"type": "response.content_part.added", **place, "part": {**part, "text": ""}}]
        inner += [
            {"type": "response.output_text.delta", **place, "delta": piece, "logprobs": []} for piece in said.pieces
        ]
        inner.append({"type": "response.output_text.done", **place, "text": said.text, "logprobs": []})
        inner.append({"type": "response.content_part.done", **place, "part": part})
    events = [
        {"type": "response.created", "response": started},
        {"type": "response.output_item.added", "output_index": 0, "item": empty},
        *inner,
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": whole},
    ]
    return named_sse(*({**event, "sequence_number": number} for number, event in enumerate(events)))


# -- Anthropic --


def anthropic_tool(body: Body) -> str:
    content = last_message(body)["content"]
    answered = isinstance(content, list) and any(block.get("type") == "tool_result" for block in content)
    return "" if answered or not body.get("tools") else str(body["tools"][0]["name"])


def anthropic_block(said: Said) -> dict[str, Any]:
    if said.tool:
        given = {"city": "Tromsø", "days": said.n}
        return {"type": "tool_use", "id": f"toolu_{said.n:04}Kd", "name": said.tool, "input": given}
    return {"type": "text", "text": said.text}


def anthropic_usage(said: Said) -> dict[str, Any]:
    cache = {"cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
    return {"input_tokens": 20, **cache, "output_tokens": 10 + said.n, "service_tier": "standard"}


def anthropic_whole(body: Body, said: Said) -> dict[str, Any]:
    return {
        "model": body["model"] + "-20260101",
        "id": f"msg_{said.n:04}Bx",
        "type": "message",
        "role": "assistant",
        "content": [anthropic_block(said)],
        "stop_reason": "tool_use" if said.tool else "end_turn",
        "stop_sequence": None,
        "usage": anthropic_usage(said),
    }


def anthropic_events(body: Body, said: Said) -> list[bytes]:
    whole = anthropic_whole(body, said)
    block = whole["content"][0]
    if said.tool:
        arguments = json.dumps(block["input"], ensure_ascii=False)
        empty: Body = {**block, "input": {}}
        deltas: list[Body] = [
            {"type": "input_json_delta", "partial_json": a} for a in ("", arguments[:9], arguments[9:])
        ]
    else:
        empty = {"type": "text", "text": ""}
        deltas = [{"type": "text_delta", "text": piece} for piece in said.pieces]
    started = {**whole, "content": [], "stop_reason": None, "usage": {**whole["usage"], "output_tokens": 1}}
    end = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    return named_sse(
        {"type": "message_start", "message": started},
        {"type": "content_block_start", "index": 0, "content_block": empty},
        {"type": "ping"},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": end, "usage": {"output_tokens": 10 + said.n}},
        {"type": "message_stop"},
    )


def anthropic_error(status: int, prompt: str) -> object:
    kinds = {400: "invalid_request_error", 401: "authentication_error", 429: "rate_limit_error", 500: "api_error"}
    return {"type": "error", "error": {"type": kinds[status], "message": f"No: {prompt}"}}


# -- Gemini --


def gemini_prompt(body: Body) -> str:
    return text_of(body["contents"][-1])


def gemini_tool(body: Body) -> str:
    answered = any("functionResponse" in part for part in body["contents"][-1]["parts"])
    return "" if answered or not body.get("tools") else str(body["tools"][0]["functionDeclarations"][0]["name"])


def gemini_chunk(said: Said, parts: list[dict[str, Any]], finish: str | None) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    usage = {"promptTokenCount": 13, "candidatesTokenCount": 10 + said.n, "totalTokenCount": 23 + said.n}
    usage["promptTokensDetails"] = [{"modality": "TEXT", "tokenCount": 13}]
    end = {"modelVersion": "gemini-3.0-flash-001", "responseId": f"w1pe{said.n:04}"}
    return {"candidates": [candidate], "usageMetadata": usage, **end}


def gemini_parts(said: Said) -> list[dict[str, Any]]:
    if said.tool:
        return [{"functionCall": {"id": f"fn{said.n}", "name": said.tool, "args": {"city": "Tromsø", "days": said.n}}}]
    return [{"text": said.text}]


def gemini_whole(body: Body, said: Said) -> object:
    return gemini_chunk(said, gemini_parts(said), "STOP")


def gemini_events(body: Body, said: Said) -> list[bytes]:
    parts = gemini_parts(said) if said.tool else [{"text": piece} for piece in said.pieces]
    last = len(parts) - 1
    chunks = [gemini_chunk(said, [part], "STOP" if index == last else None) for index, part in enumerate(parts)]
    return [b"data: " + dumped(chunk) + b"\r\n\r\n" for chunk in chunks]


def gemini_embeddings(body: Body, said: Said) -> object:
    return {"embeddings": [{"values": vector(text_of(r["content"]), 768)} for r in body["requests"]]}


def gemini_error(status: int, prompt: str) -> object:
    kinds = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL"}
    return {"error": {"code": status, "message": f"No: {prompt}", "status": kinds[status]}}


# -- Bedrock --


def converse_tool(body: Body) -> str:
    answered = any("toolResult" in block for block in last_message(body)["content"])
    return "" if answered or "toolConfig" not in body else str(body["toolConfig"]["tools"][0]["toolSpec"]["name"])


def converse_use(said: Said) -> dict[str, Any]:
    return {"toolUseId": f"tooluse_{said.n:04}", "name": said.tool, "input": {"city": "Tromsø", "days": said.n}}


def converse(body: Body, said: Said) -> object:
    content = {"toolUse": converse_use(said)} if said.tool else {"text": said.text}
    return {
        "metrics": {"latencyMs": 400 + said.n},
        "output": {"message": {"role": "assistant", "content": [content]}},
        "stopReason": "tool_use" if said.tool else "end_turn",
        "usage": {"inputTokens": 13, "outputTokens": 10 + said.n, "totalTokens": 23 + said.n},
    }


def converse_events(body: Body, said: Said) -> list[bytes]:
    at = {"contentBlockIndex": 0}
    events: list[tuple[str, Body]] = [("messageStart", {"role": "assistant"})]
    if said.tool:
        use = converse_use(said)
        arguments = json.dumps(use.pop("input"), ensure_ascii=False)
        events.append(("contentBlockStart", {**at, "start": {"toolUse": use}}))
        deltas: list[Body] = [{"toolUse": {"input": piece}} for piece in (arguments[:5], arguments[5:])]
    else:
        deltas = [{"text": piece} for piece in said.pieces]
    events += [("contentBlockDelta", {**at, "delta": delta}) for delta in deltas]
    events.append(("contentBlockStop", at))
    events.append(("messageStop", {"stopReason": "tool_use" if said.tool else "end_turn"}))
    usage = {"inputTokens": 13, "outputTokens": 10 + said.n, "totalTokens": 23 + said.n}
    events.append(("metadata", {"metrics": {"latencyMs": 400 + said.n}, "usage": usage}))
    return [aws_event(name, dumped(value)) for name, value in events]


def aws_event(name: str, payload: bytes) -> bytes:
    """Return one message of application/vnd.amazon.eventstream."""
    told = {":event-type": name, ":content-type": "application/json", ":message-type": "event"}
    headers = b"".join(
        struct.pack("!B", len(key)) + key.encode() + struct.pack("!BH", 7, len(value)) + value.encode()
        for key, value in told.items()
    )
    prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + headers + payload
    return message + struct.pack("!I", zlib.crc32(message))


def titan(body: Body, said: Said) -> object:
    return {"embedding": vector(body["inputText"], 256), "inputTextTokenCount": 4}


def bedrock_error(status: int, prompt: str) -> object:
    return {"message": f"No: {prompt}"}


# -- Ollama --


def ollama_line(body: Body, said: Said, text: str, *, done: bool) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if said.tool:
        given = {"city": "Tromsø", "days": said.n}
        message |= {"content": "", "tool_calls": [{"function": {"name": said.tool, "arguments": given}}]}
    line = {"model": body["model"], "created_at": "2026-01-01T00:00:00.123456Z", "message": message, "done": done}
    if done:
        line |= {"done_reason": "stop", "total_duration": 700_000_000 + said.n, "load_duration": 20_000_000}
        line |= {"prompt_eval_count": 14, "prompt_eval_duration": 80_000_000, "eval_count": 10 + said.n}
        line |= {"eval_duration": 600_000_000}
    return line


def ollama_whole(body: Body, said: Said) -> object:
    return ollama_line(body, said, said.text, done=True)


def ollama_events(body: Body, said: Said) -> list[bytes]:
    lines = [
        *(ollama_line(body, said, piece, done=False) for piece in said.pieces),
        ollama_line(body, said, "", done=True),
    ]
    return [dumped(line) + b"\n" for line in lines]


def ollama_error(status: int, prompt: str) -> object:
    return {"error": f"No: {prompt}"}


def nothing(body: Body) -> str:
    return ""


AWS = "application/vnd.amazon.eventstream"
FORMATS = (
    Format("/api/chat", chat_prompt, chat_tool, ollama_whole, ollama_error, ollama_events, "application/x-ndjson"),
    Format("/chat/completions", chat_prompt, chat_tool, chat, openai_error, chat_events),
    Format("/responses", responses_prompt, responses_tool, responses_whole, openai_error, responses_events),
    Format("/embeddings", lambda body: inputs_of(body)[0], nothing, openai_embeddings, openai_error),
    Format("/messages", chat_prompt, anthropic_tool, anthropic_whole, anthropic_error, anthropic_events),
    Format(":generateContent", gemini_prompt, gemini_tool, gemini_whole, gemini_error),
    Format(":streamGenerateContent", gemini_prompt, gemini_tool, gemini_whole, gemini_error, gemini_events),
    Format(
        ":batchEmbedContents",
        lambda body: text_of(body["requests"][0]["content"]),
        nothing,
        gemini_embeddings,
        gemini_error,
    ),
    Format("/converse", chat_prompt, converse_tool, converse, bedrock_error),
    Format("/converse-stream", chat_prompt, converse_tool, converse, bedrock_error, converse_events, AWS),
    Format("/invoke", lambda body: body["inputText"], nothing, titan, bedrock_error),
)
