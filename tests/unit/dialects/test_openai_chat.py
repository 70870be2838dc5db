"""Tests of reading chat completions and legacy completions."""

from __future__ import annotations

import pytest
from wire_samples import answer, asked, parts, post, said, sse

from pytest_llm.dialects import dialect_for
from pytest_llm.http import HTTPResponse
from pytest_llm.messages import Message, Response, TokenLogprob, ToolCall, Usage

CHAT = "/v1/chat/completions"
LEGACY = "/v1/completions"


def completion(message: dict[str, object], **more: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "message": {"role": "assistant", **message}, "finish_reason": "stop"}], **more}


def chunk(delta: dict[str, object], index: int = 0, **choice: object) -> dict[str, object]:
    return {"id": "c1", "model": "m-1", "choices": [{"index": index, "delta": delta, **choice}]}


def test_every_key_of_a_request_is_in_exactly_one_part() -> None:
    body = {
        "model": "gpt-4o",
        "messages": [{"role": "user", "content": "Hi"}],
        "temperature": 0.5,
        "stream": True,
        "stream_options": {"include_usage": True},
        "tools": [{"type": "function", "function": {"name": "f"}}],
        "tool_choice": "auto",
        "parallel_tool_calls": False,
        "response_format": {"type": "json_object"},
    }

    assert parts(CHAT, body) == {
        "model": "gpt-4o",
        "prompt": {"messages": body["messages"]},
        "params": {"temperature": 0.5, "stream": True, "stream_options": {"include_usage": True}},
        "tools": {"tools": body["tools"], "tool_choice": "auto", "parallel_tool_calls": False},
        "schema": {"response_format": {"type": "json_object"}},
    }


def test_parts_that_a_request_lacks_are_absent() -> None:
    assert parts(CHAT, {"messages": []}) == {"prompt": {"messages": []}}


def test_an_azure_deployment_in_the_path_is_the_model() -> None:
    path = "/openai/deployments/my%20gpt/chat/completions"

    assert parts(path, {"messages": []}) == {"model": "my gpt", "prompt": {"messages": []}}
    assert parts(path, {"model": "my gpt"}) == {"model": "my gpt"}
    assert parts(path, {"model": "other"}) == {"model": {"path": "my gpt", "body": "other"}}
    assert asked(path, {"model": "other"}).model == "my gpt"


def test_a_request_is_read_into_messages_tools_schema_and_params() -> None:
    schema = {"type": "object"}
    tool = {"type": "function", "function": {"name": "f", "parameters": {}}}
    request = asked(
        CHAT,
        {
            "model": "gpt-4o",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": [{"type": "text", "text": "What "}, {"type": "text", "text": "is it?"}]},
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [{"id": "t1", "function": {"name": "f", "arguments": '{"a": 1}'}}],
                },
                {"role": "tool", "tool_call_id": "t1", "content": "4"},
            ],
            "temperature": 0,
            "stream": True,
            "tools": [tool],
            "tool_choice": "auto",
            "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": schema}},
        },
    )

    assert request.messages == (
        Message("system", "Be brief."),
        Message("user", "What is it?"),
        Message("assistant", "", (ToolCall("f", {"a": 1}, "t1"),)),
        Message("tool", "4", tool_call_id="t1"),
    )
    assert (request.dialect, request.model, request.stream) == ("openai-chat", "gpt-4o", True)
    assert (request.tools, request.schema) == ((tool,), schema)
    assert request.params == {"temperature": 0, "tool_choice": "auto"}


def test_a_response_format_without_a_schema_is_a_parameter() -> None:
    request = asked(CHAT, {"model": "m", "messages": [], "response_format": {"type": "json_object"}})

    assert (request.schema, request.params) == (None, {"response_format": {"type": "json_object"}})


