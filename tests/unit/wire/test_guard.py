from __future__ import annotations

import asyncio
import http.client
import socket
import types
import urllib.request

import pytest

from pytest_llm.wire import guard
from pytest_llm.wire.interception import intercepting
from pytest_llm.wire.patching import Patch

HOST = "api.example.com"


@pytest.fixture
def blocking(tape):
    tape.blocking = (HOST, "localhost")
    return tape


def by_urllib():
    urllib.request.urlopen(f"https://{HOST}/v1", timeout=1)


def by_http_client():
    http.client.HTTPSConnection(HOST, timeout=1).request("GET", "/v1")


def by_socket():
    socket.create_connection((HOST, 443), timeout=1)


def by_asyncio():
    asyncio.run(asyncio.open_connection(HOST, 443))


def by_websockets():
    client = pytest.importorskip("websockets.sync.client")
    client.connect(f"wss://{HOST}/v1/realtime")


def by_websockets_asyncio():
    websockets = pytest.importorskip("websockets")

    async def main():
        async with websockets.connect(f"wss://{HOST}/v1/realtime"):
            pass

    asyncio.run(main())


def by_aiohttp_websocket():
    aiohttp = pytest.importorskip("aiohttp")

    async def main():
        async with aiohttp.ClientSession() as session, session.ws_connect(f"wss://{HOST}/v1/realtime"):
            pass

    asyncio.run(main())


@pytest.mark.parametrize(
    "connect",
    [by_urllib, by_http_client, by_socket, by_asyncio, by_websockets, by_websockets_asyncio, by_aiohttp_websocket],
)
def test_a_connection_past_the_interception_is_refused(connect, blocking):
    with intercepting(blocking), pytest.raises(blocking.error, match=HOST):
        connect()

    assert blocking.refused == [HOST]


def test_a_host_that_is_not_blocked_is_reached(server, blocking):
    with intercepting(blocking):
        body = urllib.request.urlopen(f"{server.url}/echo", data=b"app").read()

    assert body == b'{"echo": "app"}'
    assert blocking.refused == []


def test_a_live_call_to_a_blocked_host_is_let_through(stack, server, blocking):
    with intercepting(blocking):
        got = stack.call("POST", f"http://localhost:{server.port}/echo")

    assert got.status == 200
    assert blocking.refused == []


def test_after_a_live_call_its_host_is_blocked_again(stack, server, blocking):
    with intercepting(blocking):
        stack.call("POST", f"http://localhost:{server.port}/echo")
        with pytest.raises(blocking.error, match="localhost"):
            socket.create_connection(("localhost", server.port))

    assert blocking.refused == ["localhost"]


@pytest.mark.parametrize(
    ("target", "host"),
    [
        pytest.param("api.example.com:443", HOST, id="host and port"),
        pytest.param("dns:///api.example.com:443", HOST, id="with a scheme"),
        pytest.param(b"api.example.com", HOST, id="bytes"),
    ],
)
def test_a_grpc_channel_to_a_blocked_host_is_refused(blocking, target, host):
    class Channel:
        def __init__(self, target, options):
            self.target = target

    patches = guard.patches(types.SimpleNamespace(__name__="grpc._channel", Channel=Channel))
    assert [type(patch) for patch in patches] == [Patch]
    patches[0].apply()
    with intercepting(blocking), pytest.raises(blocking.error, match=host):
        Channel(target, ())
    patches[0].undo()

    assert Channel(target, ()).target == target
