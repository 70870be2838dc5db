"""Fixtures of the inner test runs: where the server is, what the SDKs returned, and how long they really waited."""

import asyncio
import json
import os
import time
import urllib.request
from functools import wraps
from pathlib import Path
from threading import Thread

import pytest

PHASE = os.environ["PHASE"]
DUMPS = Path(os.environ["DUMPS"])
VOLATILE_OF_HTTP = ("HTTPHeaders", "RequestId", "sdk_http_response")
WAITS = []


def counted(module):
    """Note each real wait; interception, which is installed later, stands before this and skips what it skips."""
    original = module.sleep

    @wraps(original)
    def sleep(seconds, *args, **kwargs):
        if seconds > 0.2:
            WAITS.append(seconds)
        return original(seconds, *args, **kwargs)

    module.sleep = sleep


counted(time)
counted(asyncio)


def plain(value):
    """Return an SDK's object as JSON, with the names of the classes, without what belongs to the HTTP connection."""
    if isinstance(value, BaseException):
        told = {key: plain(getattr(value, key, None)) for key in ("status_code", "code", "body", "details", "response")}
        return {"class": name_of(value), "text": str(value), **told}
    if hasattr(value, "model_dump"):
        return {"class": name_of(value), **plain(value.model_dump(warnings=False))}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items() if key not in VOLATILE_OF_HTTP}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return value.decode("latin-1") if isinstance(value, bytes) else name_of(value)


def name_of(value):
    return f"{type(value).__module__}.{type(value).__qualname__}"


@pytest.fixture(autouse=True)
def kept(request):
    """Collect what a test got from its SDK, and the waits, in a file of this phase."""
    got = []
    WAITS.clear()
    yield got
    DUMPS.mkdir(exist_ok=True)
    told = {"got": [plain(value) for value in got], "waits": list(WAITS)}
    (DUMPS / f"{request.node.name.replace('/', '-')}.json").write_text(json.dumps(told, indent=1), encoding="utf-8")


@pytest.fixture
def base():
    return os.environ["SERVER"]


@pytest.fixture
def differently():
    """Return an ending for a prompt that makes it another one than was recorded."""
    return " differently" if PHASE == "replay" else ""


@pytest.fixture
def draws():
    """Return how often to ask for the five draws that are recorded: once too often in replay."""
    return 6 if PHASE == "replay" else 5


def told_server(what, body):
    if PHASE == "record":
        request = urllib.request.Request(f"{os.environ['SERVER']}/control/{what}", json.dumps(body).encode(), {})
        urllib.request.urlopen(request).close()


@pytest.fixture
def go():
    """Let the server send the last event of a slow stream."""
    return lambda prompt: told_server("go", {"prompt": prompt})


@pytest.fixture
def in_threads():
    """Run a function in as many threads, in order of their requests, and return the results by thread."""

    def run(ask, prompt, number):
        results = [None] * number

        def work(index):
            results[index] = ask(prompt)

        threads = []
        for index in range(number):
            threads.append(Thread(target=work, args=(index,)))
            threads[-1].start()
            if PHASE == "record":
                told_server("asked", {"prompt": prompt, "n": index + 1})
            else:
                threads[-1].join()
        for thread in threads:
            thread.join()
        return results

    return run
