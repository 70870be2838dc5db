"""Tests of reading Gemini's generateContent, streams, counts and embeddings."""

from __future__ import annotations

import pytest
from wire_samples import answer, asked, parts, said, sse

from pytest_llm.messages import Message, Response, TokenLogprob, ToolCall, Usage

PATH = "/v1beta/models/gemini-2.5-flash:generateContent"
STREAM = "/v1beta/models/gemini-2.5-flash:streamGenerateContent"

USAGE = {
    "promptTokenCount": 10,
    "toolUsePromptTokenCount": 5,
    "cachedContentTokenCount": 4,
    "candidatesTokenCount": 3,
    "thoughtsTokenCount": 2,
    "totalTokenCount": 20,
}
CHOSEN = {"token": "Hi", "tokenId": 1, "logProbability": -0.1}
LOGPROBS = {"chosenCandidates": [CHOSEN], "topCandidates": [{"candidates": [CHOSEN]}]}
BODY = {
    "candidates": [
        {
            "content": {
                "role": "model",
                "parts": [
                    {"text": "Hm.", "thought": True},
                    {"text": "Hello "},
                    {"text": "there", "thoughtSignature": "s"},
                    {"executableCode": {"language": "PYTHON", "code": "1"}},
                    {"functionCall": {"id": "fc1", "name": "f", "args": {"a": 1}}},
                    {"functionCall": {"name": "g"}},
                ],
            },
            "finishReason": "STOP",
            "index": 0,
            "logprobsResult": LOGPROBS,
        }
    ],
    "usageMetadata": USAGE,
    "modelVersion": "gemini-2.5-flash-001",
    "responseId": "r1",
}


def test_the_parts_of_a_request() -> None:
    schema = {"responseSchema": {"type": "OBJECT"}, "responseMimeType": "application/json"}

    assert parts(
        PATH,
        {
            "contents": [],
            "systemInstruction": {"parts": []},
            "generationConfig": {"temperature": 0, **schema},
            "safetySettings": [],
            "tools": [],
            "toolConfig": {},
        },
    ) == {
        "model": "gemini-2.5-flash",
        "prompt": {"contents": [], "systemInstruction": {"parts": []}},
        "params": {"generationConfig": {"temperature": 0}, "safetySettings": []},
        "tools": {"tools": [], "toolConfig": {}},
        "schema": {"generationConfig": schema},
    }


@pytest.mark.parametrize(
    ("path", "model", "stream"),
    [
        (PATH, "gemini-2.5-flash", False),
        (STREAM, "gemini-2.5-flash", True),
        ("/v1beta/models/gemini-embedding-001:batchEmbedContents", "gemini-embedding-001", False),
        ("/v1beta/tunedModels/mine:generateContent", "mine", False),
        ("/v1/projects/p/locations/l/publishers/google/models/gemini-pro:streamGenerateContent", "gemini-pro", True),
        ("/v1/projects/p/locations/l/endpoints/123:generateContent", "123", False),
        ("/v1/projects/p/locations/l/publishers/google/models/text-embedding-005:predict", "text-embedding-005", False),
        ("/v1beta/models/gemini-pro%3AgenerateContent", "gemini-pro", False),
    ],
)
def test_the_model_stands_in_the_path(path: str, model: str, stream: bool) -> None:
    request = asked(path, {"contents": []})

    assert (request.dialect, request.model, request.stream) == ("gemini", model, stream)


def test_contents_are_messages_with_each_function_response_on_its_own() -> None:
    request = asked(
        PATH,
        {
            "systemInstruction": {"role": "user", "parts": [{"text": "Be brief."}]},
            "contents": [
                {"role": "user", "parts": [{"text": "What "}, {"text": "is it?"}]},
                {
                    "role": "model",
                    "parts": [
                        {"text": "Hm.", "thought": True},
                        {"functionCall": {"id": "c1", "name": "f", "args": {"a": 1}}},
                    ],
                },
                {
                    "role": "user",
                    "parts": [
                        {"functionResponse": {"id": "c1", "name": "f", "response": {"result": "4"}}},
                        {"functionResponse": {"name": "g", "response": {"x": 1, "y": 2}}},
                        {"inlineData": {"mimeType": "image/png", "data": "aGVsbG8="}},
                        {"fileData": {"mimeType": "video/mp4", "fileUri": "https://example.com/v"}},
                    ],
                },
            ],
            "generationConfig": {"responseJsonSchema": {"type": "object"}, "temperature": 0},
        },
    )

    assert request.messages == (
        Message("system", "Be brief."),
        Message("user", "What is it?"),
        Message("assistant", tool_calls=(ToolCall("f", {"a": 1}, "c1"),), attachments=("thought Hm.",)),
        Message("tool", "4", tool_call_id="c1"),
        Message("tool", '{"x": 1, "y": 2}', tool_call_id="g"),
        Message("user", attachments=("image/png 5 bytes sha256:2cf24dba", "video/mp4 https://example.com/v")),
    )
    assert (request.schema, request.params) == ({"type": "object"}, {"generationConfig": {"temperature": 0}})


