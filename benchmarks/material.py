"""What the benchmarks replay: n questions, their answers, and cassettes that hold both, ours and vcrpy's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import openai
import yaml

from pytest_llm.budget import Budget, Limiter
from pytest_llm.cassettes.folding import fold
from pytest_llm.cassettes.journal import Journal
from pytest_llm.cassettes.redaction import Redactor
from pytest_llm.cassettes.store import Cassette
from pytest_llm.http import HTTPRequest
from pytest_llm.player import Player
from pytest_llm.readings import Readings
from pytest_llm.studio import Hosts, Mode, Place, Studio
from pytest_llm.wire.handler import Exchange
from pytest_llm.wire.interception import intercepting

URL = "https://api.openai.com/v1/chat/completions"
JSON = (("content-type", "application/json"),)
SESSION = "benchmark"


def messages(number: int) -> list[dict[str, str]]:
    return [{"role": "user", "content": f"Question number {number}?"}]


def answer(number: int) -> bytes:
    text = f"The answer to question number {number} is that it depends on many things. " * 4
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 12, "completion_tokens": 60, "total_tokens": 72}
    body = {"id": f"chatcmpl-{number}", "object": "chat.completion", "created": 1, "model": "m-2026-01-01"}
    return json.dumps({**body, "choices": [choice], "usage": usage}, separators=(",", ":")).encode()


def ask(client: openai.OpenAI, numbers: range) -> None:
    for number in numbers:
        client.chat.completions.create(model="m", messages=messages(number))


def mock_client(handler: Callable[[httpx2.Request], httpx2.Response]) -> openai.OpenAI:
    return openai.OpenAI(api_key="x", http_client=openai.DefaultHttpxClient(transport=httpx2.MockTransport(handler)))


def canned_client(numbers: range) -> openai.OpenAI:
    """Return the SDK over a transport that hands out the answers in order: nothing can replay with less."""
    answers = iter([answer(number) for number in numbers])
    headers = {"content-type": "application/json"}
    return mock_client(lambda request: httpx2.Response(200, content=next(answers), headers=headers))


def sent_bodies(count: int) -> Iterator[bytes]:
    """Yield what the SDK sends for each question."""
    sent: list[bytes] = []

    def answered(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.content)
        return httpx2.Response(200, content=answer(0), headers={"content-type": "application/json"})

    ask(mock_client(answered), range(1))
    for number in range(count):
        yield sent[0].replace(b"number 0?", b"number %d?" % number)


def player(path: Path, mode: Mode = "none") -> Player:
    studio = Studio(
        Readings(Redactor()), Hosts(frozenset()), Limiter(8), Budget(None, None), {}, SESSION, lambda *_: None
    )
    journal = Journal(path, "main") if mode != "none" else None

    def journal_of() -> Journal:
        assert journal is not None
        return journal

    place = Place("test_it.py::test_it", "test_it", "")
    return Player(studio, place, Cassette(path), mode, fresh=True, journal=journal_of, find_elsewhere=lambda *_: None)


def write_cassette(path: Path, count: int) -> None:
    """Record the questions and answers, as a live run does."""
    recording = player(path, "missing")
    for number, body in enumerate(sent_bodies(count)):
        call = recording.handle(HTTPRequest("POST", URL, JSON, body))
        assert call is not None
        exchange: Exchange = call  # type: ignore[assignment]
        exchange.delay()
        exchange.answer(200, JSON, "OK")
        exchange.chunk(answer(number))
        exchange.finish()
    recording._journal().close()
    fold(path, SESSION, lambda dialect: lambda value: value, lambda entry: False)


@contextmanager
def replaying(path: Path) -> Iterator[openai.OpenAI]:
    """Give the SDK on a cassette of ours, loaded before."""
    with intercepting(player(path)), openai.OpenAI(api_key="x") as client:
        yield client


def write_vcr_cassette(path: Path, count: int) -> None:
    """Write the same interactions as pytest-recording does."""
    interactions: list[dict[str, Any]] = [
        {
            "request": {
                "body": body.decode(),
                "headers": {"Content-Type": ["application/json"], "Host": ["api.openai.com"]},
                "method": "POST",
                "uri": URL,
            },
            "response": {
                "body": {"string": answer(number).decode()},
                "headers": {"Content-Type": ["application/json"]},
                "status": {"code": 200, "message": "OK"},
            },
        }
        for number, body in enumerate(sent_bodies(count))
    ]
    path.write_text(yaml.dump({"interactions": interactions, "version": 1}, Dumper=yaml.CSafeDumper))


@contextmanager
def vcr_replaying(path: Path, *, body: bool, first: int = 0) -> Iterator[openai.OpenAI]:
    """Give the SDK on a vcrpy cassette as pytest-recording opens it, its interactions before ``first`` played.

    By default vcrpy compares method and URL, which are the same for every question, so that the order decides;
    with ``body`` it tells the questions apart, as a test of prompts needs it.
    """
    import vcr

    match_on = ["method", "scheme", "host", "port", "path", "query", *(["body"] if body else [])]
    tape = vcr.VCR(record_mode="none", match_on=match_on).use_cassette(str(path))
    with tape as cassette, openai.OpenAI(api_key="x") as client:
        cassette.play_counts.update(range(first))
        yield client