@pytest.mark.parametrize(
    ("part", "described"),
    [
        pytest.param(
            {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
            "image_url https://example.com/a.png",
            id="a short URL",
        ),
        pytest.param(
            {"type": "image_url", "image_url": {"url": "https://example.com/" + "a" * 100}},
            "image_url https://example.com/" + "a" * 40 + "…",
            id="a long URL",
        ),
        pytest.param(
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGVsbG8="}},
            "image/png 5 bytes sha256:2cf24dba",
            id="an image in the body",
        ),
        pytest.param(
            {"type": "image_url", "image_url": "https://example.com/a.png"},
            "image_url https://example.com/a.png",
            id="a plain URL, as Mistral takes it",
        ),
        pytest.param(
            {"type": "input_audio", "input_audio": {"format": "wav", "data": "aGVsbG8="}},
            "audio/wav 5 bytes sha256:2cf24dba",
            id="audio",
        ),
        pytest.param({"type": "file", "file": {"file_id": "file-1"}}, "file file-1", id="a file by its id"),
        pytest.param(
            {"type": "file", "file": {"file_data": "data:application/pdf;base64,aGVsbG8="}},
            "application/pdf 5 bytes sha256:2cf24dba",
            id="a file in the body",
        ),
        pytest.param({"type": "surprise", "n": 1}, "surprise sha256:945f2302", id="an unknown part"),
    ],
)
def test_what_is_no_text_is_an_attachment(part: dict[str, object], described: str) -> None:
    request = asked(CHAT, {"messages": [{"role": "user", "content": [{"type": "text", "text": "See"}, part]}]})

    assert request.messages == (Message("user", "See", attachments=(described,)),)


def test_an_answer_is_read_in_full() -> None:
    body = completion(
        {"content": "Hello", "reasoning_content": "Greet."},
        id="c1",
        model="gpt-4o-2024-08-06",
        system_fingerprint="fp_1",
        usage={
            "prompt_tokens": 10,
            "completion_tokens": 5,
            "total_tokens": 15,
            "prompt_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 2},
            "completion_tokens_details": {"reasoning_tokens": 3},
        },
    )

    response = said(CHAT, answer(body))

    assert response == Response(
        text="Hello",
        texts=("Hello",),
        finish_reason="stop",
        usage=Usage(10, 5, cached_tokens=4, cache_write_tokens=2, reasoning_tokens=3),
        model="gpt-4o-2024-08-06",
        system_fingerprint="fp_1",
        reasoning="Greet.",
        id="c1",
    )
    assert response.raw == body


def test_the_first_of_several_choices_gives_the_text() -> None:
    choices = [{"index": i, "message": {"content": text}, "finish_reason": "stop"} for i, text in enumerate("ab")]

    response = said(CHAT, answer({"choices": choices}))

    assert (response.text, response.texts) == ("a", ("a", "b"))


@pytest.mark.parametrize(
    ("arguments", "read"),
    [
        pytest.param('{"a": 1}', {"a": 1}, id="a JSON object"),
        pytest.param("{}", {}, id="an empty object"),
        pytest.param('{"a": ', '{"a": ', id="truncated JSON"),
        pytest.param("[1]", "[1]", id="a JSON array"),
        pytest.param("", "", id="nothing"),
        pytest.param({"a": 1}, {"a": 1}, id="an object, as some providers give it"),
        pytest.param(None, {}, id="null"),
    ],
)
def test_arguments_are_an_object_or_the_text_as_it_came(arguments: object, read: object) -> None:
    call = {"id": "t1", "type": "function", "function": {"name": "f", "arguments": arguments}}

    response = said(CHAT, answer(completion({"content": None, "tool_calls": [call]})))

    assert response.tool_calls == (ToolCall("f", read, "t1"),)  # type: ignore[arg-type]


def test_custom_tools_and_legacy_functions_are_tool_calls() -> None:
    custom = {"id": "t1", "type": "custom", "custom": {"name": "sql", "input": "select 1"}}
    legacy = {"name": "f", "arguments": '{"a": 1}'}

    assert said(CHAT, answer(completion({"tool_calls": [custom]}))).tool_calls == (ToolCall("sql", "select 1", "t1"),)
    assert said(CHAT, answer(completion({"function_call": legacy}))).tool_calls == (ToolCall("f", {"a": 1}),)


def test_a_refusal_is_no_text() -> None:
    response = said(CHAT, answer(completion({"content": None, "refusal": "I can't help with that."})))

    assert (response.text, response.refusal) == ("", "I can't help with that.")


@pytest.mark.parametrize(
    "message",
    [
        pytest.param({"reasoning_content": "Think."}, id="DeepSeek"),
        pytest.param({"reasoning": "Think."}, id="Groq"),
        pytest.param({"reasoning": "Think.", "reasoning_details": [{"text": "Think."}]}, id="OpenRouter"),
        pytest.param({"reasoning_details": [{"type": "reasoning.text", "text": "Think."}]}, id="Snowflake"),
        pytest.param({"reasoning_details": [{"type": "reasoning.summary", "summary": "Think."}]}, id="a summary"),
    ],
)
def test_reasoning_is_read_in_every_spelling(message: dict[str, object]) -> None:
    response = said(CHAT, answer(completion({"content": "Done.", **message})))

    assert (response.text, response.reasoning) == ("Done.", "Think.")


def test_thinking_parts_of_the_content_are_reasoning() -> None:
    content = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "Think."}]},
        {"type": "text", "text": "Done."},
    ]

    whole = said(CHAT, answer(completion({"content": content})))
    streamed = said(CHAT, sse(chunk({"content": content[:1]}), chunk({"content": "Done."})))

    assert [(r.text, r.reasoning) for r in (whole, streamed)] == [("Done.", "Think."), ("Done.", "Think.")]