def test_an_answer_is_read_in_full() -> None:
    assert said(PATH, answer(BODY)) == Response(
        text="Hello there",
        texts=("Hello there",),
        tool_calls=(ToolCall("f", {"a": 1}, "fc1"), ToolCall("g")),
        finish_reason="STOP",
        usage=Usage(15, 5, cached_tokens=4, reasoning_tokens=2),
        model="gemini-2.5-flash-001",
        logprobs=(TokenLogprob("Hi", -0.1, (("Hi", -0.1),)),),
        reasoning="Hm.",
        id="r1",
    )


def chunks() -> list[dict[str, object]]:
    """Give the answer above as the chunks of a stream, one part each."""
    (candidate,) = BODY["candidates"]  # type: ignore[misc]
    given = [
        {
            "candidates": [{"content": {"role": "model", "parts": [part]}, "index": 0}],
            "usageMetadata": {"promptTokenCount": 10, "totalTokenCount": 10},
            "modelVersion": "gemini-2.5-flash-001",
            "responseId": "r1",
        }
        for part in candidate["content"]["parts"]
    ]
    given[1]["candidates"][0]["logprobsResult"] = LOGPROBS
    last = {"content": {"role": "model", "parts": [{"text": ""}]}, "finishReason": "STOP"}
    return [*given, {**given[0], "candidates": [last], "usageMetadata": USAGE}]


def test_a_stream_is_read_as_the_same_answer_whole() -> None:
    assert said(STREAM, sse(*chunks(), ending="")) == said(PATH, answer(BODY))


def test_a_stream_given_as_an_array_is_read_as_the_same_answer_whole() -> None:
    assert said(STREAM, answer(chunks())) == said(PATH, answer(BODY))


def test_several_candidates_are_several_texts() -> None:
    def candidate(index: int, text: str) -> dict[str, object]:
        return {"index": index, "content": {"parts": [{"text": text}]}}

    whole = said(PATH, answer({"candidates": [candidate(0, "ab"), candidate(1, "cd")]}))
    pieces = [{"candidates": [candidate(index, text)]} for index, text in ((0, "a"), (1, "c"), (0, "b"), (1, "d"))]

    assert whole.texts == ("ab", "cd")
    assert said(STREAM, sse(*pieces)) == whole


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        pytest.param({"promptFeedback": {"blockReason": "SAFETY"}}, "SAFETY", id="a blocked prompt"),
        pytest.param(
            {"promptFeedback": {"blockReason": "OTHER", "blockReasonMessage": "Not that."}}, "Not that.", id="explained"
        ),
        pytest.param({"candidates": [{"finishReason": "PROHIBITED_CONTENT"}]}, "PROHIBITED_CONTENT", id="an answer"),
        pytest.param({"candidates": [{"finishReason": "MAX_TOKENS"}]}, None, id="a long answer"),
    ],
)
def test_what_is_blocked_is_refused(body: dict[str, object], refusal: str | None) -> None:
    assert said(PATH, answer(body)).refusal == refusal


@pytest.mark.parametrize(
    ("body", "vectors"),
    [
        pytest.param({"embedding": {"values": [0.5, 1]}}, ((0.5, 1.0),), id="embedContent"),
        pytest.param({"embeddings": [{"values": [0.5]}, {"values": [1]}]}, ((0.5,), (1.0,)), id="batchEmbedContents"),
        pytest.param({"predictions": [{"embeddings": {"values": [0.5]}}]}, ((0.5,),), id="predict on Vertex"),
    ],
)
def test_embeddings(body: dict[str, object], vectors: tuple[tuple[float, ...], ...]) -> None:
    assert said("/v1beta/models/gemini-embedding-001:embedContent", answer(body)).embeddings == vectors


def test_the_texts_to_embed_are_user_messages() -> None:
    requests = [{"model": "models/e", "content": {"parts": [{"text": text}]}} for text in "ab"]

    request = asked("/v1beta/models/e:batchEmbedContents", {"requests": requests})

    assert request.messages == (Message("user", "a"), Message("user", "b"))


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_a_failure_has_its_status_and_the_provider_s_words(status: int) -> None:
    body = {"error": {"code": status, "message": "No.", "status": "X"}}

    assert said(PATH, answer(body, status)) == Response(status=status, error="No.")
    assert said(STREAM, answer([body], status)) == Response(status=status, error="No.")


@pytest.mark.parametrize("body", [{}, "x", {"candidates": [{"content": []}]}, {"candidates": {}}, {"usageMetadata": 3}])
def test_a_body_of_another_kind_has_no_text(body: object) -> None:
    response = said(PATH, answer(body))

    assert (response.text, response.raw) == ("", body)
