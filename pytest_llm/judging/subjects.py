"""What may be judged: a text, a response with its tool calls, a conversation, an agent's run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_llm.errors import ConfigurationError, UngradedError
from pytest_llm.judges.inputs import Inputs
from pytest_llm.messages import Message, Response, ToolCall
from pytest_llm.text import short
from pytest_llm.trajectory import Trajectory

__all__ = ["inputs_of", "subject"]


def inputs_of(answer: object, question: object, context: object, reference: object) -> Inputs:
    """Return what a judge is shown, checked."""
    return Inputs(subject(answer), _text("question", question), _texts(context), _text("reference", reference))


def subject(answer: object) -> object:
    """Return an answer under test as JSON can say it.

    Raises ``ConfigurationError`` for what is no answer and ``UngradedError`` for a response that is an error.
    """
    if isinstance(answer, str):
        return answer
    if isinstance(answer, Response):
        return _response(answer)
    if isinstance(answer, Trajectory):
        return [_step(step.text, step.calls) for step in answer]
    messages = getattr(answer, "messages", answer)
    if isinstance(messages, Sequence) and messages and all(isinstance(one, Message | Mapping) for one in messages):
        return [_message(one) for one in messages]
    raise ConfigurationError(
        f"A judge grades a text, a response, a conversation (messages) or a trajectory, not {short(repr(answer), 60)} "
        f"(its type is {type(answer).__name__})."
    )


def _response(response: Response) -> object:
    if response.status >= 400:
        said = f": {short(response.error, 80).rstrip('.')}" if response.error else ""
        raise UngradedError(f"There is no answer to judge: the provider answered {response.status}{said}.")
    text = response.text or response.refusal or ""
    return {"text": text, "tool_calls": _calls(response.tool_calls)} if response.tool_calls else text


def _step(text: str, calls: Sequence[ToolCall]) -> dict[str, object]:
    return {"text": text, **({"tool_calls": _calls(calls)} if calls else {})}


def _calls(calls: Sequence[ToolCall]) -> list[dict[str, object]]:
    found = []
    for call in calls:
        arguments = call.arguments if isinstance(call.arguments, str) else dict(call.arguments)
        result = getattr(call, "result", None)
        found.append({"name": call.name, "arguments": arguments, **({"result": result} if result is not None else {})})
    return found


def _message(message: Message | Mapping[str, object]) -> dict[str, object]:
    if isinstance(message, Message):
        return {"role": message.role, **_step(message.text, message.tool_calls)}
    return dict(message)


def _text(name: str, given: object) -> str | None:
    if given is None or isinstance(given, str):
        return given
    if isinstance(given, Response):
        return given.text
    raise ConfigurationError(f"{name}={short(repr(given), 60)} is no text (its type is {type(given).__name__}).")


def _texts(given: object) -> tuple[str, ...]:
    if given is None:
        return ()
    texts = [given] if isinstance(given, str | Response) else given
    if not isinstance(texts, Sequence):
        raise ConfigurationError(f"context={short(repr(given), 60)} is neither a text nor a list of texts.")
    return tuple(text for one in texts if (text := _text("context", one)))