def test_the_transcript_of_spoken_content_is_the_text() -> None:
    audio = {"id": "a1", "data": "AAAA", "transcript": "Hello"}

    assert said(CHAT, answer(completion({"content": None, "audio": audio}))).text == "Hello"


def test_logprobs_of_a_chat() -> None:
    token = {
        "token": "Hi",
        "logprob": -0.1,
        "top_logprobs": [{"token": "Hi", "logprob": -0.1}, {"token": "Ho", "logprob": -3}],
    }
    body = {"choices": [{"message": {"content": "Hi"}, "logprobs": {"content": [token]}}]}

    assert said(CHAT, answer(body)).logprobs == (TokenLogprob("Hi", -0.1, (("Hi", -0.1), ("Ho", -3.0))),)


@pytest.mark.parametrize(
    ("usage", "read"),
    [
        pytest.param({"prompt_tokens": 3, "completion_tokens": 2}, Usage(3, 2), id="counts alone"),
        pytest.param(
            {
                "prompt_tokens": 3,
                "completion_tokens": 2,
                "total_tokens": 9,
                "completion_tokens_details": {"reasoning_tokens": 4},
            },
            Usage(3, 6, reasoning_tokens=4),
            id="xAI counts reasoning apart",
        ),
        pytest.param(
            {"prompt_tokens": 3, "completion_tokens": 2, "prompt_cache_hit_tokens": 1},
            Usage(3, 2, cached_tokens=1),
            id="DeepSeek's cache",
        ),
        pytest.param({"prompt_tokens": 3, "completion_tokens": 2, "cached_tokens": 1}, Usage(3, 2, 1), id="Moonshot's"),
        pytest.param({"prompt_tokens": None, "completion_tokens": "many"}, Usage(0, 0), id="no numbers"),
        pytest.param(None, None, id="none"),
        pytest.param({}, None, id="empty"),
    ],
)
def test_usage_is_counted_alike_for_every_provider(usage: object, read: Usage | None) -> None:
    assert said(CHAT, answer(completion({"content": "x"}, usage=usage))).usage == read


