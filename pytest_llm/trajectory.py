"""An agent's run: the model's answers in order, the tools they call, and what the tools gave back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields

from pytest_llm.errors import ConfigurationError
from pytest_llm.messages import Interaction, Response, ToolCall, Usage
from pytest_llm.text import money, plural, short
from pytest_llm.tool_results import Results

__all__ = ["Step", "TracedCall", "Trajectory", "said", "spelled", "total_cost", "total_latency", "total_usage"]


@dataclass(frozen=True, slots=True)
class TracedCall(ToolCall):
    """A tool call with the text that the application sent back as its result; None when it sent none."""

    result: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One answer of a run: the model that was asked, its response, and the tools that the answer calls.

    ``tools`` are the declarations that the request held, as the provider's API spells them.
    """

    model: str
    response: Response
    calls: tuple[TracedCall, ...] = ()
    tools: tuple[Mapping[str, object], ...] = field(default=(), repr=False)

    @property
    def text(self) -> str:
        """What the answer says beside its tool calls."""
        return self.response.text

    @property
    def usage(self) -> Usage | None:
        """The tokens of this step; None when the provider counted none."""
        return self.response.usage

    @property
    def cost(self) -> float | None:
        """What this step costs in USD; None when no price is known."""
        return self.response.cost

    @property
    def latency(self) -> float | None:
        """The seconds until the answer was complete, as recorded."""
        return self.response.latency

    def __str__(self) -> str:
        lines = [f"{self.model} {said(self.response)}" if not self.calls else f"{self.model} calls"]
        for call in self.calls:
            lines.append(f"  {spelled(call)}" + ("" if call.result is None else f" → {short(call.result, 60)!r}"))
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, repr=False)
class Trajectory:
    """An agent's run, or several at once: its ``steps`` in the order in which they were asked for.

    A step is an answer of a model: calls that failed (and were tried again), embeddings and counted tokens are none.
    A tool call counts once, where a model answered with it, however many later requests quote it. ``len()`` and
    iteration are over the steps; ``print(trajectory)`` shows the run.
    """

    steps: tuple[Step, ...] = ()

    @classmethod
    def of(cls, interactions: Iterable[Interaction]) -> Trajectory:
        """Return the run that some interactions are, in their order.

        The result of a call is the message that a later request of the same conversation answers it with: found by
        the call's id, by the tool's name, or by position in the APIs that have no ids.
        """
        made = list(interactions)
        results = Results(made)
        found = [(one, results.of(index)) for index, one in enumerate(made)]
        return cls(tuple(_step(one, texts) for one, texts in found if _is_answer(one.response)))

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __repr__(self) -> str:
        return f"<trajectory: {plural(len(self), 'step')}, calls {short(', '.join(self.tools), 60) or 'nothing'}>"

    def __str__(self) -> str:
        lines = [f"{number}. {step}".replace("\n", "\n   ") for number, step in enumerate(self.steps, 1)]
        costs = [step.cost for step in self.steps]
        figures = [
            plural(len(self), "step"),
            plural(len(self.calls), "call"),
            plural(self.usage.total_tokens, "token"),
            "cost unknown" if None in costs else money(sum(filter(None, costs))),
            f"{self.latency:.1f} s",
        ]
        return "\n".join([*lines, ", ".join(figures)])

    @property
    def calls(self) -> tuple[TracedCall, ...]:
        """The tool calls of all steps, in order, each with its ``result``."""
        return tuple(call for step in self.steps for call in step.calls)

    @property
    def tools(self) -> tuple[str, ...]:
        """The names of the tools that are called, in order."""
        return tuple(call.name for call in self.calls)

    @property
    def text(self) -> str:
        """The final answer: the text of the last step."""
        return self.steps[-1].text if self.steps else ""

    @property
    def usage(self) -> Usage:
        """The tokens of all steps together."""
        return total_usage(step.response for step in self.steps)

    @property
    def cost(self) -> float:
        """What the steps cost together in USD; raises ``ConfigurationError`` when the price of one is not known."""
        return total_cost((step.model, step.response) for step in self.steps)

    @property
    def latency(self) -> float:
        """The seconds of all steps added up, as recorded; steps at the same time count each."""
        return total_latency(step.response for step in self.steps)

    def precision(self, expected: object) -> float:
        """Return the share of the calls made that are expected ones, from 0 to 1.

        ``expected`` is a list of ``calls(...)`` expectations, tools, names or tool calls, or another trajectory. Each
        call made answers at most one expected call and each expected call is answered by at most one: the figure
        counts the pairs of a maximum matching of the two, so it does not depend on their order. An agent that calls
        nothing has precision 0.0. The ``trajectory_precision`` of Vertex AI's evaluation of agents.
        """
        from pytest_llm.expectations.trajectories import agreement

        return agreement(self, expected).precision

    def recall(self, expected: object) -> float:
        """Return the share of the expected calls that are made, from 0 to 1, matched as in ``precision``."""
        from pytest_llm.expectations.trajectories import agreement

        return agreement(self, expected).recall


def spelled(call: ToolCall, width: int = 80) -> str:
    """Return a tool call as one would write it: ``get_weather(city='Oslo')``."""
    if isinstance(call.arguments, str):
        return short(f"{call.name}({call.arguments!r})", width)
    return short(f"{call.name}({', '.join(f'{name}={value!r}' for name, value in call.arguments.items())})", width)


def said(response: Response) -> str:
    """Return what an answer without tool calls does: says, refuses, fails."""
    if response.error:
        return f"fails: {short(response.error, 60)!r}"
    if response.refusal:
        return f"refuses: {short(response.refusal, 60)!r}"
    return f"says {short(response.text, 60)!r}" if response.text.strip() else "says nothing"


def total_usage(responses: Iterable[Response]) -> Usage:
    """Return the tokens of several answers together; one without a count adds none."""
    counted = [response.usage for response in responses if response.usage is not None]
    return Usage(*(sum(getattr(usage, one.name) for usage in counted) for one in fields(Usage)))


def total_latency(responses: Iterable[Response]) -> float:
    """Return the seconds of several answers added up."""
    return sum(response.latency or 0.0 for response in responses)


def total_cost(asked: Iterable[tuple[str, Response]]) -> float:
    """Return what several answers, each with the model that was asked, cost in USD.

    Raises ``ConfigurationError`` when the cost of one is not known, so that it does not count as free.
    """
    total = 0.0
    for model, response in asked:
        if response.cost is None:
            raise ConfigurationError(_unknown(response.model or model, response))
        total += response.cost
    return total


def _unknown(model: str, response: Response) -> str:
    if response.usage is None:
        return f"The cost is not known: an answer of {model!r} counts no tokens, so no price can be applied to it."
    return f"The cost is not known: there is no price for {model!r}. Give it one by the hook pytest_llm_prices."


def _step(one: Interaction, results: Iterable[str | None]) -> Step:
    made = zip(one.response.tool_calls, results, strict=True)
    calls = tuple(TracedCall(call.name, call.arguments, call.id, text) for call, text in made)
    return Step(one.request.model or one.response.model, one.response, calls, one.request.tools)


def _is_answer(response: Response) -> bool:
    if response.status >= 400 or response.embeddings:
        return False
    return bool(response.text or response.texts or response.tool_calls or response.refusal or response.finish_reason)
