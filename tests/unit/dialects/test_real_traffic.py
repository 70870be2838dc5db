"""Every real exchange that the shared data holds, read by the dialects and, independently, by plain code here."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from pytest_llm.dialects import DIALECTS, GENERIC, Dialect, dialect_for, known_host, looks_like_model_call, stable
from pytest_llm.http import HTTPResponse
from pytest_llm.messages import Response
from pytest_llm.streams import is_stream, payloads, split_events

if TYPE_CHECKING:
    from conftest import Exchange

NOT_A_MODEL = {("GET", "huggingface.co", "/api/models/meta-llama/Llama-3.1-8B-Instruct")}


def dialect_of(exchange: Exchange) -> Dialect:
    return dialect_for(exchange.request.method, exchange.request.path) or GENERIC


def model_calls(traffic: list[Exchange]) -> list[Exchange]:
    return [
        exchange
        for exchange in traffic
        if known_host(exchange.request.host, exchange.request.path)
        or looks_like_model_call(exchange.request.method, exchange.request.path, exchange.request.body)
    ]


def test_every_request_to_a_model_is_claimed_and_no_other(real_traffic: list[Exchange]) -> None:
    claimed = {id(exchange) for exchange in model_calls(real_traffic)}
    left = {(e.request.method, e.request.host, e.request.path) for e in real_traffic if id(e) not in claimed}

    assert left == NOT_A_MODEL


def test_every_request_to_a_model_has_the_dialect_of_its_endpoint(real_traffic: list[Exchange]) -> None:
    names = Counter(dialect_of(exchange).name for exchange in model_calls(real_traffic))

    assert names == {
        "anthropic-messages": 15,
        "bedrock-converse": 4,
        "bedrock-invoke": 1,
        "cohere-chat": 2,
        "cohere-embed": 1,
        "gemini": 14,
        "generic": 2,
        "ollama-chat": 1,
        "ollama-generate": 1,
        "openai-chat": 34,
        "openai-completions": 1,
        "openai-responses": 13,
    }


def test_only_what_is_no_chat_and_no_embedding_is_generic(real_traffic: list[Exchange]) -> None:
    generic = [e.request for e in model_calls(real_traffic) if dialect_of(e) is GENERIC]

    assert [(request.method, request.path[:17]) for request in generic] == [
        ("POST", "/v1/conversations"),
        ("DELETE", "/v1/conversations"),
    ]


def test_a_request_to_a_model_is_told_by_its_shape_alone(real_traffic: list[Exchange]) -> None:
    shapeless = [
        exchange.request.path
        for exchange in model_calls(real_traffic)
        if dialect_of(exchange) is not GENERIC
        and not looks_like_model_call(exchange.request.method, exchange.request.path, exchange.request.body)
    ]

    assert shapeless == []


def merged(parts: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name in ("prompt", "params", "tools", "schema"):
        for key, value in parts.get(name, {}).items():
            body[key] = {**body[key], **value} if key in body else value
    return body


def test_the_parts_of_a_request_merged_are_its_body(real_traffic: list[Exchange]) -> None:
    lost = []
    for exchange in model_calls(real_traffic):
        parts = dialect_of(exchange).split(exchange.request)
        body = json.loads(exchange.request.body or b"{}") or {}
        model = body.pop("model", None)
        if merged(parts) != body or (model is not None and parts["model"] != model):
            lost.append(exchange.cassette)

    assert lost == []


def test_the_model_asked_for_is_read_from_body_or_path(real_traffic: list[Exchange]) -> None:
    unnamed = []
    for exchange in model_calls(real_traffic):
        request = dialect_of(exchange).read_request(exchange.request)
        named = json.loads(exchange.request.body or b"{}") or {}
        path = exchange.request.path.replace("%3A", ":")
        if dialect_of(exchange) is not GENERIC and not (
            request.model and (request.model == named.get("model") or f"/{request.model}" in path)
        ):
            unnamed.append(exchange.cassette)

    assert unnamed == []


def test_no_request_text_is_lost(real_traffic: list[Exchange]) -> None:
    lost = []
    for exchange in model_calls(real_traffic):
        request = dialect_of(exchange).read_request(exchange.request)
        read = "\n".join(message.text for message in request.messages)
        lost += [(exchange.cassette, text) for text in plain_texts(exchange.request.body) if text not in read]

    assert lost == []


def plain_texts(body: bytes) -> list[str]:
    """Find what is plainly text in messages, wherever an API puts it."""
    document = json.loads(body or b"{}") or {}
    texts = [document[key] for key in ("system", "instructions", "prompt") if isinstance(document.get(key), str)]
    turns = document.get("messages") or document.get("contents") or document.get("input") or []
    if isinstance(turns, str):
        return [*texts, turns]
    for turn in turns:
        content = turn.get("content") or turn.get("parts") or ""
        if turn.get("type") == "reasoning":
            continue
        parts = [{"text": content}] if isinstance(content, str) else content
        texts += [part["text"] for part in parts if isinstance(part.get("text"), str)]
    return [text for text in texts if text]


# An independent reading of each API, as plain as can be: (text, tool calls, (input, output), served model).

Reading = tuple[str, list[tuple[str, Any]], tuple[int, int] | None, str]


def events(body: bytes) -> list[Any]:
    lines = body.decode().replace("\r\n", "\n").split("\n")
    return [json.loads(line[6:]) for line in lines if line.startswith("data: ") and line != "data: [DONE]"]


def read_chat(answer: Any) -> Reading:
    message = answer["choices"][0].get("message", {})
    text = message.get("content") or answer["choices"][0].get("text") or ""
    calls = [
        (call["function"]["name"], json.loads(call["function"]["arguments"]))
        for call in message.get("tool_calls") or []
    ]
    usage = answer["usage"]
    return text, calls, (usage["prompt_tokens"], usage["completion_tokens"]), answer["model"]


def read_chat_stream(chunks: list[Any]) -> Reading:
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    text = "".join(delta.get("content") or "" for delta in deltas)
    names: dict[int, str] = {}
    arguments: dict[int, str] = {}
    for delta in deltas:
        for call in delta.get("tool_calls") or []:
            names[call["index"]] = names.get(call["index"], "") + (call["function"].get("name") or "")
            arguments[call["index"]] = arguments.get(call["index"], "") + (call["function"].get("arguments") or "")
    usage = next((chunk["usage"] for chunk in chunks if chunk.get("usage")), None)
    counts = (usage["prompt_tokens"], usage["completion_tokens"]) if usage else None
    return text, [(names[i], json.loads(arguments[i])) for i in sorted(names)], counts, chunks[0]["model"]


def read_responses(answer: Any) -> Reading:
    text = "".join(part["text"] for item in answer["output"] if item["type"] == "message" for part in item["content"])
    calls = [
        (item["name"], json.loads(item["arguments"])) for item in answer["output"] if item["type"] == "function_call"
    ]
    return text, calls, (answer["usage"]["input_tokens"], answer["usage"]["output_tokens"]), answer["model"]


def read_anthropic(answer: Any) -> Reading:
    if "content" not in answer:
        return "", [], (answer["input_tokens"], 0), ""
    text = "".join(block["text"] for block in answer["content"] if block["type"] == "text")
    calls = [(block["name"], block["input"]) for block in answer["content"] if block["type"] == "tool_use"]
    return text, calls, anthropic_counts(answer["usage"]), answer["model"]


def anthropic_counts(usage: Any) -> tuple[int, int]:
    cache = (usage.get("cache_read_input_tokens") or 0) + (usage.get("cache_creation_input_tokens") or 0)
    return usage["input_tokens"] + cache, usage["output_tokens"]


def read_anthropic_stream(chunks: list[Any]) -> Reading:
    text = "".join(chunk["delta"]["text"] for chunk in chunks if chunk.get("delta", {}).get("type") == "text_delta")
    usage = {**chunks[0]["message"]["usage"], **next(c["usage"] for c in chunks if c["type"] == "message_delta")}
    return text, [], anthropic_counts(usage), chunks[0]["message"]["model"]


def read_gemini(answers: list[Any]) -> Reading:
    if "totalTokens" in answers[0]:
        return "", [], (answers[0]["totalTokens"], 0), ""
    parts = [part for answer in answers for part in answer["candidates"][0].get("content", {}).get("parts", [])]
    usage = answers[-1]["usageMetadata"]
    counts = (
        usage["promptTokenCount"] + usage.get("toolUsePromptTokenCount", 0),
        usage.get("candidatesTokenCount", 0) + usage.get("thoughtsTokenCount", 0),
    )
    return (
        "".join(part.get("text", "") for part in parts if not part.get("thought")),
        [(part["functionCall"]["name"], part["functionCall"]["args"]) for part in parts if "functionCall" in part],
        counts,
        answers[0]["modelVersion"],
    )


def read_bedrock(answer: Any) -> Reading:
    blocks = answer["output"]["message"]["content"]
    usage = (answer["usage"]["inputTokens"], answer["usage"]["outputTokens"])
    return "".join(block.get("text", "") for block in blocks), [], usage, ""


def read_cohere(answer: Any) -> Reading:
    tokens = answer["usage"]["tokens"]
    counts = (int(tokens["input_tokens"]), int(tokens["output_tokens"]))
    return "".join(part["text"] for part in answer["message"]["content"]), [], counts, ""


def read_ollama(answer: Any) -> Reading:
    text = answer["message"]["content"] if "message" in answer else answer["response"]
    return text, [], (answer.get("prompt_eval_count", 0), answer["eval_count"]), answer["model"]


def expected_reading(name: str, response: HTTPResponse) -> Reading:
    streamed = response.media_type == "text/event-stream"
    answers = events(response.body) if streamed else [json.loads(response.body)]
    match name, streamed:
        case "openai-chat" | "openai-completions", False:
            return read_chat(answers[0])
        case "openai-chat", True:
            return read_chat_stream(answers)
        case "openai-responses", False:
            return read_responses(answers[0])
        case "anthropic-messages", False:
            return read_anthropic(answers[0])
        case "anthropic-messages", True:
            return read_anthropic_stream(answers)
        case "gemini", _:
            return read_gemini(answers)
        case "bedrock-converse", False:
            return read_bedrock(answers[0])
        case "cohere-chat", False:
            return read_cohere(answers[0])
        case "ollama-chat" | "ollama-generate", False:
            return read_ollama(answers[0])
    raise AssertionError(f"No independent reading of {name}, streamed: {streamed}")


def as_reading(answer: Response) -> Reading:
    counts = answer.usage and (answer.usage.input_tokens, answer.usage.output_tokens)
    return answer.text, [(call.name, call.arguments) for call in answer.tool_calls], counts, answer.model


def test_an_independent_reading_of_every_answer_agrees(real_traffic: list[Exchange]) -> None:
    compared, differing = 0, []
    for exchange in model_calls(real_traffic):
        dialect = dialect_of(exchange)
        if exchange.response.status >= 400 or dialect.name in ("generic", "bedrock-invoke"):
            continue
        compared += 1
        read = as_reading(dialect.read_response(exchange.response))
        expected = expected_reading(dialect.name, exchange.response)
        if read != expected:
            differing.append((exchange.cassette, read, expected))

    assert (compared, differing) == (81, [])


def test_the_provider_s_words_for_a_failure_are_the_error(real_traffic: list[Exchange]) -> None:
    failed = {
        exchange.cassette.rpartition("/")[2]: dialect_of(exchange).read_response(exchange.response)
        for exchange in model_calls(real_traffic)
        if exchange.response.status >= 400
    }

    assert {name: (answer.status, answer.error) for name, answer in failed.items()} == {
        "TestCohere.test_embed_error.yaml": (
            404,
            "model 'nonexistent' not found, make sure the correct model ID was used and that you have access to the"
            " model.",
        ),
        "TestGoogle.test_count_tokens_error.yaml": (
            404,
            "models/nonexistent-model is not found for API version v1beta, or is not supported for countTokens. Call"
            " ListModels to see the list of available models and their supported methods.",
        ),
        "test_openai_responses_model_http_error.yaml": (
            400,
            "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
        ),
        "test_tool_regular_error.yaml": (
            404,
            "The model `non-existent` does not exist or you do not have access to it.",
        ),
        "test_tool_use_failed_error_with_text.yaml": (400, "Tool choice is required, but model did not call a tool"),
    }


def test_an_error_within_a_stream_is_the_error(real_traffic: list[Exchange]) -> None:
    failed = [
        (exchange.cassette, answer.error, answer.reasoning)
        for exchange in model_calls(real_traffic)
        if (answer := dialect_of(exchange).read_response(exchange.response)).error and answer.status == 200
    ]

    assert failed == [
        (
            "pydantic-ai/test_openrouter/test_openrouter_stream_error.yaml",
            "Token limit reached",
            "We need to respond to a greeting. The user",
        )
    ]


def test_the_embedding_of_a_real_answer_is_its_vector(real_traffic: list[Exchange]) -> None:
    (exchange,) = [exchange for exchange in real_traffic if "test_nova_with_dimensions" in exchange.cassette]

    answer = dialect_of(exchange).read_response(exchange.response)

    assert answer.embeddings == (tuple(exchange.payload["embeddings"][0]["embedding"]),)  # type: ignore[index]
    assert (len(answer.embeddings[0]), answer.usage and answer.usage.input_tokens) == (256, 18)


def test_the_logprobs_of_a_real_answer_are_its_tokens(real_traffic: list[Exchange]) -> None:
    (exchange,) = [exchange for exchange in real_traffic if "responses_logprobs" in exchange.cassette]

    answer = dialect_of(exchange).read_response(exchange.response)

    assert "".join(token.token for token in answer.logprobs) == answer.text
    assert all(token.logprob <= 0 for token in answer.logprobs)


def test_real_streams_are_read_alike_wherever_their_chunks_are_cut(real_traffic: list[Exchange]) -> None:
    streams = [exchange for exchange in model_calls(real_traffic) if is_stream(exchange.response.media_type)]
    differing = []
    for exchange in streams:
        dialect, body = dialect_of(exchange), exchange.response.body
        whole = dialect.read_response(exchange.response)
        for size in (1, 7, 1000):
            chunks = tuple(body[at : at + size] for at in range(0, len(body), size))
            cut = HTTPResponse(exchange.response.status, exchange.response.headers, chunks)
            if (read := dialect.read_response(cut)) != whole or read.raw != whole.raw:
                differing.append((exchange.cassette, size))

    assert (len(streams), differing) == (19, [])


def test_real_streams_joined_again_are_themselves(real_traffic: list[Exchange]) -> None:
    bodies = [(e.response.media_type, e.response.body) for e in real_traffic if is_stream(e.response.media_type)]

    assert [b"".join(split_events(*body)) for body in bodies] == [body for _, body in bodies]
    assert all(isinstance(payload, dict) for kind, body in bodies for payload in payloads(kind, [body]))


def test_a_stream_that_breaks_off_gives_the_beginning_of_its_text(real_traffic: list[Exchange]) -> None:
    strange = []
    for exchange in model_calls(real_traffic):
        if not is_stream(exchange.response.media_type):
            continue
        dialect, body = dialect_of(exchange), exchange.response.body
        whole = dialect.read_response(exchange.response).text
        for end in range(0, len(body), max(1, len(body) // 40)):
            cut = HTTPResponse(200, exchange.response.headers, (body[:end],))
            if not whole.startswith(dialect.read_response(cut).text):
                strange.append((exchange.cassette, end))

    assert strange == []


@pytest.mark.parametrize("dialect", [*DIALECTS, GENERIC], ids=lambda dialect: dialect.name)
def test_no_dialect_raises_on_the_bodies_of_another(dialect: Dialect, real_traffic: list[Exchange]) -> None:
    for exchange in real_traffic:
        dialect.split(exchange.request)
        dialect.read_request(exchange.request)
        answer = dialect.read_response(exchange.response)

        assert answer.status == exchange.response.status
        assert answer.raw is not None


def test_no_odd_value_in_a_real_answer_makes_its_dialect_raise(real_traffic: list[Exchange]) -> None:
    odd: list[object] = [None, True, 1e308, float("nan"), "", [], [None], {}, {"type": []}]
    for exchange in model_calls(real_traffic):
        if is_stream(exchange.response.media_type):
            continue
        for place in places(exchange.payload):
            for value in odd:
                body = json.dumps(replaced(exchange.payload, place, value)).encode()
                dialect_of(exchange).read_response(HTTPResponse(200, exchange.response.headers, (body,)))


def places(value: object, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the way to each value within a JSON value, of arrays to the first two."""
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, (*at, key))


def replaced(value: Any, place: tuple[Any, ...], new: object) -> Any:
    if not place:
        return new
    copied = value.copy()
    copied[place[0]] = replaced(value[place[0]], place[1:], new)
    return copied


def test_two_answers_that_differ_in_ids_and_dates_are_stably_equal(real_traffic: list[Exchange]) -> None:
    kept: Counter[str] = Counter()
    for exchange in model_calls(real_traffic):
        answer = dialect_of(exchange).read_response(exchange.response)
        for key in keys_of(stable(answer.raw, dialect_of(exchange).volatile)):
            kept[key] += 1

    assert {"id", "created", "created_at", "responseId", "obfuscation", "call_id", "signature"} & set(kept) == set()


def keys_of(value: object) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(key for item in value.values() for key in keys_of(item))]
    return [key for item in value for key in keys_of(item)] if isinstance(value, list) else []