def test_a_stream_is_read_as_the_same_answer_whole() -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 4, "completion_tokens_details": {"reasoning_tokens": 1}}
    top = {"token": "Hel", "logprob": -0.2, "top_logprobs": []}
    calls = [
        {"index": 0, "id": "t1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}},
        {"index": 1, "id": "t2", "type": "function", "function": {"name": "g", "arguments": "{}"}},
    ]
    whole = {
        "id": "c1",
        "model": "m-1",
        "system_fingerprint": "fp",
        "choices": [
            {
                "index": 0,
                "message": {"content": "Hello", "reasoning": "Hm, well", "tool_calls": calls},
                "finish_reason": "tool_calls",
                "logprobs": {"content": [top, top]},
            },
            {"index": 1, "message": {"content": "Bye"}, "finish_reason": "stop"},
        ],
        "usage": usage,
    }
    stream = sse(
        chunk({"role": "assistant", "content": ""}) | {"system_fingerprint": "fp", "usage": None},
        chunk({"reasoning": "Hm, "}),
        chunk({"reasoning": "well"}),
        chunk({"content": "Hel"}, logprobs={"content": [top]}),
        chunk({"content": "By"}, index=1),
        chunk({"content": "lo"}, logprobs={"content": [top]}),
        chunk({"content": "e"}, index=1, finish_reason="stop"),
        chunk(
            {"tool_calls": [{"index": 0, "id": "t1", "type": "function", "function": {"name": "f", "arguments": ""}}]}
        ),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"a"'}}]}),
        chunk({"tool_calls": [{"index": 1, "id": "t2", "function": {"name": "g", "arguments": "{}"}}]}),
        chunk({"tool_calls": [{"index": 0, "function": {"arguments": ": 1}"}}]}),
        chunk({}, finish_reason="tool_calls"),
        {"id": "", "model": "", "choices": [], "usage": usage},
    )

    assert said(CHAT, stream) == said(CHAT, answer(whole))


def test_calls_without_a_proper_index_are_told_by_their_ids() -> None:
    def call(call_id: str, name: str, **more: object) -> dict[str, object]:
        return {"tool_calls": [{"id": call_id, "function": {"name": name, "arguments": "{}"}, **more}]}

    same = said(CHAT, sse(chunk(call("t1", "f", index=0)), chunk(call("t2", "g", index=0))))
    none = said(CHAT, sse(chunk(call("t1", "f")), chunk(call("t2", "g"))))

    assert same.tool_calls == none.tool_calls == (ToolCall("f", {}, "t1"), ToolCall("g", {}, "t2"))


def test_a_streamed_refusal_and_legacy_function_call() -> None:
    refusal = said(CHAT, sse(chunk({"refusal": "I "}), chunk({"refusal": "can't."})))
    function = said(
        CHAT,
        sse(
            chunk({"function_call": {"name": "f", "arguments": ""}}),
            chunk({"function_call": {"arguments": '{"a":'}}),
            chunk({"function_call": {"arguments": " 1}"}}),
        ),
    )

    assert (refusal.text, refusal.refusal) == ("", "I can't.")
    assert function.tool_calls == (ToolCall("f", {"a": 1}),)


@pytest.mark.parametrize(
    "last",
    [
        pytest.param({"choices": [], "x_groq": {"id": "r", "usage": {"prompt_tokens": 3}}}, id="Groq"),
        pytest.param({"choices": [{"index": 0, "delta": {}, "usage": {"prompt_tokens": 3}}]}, id="Moonshot"),
    ],
)
def test_the_usage_of_a_stream_where_providers_put_it(last: dict[str, object]) -> None:
    assert said(CHAT, sse(chunk({"content": "x"}), last)).usage == Usage(3)


def test_an_error_in_the_midst_of_a_stream_leaves_the_text_before_it() -> None:
    response = said(CHAT, sse(chunk({"content": "Hel"}), {"error": {"message": "Overloaded", "code": 502}}))

    assert (response.text, response.error, response.status) == ("Hel", "Overloaded", 200)


def test_a_stream_under_the_media_type_of_json_is_read_as_a_stream() -> None:
    body = sse(chunk({"content": "Hi"})).body

    assert said(CHAT, HTTPResponse.of(200, "application/json", [body])).text == "Hi"


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"error": {"message": "Bad temperature", "type": "invalid_request_error"}}, "Bad temperature"),
        (401, {"error": {"message": "Incorrect API key", "code": "invalid_api_key"}}, "Incorrect API key"),
        (422, {"detail": [{"loc": ["body"], "msg": "field required"}]}, "field required"),
        (422, {"object": "error", "message": {"detail": [{"msg": "too long"}]}}, "too long"),
        (429, {"error": "Rate limit"}, "Rate limit"),
        (429, {"message": "Slow down", "request_id": "r"}, "Slow down"),
        (500, {}, "HTTP 500"),
        (500, [], "HTTP 500"),
    ],
)
def test_a_failure_has_its_status_and_the_provider_s_words(status: int, body: object, error: str) -> None:
    response = said(CHAT, answer(body, status))

    assert response == Response(status=status, error=error)
    assert response.raw == body


