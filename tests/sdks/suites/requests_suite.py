import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

pytestmark = pytest.mark.llm


@pytest.fixture
def ask(base):
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=Retry(2, status_forcelist=[429], allowed_methods=None)))

        def ask(prompt, **more):
            body = {"model": "gpt-5-mini", "messages": [{"role": "user", "content": prompt}], **more}
            stream = bool(more.get("stream"))
            return session.post(f"{base}/v1/chat/completions", json=body, stream=stream, timeout=30)

        yield ask


def told(response):
    return [response.status_code, response.reason, response.headers["content-type"], response.content]


def test_chat(ask, kept):
    kept.append(told(ask("Hello")))
    kept.append(ask("Hello").json())


def test_stream(ask, kept):
    with ask("Hello", stream=True) as response:
        kept.extend(response.iter_lines())


def test_slow_stream(ask, kept, go):
    with ask("slowly", stream=True) as response:
        for line in response.iter_lines(chunk_size=1):
            kept.append(line)
            go("slowly")


def test_busy(ask, kept):
    kept.append(told(ask("Are you busy for 1?")))


@pytest.mark.parametrize("status", [400, 401, 500])
def test_fail(ask, kept, status):
    kept.append(told(ask(f"fail {status}")))

    assert kept[0][0] == status


def test_fallback(ask, kept, differently):
    try:
        kept.append(ask(f"Hello{differently}").json())
    except BaseException:
        kept.append("Sorry, try later.")


def test_five_draws(ask, kept, draws):
    for _ in range(draws):
        kept.append(ask("A number?").json()["choices"][0]["message"]["content"])

    assert kept == [f"Answer {n}, “así”: A number?" for n in range(1, 6)]
