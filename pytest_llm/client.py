"""The clients that tests talk to: ``ask``, ``sample``, ``chat``, ``stream``, ``embed``, over the real openai SDK."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_llm.cassettes.entry import Entry
from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.shares import Share, Stopping
from pytest_llm.messages import Message, Response, ToolCall
from pytest_llm.payloads import Prompt, Tool, declaration, embedding, messages_of, response_format
from pytest_llm.player import capturing
from pytest_llm.readings import Readings
from pytest_llm.sample.drawing import ROUND, Terms, ask_in_tasks, ask_in_threads, check_params, check_trials, in_order
from pytest_llm.sample.sample import Sample

if TYPE_CHECKING:
    import openai

__all__ = ["AsyncChat", "AsyncClient", "AsyncStream", "Chat", "Client", "Stream"]

_PATIENCE = 1000


@dataclass(frozen=True)
class _Base:
    sdk: Any = field(repr=False)
    model: str
    readings: Readings = field(repr=False)
    params: Mapping[str, Any] = field(default_factory=dict)
    terms: Terms = field(default=Terms(), repr=False)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Let hypothesis, which prints every field of a dataclass, print a client as its ``repr`` does."""
        printer.text(repr(self))

    def _payload(self, prompt: Prompt, tools: Iterable[Tool], schema: object, params: dict[str, Any]) -> dict[str, Any]:
        payload: dict[str, Any] = {"model": self._model(), "messages": messages_of(prompt), **self.params, **params}
        if declared := [declaration(tool) for tool in tools]:
            payload["tools"] = declared
        if schema is not None:
            payload["response_format"] = response_format(schema)
        return payload

    def _model(self) -> str:
        if not self.model:
            raise ConfigurationError(
                "No model is configured. Name one: pytest --llm-model=NAME, llm_model in the ini file, "
                "@pytest.mark.llm(model=...), or llm.using(NAME)."
            )
        return self.model.removeprefix("local/")

    def _response(self, entries: list[Entry]) -> Response:
        return self.readings.response(entries[-1])

    def _drawing(self, payload: dict[str, Any], trials: int, until: Share | None, case: str) -> _Drawing:
        wanted = self.terms.trials or check_trials(trials)
        if until is not None and not isinstance(until, Share):
            raise ConfigurationError(f"llm.sample(until={until!r}) takes a demand, as until=at_least(0.9, is_right).")
        check_params(payload, wanted)
        return _Drawing(self.readings, wanted, case, Stopping(until, wanted) if until is not None else None)

    def _patient(self) -> Any:
        """Return the SDK's client; while replaying, one that passes over every recorded error that was tried again.

        Live, calls at the same time each have retries of their own; in a replay one call may meet the errors of all.
        """
        return self.sdk.with_options(max_retries=_PATIENCE) if self.terms.replays else self.sdk


@dataclass
class _Drawing:
    """A sample while it is drawn: how many trials the next round has, and what came of those before."""

    readings: Readings
    trials: int
    case: str
    stopping: Stopping | None
    entries: list[Entry] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)

    def round(self) -> int:
        """Return the number of trials to take next; 0 when the sample is complete."""
        left = self.trials - len(self.entries)
        if self.stopping is None or left == 0:
            return left
        return 0 if self.stopping.decided(self.responses) else min(ROUND, left)

    def add(self, asked: list[list[Entry]]) -> None:
        """Take the answers of a round."""
        entries = in_order(asked)
        self.entries += entries
        self.responses += map(self.readings.response, entries)

    def sample(self) -> Sample:
        """Return what was drawn; a case without a name has that of its request."""
        requests = [str(entry["fingerprint"]) for entry in self.entries]
        cases = [self.case] * len(requests) if self.case else requests
        return Sample(self.responses, cases, any_time=self.stopping is not None, requests=requests)


