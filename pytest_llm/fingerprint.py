"""The fingerprint of a request: a hash of its canonical form, in parts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from urllib.parse import parse_qsl

from pytest_llm.http import HTTPRequest

__all__ = ["PARTS", "Fingerprint", "canonical", "fingerprint", "raw_key", "steady_ids", "with_steady_ids"]

PARTS = ("model", "prompt", "params", "tools", "schema")
_DROPPED = "[REDACTED]"
_ID_KEYS = frozenset({"tool_call_id", "call_id", "tool_use_id", "toolUseId", "previous_response_id"})
_CALL_TYPES = frozenset(
    {"function", "function_call", "function_call_output", "message", "reasoning", "tool_use", "server_tool_use"}
)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The hash of a canonical request, and the hash of each of its parts.

    Two requests have one fingerprint when method, path, query (without credentials) and every part are equal.
    Host, headers, JSON key order and the spelling of numbers do not count.
    """

    digest: str
    parts: Mapping[str, str]


def canonical(value: object) -> str:
    """Return the canonical JSON of a value: sorted keys, no spaces, ``1.0`` spelled ``1``."""
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def steady_ids(prompt: object) -> object:
    """Return a prompt with the ids that a provider made up replaced by their order of appearance.

    A conversation quotes the ids of the tool calls (and responses) it answers. They differ each time the model is
    asked, and say nothing but which call belongs to which result.
    """
    return _steady(prompt, {})


def _steady(value: object, names: dict[str, str]) -> object:
    if isinstance(value, list):
        return [_steady(item, names) for item in value]
    if not isinstance(value, Mapping):
        return value
    is_call = str(value.get("type")) in _CALL_TYPES or ("name" in value and ("args" in value or "response" in value))
    made_up = _ID_KEYS | {"id"} if is_call else _ID_KEYS
    return {
        key: names.setdefault(item, f"#{len(names) + 1}")
        if key in made_up and isinstance(item, str)
        else _steady(item, names)
        for key, item in value.items()
    }


def fingerprint(method: str, path: str, query: str, parts: Mapping[str, object]) -> Fingerprint:
    """Return the fingerprint of a request that its dialect has split into parts."""
    parts = with_steady_ids(parts)
    hashes = {name: _digest(canonical(value), 4) for name, value in sorted(parts.items())}
    whole = [method.upper(), path, query_pairs(query), {name: canonical(value) for name, value in parts.items()}]
    return Fingerprint(_digest(canonical(whole), 8), hashes)


def with_steady_ids(parts: Mapping[str, object]) -> dict[str, object]:
    """Return the parts of a request with the ids in its prompt made steady."""
    return {name: steady_ids(value) if name == "prompt" else value for name, value in parts.items()}


def query_pairs(query: str) -> list[tuple[str, str]]:
    """Return the query's pairs in order of name, without those whose value was redacted."""
    return sorted(pair for pair in parse_qsl(query, keep_blank_values=True) if pair[1] != _DROPPED)


def raw_key(request: HTTPRequest, query: str) -> str:
    """Return the hash of a request exactly as it was sent: the fast way to a recording that matches to the byte.

    ``query`` is the query without credentials.
    """
    state = blake2b(request.body, digest_size=8)
    state.update(f"\n{request.method} {request.path}?{query}".encode())
    return state.hexdigest()


def _digest(text: str, size: int) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()


def _plain(value: object) -> object:
    match value:
        case float() if value.is_integer():
            return int(value)
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value
