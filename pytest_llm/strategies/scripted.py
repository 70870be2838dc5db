"""A model whose answers are a script, or drawn by hypothesis as they are asked for."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

from pytest_llm.cassettes.body import encode_body, encode_events
from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.redaction import Redactor
from pytest_llm.client import AsyncClient, Client
from pytest_llm.dialects import dialect_for, known_host
from pytest_llm.dialects.openai_chat import OPENAI_CHAT
from pytest_llm.errors import ConfigurationError
from pytest_llm.http import HTTPRequest
from pytest_llm.messages import Request, Response, ToolCall
from pytest_llm.payloads import Tool
from pytest_llm.player import capturing
from pytest_llm.readings import Readings
from pytest_llm.strategies.breaking import Break
from pytest_llm.strategies.completions import chunks_of, completion_of
from pytest_llm.strategies.extra import st
from pytest_llm.strategies.failures import Failure, errors, http_package, is_cut
from pytest_llm.strategies.replies import responses, tool_answers
from pytest_llm.text import plural
from pytest_llm.wire.handler import Replay
from pytest_llm.wire.interception import install, uninstall
from pytest_llm.wire.state import STATE

if TYPE_CHECKING:
    from hypothesis.strategies import DataObject, DrawFn, SearchStrategy

__all__ = ["Answer", "ScriptedModel", "scripted_models"]

Answer = str | ToolCall | Sequence[ToolCall] | Response | Exception
"""A text, one or several tool calls, a whole response, or an exception of ``errors()`` with which the call ends."""
_STREAM = (("content-type", "text/event-stream; charset=utf-8"),)
_JSON = (("content-type", "application/json"),)


class ScriptedModel:
    """A model that gives the answers of a script, in order, to whoever asks while it is entered.

    ``with ScriptedModel(["Hello"]) as llm:`` gives a ``Client`` (``.async_llm`` its asynchronous twin), and every
    request to an OpenAI-compatible chat API that any client of the process makes meanwhile is answered too, streamed if
    it asks for that; nothing leaves the process. ``requests`` and ``answers`` are what was asked and answered so far.
    A request beyond the script, or beyond ``max_calls``, fails the test, whatever the code under test catches.
    """

    def __init__(self, answers: Iterable[Answer] | Callable[[Request], Answer], *, max_calls: int = 20) -> None:
        self.requests: list[Request] = []
        self.answers: list[Response | Exception] = []
        self.max_calls = max_calls
        self._answers = answers if callable(answers) else _following(list(answers))
        self._readings = Readings(Redactor())
        self._former_key: str | None = None

    def __repr__(self) -> str:
        return f"<ScriptedModel: {plural(len(self.requests), 'call')}>"

    # -- being asked --

    def __enter__(self) -> Client:
        self._former_key = os.environ.get("OPENAI_API_KEY")
        os.environ["OPENAI_API_KEY"] = self._former_key or "scripted"
        install(self)
        return self.llm

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        uninstall()
        if self._former_key is None:
            del os.environ["OPENAI_API_KEY"]
        else:
            os.environ["OPENAI_API_KEY"] = self._former_key

    @property
    def llm(self) -> Client:
        """A client of this model."""
        return Client(_sdk("OpenAI"), "scripted", self._readings)

    @property
    def async_llm(self) -> AsyncClient:
        """An asynchronous client of this model."""
        return AsyncClient(_sdk("AsyncOpenAI"), "scripted", self._readings)

    # -- the wire's handler --

    def wants(self, method: str, scheme: str, host: str, port: int | None, path: str) -> bool:
        """Say whether a request is one to a model."""
        return dialect_for(method, path) is not None or known_host(host, path)

    def handle(self, request: HTTPRequest) -> Replay:
        """Answer a request by the script."""
        if not OPENAI_CHAT.knows(request.method, request.path):
            _fail(
                f"A ScriptedModel answers chat completions, and {request.method} {request.path} asks for another API."
            )
        asked = OPENAI_CHAT.read_request(request)
        if len(self.requests) >= self.max_calls:
            _fail(f"The model was asked more than {plural(self.max_calls, 'time')} (max_calls={self.max_calls}).")
        self.requests.append(asked)
        answer = _answer(self._answers(asked), len(self.requests))
        self.answers.append(answer)
        if isinstance(answer, Exception):
            return self._failed(answer, request, asked)
        return self._answered(answer, request, asked)

    def blocks(self, host: str) -> bool:
        """Say whether a connection from outside an intercepted stack goes to a provider."""
        return known_host(host, None)

    def blocked(self, host: str) -> BaseException:
        """Return the error for such a connection."""
        return ConfigurationError(f"A ScriptedModel is to answer, and {host} was about to be called past it.")

    def _answered(self, response: Response, request: HTTPRequest, asked: Request) -> Replay:
        if not asked.stream:
            body = json.dumps(completion_of(response), ensure_ascii=False).encode()
            self._capture(request, {"status": 200, "headers": dict(_JSON), "response": encode_body(body)[0]})
            return Replay(200, _JSON, iter([body]), body)
        events = [*_events(response), b"data: [DONE]\n\n"]
        self._capture(request, {"status": 200, "headers": dict(_STREAM), "events": encode_events(events)[0]})
        return Replay(200, _STREAM, iter(events))

    def _failed(self, error: Exception, request: HTTPRequest, asked: Request) -> Replay:
        if (response := getattr(error, "response", None)) is not None:
            headers = (("content-type", response.headers["content-type"]), ("retry-after", "0"))
            entry = {"status": response.status_code, "headers": dict(headers)}
            self._capture(request, {**entry, "response": encode_body(response.content)[0]})
            return Replay(response.status_code, headers, iter([response.content]), response.content, "", True)
        http = http_package()
        if is_cut(error) and asked.stream:
            return Replay(200, _STREAM, _cut(error.__cause__ or error))
        STATE.replay(retriable=True)  # the SDK's wait before it tries again is skipped
        if error.__cause__ is not None:
            raise error.__cause__
        raise (http.ReadTimeout if type(error).__name__ == "APITimeoutError" else http.ConnectError)(str(error))

    def _capture(self, request: HTTPRequest, answered: Entry) -> None:
        if (captured := capturing.get()) is not None:
            asked = {"method": request.method, "path": request.path, "request": encode_body(request.body)[0]}
            captured.append({"dialect": OPENAI_CHAT.name, "test": "", "fingerprint": "", **asked, **answered})


def scripted_models(
    text: SearchStrategy[str] | None = None,
    *,
    tools: Iterable[Tool] = (),
    broken: bool | Break | Collection[Break] = False,
    failures: bool | Failure | Collection[Failure] = False,
    max_calls: int = 20,
) -> SearchStrategy[ScriptedModel]:
    """Draw models that answer anything: each answer is drawn when it is asked for, of what ``responses`` draws.

    Some always call ``tools``, so that a loop without an end is found. ``failures`` are the ``errors`` that may end a
    call instead; some models always fail. The answers are printed with a failing example.
    """
    _sdk("OpenAI")  # now, as hypothesis counts the time that an example takes

    declared = list(tools)
    answers: SearchStrategy[Any] = responses(text, tools=declared, broken=broken)
    habits: list[SearchStrategy[Any]] = [tool_answers(declared, broken)] if declared else []
    if failures is not False:
        answers = answers | errors(failures)
        habits.append(errors(failures))

    @st.composite
    def models(draw: DrawFn) -> ScriptedModel:
        data: DataObject = draw(st.data())
        drawn = draw(st.sampled_from([answers, *habits]))
        return ScriptedModel(lambda request: data.draw(drawn, label="the model answers"), max_calls=max_calls)

    return models()


@lru_cache(2)
def _sdk(name: str) -> Any:
    """Return a client of the SDK, made once: that takes longer than hypothesis allows an example."""
    import openai

    return getattr(openai, name)(api_key="scripted", base_url="http://scripted.invalid/v1")


def _following(answers: list[Answer]) -> Callable[[Request], Answer]:
    left = iter(answers)

    def following(request: Request) -> Answer:
        for answer in left:
            return answer
        _fail(f"The model was asked once more than its script has answers ({len(answers)}).")

    return following


def _answer(answer: Answer, number: int) -> Response | Exception:
    if isinstance(answer, Exception):
        return answer
    if isinstance(answer, str):
        response = Response(answer, (answer,), finish_reason="stop")
    elif isinstance(answer, Response):
        response = answer
    else:
        calls = (answer,) if isinstance(answer, ToolCall) else tuple(answer)
        response = Response(texts=("",), tool_calls=calls, finish_reason="tool_calls")
    # Ids are distinct over the whole conversation, as a provider's are.
    calls = tuple(replace(call, id=f"call_{number}_{place}") for place, call in enumerate(response.tool_calls, 1))
    return replace(response, tool_calls=calls, id=f"chatcmpl-{number}", model=response.model or "scripted")


def _events(response: Response) -> Iterator[bytes]:
    for chunk in chunks_of(response):
        yield b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"


def _cut(error: BaseException) -> Iterator[bytes]:
    yield from list(_events(Response("The answer is", ("The answer is",))))[:2]
    raise error


def _fail(message: str) -> NoReturn:
    """Fail the test past every ``except Exception``, and so that hypothesis shrinks what led here."""
    import pytest

    pytest.fail(message, pytrace=False)
