from __future__ import annotations

import importlib
import socket
import subprocess
import sys
import time

import pytest

from pytest_llm.wire.handler import Replay
from pytest_llm.wire.interception import install, installed, intercepting, uninstall

SEAMS = [
    ("httpx", "HTTPTransport", "handle_request"),
    ("httpx", "AsyncHTTPTransport", "handle_async_request"),
    ("httpx2", "HTTPTransport", "handle_request"),
    ("httpx2", "AsyncHTTPTransport", "handle_async_request"),
    ("aiohttp", "BaseConnector", "connect"),
    ("urllib3", "HTTPConnectionPool", "_make_request"),
    ("urllib3", "HTTPConnectionPool", "_prepare_proxy"),
    ("urllib3", "HTTPSConnectionPool", "_prepare_proxy"),
    ("http.client", "HTTPConnection", "getresponse"),
    ("time", None, "sleep"),
    ("asyncio", None, "sleep"),
    ("trio", None, "sleep"),
    ("anyio._backends._asyncio", None, "sleep"),
    ("socket", None, "getaddrinfo"),
]


@pytest.mark.parametrize(("name", "owner", "attribute"), SEAMS)
def test_what_was_patched_is_restored_exactly(tape, name, owner, attribute):
    module = pytest.importorskip(name)
    holder = module if owner is None else getattr(module, owner)
    original = holder.__dict__.get(attribute)
    if original is None:
        pytest.skip("this version has no such attribute")
    with intercepting(tape):
        during = holder.__dict__[attribute]

    assert during is not original
    assert holder.__dict__[attribute] is original


def test_nothing_is_imported_before_it_is_used():
    code = """
import sys
import pytest_llm.wire.interception as wire
wire.install(object())
wire.uninstall()
print({"httpx", "httpx2", "aiohttp", "urllib3", "anyio", "trio", "asyncio", "requests"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"


@pytest.mark.parametrize("name", ["httpx", "httpx2", "urllib3", "requests"])
def test_a_stack_imported_while_installed_is_intercepted_and_restored(name):
    pytest.importorskip(name)
    code = f"""
import sys
from pytest_llm.wire.handler import Replay
from pytest_llm.wire.interception import install, uninstall

class Handler:
    def wants(self, *where): return True
    def handle(self, request): return Replay(200, (), iter(()), b"replayed")
    def blocks(self, host): return True
    def blocked(self, host): return SystemExit(host)

install(Handler())
import {name} as stack
if {name!r} == "urllib3":
    body = stack.PoolManager().request("GET", "https://api.example.com/v1").data
else:
    body = stack.get("https://api.example.com/v1").content
uninstall()
loader = stack.__spec__.loader
for found in (loader, *sys.meta_path):
    assert type(found).__module__ != "pytest_llm.wire.imports", found
for module in list(sys.modules.values()):
    for owner in (module, getattr(module, "HTTPTransport", module), getattr(module, "HTTPConnectionPool", module)):
        for attribute in ("handle_request", "_make_request", "sleep", "getaddrinfo"):
            found = getattr(owner, "__dict__", {{}}).get(attribute)
            assert not hasattr(found, "__pytest_llm_original__"), (owner, attribute)
print(body)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("b'replayed'\n", "")


def test_a_client_made_before_is_intercepted(stack, server, tape):
    stack.call("POST", f"{server.url}/echo")
    with intercepting(tape):
        stack.call("POST", f"{server.url}/echo")
    stack.call("POST", f"{server.url}/echo")

    assert len(tape.asked) == 1
    assert len(server.seen) == 3


def test_the_handler_installed_last_is_asked(tape):
    class Other:
        pass

    install(tape)
    install(other := Other())
    inner = installed()
    uninstall()
    outer = installed()
    uninstall()

    assert inner is other
    assert outer is tape
    assert installed() is None


def test_uninstalling_once_too_often_is_refused():
    with pytest.raises(RuntimeError, match="more often than install"):
        uninstall()


def test_a_patch_put_on_top_in_between_stays(server, tape):
    httpx = pytest.importorskip("httpx")
    original = httpx.HTTPTransport.handle_request
    install(tape)
    ours = httpx.HTTPTransport.handle_request

    def theirs(self, request):
        return ours(self, request)

    httpx.HTTPTransport.handle_request = theirs
    uninstall()
    kept = httpx.HTTPTransport.handle_request
    passed = httpx.post(f"{server.url}/echo")
    with intercepting(tape):
        httpx.post(f"{server.url}/echo")
    httpx.HTTPTransport.handle_request = ours
    with intercepting(tape):
        httpx.post(f"{server.url}/echo")
    restored = httpx.HTTPTransport.handle_request
    httpx.HTTPTransport.handle_request = original

    assert kept is theirs
    assert passed.status_code == 200
    assert len(tape.asked) == 2
    assert restored is original


def test_a_patch_that_was_there_before_is_called_and_restored(tape, monkeypatch):
    httpx = pytest.importorskip("httpx")

    def theirs(self, request):
        return httpx.Response(200, content=b"theirs", request=request)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", theirs)
    tape.wanted = False
    with intercepting(tape):
        got = httpx.get("https://api.example.com")

    assert got.content == b"theirs"
    assert httpx.HTTPTransport.handle_request is theirs


def test_one_call_is_asked_about_once_however_many_layers_it_crosses(server, tape):
    httpx = pytest.importorskip("httpx")
    urllib3 = pytest.importorskip("urllib3")

    class Layered(httpx.HTTPTransport):
        def handle_request(self, request):
            return super().handle_request(request)

    client = httpx.Client(transport=Layered())
    pool = urllib3.PoolManager()
    inner = []

    def original(self, request):
        inner.append(pool.request("POST", str(request.url), body=request.read()).data)
        return httpx.Response(200, content=inner[-1], request=request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.HTTPTransport, "handle_request", original)
        with intercepting(tape):
            client.post(f"{server.url}/echo", content=b"once")
    client.close()
    pool.clear()

    assert inner == [b'{"echo": "once"}']
    assert [asked.body for asked in tape.asked] == [b"once"]


def test_the_transport_of_httpx_aiohttp_is_asked_about_once(server, tape):
    httpx, asyncio = pytest.importorskip("httpx"), importlib.import_module("asyncio")
    transport = pytest.importorskip("httpx_aiohttp").AiohttpTransport

    async def main():
        async with httpx.AsyncClient(transport=transport()) as client:
            return (await client.post(f"{server.url}/gzip", content=b"once")).json()

    with intercepting(tape):
        got = asyncio.run(main())

    assert got == {"zipped": True}
    assert [asked.body for asked in tape.asked] == [b"once"]


def test_nothing_reaches_the_network_while_replaying(stack, tape, monkeypatch):
    tape.blocking = ("api.example.com",)
    monkeypatch.setattr(tape, "handle", lambda request: Replay(200, (), iter(()), b"replayed"))
    with intercepting(tape):
        got = stack.call("POST", "https://api.example.com/v1/messages")

    assert got.body == b"replayed"
    assert tape.refused == []


def test_time_and_socket_are_those_of_the_standard_library_afterwards(tape):
    with intercepting(tape):
        pass

    assert time.sleep.__module__ == "time"
    assert socket.getaddrinfo.__module__ == "socket"
