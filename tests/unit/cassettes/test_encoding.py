"""Content encodings are undone, also of bodies that were cut short."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard

from pytest_llm.cassettes.encoding import decode_content

BODY = b'data: {"delta": "one"}\n\n' * 500


def raw_deflate(data: bytes) -> bytes:
    made = zlib.compressobj(wbits=-15)
    return made.compress(data) + made.flush()


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}
encodings = pytest.mark.parametrize("name", ENCODERS)


@encodings
@pytest.mark.parametrize("body", [BODY, b"", b"\xff\x00"], ids=["text", "empty", "binary"])
def test_a_body_comes_out_as_it_went_in(name: str, body: bytes) -> None:
    assert decode_content(ENCODERS[name](body), name.upper()) == body


@encodings
def test_a_body_without_a_byte_has_nothing_to_decode(name: str) -> None:
    assert decode_content(b"", name) == b""


@encodings
def test_of_a_body_cut_short_comes_what_there_is(name: str) -> None:
    encoded = ENCODERS[name](BODY)
    decoded = decode_content(encoded[: len(encoded) - 3], name)

    assert decoded is not None
    assert BODY.startswith(decoded)


@encodings
def test_what_is_not_encoded_that_way_is_not_decoded(name: str) -> None:
    assert decode_content(b'{"a": 1} is no compressed text', name) is None


def test_deflate_without_its_header_is_understood() -> None:
    assert decode_content(raw_deflate(BODY), "deflate") == BODY


@pytest.mark.parametrize("name", [None, "", "identity", " , "])
def test_without_an_encoding_the_body_stays(name: str | None) -> None:
    assert decode_content(BODY, name) == BODY


def test_several_encodings_are_undone_from_last_to_first() -> None:
    assert decode_content(brotli.compress(gzip.compress(BODY)), "gzip, br") == BODY


def test_an_unknown_encoding_cannot_be_undone() -> None:
    assert decode_content(BODY, "compress") is None
