from __future__ import annotations

import gc
import threading

import pytest

from pytest_llm.wire.interception import intercepting

EVENTS = [b"data: one\n\n", b"data: two\n\n", b"data: three\n\n"]
PAYLOAD = b'{"prompt": "hi"}'

# httpx and httpcore leave their own generators unclosed when a stream is, which trio complains of
ABANDONED = pytest.mark.filterwarnings("ignore:Async generator 'http:ResourceWarning")


@pytest.mark.parametrize("path", ["echo", "gzip", "empty", "error", "until-closed", "gzip-stream"])
def test_a_call_replays_as_it_was_recorded_with_the_server_gone(stack, server, tape, path):
    url = f"{server.url}/{path}?v=1"
    plain = stack.call("POST", url)
    with intercepting(tape):
        live = stack.call("POST", url)
        server.stop()
        tape.rewind()
        replayed = stack.call("POST", url)

    assert live == plain
    assert replayed == plain
    assert [taped.end for taped in tape.taped] == ["finish"]
    assert [(asked.method, asked.url, asked.body) for asked in tape.asked] == [("POST", url, PAYLOAD)] * 2


def test_the_first_chunk_reaches_the_caller_before_the_last_is_sent(stack, server, tape):
    server.gate.clear()
    with intercepting(tape):
        live = stack.stream(f"{server.url}/stream", first=server.gate.set)

    assert live[0] == EVENTS[0]
    assert b"".join(live) == b"".join(EVENTS)
    assert tape.taped[0].body == b"".join(EVENTS)
    assert tape.taped[0].end == "finish"


def test_a_stream_replays_event_by_event(stack, server, tape):
    with intercepting(tape):
        stack.stream(f"{server.url}/stream")
        tape.taped[0].chunks[:] = EVENTS
        server.stop()
        tape.rewind()
        replayed = stack.stream(f"{server.url}/stream")

    assert replayed == EVENTS


@ABANDONED
def test_a_stream_closed_early_is_cut(stack, server, tape):
    server.gate.clear()
    with intercepting(tape):
        live = stack.stream(f"{server.url}/stream", most=1)
        gc.collect()

    assert live == EVENTS[:1]
    assert tape.taped[0].chunks == EVENTS[:1]
    assert tape.taped[0].end == "cut"


@ABANDONED
def test_a_replayed_stream_can_be_closed_early(stack, server, tape):
    with intercepting(tape):
        stack.stream(f"{server.url}/stream")
        tape.taped[0].chunks[:] = EVENTS
        tape.rewind()
        replayed = stack.stream(f"{server.url}/stream", most=1)

    assert replayed == EVENTS[:1]


def test_a_head_request_has_no_body(stack, server, tape):
    with intercepting(tape):
        live = stack.call("HEAD", f"{server.url}/echo", None)
        tape.rewind()
        replayed = stack.call("HEAD", f"{server.url}/echo", None)

    assert live.body == replayed.body == b""
    assert tape.taped[0].end == "finish"


def test_a_refused_connection_fails_the_exchange(stack, server, tape):
    server.stop()
    with intercepting(tape), pytest.raises(stack.errors):
        stack.call("POST", f"{server.url}/echo")

    assert [taped.end for taped in tape.taped] == ["fail"]


def test_a_connection_dropped_before_the_answer_fails_the_exchange(stack, server, tape):
    with intercepting(tape), pytest.raises(Exception, match=r"(?i)disconnected|closed|ReadTimeout|aborted"):
        stack.call("POST", f"{server.url}/dropped")

    assert [taped.end for taped in tape.taped] == ["fail"]
    assert tape.taped[0].status == 0


def test_a_body_that_breaks_off_fails_the_exchange(stack, server, tape):
    with intercepting(tape), pytest.raises(stack.broken):
        stack.call("POST", f"{server.url}/broken")

    assert [taped.end for taped in tape.taped] == ["fail"]
    assert tape.taped[0].body == b"short"


def test_each_hop_of_a_redirect_is_asked_about(stack, server, tape):
    if type(stack).__name__ == "HttpxAiohttp":
        pytest.skip("its transport leaves redirects to httpx, as tested there")
    with intercepting(tape):
        live = stack.call("POST", f"{server.url}/moved")
        server.stop()
        tape.rewind()
        replayed = stack.call("POST", f"{server.url}/moved")

    assert replayed == live
    assert [asked.path for asked in tape.asked] == ["/moved", "/echo"] * 2
    assert [taped.end for taped in tape.taped] == ["finish", "finish"]


def test_a_request_not_wanted_passes_untouched(stack, server, tape):
    tape.wanted = False
    with intercepting(tape):
        got = stack.call("POST", f"{server.url}/echo")

    assert got.status == 200
    assert tape.asked == []
    assert server.seen == [("POST", "/echo", PAYLOAD)]


def test_a_request_answered_with_none_passes_untouched(stack, server, tape, monkeypatch):
    tape.blocking = ("127.0.0.1",)
    monkeypatch.setattr(tape, "handle", lambda request: None)
    with intercepting(tape):
        got = stack.call("POST", f"{server.url}/echo")

    assert got.status == 200
    assert server.seen == [("POST", "/echo", PAYLOAD)]


def test_what_the_handler_raises_reaches_the_caller_unchanged(stack, server, tape, monkeypatch):
    class Miss(BaseException):
        pass

    miss = Miss("no recording")

    def handle(request):
        raise miss

    monkeypatch.setattr(tape, "handle", handle)
    with intercepting(tape), pytest.raises(Miss) as caught:
        stack.call("POST", f"{server.url}/echo")

    assert caught.value is miss
    assert server.seen == []


def test_a_recording_that_was_cut_short_raises_at_its_end(stack, server, tape, monkeypatch):
    class Cut(BaseException):
        pass

    def chunks():
        yield EVENTS[0]
        raise Cut("the recording ends here")

    from pytest_llm.wire.handler import Replay

    replay = Replay(200, (("content-type", "text/event-stream"),), chunks())
    monkeypatch.setattr(tape, "handle", lambda request: replay)
    read = []
    with intercepting(tape), pytest.raises(Cut):
        stack.stream(f"{server.url}/stream", first=lambda: read.append(1))

    assert read == [1]


def test_a_live_call_is_made_after_its_delay(stack, server, tape):
    tape.delays = (0.001, 0.002)
    with intercepting(tape):
        got = stack.call("POST", f"{server.url}/echo")

    assert got.status == 200
    assert tape.taped[0].delays == []


def test_calls_of_many_threads_each_get_their_own_answer(stack, server, tape):
    if not hasattr(stack, "client"):
        pytest.skip("an event loop belongs to one thread")
    got = {}

    def call(number):
        got[number] = stack.call("POST", f"{server.url}/echo", str(number).encode()).body

    with intercepting(tape):
        threads = [threading.Thread(target=call, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert got == {number: b'{"echo": "%d"}' % number for number in range(8)}
    assert sorted(taped.end for taped in tape.taped) == ["finish"] * 8


def test_a_thread_started_before_is_intercepted(stack, server, tape):
    ready, done = threading.Event(), threading.Event()

    def work():
        ready.wait(10)
        stack.call("POST", f"{server.url}/echo")
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    with intercepting(tape):
        ready.set()
        thread.join()

    assert done.is_set()
    assert len(tape.asked) == 1
