"""Calls that fail: the exceptions that the openai SDK raises for what providers and networks do."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, get_args

from pytest_llm.strategies.breaking import ways_of
from pytest_llm.strategies.extra import st

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

__all__ = ["FAILURES", "Failure", "errors", "http_package", "is_cut"]

Failure = Literal["429", "500", "400", "timeout", "connection", "cut stream"]
FAILURES: tuple[Failure, ...] = get_args(Failure)
_URL = "https://api.openai.com/v1/chat/completions"
_BODIES = MappingProxyType(
    {
        429: (
            {"message": "Rate limit reached for gpt-4o", "type": "tokens", "code": "rate_limit_exceeded"},
            {"message": "You exceeded your current quota.", "type": "insufficient_quota", "code": "insufficient_quota"},
        ),
        500: ({"message": "The server had an error while processing your request.", "type": "server_error"}, None),
        502: (None,),
        503: ({"message": "The engine is currently overloaded.", "type": "overloaded_error"}, None),
        400: (
            {"message": "This model's maximum context length is 8192 tokens.", "code": "context_length_exceeded"},
            {"message": "The response was filtered.", "code": "content_filter", "type": None},
        ),
    }
)
_STATUSES = MappingProxyType({"429": (429,), "500": (500, 502, 503), "400": (400,)})
_PAGE = "<html><head><title>502 Bad Gateway</title></head></html>"
_CUT = "peer closed connection without sending complete message body (incomplete chunked read)"


def errors(kinds: bool | Failure | Collection[Failure] = True) -> SearchStrategy[Exception]:
    """Draw the exceptions that a call through the openai SDK ends in.

    ``"429"`` is ``openai.RateLimitError`` (a limit, with or without Retry-After, or a quota), ``"500"``
    ``openai.InternalServerError`` (500, 502, 503; JSON or a proxy's page), ``"400"`` ``openai.BadRequestError`` (too
    many tokens, a content filter), ``"timeout"`` ``openai.APITimeoutError``, ``"connection"``
    ``openai.APIConnectionError``, ``"cut stream"`` the same amid a stream, caused by the HTTP library's own error.
    """
    import openai  # noqa: F401 - here, as hypothesis counts the time that a draw takes

    names = ways_of("kinds", kinds, FAILURES)

    @st.composite
    def failing(draw: DrawFn) -> Exception:
        name = draw(st.sampled_from(names))
        if name not in _STATUSES:
            return _broken(name)
        status, body = draw(st.sampled_from([(one, body) for one in _STATUSES[name] for body in _BODIES[one]]))
        return _refused(status, body, draw(st.sampled_from([None, "1", "20"])) if status == 429 else None)

    return failing()


def _broken(name: str) -> Exception:
    import openai

    http = http_package()
    request = http.Request("POST", _URL)
    if name == "cut stream":
        error = openai.APIConnectionError(request=request)
        error.__cause__ = http.RemoteProtocolError(_CUT, request=request)
        return error
    return (openai.APITimeoutError if name == "timeout" else openai.APIConnectionError)(request=request)


def _refused(status: int, body: dict[str, Any] | None, wait: str | None) -> Exception:
    import openai

    headers = {"content-type": "text/html" if body is None else "application/json"}
    if wait is not None:
        headers["retry-after"] = wait
    text = _PAGE if body is None else json.dumps({"error": {"param": None, **body}})
    http = http_package()
    response = http.Response(status, headers=headers, text=text, request=http.Request("POST", _URL))
    kinds = {400: openai.BadRequestError, 429: openai.RateLimitError}
    message = f"Error code: {status} - {text}"
    return kinds.get(status, openai.InternalServerError)(message, response=response, body=body)


def http_package() -> Any:
    """Return the HTTP library that the installed openai SDK uses: httpx2 or httpx."""
    import openai

    packages = [kind.__module__.partition(".")[0] for kind in openai.DefaultHttpxClient.__mro__]
    return sys.modules[next(name for name in packages if name != "openai")]


def is_cut(error: BaseException) -> bool:
    """Say whether an exception is that of a stream that is cut."""
    return type(error.__cause__).__name__ == "RemoteProtocolError"
