"""Every other endpoint of a provider: images, audio, files, batches, moderations, lists of models."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_llm.dialects.bodies import body_value, form_field
from pytest_llm.dialects.failures import error_text
from pytest_llm.dialects.reading import mapping, optional_string, string
from pytest_llm.dialects.wireformat import failure, raw_value
from pytest_llm.http import HTTPRequest, HTTPResponse
from pytest_llm.messages import Request, Response

__all__ = ["GENERIC", "Generic"]


class Generic:
    """The dialect that reads what no other knows: a model if one is named, and parameters."""

    name = "generic"
    volatile = frozenset({"id", "created", "created_at", "updated_at", "expires_at", "request_id"})

    def knows(self, method: str, path: str) -> bool:
        """Return True: there is no request that this dialect cannot describe."""
        del method, path
        return True

    def split(self, request: HTTPRequest) -> dict[str, object]:
        """Return the body as ``params``, apart from its ``model``."""
        value = body_value(request)
        if isinstance(value, Mapping):
            model, params = value.get("model"), {key: item for key, item in value.items() if key != "model"}
            return ({"model": model} if "model" in value else {}) | ({"params": params} if params else {})
        named = form_field(value, "model")
        return ({"model": named} if named else {}) | ({} if value is None else {"params": value})

    def read_request(self, request: HTTPRequest) -> Request:
        """Return the model and the parameters that the request names."""
        parts = self.split(request)
        params = parts.get("params", {})
        return Request(
            dialect=self.name,
            model=string(parts.get("model")),
            params=params if isinstance(params, dict) else {"body": params},
            stream=mapping(params).get("stream") is True,
        )

    def read_response(self, response: HTTPResponse) -> Response:
        """Return the text of the response, if it is one or has one, and the raw value."""
        raw = raw_value(response)
        if response.status >= 400:
            return failure(response, raw)
        body = mapping(raw)
        text = raw if isinstance(raw, str) else string(body.get("text"))
        return Response(
            text=text,
            texts=(text,) if text else (),
            model=string(body.get("model")),
            id=optional_string(body.get("id")),
            status=response.status,
            error=error_text(body.get("error")),
            raw=raw,
        )


GENERIC = Generic()
