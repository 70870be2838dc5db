"""One test's requests are replayed, recorded, or refused: driven as the wire drives it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pytest_llm.budget import Budget, Limiter
from pytest_llm.cassettes.folding import fold
from pytest_llm.cassettes.journal import Journal
from pytest_llm.cassettes.redaction import Redaction, Redactor
from pytest_llm.cassettes.store import Cassette
from pytest_llm.errors import BudgetExceededError, CassetteError, CassetteMissError
from pytest_llm.http import HTTPRequest
from pytest_llm.messages import Interaction
from pytest_llm.player import Player
from pytest_llm.prices import Price
from pytest_llm.readings import Readings
from pytest_llm.studio import Hosts, Mode, Place, Studio
from pytest_llm.wire.handler import Exchange, Replay

URL = "https://api.openai.com/v1/chat/completions"
JSON = (("content-type", "application/json"),)
SSE = (("content-type", "text/event-stream"),)


def ask(text: str = "Hi", url: str = URL, **more: object) -> HTTPRequest:
    body = {"model": "m", "messages": [{"role": "user", "content": text}], **more}
    return HTTPRequest("POST", url, (*JSON, ("authorization", "Bearer x")), json.dumps(body).encode())


def answer(text: str) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    return json.dumps({"id": "1", "model": "m-1", "choices": [choice], "usage": usage}).encode()


class Stage:
    """A cassette on disk, and players for it, one a run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.redactor = Redactor((), {})
        self.limiter = Limiter(8)
        self.budget = Budget(None, None)
        self.prices: Mapping[str, Price] = {}
        self.told: list[tuple[Interaction, float]] = []
        self.journal: Journal | None = None

    def player(self, mode: Mode = "none", nodeid: str = "test_it.py::test_it") -> Player:
        readings = Readings(self.redactor)
        studio = Studio(
            readings,
            Hosts(frozenset()),
            self.limiter,
            self.budget,
            self.prices,
            "now",
            lambda *told: self.told.append(told),
        )
        cassette = Cassette(self.path)
        return Player(
            studio,
            Place(nodeid, "test_it", ""),
            cassette,
            mode,
            fresh=not cassette.exists,
            journal=self.journal_of_run,
            find_elsewhere=lambda digest, slot: None,
        )

    def journal_of_run(self) -> Journal:
        if self.journal is None:
            self.journal = Journal(self.path, "main")
        return self.journal

    def fold(self, outcome: str = "passed") -> None:
        if self.journal is not None:
            self.journal.end("test_it", outcome)
            self.journal.close()
            self.journal = None
        fold(self.path, "now", lambda dialect: lambda value: value, lambda entry: False)

    def record(self, *asked: tuple[HTTPRequest, bytes], mode: Mode = "missing") -> Player:
        player = self.player(mode)
        for request, body in asked:
            live(player, request, body)
        self.fold()
        return player

    def edit(self, change: Callable[[list[dict[str, Any]]], object]) -> None:
        document = json.loads(self.path.read_text())
        change(document["interactions"])
        self.path.write_text(json.dumps(document))


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.chdir(tmp_path)
    return Stage(tmp_path / "test_it.cassette.json")


def live(player: Player, request: HTTPRequest, *chunks: bytes, status: int = 200, headers: Any = JSON) -> Exchange:
    call = player.handle(request)
    assert call is not None
    assert not isinstance(call, Replay)
    assert call.delay() == 0
    call.answer(status, headers, "")
    for chunk in chunks:
        call.chunk(chunk)
    call.finish()
    return call


def replayed(player: Player, request: HTTPRequest) -> Replay:
    outcome = player.handle(request)
    assert isinstance(outcome, Replay)
    return outcome


def body_of(replay: Replay) -> bytes:
    return b"".join(replay.chunks)


def text_of(replay: Replay) -> str:
    return str(json.loads(body_of(replay))["choices"][0]["message"]["content"])


def test_what_was_recorded_replays_to_the_byte(stage: Stage) -> None:
    stage.record((ask(), answer("Hello,\nworld")))
    player = stage.player()
    replay = replayed(player, ask())

    assert (replay.status, replay.headers, body_of(replay)) == (200, JSON, answer("Hello,\nworld"))
    assert (player.tally.replayed, player.unplayed, player.outcomes) == (1, [], [])
    assert stage.told[0][0].response.text == "Hello,\nworld"


