from __future__ import annotations

import asyncio
import threading
import time
import types

import pytest

from pytest_llm.wire.handler import Replay
from pytest_llm.wire.interception import intercepting

BUSY = (503, b'{"error": {"message": "busy", "type": "overloaded"}}')
JSON = (("content-type", "application/json"),)


class Slept:
    """Takes the place of the real sleeps, so that a test can say that none was called with a positive time."""

    def __init__(self, monkeypatch):
        self.waits = []
        monkeypatch.setattr(time, "sleep", self.sync)
        for module in (asyncio, *self.backends()):
            monkeypatch.setattr(module, "sleep", self.made(module.sleep))

    def backends(self):
        for name in ("anyio._backends._asyncio", "trio"):
            try:
                yield __import__(name, fromlist=["sleep"])
            except ImportError:
                continue

    def sync(self, seconds):
        self.waits.append(seconds)

    def made(self, original):
        async def sleep(seconds, *result):
            if seconds:
                self.waits.append(seconds)
            return await original(0, *result)

        return sleep


class Busy:
    """A provider that is busy the first two times; ``answer`` is its answer in the end."""

    def __init__(self, answer):
        self.answers = [BUSY, BUSY, (200, answer)]

    def wants(self, *where):
        return True

    def handle(self, request):
        status, body = self.answers.pop(0)
        return Replay(status, JSON, iter(()), body, "", status == 503)

    def blocks(self, host):
        return True

    def blocked(self, host):
        return SystemExit(host)


@pytest.fixture
def slept(monkeypatch):
    return Slept(monkeypatch)


def openai_sync():
    openai = pytest.importorskip("openai")
    client = openai.OpenAI(api_key="k", max_retries=2)
    return client.models.retrieve("m").id


def openai_async():
    openai = pytest.importorskip("openai")

    async def main():
        async with openai.AsyncOpenAI(api_key="k", max_retries=2) as client:
            return (await client.models.retrieve("m")).id

    return asyncio.run(main())


def openai_trio():
    openai, trio = pytest.importorskip("openai"), pytest.importorskip("trio")

    async def main():
        async with openai.AsyncOpenAI(api_key="k", max_retries=2) as client:
            return (await client.models.retrieve("m")).id

    return trio.run(main)


def anthropic_sync():
    anthropic = pytest.importorskip("anthropic")
    client = anthropic.Anthropic(api_key="k", max_retries=2)
    return client.models.retrieve("m").id


def anthropic_async():
    anthropic = pytest.importorskip("anthropic")

    async def main():
        async with anthropic.AsyncAnthropic(api_key="k", max_retries=2) as client:
            return (await client.models.retrieve("m")).id

    return asyncio.run(main())


def genai_client():
    genai = pytest.importorskip("google.genai")
    retry = genai.types.HttpRetryOptions(attempts=3, initial_delay=30)
    return genai.Client(api_key="k", http_options=genai.types.HttpOptions(retry_options=retry))


def genai_sync():
    client = genai_client()
    return client.models.get(model="m").name


def genai_async():
    async def main():
        client = genai_client()
        return (await client.aio.models.get(model="m")).name

    return asyncio.run(main())


def botocore_in(mode):
    def call():
        session = pytest.importorskip("botocore.session").Session()
        config = pytest.importorskip("botocore.config").Config(retries={"mode": mode, "max_attempts": 3})
        client = session.create_client(
            "bedrock",
            region_name="us-east-1",
            aws_access_key_id="k",
            aws_secret_access_key="s",
            config=config,
        )
        return client.get_foundation_model(modelIdentifier="m")["modelDetails"]["modelId"]

    call.__name__ = f"botocore_{mode}"
    return call


def requests_retry():
    requests = pytest.importorskip("requests")
    retry = pytest.importorskip("urllib3").Retry(3, backoff_factor=30, status_forcelist=[503])
    session = requests.Session()
    session.mount("https://", requests.adapters.HTTPAdapter(max_retries=retry))
    return session.get("https://api.example.com").json()["id"]


MODEL = b'{"id": "m", "object": "model", "type": "model", "created": 0, "owned_by": "o", "display_name": "M", '
MODEL += b'"created_at": "2026-01-01T00:00:00Z", "name": "m", "modelDetails": {"modelId": "m", "modelArn": "m"}}'


@pytest.mark.parametrize(
    "call",
    [
        openai_sync,
        openai_async,
        openai_trio,
        anthropic_sync,
        anthropic_async,
        genai_sync,
        genai_async,
        botocore_in("legacy"),
        botocore_in("standard"),
        botocore_in("adaptive"),
        requests_retry,
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_real_sdk_retries_a_replay_without_waiting(call, slept):
    handler = Busy(MODEL)
    with intercepting(handler):
        got = call()

    assert got == "m"
    assert handler.answers == []
    assert slept.waits == []


def test_only_the_wait_after_a_retriable_replay_is_skipped(slept):
    httpx = pytest.importorskip("httpx")
    handler = Busy(b"{}")
    with intercepting(handler):
        time.sleep(1)
        httpx.get("https://api.example.com")
        time.sleep(2)
        time.sleep(3)
        httpx.get("https://api.example.com")
        httpx.get("https://api.example.com")
        time.sleep(4)

    assert slept.waits == [1, 3, 4]


def test_a_wait_after_the_interception_is_not_skipped(slept):
    httpx = pytest.importorskip("httpx")
    with intercepting(Busy(b"{}")):
        httpx.get("https://api.example.com")
    time.sleep(1)
    with intercepting(Busy(b"{}")):
        time.sleep(2)

    assert slept.waits == [1, 2]


def test_the_waits_of_another_thread_are_not_skipped(slept):
    httpx = pytest.importorskip("httpx")
    with intercepting(Busy(b"{}")):
        httpx.get("https://api.example.com")
        thread = threading.Thread(target=time.sleep, args=(5,))
        thread.start()
        thread.join()

    assert slept.waits == [5]


def test_an_asynchronous_sleep_that_is_skipped_yields_once_and_gives_its_result(slept):
    httpx = pytest.importorskip("httpx")
    order = []

    async def other():
        order.append("other")

    async def main():
        async with httpx.AsyncClient() as client:
            await client.get("https://api.example.com")
        task = asyncio.create_task(other())
        order.append(await asyncio.sleep(30, "slept"))
        await task

    with intercepting(Busy(b"{}")):
        asyncio.run(main())

    assert order == ["other", "slept"]
    assert slept.waits == []


def test_the_limiter_of_botocore_waits_again_after_a_live_call():
    bucket = pytest.importorskip("botocore.retries.bucket")
    limiter = bucket.TokenBucket(1, types.SimpleNamespace(current_time=lambda: 0.0))
    httpx = pytest.importorskip("httpx")
    with intercepting(Busy(b"{}")):
        with pytest.raises(Exception, match="capacity"):
            limiter.acquire(1, block=False)
        httpx.get("https://api.example.com")
        replaying = limiter.acquire(1, block=False)

    assert replaying is True
