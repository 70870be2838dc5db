from __future__ import annotations

import io

import pytest

from pytest_llm.wire.handler import Replay
from pytest_llm.wire.interception import intercepting

urllib3 = pytest.importorskip("urllib3")

EVENTS = (b"data: one\n\n", b"data: two\n\n", b"data: three\n\n")
STREAM = (("content-type", "text/event-stream"),)
URL = "https://api.example.com/v1/stream"


@pytest.fixture
def pool():
    pool = urllib3.PoolManager()
    yield pool
    pool.clear()


@pytest.fixture
def streaming(tape, monkeypatch):
    monkeypatch.setattr(tape, "handle", lambda request: Replay(200, STREAM, iter(EVENTS)))
    return tape


def by_stream(response):
    return list(response.stream(1024))


def by_read1(response):
    return list(iter(response.read1, b""))


def by_raw_read1(response):
    return list(iter(response._original_response.read1, b""))


@pytest.mark.parametrize("read", [by_stream, by_read1, by_raw_read1])
def test_a_replayed_stream_is_read_event_by_event(streaming, pool, read):
    if read is by_read1 and not hasattr(urllib3.HTTPResponse, "read1"):
        pytest.skip("no read1 in this version")
    with intercepting(streaming):
        response = pool.request("POST", URL, preload_content=False)
        got = read(response)

    assert got == list(EVENTS)


def by_read(response):
    return response.read()


def by_read_of_a_size(response):
    return b"".join(iter(lambda: response.read(7), b""))


def by_readinto(response):
    got = bytearray()
    buffer = bytearray(5)
    while size := response.readinto(buffer):
        got += buffer[:size]
    return bytes(got)


def by_data(response):
    return response.data


def by_lines(response):
    return b"".join(response)


@pytest.mark.parametrize("read", [by_read, by_read_of_a_size, by_readinto, by_data, by_lines])
def test_a_live_body_is_told_however_it_is_read_and_replays_the_same(server, tape, pool, read):
    with intercepting(tape):
        live = read(pool.request("POST", f"{server.url}/stream", preload_content=False))
        tape.rewind()
        replayed = read(pool.request("POST", f"{server.url}/stream", preload_content=False))

    assert live == replayed == tape.taped[0].body == b"".join(EVENTS)
    assert tape.taped[0].end == "finish"


@pytest.mark.parametrize("preload", [True, False])
@pytest.mark.parametrize("path", ["echo", "gzip", "gzip-stream", "until-closed", "empty"])
def test_a_body_is_told_as_it_was_on_the_wire(server, tape, pool, preload, path):
    with intercepting(tape):
        live = pool.request("POST", f"{server.url}/{path}", preload_content=preload).data
        tape.rewind()
        replayed = pool.request("POST", f"{server.url}/{path}", preload_content=preload).data

    assert replayed == live
    assert tape.taped[0].end == "finish"
    assert (tape.taped[0].body == live) is (not path.startswith("gzip"))


def test_a_connection_goes_back_to_its_pool_after_a_replay(streaming):
    pool = urllib3.HTTPSConnectionPool("api.example.com", maxsize=1, block=True)
    got = []
    with intercepting(streaming):
        for preload in (True, False, True):
            response = pool.request("POST", "/v1/stream", preload_content=preload, pool_timeout=1)
            got.append(response.data)
            response.release_conn()
    pool.close()

    assert got == [b"".join(EVENTS)] * 3


def test_retries_of_urllib3_run_over_replays(server, tape, pool):
    retry = urllib3.Retry(2, status_forcelist=[503], allowed_methods=None)
    with intercepting(tape):
        live = pool.request("POST", f"{server.url}/busy", retries=retry)
        server.stop()
        tape.rewind()
        replayed = pool.request("POST", f"{server.url}/busy", retries=retry)

    assert live.data == replayed.data == b'{"ok": true}'
    assert [taped.status for taped in tape.taped] == [503, 200]
    assert len(replayed.retries.history) == 1