def test_the_draws_of_one_request_replay_in_order_and_one_more_is_a_miss(stage: Stage) -> None:
    stage.record(*((ask(), answer(str(number))) for number in range(5)))
    player = stage.player()

    assert [text_of(replayed(player, ask())) for _ in range(5)] == list("01234")
    for _ in range(2):
        with pytest.raises(CassetteMissError, match=r"^No draw 6 of this request in test_it\.cassette\.json"):
            player.handle(ask())
    assert [miss.story for miss in player.misses] == ["draw 6, only 5 recorded"] * 2


def test_concurrent_askers_get_distinct_draws(stage: Stage) -> None:
    stage.record(*((ask(), answer(str(number))) for number in range(64)))
    player, start, got = stage.player(), threading.Barrier(8), list[str]()

    def asker() -> None:
        start.wait()
        got.extend(text_of(replayed(player, ask())) for _ in range(8))

    threads = [threading.Thread(target=asker) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(got, key=int) == [str(number) for number in range(64)]


def test_draws_are_numbered_in_the_order_of_issue_not_of_completion(stage: Stage) -> None:
    player = stage.player("missing")
    calls = [player.handle(ask()) for _ in range(3)]
    for number, call in reversed([*enumerate(calls)]):
        assert call is not None
        assert not isinstance(call, Replay)
        call.delay()
        call.answer(200, JSON, "")
        call.chunk(answer(str(number)))
        call.finish()
    stage.fold()
    again = stage.player()

    assert [text_of(replayed(again, ask())) for _ in range(3)] == list("012")


def test_a_draw_deleted_by_hand_is_not_missed_and_a_new_one_comes_last(stage: Stage) -> None:
    stage.record(*((ask(), answer(text)) for text in "abc"))
    stage.edit(lambda entries: entries.pop(1))
    player = stage.player("missing")
    first = [text_of(replayed(player, ask())) for _ in range(2)]
    live(player, ask(), answer("c"))
    stage.fold()
    again = stage.player()

    assert first == ["a", "c"]
    assert [text_of(replayed(again, ask())) for _ in range(3)] == ["a", "c", "c"]
    assert [entry["draw"] for entry in Cassette(stage.path).entries] == [1, 3, 4]


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(
            HTTPRequest("POST", URL, JSON, b'{"messages":[{"content":"Hi","role":"user"}],"model":"m"}'), id="keys"
        ),
        pytest.param(ask(url="http://127.0.0.1:8000/v1/chat/completions"), id="host"),
        pytest.param(ask(url=URL + "#x"), id="fragment"),
    ],
)
def test_a_request_that_means_the_same_is_found(stage: Stage, request_: HTTPRequest) -> None:
    stage.record((ask(), answer("Hello")))

    assert text_of(replayed(stage.player(), request_)) == "Hello"


def test_a_request_edited_in_the_file_answers_the_edited_request(stage: Stage) -> None:
    stage.record((ask("old"), answer("Hello")))
    stage.edit(lambda entries: entries[0]["request"]["messages"][0].update(content="new"))

    assert text_of(replayed(stage.player(), ask("new"))) == "Hello"


def test_what_was_redacted_when_it_was_recorded_matches_anything(stage: Stage) -> None:
    stage.redactor = Redactor([Redaction(r"\w+@example\.com")], {})
    recorded = stage.record((ask("Mail alice@example.com now."), answer("Done")))
    stage.redactor = Redactor((), {})

    assert "alice" not in stage.path.read_text()
    assert recorded.outcomes == []
    assert text_of(replayed(stage.player(), ask("Mail bob@example.com now."))) == "Done"
    with pytest.raises(CassetteMissError):
        stage.player().handle(ask("Mail bob@example.com later."))


@pytest.mark.parametrize(
    "gone", ["draw", "raw", "headers", "latency", "recorded", "parts", "request", "response", "usage"]
)
def test_an_entry_without_an_optional_key_can_be_replayed_and_shown(stage: Stage, gone: str) -> None:
    stage.record((ask(), answer("Hello")))
    stage.edit(lambda entries: entries[0].pop(gone, None))
    player = stage.player()
    replay = replayed(player, ask())

    assert body_of(replay) == (b"" if gone == "response" else answer("Hello"))
    assert player.studio.readings.interaction(player.played[0], replayed=True).draw == 1
    assert player.saved_cost == 0


