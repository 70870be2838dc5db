"""The clients that tests talk to: ``ask``, ``chat``, ``stream``, ``embed``, ``using``, over the real openai SDK."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_llm.cassettes.entry import Entry
from pytest_llm.errors import ConfigurationError
from pytest_llm.messages import Message, Response, ToolCall
from pytest_llm.payloads import Prompt, Tool, declaration, embedding, messages_of, response_format
from pytest_llm.player import capturing
from pytest_llm.readings import Readings

if TYPE_CHECKING:
    import openai

__all__ = ["AsyncChat", "AsyncClient", "AsyncStream", "Chat", "Client", "Stream"]


@dataclass(frozen=True)
class _Base:
    sdk: Any = field(repr=False)
    model: str
    readings: Readings = field(repr=False)
    params: Mapping[str, Any] = field(default_factory=dict)

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
        return Client(self.sdk, model or self.model, self.readings, {**self.params, **params})


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
        return AsyncClient(self.sdk, model or self.model, self.readings, {**self.params, **params})


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