class Client(_Base):
    """Talks to the model under test on this test's cassette.

    ``sdk`` is the real ``openai.OpenAI`` it calls, so whatever that raises (``openai.RateLimitError``, ...) reaches
    the test.
    """

    sdk: openai.OpenAI

    def ask(self, prompt: Prompt, *, tools: Iterable[Tool] = (), schema: object = None, **params: Any) -> Response:
        """Return the model's answer to a text or a conversation.

        ``tools`` are declarations or functions, ``schema`` is a JSON schema or a type (a pydantic model, a dataclass,
        a TypedDict) that the answer must conform to, ``params`` go to the API as they are.
        """
        with _captured() as entries:
            self.sdk.chat.completions.with_raw_response.create(**self._payload(prompt, tools, schema, params))
        return self._response(entries)

    def sample(
        self,
        prompt: Prompt,
        *,
        trials: int,
        until: Share | None = None,
        case: str = "",
        tools: Iterable[Tool] = (),
        schema: object = None,
        **params: Any,
    ) -> Sample:
        """Ask the same so many times and return the answers: recorded draws in order, or live ones asked concurrently.

        ``--llm-trials`` overrides ``trials``. With ``until=at_least(0.9, is_right)`` the trials are taken in rounds of
        eight until that is decided, at most ``trials``. ``case`` names the input, for comparisons case by case; without
        it, equal requests are a case. The rest is as in ``ask``.

        What a call raises is raised when those in flight have ended; what they answered is recorded all the same.
        """
        payload = self._payload(prompt, tools, schema, params)
        drawing = self._drawing(payload, trials, until, case)
        sdk = self._patient()

        def ask() -> list[Entry]:
            with _captured() as entries:
                sdk.chat.completions.with_raw_response.create(**payload)
            return entries

        while count := drawing.round():
            drawing.add(ask_in_threads(ask, count, self.terms.at_once))
        return drawing.sample()

    def stream(self, prompt: Prompt, *, tools: Iterable[Tool] = (), schema: object = None, **params: Any) -> Stream:
        """Return the answer as it comes: an iterator of pieces of text whose ``.response`` is whole at its end."""
        payload = self._payload(prompt, tools, schema, {"stream_options": {"include_usage": True}, **params})
        with _captured() as entries:
            events = self.sdk.chat.completions.create(stream=True, **payload)
        return Stream(events, lambda: self._response(entries))

    def embed(self, texts: str | Sequence[str], **params: Any) -> Response:
        """Return the embeddings of one or several texts as ``response.embeddings``, one vector a text."""
        with _captured() as entries:
            self.sdk.embeddings.with_raw_response.create(**embedding(self._model(), texts, self.params, params))
        return self._response(entries)

    def chat(self, system: str | None = None, **params: Any) -> Chat:
        """Start a conversation that keeps its history."""
        return Chat(self.using(**params), _opening(system))

    def using(self, model: str | None = None, **params: Any) -> Client:
        """Return this client for another model or with other parameters (temperature, max_tokens, ...)."""
        return Client(self.sdk, model or self.model, self.readings, {**self.params, **params}, self.terms)


class AsyncClient(_Base):
    """The asynchronous twin of ``Client``."""

    sdk: openai.AsyncOpenAI

    async def ask(
        self, prompt: Prompt, *, tools: Iterable[Tool] = (), schema: object = None, **params: Any
    ) -> Response:
        """Return the model's answer, as ``Client.ask`` does."""
        with _captured() as entries:
            await self.sdk.chat.completions.with_raw_response.create(**self._payload(prompt, tools, schema, params))
        return self._response(entries)

    async def sample(
        self,
        prompt: Prompt,
        *,
        trials: int,
        until: Share | None = None,
        case: str = "",
        tools: Iterable[Tool] = (),
        schema: object = None,
        **params: Any,
    ) -> Sample:
        """Ask the same so many times and return the answers, as ``Client.sample`` does."""
        payload = self._payload(prompt, tools, schema, params)
        drawing = self._drawing(payload, trials, until, case)
        sdk = self._patient()

        async def ask() -> list[Entry]:
            with _captured() as entries:
                await sdk.chat.completions.with_raw_response.create(**payload)
            return entries

        while count := drawing.round():
            drawing.add(await ask_in_tasks(ask, count, self.terms.at_once))
        return drawing.sample()

    async def stream(
        self, prompt: Prompt, *, tools: Iterable[Tool] = (), schema: object = None, **params: Any
    ) -> AsyncStream:
        """Return the answer as it comes, as ``Client.stream`` does."""
        payload = self._payload(prompt, tools, schema, {"stream_options": {"include_usage": True}, **params})
        with _captured() as entries:
            events = await self.sdk.chat.completions.create(stream=True, **payload)
        return AsyncStream(events, lambda: self._response(entries))

    async def embed(self, texts: str | Sequence[str], **params: Any) -> Response:
        """Return the embeddings of one or several texts, as ``Client.embed`` does."""
        with _captured() as entries:
            await self.sdk.embeddings.with_raw_response.create(**embedding(self._model(), texts, self.params, params))
        return self._response(entries)

    def chat(self, system: str | None = None, **params: Any) -> AsyncChat:
        """Start a conversation that keeps its history."""
        return AsyncChat(self.using(**params), _opening(system))

    def using(self, model: str | None = None, **params: Any) -> AsyncClient:
        """Return this client for another model or with other parameters."""
        return AsyncClient(self.sdk, model or self.model, self.readings, {**self.params, **params}, self.terms)