def test_a_replay_opens_no_tunnel_through_a_proxy(streaming, server):
    with urllib3.ProxyManager(server.url) as proxy, intercepting(streaming):
        response = proxy.request("POST", URL)

    assert response.data == b"".join(EVENTS)
    assert server.seen == []


def test_a_live_call_opens_the_tunnel_first(server, tape):
    server.stop()
    with (
        urllib3.ProxyManager(server.url, retries=False) as proxy,
        intercepting(tape),
        pytest.raises(urllib3.exceptions.HTTPError),
    ):
        proxy.request("POST", URL)

    assert tape.asked[0].url == URL
    assert [taped.end for taped in tape.taped] == ["fail"]


def test_a_request_through_a_forwarding_proxy_is_told_with_its_own_url(server, tape):
    with urllib3.ProxyManager(server.url) as proxy, intercepting(tape):
        proxy.request("POST", f"{server.url}/echo", body=b"through")

    assert tape.asked[0].url == f"{server.url}/echo"


class Unseekable:
    def __init__(self):
        self.file = io.BytesIO(b"body")

    def read(self, size=-1):
        return self.file.read(size)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: "body", id="str"),
        pytest.param(lambda: b"body", id="bytes"),
        pytest.param(lambda: bytearray(b"body"), id="bytearray"),
        pytest.param(lambda: io.BytesIO(b"body"), id="file"),
        pytest.param(Unseekable, id="a file that cannot seek"),
        pytest.param(lambda: iter((b"bo", b"dy")), id="iterator"),
    ],
)
def test_every_kind_of_body_is_seen_and_sent(server, tape, pool, make):
    with intercepting(tape):
        pool.request("POST", f"{server.url}/echo", body=make())

    assert tape.asked[0].body == b"body"
    assert server.seen == [("POST", "/echo", b"body")]


def test_the_lines_of_requests_come_from_a_replay(streaming):
    requests = pytest.importorskip("requests")
    with intercepting(streaming), requests.post(URL, stream=True) as response:
        lines = list(response.iter_lines())

    assert lines == [b"data: one", b"", b"data: two", b"", b"data: three", b""]


def test_cookies_reach_the_session_of_requests(tape, monkeypatch):
    requests = pytest.importorskip("requests")
    replay = Replay(200, (("set-cookie", "a=b; Path=/"), ("set-cookie", "c=d; Path=/")), iter(()), b"{}")
    monkeypatch.setattr(tape, "handle", lambda request: replay)
    with intercepting(tape), requests.Session() as session:
        session.get(URL)

    assert session.cookies.get_dict() == {"a": "b", "c": "d"}


def test_the_event_stream_of_botocore_comes_from_a_replay(tape, monkeypatch):
    session = pytest.importorskip("botocore.session").Session()
    import binascii
    import struct

    def message(kind, payload):
        headers = b""
        for name, value in ((b":message-type", b"event"), (b":event-type", kind)):
            headers += bytes([len(name)]) + name + b"\x07" + struct.pack("!H", len(value)) + value
        prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
        data = prelude + struct.pack("!I", binascii.crc32(prelude)) + headers + payload
        return data + struct.pack("!I", binascii.crc32(data))

    texts = ["one", "two"]
    chunks = [
        message(b"contentBlockDelta", b'{"contentBlockIndex":0,"delta":{"text":"%b"}}' % text.encode())
        for text in texts
    ]
    headers = (("content-type", "application/vnd.amazon.eventstream"),)
    monkeypatch.setattr(
        tape, "handle", lambda request: tape.asked.append(request) or Replay(200, headers, iter(chunks))
    )
    client = session.create_client(
        "bedrock-runtime", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )
    with intercepting(tape):
        answer = client.converse_stream(modelId="m", messages=[{"role": "user", "content": [{"text": "hi"}]}])
        got = [event["contentBlockDelta"]["delta"]["text"] for event in answer["stream"]]

    assert got == texts
    assert tape.asked[0].path == "/model/m/converse-stream"
    assert b'"text": "hi"' in tape.asked[0].body
