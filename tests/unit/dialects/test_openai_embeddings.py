"""Tests of reading OpenAI-style embeddings."""

from __future__ import annotations

import base64
import struct

import pytest
from wire_samples import answer, asked, parts, said

from pytest_llm.messages import Message, Response, Usage

PATH = "/v1/embeddings"


def test_the_parts_of_a_request() -> None:
    assert parts(PATH, {"model": "e", "input": ["a"], "dimensions": 2, "encoding_format": "base64"}) == {
        "model": "e",
        "prompt": {"input": ["a"]},
        "params": {"dimensions": 2, "encoding_format": "base64"},
    }


@pytest.mark.parametrize(
    ("given", "messages"),
    [
        pytest.param("a", (Message("user", "a"),), id="one text"),
        pytest.param(["a", "b"], (Message("user", "a"), Message("user", "b")), id="several texts"),
        pytest.param([1, 2], (Message("user", attachments=("tokens sha256:efe08440",)),), id="tokens"),
        pytest.param([{"text": "a"}], (Message("user", "a"),), id="objects, as Jina takes them"),
        pytest.param(
            [{"image": "https://example.com/a.png"}],
            (Message("user", attachments=("image https://example.com/a.png",)),),
            id="images",
        ),
    ],
)
def test_each_input_is_a_user_message(given: object, messages: tuple[Message, ...]) -> None:
    assert asked(PATH, {"model": "e", "input": given}).messages == messages


def test_vectors_of_floats() -> None:
    body = {
        "model": "e-1",
        "data": [{"index": 0, "embedding": [0.5, -1]}, {"index": 1, "embedding": [0.25, 2]}],
        "usage": {"prompt_tokens": 4, "total_tokens": 4},
    }

    assert said(PATH, answer(body)) == Response(
        embeddings=((0.5, -1.0), (0.25, 2.0)), usage=Usage(input_tokens=4), model="e-1"
    )


def test_vectors_in_base64_are_the_same_as_of_floats() -> None:
    encoded = base64.b64encode(struct.pack("<3f", 0.5, -1, 0.25)).decode()

    assert said(PATH, answer({"data": [{"embedding": encoded}]})).embeddings == ((0.5, -1.0, 0.25),)


@pytest.mark.parametrize("embedding", ["not base64!", "QUJD", None, {"a": 1}, ["a"], []])
def test_what_is_no_vector_is_none(embedding: object) -> None:
    assert said(PATH, answer({"data": [{"embedding": embedding}]})).embeddings == ()
