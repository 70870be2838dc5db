from __future__ import annotations

import pytest

from pytest_llm.wire.framing import Dechunker, frames
from pytest_llm.wire.handler import Replay

WIRE = b"5;ext=1\r\nhello\r\n1\r\n \r\nA\r\nworld\r\nyes\r\n0\r\n\r\n"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_a_chunked_body_is_read_however_it_is_cut_up(size):
    reader = Dechunker(chunked=True, length=None)
    content = b"".join(reader.feed(WIRE[start : start + size]) for start in range(0, len(WIRE), size))

    assert content == b"hello world\r\nyes"
    assert reader.complete


def test_a_body_with_a_length_is_complete_at_that_length():
    reader = Dechunker(chunked=False, length=5)

    assert (reader.feed(b"hel"), reader.complete, reader.left) == (b"hel", False, 2)
    assert (reader.feed(b"lo"), reader.complete, reader.left) == (b"lo", True, 0)


@pytest.mark.parametrize(
    ("replay", "method", "expected"),
    [
        pytest.param(
            Replay(200, (("Content-Length", "9"), ("X", "y")), iter(()), b"body"),
            "POST",
            [b"HTTP/1.1 200 OK\r\nX: y\r\ncontent-length: 4\r\n\r\nbody"],
            id="a body, with its own length",
        ),
        pytest.param(
            Replay(200, (), iter((b"one", b"", b"two")), None, "Fine"),
            "POST",
            [
                b"HTTP/1.1 200 Fine\r\ntransfer-encoding: chunked\r\n\r\n",
                b"3\r\none\r\n",
                b"3\r\ntwo\r\n",
                b"0\r\n\r\n",
            ],
            id="a stream, a frame for each chunk that is not empty",
        ),
        pytest.param(Replay(204, (), iter(()), b""), "POST", [b"HTTP/1.1 204 No Content\r\n\r\n"], id="no content"),
        pytest.param(Replay(200, (), iter(()), b"x"), "HEAD", [b"HTTP/1.1 200 OK\r\n\r\n"], id="head"),
    ],
)
def test_a_replay_is_framed_for_the_body_at_hand(replay, method, expected):
    assert list(frames(replay, method)) == expected
