"""What a value calls and says: a response, a run, a conversation, or several of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pytest_llm.expectations.base import Finding, unfit
from pytest_llm.expectations.declared import Declared, declarations
from pytest_llm.messages import Interaction, Message, Response, ToolCall
from pytest_llm.text import and_list, short
from pytest_llm.trajectory import Step, Trajectory, said, spelled

__all__ = ["Conduct", "Made", "conduct_of", "no_conduct"]

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Made:
    """A tool call that was made, and what the request had declared, by name."""

    call: ToolCall
    declared: Mapping[str, Declared] = field(default_factory=dict)

    def __str__(self) -> str:
        return spelled(self.call)


@dataclass(frozen=True, slots=True)
class Conduct:
    """The tool calls of a value, in order, and what it says at its end."""

    made: tuple[Made, ...] = ()
    says: str = ""
    declared: Mapping[str, Declared] = field(default_factory=dict)

    @property
    def told(self) -> str:
        """What it does, in a few words."""
        if not self.made:
            return "it calls nothing" + (f", and {self.says}" if self.says else "")
        return f"it calls {listed(self.made)}"

    @property
    def whole(self) -> tuple[str, ...]:
        """Every call in full."""
        return tuple(f"call {number}: {spelled(one.call, 100_000)}" for number, one in enumerate(self.made, 1))


def listed(made: Sequence[Made]) -> str:
    """Return a few calls, and how many more there are."""
    shown = [spelled(one.call, 60) for one in made[:_SHOWN]]
    more = len(made) - _SHOWN
    return and_list([*shown, f"{more} more"] if more > 0 else shown)


def conduct_of(value: object) -> Conduct | None:
    """Return what a value calls; None of anything that makes no tool calls."""
    if isinstance(value, ToolCall):
        return Conduct((Made(value),))
    if isinstance(value, Response):
        return Conduct(tuple(map(Made, value.tool_calls)), said(value))
    if isinstance(value, Interaction):
        return _of_answer(value.response, value.response.tool_calls, value.request.tools)
    if isinstance(value, Step):
        return _of_answer(value.response, value.calls, value.tools)
    if isinstance(value, list | tuple):
        return _together([conduct_of(item) for item in value])
    run = value if isinstance(value, Trajectory) else getattr(value, "trajectory", None)
    if isinstance(run, Trajectory):
        return _together([conduct_of(step) for step in run.steps])
    return _of_chat(value)


def no_conduct(value: object) -> Finding:
    """Return the finding for a value that makes no tool calls."""
    kind = type(value).__name__
    return unfit(f"{short(repr(value), 60)} is a response, a trajectory or a chat  (its type is {kind})")


def _of_answer(response: Response, calls: Sequence[ToolCall], tools: Sequence[Mapping[str, object]]) -> Conduct:
    declared = declarations(tools)
    return Conduct(tuple(Made(call, declared) for call in calls), said(response), declared)


def _of_chat(value: object) -> Conduct | None:
    from pytest_llm.client import AsyncChat, Chat

    if not isinstance(value, Chat | AsyncChat):
        return None
    answers: list[Message] = [message for message in value.messages if message.role == "assistant"]
    calls = tuple(Made(call) for message in answers for call in message.tool_calls)
    return Conduct(calls, said(Response(answers[-1].text)) if answers else "")


def _together(parts: list[Conduct | None]) -> Conduct | None:
    known = [part for part in parts if part is not None]
    if len(known) != len(parts):
        return None
    declared = {name: one for part in known for name, one in part.declared.items()}
    return Conduct(tuple(one for part in known for one in part.made), known[-1].says if known else "", declared)
