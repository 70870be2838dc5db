"""What makes two requests one, and what tells them apart."""

from __future__ import annotations

import json
import random

import pytest

from pytest_llm.fingerprint import canonical, fingerprint, raw_key
from pytest_llm.http import HTTPRequest

PARTS = {
    "model": "gpt-4o",
    "prompt": [{"role": "user", "content": "Hi"}],
    "params": {"temperature": 0.5, "max_tokens": 10},
    "tools": [{"name": "search"}],
    "schema": {"type": "object"},
}


def digest(method: str = "POST", path: str = "/v1/chat", query: str = "", **changed: object) -> str:
    return fingerprint(method, path, query, PARTS | changed).digest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({"params": {"a": 1, "b": 2}}, {"params": {"b": 2, "a": 1}}, id="key order"),
        pytest.param(
            {"params": {"a": {"x": 1, "y": [2]}}}, {"params": {"a": {"y": [2], "x": 1}}}, id="nested key order"
        ),
        pytest.param({"params": {"a": 1}}, {"params": {"a": 1.0}}, id="a whole float"),
        pytest.param({"params": {"a": 1e2}}, {"params": {"a": 100}}, id="an exponent"),
        pytest.param({"params": {"a": 0.10}}, {"params": {"a": 1e-1}}, id="a fraction"),
        pytest.param({"params": {"a": -0.0}}, {"params": {"a": 0}}, id="minus zero"),
        pytest.param({"method": "post"}, {"method": "POST"}, id="the case of the method"),
        pytest.param({"query": "a=1&b=2"}, {"query": "b=2&a=1"}, id="query order"),
        pytest.param({"query": "a=1&key=%5BREDACTED%5D"}, {"query": "a=1"}, id="a redacted credential"),
        pytest.param({"query": "a=%20"}, {"query": "a=+"}, id="the spelling of the query"),
    ],
)
def test_requests_that_mean_the_same_have_one_fingerprint(one: dict[str, object], other: dict[str, object]) -> None:
    assert digest(**one) == digest(**other)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"method": "GET"}, id="method"),
        pytest.param({"path": "/v1/other"}, id="path"),
        pytest.param({"query": "a=1"}, id="query"),
        pytest.param({"query": "a"}, id="a query without a value"),
        pytest.param({"model": "gpt-4o-mini"}, id="model"),
        pytest.param({"prompt": [{"role": "user", "content": "Hi "}]}, id="prompt"),
        pytest.param({"prompt": [{"role": "system", "content": "Hi"}]}, id="role"),
        pytest.param({"params": {"temperature": 0.5000001, "max_tokens": 10}}, id="params"),
        pytest.param({"params": {"temperature": "0.5", "max_tokens": 10}}, id="type of a parameter"),
        pytest.param({"params": {"temperature": 0.5, "max_tokens": 10, "stream": None}}, id="null is not absent"),
        pytest.param({"tools": [{"name": "search"}, {"name": "search"}]}, id="tools"),
        pytest.param({"schema": {"type": "array"}}, id="schema"),
        pytest.param({"params": True}, id="true"),
        pytest.param({"params": 1}, id="one"),
    ],
)
def test_each_part_counts(changed: dict[str, object]) -> None:
    assert digest(**changed) != digest()  # type: ignore[arg-type]


def test_true_and_one_differ() -> None:
    assert digest(params=True) != digest(params=1)


def test_a_value_does_not_slip_from_one_part_into_another() -> None:
    one, other = fingerprint("POST", "/", "", {"params": [1]}), fingerprint("POST", "/", "", {"tools": [1]})

    assert one.digest != other.digest
    assert [*one.parts] == ["params"]
    assert [*other.parts] == ["tools"]


def test_only_the_hash_of_the_part_that_changed_changes() -> None:
    old, new = fingerprint("POST", "/", "", PARTS), fingerprint("POST", "/", "", PARTS | {"model": "other"})

    assert [name for name in PARTS if old.parts[name] != new.parts[name]] == ["model"]


def test_any_json_value_has_a_canonical_form_that_does_not_depend_on_order() -> None:
    randomly = random.Random(7)
    for _ in range(300):
        value = some_json(randomly, 4)
        mixed = shuffled(randomly, value)

        assert canonical(mixed) == canonical(value)
        assert canonical(json.loads(canonical(value))) == canonical(value)


def test_lone_surrogates_have_a_fingerprint() -> None:
    assert digest(prompt="\ud83d") != digest(prompt="\ude00")


def some_json(randomly: random.Random, depth: int) -> object:
    kind = randomly.randrange(9 if depth else 7)
    texts = ["", "a", "ä€", "😀", "\ud800", "a\nb", '"', "\\", "$lines", "\u2028", "\x00"]
    simple = [None, True, False, randomly.randrange(-9, 10**20), randomly.random(), 1e300, randomly.choice(texts)]
    if kind < 7:
        return simple[kind]
    if kind == 7:
        return [some_json(randomly, depth - 1) for _ in range(randomly.randrange(4))]
    return {
        randomly.choice(texts) + str(index): some_json(randomly, depth - 1) for index in range(randomly.randrange(4))
    }


def shuffled(randomly: random.Random, value: object) -> object:
    if isinstance(value, list):
        return [shuffled(randomly, item) for item in value]
    if isinstance(value, dict):
        items = [(key, shuffled(randomly, item)) for key, item in value.items()]
        randomly.shuffle(items)
        return dict(items)
    return value


@pytest.mark.parametrize(
    "other",
    [
        HTTPRequest("POST", "https://b.example:8443/v1?a=1", (("authorization", "Bearer x"),), b"{}"),
        HTTPRequest("POST", "http://user:pass@a.example/v1?a=1#part", (("idempotency-key", "1"),), b"{}"),
    ],
)
def test_host_and_headers_are_not_in_the_raw_key(other: HTTPRequest) -> None:
    assert raw_key(other, "a=1") == raw_key(HTTPRequest("POST", "https://a.example/v1?a=1", (), b"{}"), "a=1")


def test_method_path_query_and_every_byte_are_in_the_raw_key() -> None:
    requests = [
        (HTTPRequest("POST", "https://a.example/v1", (), b"{}"), ""),
        (HTTPRequest("PUT", "https://a.example/v1", (), b"{}"), ""),
        (HTTPRequest("POST", "https://a.example/v2", (), b"{}"), ""),
        (HTTPRequest("POST", "https://a.example/v1", (), b"{ }"), ""),
        (HTTPRequest("POST", "https://a.example/v1", (), b"{}"), "a=1"),
        (HTTPRequest("POST", "https://a.example/v1", (), b""), ""),
    ]

    assert len({raw_key(request, query) for request, query in requests}) == len(requests)
