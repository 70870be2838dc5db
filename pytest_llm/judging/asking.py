"""One question to a judge: asked in its format, read strictly, asked once more when it could not be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pytest_llm.client import Client
from pytest_llm.errors import ConfigurationError, UngradedError
from pytest_llm.judges.parsing import Unreadable
from pytest_llm.judges.prompting import Asked, retry_prompt
from pytest_llm.messages import Message, Response
from pytest_llm.metrics.refusal import provider_sign, refusing_sentence
from pytest_llm.player import judging
from pytest_llm.text import short

__all__ = ["Answered", "Asker"]

T = TypeVar("T")
_FORMAT_WORDS = ("response_format", "json_schema", "structured output", "grammar")


@dataclass(frozen=True, slots=True)
class Answered(Generic[T]):
    """What was read from a judge's answer, and the answer."""

    value: T
    response: Response

    @property
    def served(self) -> str:
        """The model that says it answered."""
        return self.response.model


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks one model; ``params`` go to the API, those that are None are left out.

    ``structured`` asks for an answer that conforms to the JSON schema; a provider that refuses that is asked without.
    """

    client: Client
    structured: bool = True
    params: Mapping[str, Any] = field(default_factory=dict)

    def ask(self, asked: Asked, read: Callable[[str], T], title: str, rubric_hash: str, **extra: Any) -> Answered[T]:
        """Return what ``read`` makes of the answer; a malformed one is asked for once more, with what is wrong.

        Raises ``UngradedError`` when the second is malformed too, and at once for a refusal, an answer that is cut off
        or one that contradicts itself.
        """
        messages, schema = asked
        first: Unreadable | None = None
        while True:
            with _judging(rubric_hash):
                response = self._call(messages, schema if self.structured else None, extra)
            try:
                return Answered(_read(response, read), response)
            except Unreadable as fault:
                if fault.kind != "malformed" or first is not None:
                    raise UngradedError(self._told(fault, response, title, twice=first is not None)) from None
                first = fault
                messages = retry_prompt(messages, response.text, str(fault))

    def _call(self, messages: list[Message], schema: object, extra: Mapping[str, Any]) -> Response:
        import openai

        if not self.client.model:
            raise ConfigurationError(
                "No judge is configured. Name one: pytest --llm-judge-model=NAME, llm_judge_model in the ini file, or "
                "llm_judge.using(NAME)."
            )
        params = {key: item for key, item in {"temperature": 0, **self.params}.items() if item is not None}
        while True:
            try:
                return self.client.ask(messages, schema=schema, **params, **extra)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                said = str(error).lower()
                # What was asked for by default is left out where it is not offered. Each question learns it anew: one
                # that learned from another would depend on which of them came first, and replay with it.
                if "temperature" in said and "temperature" in params and "temperature" not in self.params:
                    del params["temperature"]
                elif schema is not None and any(word in said for word in _FORMAT_WORDS):
                    schema = None
                elif "logprobs" in said and "logprobs" in extra:
                    raise ConfigurationError(
                        f"Weighted grading needs token probabilities, which {self.client.model} does not give: {error}"
                    ) from None
                else:
                    raise

    def _told(self, fault: Unreadable, response: Response, title: str, *, twice: bool) -> str:
        how = "is malformed, twice" if twice else f"is {fault.kind}"
        said = short(response.refusal or response.text, 120)
        return f"The judge {self.client.model} gave no grade on {title!r}: its answer {how}: {fault}\nIt said: {said!r}"


def _read(response: Response, read: Callable[[str], T]) -> T:
    if sign := provider_sign(response):
        raise Unreadable("a refusal", f"{short(sign, 80).rstrip('.')}.")
    if response.finish_reason in ("length", "max_tokens"):
        raise Unreadable("cut off", "it ends at the limit of its tokens.")
    try:
        value = read(response.text)
    except Unreadable as fault:
        if fault.kind == "malformed" and (sentence := refusing_sentence(response.text)):
            raise Unreadable("a refusal", f'it says "{short(sentence, 80)}".') from None
        raise
    if (reason := _reason(value)) and (sentence := refusing_sentence(reason)):
        raise Unreadable("a refusal", f'its reason says "{short(sentence, 80)}".')
    return value


def _reason(value: object) -> str:
    """Return the reason of a grade or a preference: where a judge that is held to a format says that it will not."""
    return value[1] if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], str) else ""


@contextmanager
def _judging(rubric_hash: str) -> Iterator[None]:
    token = judging.set(rubric_hash)
    try:
        yield
    finally:
        judging.reset(token)