def test_a_failure_that_is_no_json_gives_its_text() -> None:
    page = HTTPResponse.of(503, "text/html", [b"<h1>Unavailable</h1>\n"])
    empty = HTTPResponse(502, reason="Bad Gateway")

    assert said(CHAT, page).error == "<h1>Unavailable</h1>"
    assert (said(CHAT, empty).error, said(CHAT, empty).raw) == ("HTTP 502 Bad Gateway", None)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[1, 2]", id="an array"),
        pytest.param(b'"text"', id="a string"),
        pytest.param(b"<html>", id="no JSON"),
        pytest.param(b"\xff\xfe\x00", id="binary"),
        pytest.param(b'{"choices": null}', id="no choices"),
        pytest.param(b'{"choices": [null, 3]}', id="choices that are no objects"),
        pytest.param(b'{"choices": [{"message": "x", "logprobs": 3}], "usage": [], "model": 7}', id="wrong types"),
        pytest.param(b'{"choices": [{"message": {"content": {"a": 1}, "tool_calls": {}}}]}', id="wrong inner types"),
    ],
)
def test_a_body_of_another_kind_has_no_text(body: bytes) -> None:
    response = said(CHAT, HTTPResponse.of(200, "application/json", [body]))

    assert (response.text, response.tool_calls, response.usage, response.model) == ("", (), None, "")


def test_a_request_that_is_no_json_object_is_parameters() -> None:
    dialect = dialect_for("POST", CHAT)
    assert dialect is not None

    assert dialect.split(post(CHAT, [1, 2])) == {"params": [1, 2]}
    assert dialect.read_request(post(CHAT, [1, 2])).params == {"body": [1, 2]}


def test_a_legacy_completion() -> None:
    body = {
        "id": "cmpl-1",
        "model": "davinci",
        "choices": [
            {
                "index": 0,
                "text": " world",
                "finish_reason": "length",
                "logprobs": {
                    "tokens": ["Hello", " world"],
                    "token_logprobs": [None, -0.5],
                    "top_logprobs": [None, {" world": -0.5, " you": -2}],
                },
            }
        ],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1},
    }

    assert said(LEGACY, answer(body)) == Response(
        text=" world",
        texts=(" world",),
        finish_reason="length",
        usage=Usage(1, 1),
        model="davinci",
        logprobs=(TokenLogprob(" world", -0.5, ((" world", -0.5), (" you", -2.0))),),
        id="cmpl-1",
    )


def test_a_streamed_legacy_completion_is_read_as_the_same_whole() -> None:
    pieces = [{"id": "c", "model": "m", "choices": [{"index": 0, "text": text}]} for text in ("a", "b")]
    whole = {"id": "c", "model": "m", "choices": [{"index": 0, "text": "ab"}]}

    assert said(LEGACY, sse(*pieces)) == said(LEGACY, answer(whole))


def test_the_prompts_of_a_legacy_completion_are_user_messages() -> None:
    assert asked(LEGACY, {"model": "m", "prompt": ["a", "b"]}).messages == (Message("user", "a"), Message("user", "b"))
    assert parts(LEGACY, {"model": "m", "prompt": "a", "suffix": "z", "echo": True}) == {
        "model": "m",
        "prompt": {"prompt": "a", "suffix": "z"},
        "params": {"echo": True},
    }
