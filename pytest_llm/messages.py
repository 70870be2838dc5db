"""What a request asks and a response says, whichever provider's API carried them: frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, overload

from pytest_llm.text import short

__all__ = ["Interaction", "Message", "Request", "Response", "TokenLogprob", "ToolCall", "Usage"]

T = TypeVar("T")
_SHOWN = ("tool_calls", "refusal", "finish_reason", "model", "status", "error")


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool that a model asks for.

    ``arguments`` is the parsed JSON object, or the text as it came when that is no JSON object.
    """

    name: str
    arguments: Mapping[str, object] | str = field(default_factory=dict)
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call as the provider counted them.

    ``input_tokens`` holds every input token, cached ones included (the convention of the OpenTelemetry
    semantic conventions for generative AI), so for Anthropic it is the sum of the three figures in its answer.
    ``cached_tokens`` were read from the provider's cache, ``cache_write_tokens`` written to it (both within
    ``input_tokens``); ``reasoning_tokens`` lie within ``output_tokens``.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0

    @property
    def total_tokens(self) -> int:
        """Input and output tokens together."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation.

    ``attachments`` describe what is not text (an image, a file), one short description each.
    """

    role: str
    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TokenLogprob:
    """One generated token with its natural-log probability, and the most likely tokens in its place."""

    token: str
    logprob: float
    top: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One call as it was asked for.

    ``tools`` are the tool declarations, ``schema`` the JSON schema that the answer must conform to, ``params``
    everything else (temperature, max_tokens, ...), each as the provider's API spells it.
    """

    dialect: str
    model: str = ""
    messages: tuple[Message, ...] = ()
    params: Mapping[str, object] = field(default_factory=dict, repr=False)
    tools: tuple[Mapping[str, object], ...] = field(default=(), repr=False)
    schema: Mapping[str, object] | None = field(default=None, repr=False)
    stream: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Response:
    """One answer, read from the provider's format.

    ``text`` is the text of the first choice and ``texts`` those of all (``n=``); ``model`` is the served model,
    as the provider names it; ``latency`` is in seconds, as recorded; ``cost`` is in USD, None when no price is known
    for the model or the provider counted no tokens (what runs on this machine is free); ``error`` holds the provider's
    message when the call failed; ``embeddings`` are the vectors of an embeddings call, one a text; ``raw`` is the JSON
    body (of a stream: the list of its payloads).
    """

    text: str = ""
    texts: tuple[str, ...] = field(default=(), repr=False)
    tool_calls: tuple[ToolCall, ...] = ()
    refusal: str | None = None
    finish_reason: str | None = None
    usage: Usage | None = field(default=None, repr=False)
    model: str = ""
    system_fingerprint: str | None = field(default=None, repr=False)
    logprobs: tuple[TokenLogprob, ...] = field(default=(), repr=False)
    reasoning: str = field(default="", repr=False)
    id: str | None = field(default=None, repr=False)
    embeddings: tuple[tuple[float, ...], ...] = field(default=(), repr=False)
    status: int = 200
    error: str | None = None
    latency: float | None = field(default=None, repr=False)
    cost: float | None = field(default=None, repr=False)
    raw: object = field(default=None, repr=False, compare=False)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        said = [repr(short(self.text, 100))]
        said += [f"{name}={value!r}" for name in _SHOWN if (value := getattr(self, name)) not in (None, (), "", 200)]
        return f"Response({', '.join(said)})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Say the same to IPython and hypothesis, which would spell out every field."""
        printer.text(repr(self))

    @overload
    def json(self) -> Any: ...
    @overload
    def json(self, schema: type[T]) -> T: ...
    @overload
    def json(self, schema: object) -> Any: ...

    def json(self, schema: object = None) -> Any:
        """Return the JSON of the answer: the whole text, else a fenced block, else the first object or array within.

        A response without a text stands for the arguments of its one tool call. With a schema (whatever
        ``conforming_to`` takes) the JSON must conform to it, and of a type an instance is returned: a pydantic model,
        a dataclass, a ``list[Model]``.

        Raises ``ValueError`` that shows the place where the text stops being JSON, or lists every violation.
        """
        from pytest_llm.schemas.conformance import json_of

        return json_of(self, schema)


@dataclass(frozen=True, slots=True)
class Interaction:
    """A recorded request and its response, with where and when it was recorded.

    ``draw`` counts from 1 the responses to the same request; ``recorded`` is an ISO date; ``replayed`` says
    whether this run read it from a cassette.
    """

    request: Request
    response: Response
    test: str = ""
    fingerprint: str = ""
    draw: int = 1
    recorded: str = ""
    replayed: bool = True
