from __future__ import annotations

import pytest

from pytest_llm.wire.tee import Tee


class Told:
    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        return lambda *args: self.calls.append((name, *args))


def test_only_the_first_ending_is_told():
    told = Told()
    tee = Tee(told)
    tee.answer("POST", 200, (), "OK")
    tee.chunk(b"one")
    tee.finish()
    tee.cut()
    tee.fail(OSError())
    tee.chunk(b"late")
    del tee

    assert told.calls == [("answer", 200, (), "OK"), ("chunk", b"one"), ("finish",)]


@pytest.mark.parametrize(
    ("method", "status", "headers"),
    [("HEAD", 200, ()), ("POST", 204, ()), ("GET", 304, ()), ("POST", 200, (("Content-Length", "0"),))],
)
def test_a_response_without_a_body_is_finished_with_its_head(method, status, headers):
    told = Told()
    Tee(told).answer(method, status, headers, "")

    assert told.calls == [("answer", status, headers, ""), ("finish",)]


def test_a_response_that_is_dropped_unread_is_cut():
    told = Told()
    tee = Tee(told)
    tee.answer("POST", 200, (), "OK")
    del tee

    assert told.calls == [("answer", 200, (), "OK"), ("cut",)]