class Stream:
    """The pieces of a streamed answer; ``response`` is the whole answer once they are all read."""

    def __init__(self, events: Any, response: Callable[[], Response]) -> None:
        self._events = events
        self._whole = response
        self._done = False

    def __iter__(self) -> Iterator[str]:
        for event in self._events:
            if piece := _piece(event):
                yield piece
        self._done = True

    @property
    def response(self) -> Response:
        """The whole answer; reads what is left of the stream first."""
        if not self._done:
            for _ in self:
                pass
        return self._whole()


class AsyncStream:
    """The pieces of a streamed answer, asynchronously; ``response()`` is the whole answer."""

    def __init__(self, events: Any, response: Callable[[], Response]) -> None:
        self._events = events
        self._whole = response
        self._done = False

    async def __aiter__(self) -> AsyncIterator[str]:
        async for event in self._events:
            if piece := _piece(event):
                yield piece
        self._done = True

    async def response(self) -> Response:
        """Return the whole answer; reads what is left of the stream first."""
        if not self._done:
            async for _ in self:
                pass
        return self._whole()


@dataclass
class _ChatBase:
    messages: list[Message] = field(default_factory=list)

    def _say(self, text: str | Message) -> None:
        self.messages.append(Message("user", text) if isinstance(text, str) else text)

    def _hear(self, response: Response) -> Response:
        self.messages.append(Message("assistant", response.text, response.tool_calls))
        return response

    def tool_result(self, call: ToolCall, result: object) -> None:
        """Add the result of a tool call; the next ``ask()`` sends it. What is no text is sent as JSON."""
        text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
        self.messages.append(Message("tool", text, tool_call_id=call.id))


class Chat(_ChatBase):
    """A conversation that keeps its history in ``messages``."""

    def __init__(self, client: Client, messages: list[Message]) -> None:
        super().__init__(messages)
        self.client = client

    def ask(self, text: str | Message | None = None, **options: Any) -> Response:
        """Say something (or nothing, after tool results) and return the answer; both join the history."""
        if text is not None:
            self._say(text)
        return self._hear(self.client.ask(self.messages, **options))


class AsyncChat(_ChatBase):
    """The asynchronous twin of ``Chat``."""

    def __init__(self, client: AsyncClient, messages: list[Message]) -> None:
        super().__init__(messages)
        self.client = client

    async def ask(self, text: str | Message | None = None, **options: Any) -> Response:
        """Say something (or nothing, after tool results) and return the answer; both join the history."""
        if text is not None:
            self._say(text)
        return self._hear(await self.client.ask(self.messages, **options))


def _opening(system: str | None) -> list[Message]:
    return [Message("system", system)] if system is not None else []


def _piece(event: Any) -> str:
    return (event.choices[0].delta.content or "") if event.choices else ""


@contextmanager
def _captured() -> Iterator[list[Entry]]:
    entries: list[Entry] = []
    token = capturing.set(entries)
    try:
        yield entries
    finally:
        capturing.reset(token)