def test_recordings_of_a_dialect_that_is_gone_still_replay(stage: Stage) -> None:
    stage.record((ask(), answer("Hello")))
    stage.edit(lambda entries: entries[0].update(dialect="theirs"))
    player = stage.player()

    assert text_of(replayed(player, ask())) == "Hello"
    with pytest.raises(CassetteMissError, match=r"^No recording of this request in test_it\.cassette\.json"):
        player.handle(ask("other"))


@pytest.mark.parametrize("body", [b"", b"null", b'""', b"\xff", b'{"a":"\\ud83d"}', b"[1, 2]", b"text"])
def test_any_answer_comes_back(stage: Stage, body: bytes) -> None:
    player = stage.player("missing")
    live(player, ask(), *([body] if body else []), status=200 if body else 204)
    stage.fold()

    assert body_of(replayed(stage.player(), ask())) == body


@pytest.mark.parametrize("body", [b'{"model":"\\ud83d"}', b'{"a":1,"a":2}', b"\xff\x00", b"[1]", b"null", b"x=1&y=2"])
def test_any_request_is_recorded_and_found_again(stage: Stage, body: bytes) -> None:
    request = HTTPRequest("POST", "https://api.openai.com/v1/files", JSON, body)
    stage.record((request, answer("Hello")))
    stage.edit(lambda entries: entries[0].pop("raw"))

    assert text_of(replayed(stage.player(), request)) == "Hello"


def test_a_429_and_the_answer_after_it_replay_as_both_without_a_wait(stage: Stage) -> None:
    player = stage.player("missing")
    refused = (*JSON, ("Retry-After", "2.5"), ("retry-after-ms", "0.001"))
    live(player, ask(), b'{"error":{"message":"slow"}}', status=429, headers=refused)
    second = player.handle(ask())
    assert second is not None
    assert not isinstance(second, Replay)
    while second.delay():
        pass
    second.answer(200, JSON, "")
    second.chunk(answer("Hello"))
    second.finish()
    stage.fold()
    again = stage.player()
    first, last = replayed(again, ask()), replayed(again, ask())

    assert (first.status, first.retriable, last.status, last.retriable) == (429, True, 200, False)
    assert dict(first.headers) == {"content-type": "application/json", "retry-after": "0", "retry-after-ms": "0"}
    assert text_of(last) == "Hello"


