"""Tests of reading the endpoints that no other dialect knows."""

from __future__ import annotations

import pytest
from wire_samples import answer, post, sse

from pytest_llm.dialects import GENERIC
from pytest_llm.http import HTTPRequest, HTTPResponse
from pytest_llm.messages import Response

URL = "https://api.openai.com/v1/audio/transcriptions"
BINARY = b"\xff\xfb\x90\x00"
DIGEST = "34e35f17ad73661a4a169dd74f0065ebae3f7a804b0df6f851f2e2aca1316350"


def form(boundary: str) -> HTTPRequest:
    """Build a multipart form with a model, a binary file and a text file."""
    body = b"".join(
        f"--{boundary}\r\n{head}\r\n\r\n".encode() + data + b"\r\n"
        for head, data in (
            ('Content-Disposition: form-data; name="model"', b"whisper-1"),
            ('Content-Disposition: form-data; name="file"; filename="a.mp3"\r\nContent-Type: audio/mpeg', BINARY),
            ('Content-Disposition: form-data; name="prompt"', "Ünïcode\r\ntwo".encode()),
        )
    )
    headers = (("Content-Type", f'multipart/form-data; boundary="{boundary}"'),)
    return HTTPRequest("POST", URL, headers, body + f"--{boundary}--\r\n".encode())


def test_a_json_object_is_params_but_for_its_model() -> None:
    request = post("/v1/moderations", {"model": "omni", "input": "x"})

    assert GENERIC.split(request) == {"model": "omni", "params": {"input": "x"}}
    assert GENERIC.read_request(request).model == "omni"
    assert GENERIC.read_request(request).params == {"input": "x"}


def test_a_request_without_a_body_has_no_parts() -> None:
    request = HTTPRequest("GET", "https://api.openai.com/v1/models?limit=5")

    assert GENERIC.split(request) == {}
    assert GENERIC.read_request(request).params == {}


def test_a_multipart_form_is_its_parts_with_binary_data_as_a_digest() -> None:
    parts = GENERIC.split(form("abc"))

    assert parts["model"] == "whisper-1"
    assert parts["params"] == [
        {"headers": {"content-disposition": 'form-data; name="model"'}, "text": "whisper-1"},
        {
            "headers": {
                "content-disposition": 'form-data; name="file"; filename="a.mp3"',
                "content-type": "audio/mpeg",
            },
            "bytes": 4,
            "sha256": DIGEST,
        },
        {"headers": {"content-disposition": 'form-data; name="prompt"'}, "text": "Ünïcode\r\ntwo"},
    ]


def test_the_boundary_of_a_multipart_form_does_not_matter() -> None:
    assert GENERIC.split(form("abc")) == GENERIC.split(form("xyz-123"))


def test_a_multipart_part_without_headers() -> None:
    request = HTTPRequest(
        "POST", URL, (("content-type", "multipart/mixed; boundary=b"),), b"--b\r\n\r\nhi\r\n--b--\r\n"
    )

    assert GENERIC.split(request) == {"params": [{"headers": {}, "text": "hi"}]}


@pytest.mark.parametrize(
    ("media_type", "body", "params"),
    [
        pytest.param(
            "application/x-www-form-urlencoded",
            b"model=m&a=1&a=2&b=",
            [["model", "m"], ["a", "1"], ["a", "2"], ["b", ""]],
            id="a form",
        ),
        pytest.param("text/plain", b"hello", {"text": "hello"}, id="text"),
        pytest.param("application/json", b'{"a": ', {"text": '{"a": '}, id="broken JSON"),
        pytest.param("application/json", b"[]", [], id="an empty array"),
        pytest.param("application/octet-stream", BINARY, {"bytes": 4, "sha256": DIGEST}, id="binary"),
        pytest.param("multipart/form-data", b"no boundary", {"text": "no boundary"}, id="no boundary"),
        pytest.param("multipart/form-data; boundary=b", b"--x\r\n", {"text": "--x\r\n"}, id="another boundary"),
    ],
)
def test_other_bodies_are_params(media_type: str, body: bytes, params: object) -> None:
    request = HTTPRequest("POST", URL, (("content-type", media_type),), body)

    assert GENERIC.split(request)["params"] == params


def test_the_model_of_a_form() -> None:
    headers = (("content-type", "application/x-www-form-urlencoded"),)

    assert GENERIC.split(HTTPRequest("POST", URL, headers, b"model=m&a=1"))["model"] == "m"


def test_a_json_answer_gives_its_text_model_and_id() -> None:
    response = GENERIC.read_response(answer({"id": "x", "text": "Hello", "model": "m"}))

    assert response == Response(text="Hello", texts=("Hello",), model="m", id="x")
    assert response.raw == {"id": "x", "text": "Hello", "model": "m"}


def test_a_text_answer_is_its_text() -> None:
    assert GENERIC.read_response(HTTPResponse.of(200, "text/plain", [b"Hel", b"lo"])).text == "Hello"


def test_a_stream_is_the_list_of_its_payloads() -> None:
    assert GENERIC.read_response(sse({"a": 1}, {"a": 2})).raw == [{"a": 1}, {"a": 2}]


def test_a_binary_answer_is_its_digest() -> None:
    response = GENERIC.read_response(HTTPResponse.of(200, "audio/mpeg", [BINARY]))

    assert (response.text, response.raw) == ("", {"media_type": "audio/mpeg", "bytes": 4, "sha256": DIGEST})


def test_an_empty_answer_is_nothing() -> None:
    assert GENERIC.read_response(HTTPResponse(204)) == Response(status=204)


@pytest.mark.parametrize("status", [400, 401, 429, 500])
def test_a_failure_has_its_status_and_the_provider_s_words(status: int) -> None:
    assert GENERIC.read_response(answer({"error": {"message": "No."}}, status)) == Response(status=status, error="No.")
