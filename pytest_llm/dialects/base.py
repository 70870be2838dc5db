"""What a dialect is: the reading of one provider API's requests and responses."""

from __future__ import annotations

from typing import Protocol

from pytest_llm.http import HTTPRequest, HTTPResponse
from pytest_llm.messages import Request, Response

__all__ = ["Dialect", "stable"]

_VERBATIM = frozenset({"input", "args", "arguments", "parameters"})


class Dialect(Protocol):
    """One provider API's wire format: bytes to values, without input or output of its own.

    No method raises on a body it does not expect: such a body gives a ``Response`` with ``raw`` and no text.
    """

    @property
    def name(self) -> str:
        """The name of the API, like ``openai-chat``."""

    @property
    def volatile(self) -> frozenset[str]:
        """The response keys that differ between two equal answers, at any depth but within tool arguments."""

    def knows(self, method: str, path: str) -> bool:
        """Return whether a request of this method and path (percent-encoded) is one of this API."""

    def split(self, request: HTTPRequest) -> dict[str, object]:
        """Return the body's JSON values by part: model, prompt, params, tools, schema; absent ones are left out.

        Nothing is lost: each key of the body is in exactly one part.
        """

    def read_request(self, request: HTTPRequest) -> Request:
        """Return what the request asks."""

    def read_response(self, response: HTTPResponse) -> Response:
        """Return what the response says, streamed or not."""


def stable(value: object, volatile: frozenset[str]) -> object:
    """Return a JSON value of a response without its volatile keys.

    The arguments of tool calls stay whole, for a key in them has the name that a user's tool gave it.
    """
    if isinstance(value, dict):
        return {
            key: item if key in _VERBATIM else stable(item, volatile)
            for key, item in value.items()
            if key not in volatile
        }
    return [stable(item, volatile) for item in value] if isinstance(value, list) else value