def test_a_stream_replays_event_by_event(stage: Stage) -> None:
    events = [b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n', b"data: [DONE]\n\n"]
    player = stage.player("missing")
    live(player, ask(stream=True), events[0][:10], events[0][10:] + events[1], headers=SSE)
    stage.fold()
    replay = replayed(stage.player(), ask(stream=True))

    assert replay.body is None
    assert [*replay.chunks] == events


def test_reading_on_where_the_recording_was_cut_is_a_miss(stage: Stage) -> None:
    event = b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n'
    call = stage.player("missing").handle(ask(stream=True))
    assert call is not None
    assert not isinstance(call, Replay)
    call.delay()
    call.answer(200, SSE, "")
    call.chunk(event)
    call.cut()
    stage.fold()
    player = stage.player()
    chunks = iter(replayed(player, ask(stream=True)).chunks)

    assert next(chunks) == event
    assert player.outcomes == []
    with pytest.raises(CassetteMissError, match=r"ends early"):
        next(chunks)
    assert player.misses[0].command == 'pytest --llm-record=all "test_it.py::test_it"'


def test_a_connection_that_fails_after_the_last_event_of_a_stream_has_lost_nothing(stage: Stage) -> None:
    events = [b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n', b"data: [DONE]\n\n"]
    call = stage.player("missing").handle(ask(stream=True))
    assert call is not None
    assert not isinstance(call, Replay)
    call.delay()
    call.answer(200, SSE, "")
    for event in events:
        call.chunk(event)
    call.fail(ConnectionResetError())
    stage.fold()

    assert [*replayed(stage.player(), ask(stream=True)).chunks] == events


def test_a_body_whose_encoding_cannot_be_undone_replays_with_it(stage: Stage) -> None:
    player = stage.player("missing")
    live(player, ask(), b"\x00\x01", headers=(*JSON, ("Content-Encoding", "compress")))
    stage.fold()
    replay = replayed(stage.player(), ask())

    assert body_of(replay) == b"\x00\x01"
    assert dict(replay.headers) == {"content-type": "application/json", "content-encoding": "compress"}


@pytest.mark.parametrize(
    ("mode", "fresh_calls", "known_calls"),
    [("none", 0, 0), ("once", 1, 0), ("missing", 1, 1), ("all", 1, 1)],
)
def test_a_mode_says_what_may_be_recorded(stage: Stage, mode: Mode, fresh_calls: int, known_calls: int) -> None:
    def calls(request: HTTPRequest) -> int:
        player = stage.player(mode)
        try:
            outcome = player.handle(request)
        except CassetteMissError:
            return 0
        finally:
            player.close()
        return int(not isinstance(outcome, Replay))

    assert calls(ask()) == fresh_calls
    stage.fold()
    stage.record((ask(), answer("Hello")))

    assert calls(ask("new")) == known_calls
    assert calls(ask()) == (mode == "all")


def test_other_requests_pass(stage: Stage) -> None:
    player = stage.player()

    assert player.handle(HTTPRequest("GET", "https://example.com/data", (), b"")) is None
    assert player.handle(HTTPRequest("POST", "https://example.com/v1/responses", JSON, b'{"mine": 1}')) is None
    assert player.outcomes == []


def test_a_call_beyond_the_budget_is_refused_and_noted(stage: Stage) -> None:
    stage.budget = Budget(1, None)
    player = stage.player("missing")
    live(player, ask(), answer("Hello"))
    with pytest.raises(BudgetExceededError):
        player.handle(ask("more"))

    assert [type(outcome) for outcome in player.outcomes] == [BudgetExceededError]
    assert (player.tally.live, player.tally.recorded) == (1, 1)


def test_a_call_that_failed_gives_its_place_in_the_budget_back(stage: Stage) -> None:
    stage.budget = Budget(1, None)
    player = stage.player("missing")
    call = player.handle(ask())
    assert call is not None
    assert not isinstance(call, Replay)
    call.delay()
    call.fail(ConnectionError("gone"))
    live(player, ask(), answer("Hello"))
    stage.fold()

    assert text_of(replayed(stage.player(), ask())) == "Hello"


def test_money_is_counted_by_the_price_of_the_served_model(stage: Stage) -> None:
    stage.prices = {"m-1": Price(1_000_000, 2_000_000)}
    recording = stage.record((ask(), answer("Hello")))
    player = stage.player()
    replayed(player, ask())

    assert recording.tally.spent == pytest.approx(5)
    assert recording.tally.unpriced == set()
    assert player.saved_cost == pytest.approx(5)


def test_calls_in_flight_are_limited(stage: Stage) -> None:
    stage.limiter = Limiter(1)
    player = stage.player("missing")
    first, second = player.handle(ask("one")), player.handle(ask("two"))
    assert first is not None
    assert second is not None
    assert not isinstance(first, Replay)
    assert not isinstance(second, Replay)

    assert first.delay() == 0
    assert second.delay() > 0
    first.answer(200, JSON, "")
    first.chunk(answer("x"))
    first.finish()
    assert second.delay() == 0


def test_when_nothing_can_be_written_nothing_is_called(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    stage.path = tmp_path / "file" / "test_it.cassette.json"
    stage.budget = Budget(1, None)
    player = stage.player("missing")
    for _ in range(2):
        with pytest.raises(CassetteError, match=r"Nothing was called\.$"):
            player.handle(ask())

    assert len(player.troubles) == 2


def test_a_miss_has_no_credential_in_it(stage: Stage) -> None:
    stage.record((ask(), answer("Hello")))
    secret = "sk-proj-Abcdef1234567890Ghijkl"
    with pytest.raises(CassetteMissError) as caught:
        stage.player().handle(ask(f"Hi {secret}", url=f"{URL}?api-key=abc123secret"))

    assert secret not in str(caught.value)
    assert "abc123secret" not in str(caught.value)
