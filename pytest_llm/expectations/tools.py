"""Expectations of the tools that an answer calls: which, with what arguments, how often, and no others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import Expectation, Finding, limited
from pytest_llm.expectations.conduct import Conduct, Made, conduct_of, listed, no_conduct
from pytest_llm.expectations.wanted import Mismatch, Wanted, nearest_name, wanted
from pytest_llm.messages import ToolCall
from pytest_llm.text import and_list, plural, short

__all__ = [
    "Calls",
    "Tool",
    "calls",
    "calls_nothing",
    "calls_only",
    "listing",
    "name_evidence",
    "wanted_calls",
]

Tool = str | Mapping[str, object] | Callable[..., object]
"""A tool by its name, its declaration as the API spells it, or the function that it is."""


@dataclass(eq=False, repr=False)
class Calls(Expectation):
    """One tool call, or a number of equal ones."""

    wanted: Wanted
    times: int | None = None

    def __repr__(self) -> str:
        return self.wanted.call(self.times)

    def finding(self, value: object) -> Finding:
        """Look for the call; the nearest that was made shows what differs."""
        conduct = conduct_of(value)
        if conduct is None:
            return no_conduct(value)
        found = [self.wanted.mismatch(made) for made in conduct.made]
        number = found.count(None)
        if self.times is None:
            claim, holds = f"calls {self.wanted}  ({conduct.told})", number > 0
        else:
            claim = f"calls {self.wanted} {plural(self.times, 'time')}  ({plural(number, 'time')}: {conduct.told})"
            holds = number == self.times
        too_few = number < (self.times or 1)
        evidence = limited(self._evidence(conduct, found)) if too_few else ()
        return Finding(holds, claim, evidence, conduct.whole)

    def _evidence(self, conduct: Conduct, found: Sequence[Mismatch | None]) -> list[str]:
        near = [(one, made) for one, made in zip(found, conduct.made, strict=True) if one is not None and one.named]
        if near:
            mismatch, made = min(near, key=lambda pair: len(pair[0].lines))
            return [*mismatch.lines] if len(conduct.made) == 1 else [f"nearest is {made}", *mismatch.lines]
        return name_evidence(self.wanted.name, conduct)


@dataclass(eq=False, repr=False)
class CallsNothing(Expectation):
    """No tool call at all."""

    def __repr__(self) -> str:
        return "calls_nothing()"

    def finding(self, value: object) -> Finding:
        """Name the calls that were made."""
        conduct = conduct_of(value)
        if conduct is None:
            return no_conduct(value)
        told = f"it {conduct.says or 'says nothing'}" if not conduct.made else conduct.told
        return Finding(not conduct.made, f"calls nothing  ({told})", whole=conduct.whole)


@dataclass(eq=False, repr=False)
class CallsOnly(Expectation):
    """No other calls than these."""

    allowed: Sequence[Wanted]

    def __repr__(self) -> str:
        return f"calls_only({', '.join(one.source for one in self.allowed)})"

    def finding(self, value: object) -> Finding:
        """Name the calls that are none of these, each with its difference from the nearest."""
        conduct = conduct_of(value)
        if conduct is None:
            return no_conduct(value)
        others, lines = [], []
        for made in conduct.made:
            found = [mismatch for one in self.allowed if (mismatch := one.mismatch(made)) is not None]
            if len(found) == len(self.allowed):
                others.append(made)
                lines += _of_other(made, found)
        told = f"it also calls {listed(others)}" if others else conduct.told
        claim = f"calls only {short(listing(self.allowed), 80)}  ({told})"
        return Finding(not others, claim, limited(lines), conduct.whole)


def calls(
    tool: Tool, arguments: Mapping[str, object] | None = None, /, *, times: int | None = None, **named: object
) -> Expectation:
    """Expect that a tool is called with at least these arguments.

    ``assert response == calls(get_weather, city="Oslo")``. The tool is a function, a declaration or a name. Compared
    with it are a response, a trajectory, an interaction, ``llm_cassette``, a chat, a tool call, or a list of them.
    Arguments are compared with ``==``, so they may be expectations: ``city=fuzzy_match("Oslo")``; the mapping is for
    names that cannot be keywords, like ``times``. Without any, every call of the tool will do. ``times`` is the exact
    number of such calls; without it one is enough.

    The arguments of the call must also conform to the tool's schema: for a function the one that
    ``llm.ask(tools=[...])`` sends, for a name the one in the request, where the value has a request. Arguments that
    are no JSON object are never the right ones.

    Raises ``ConfigurationError`` for an argument that the tool does not have or whose value its schema forbids.
    """
    if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
        raise ConfigurationError(
            f"times={times!r} is not a number of calls from 1. To expect none: ~calls(...) or calls_nothing()."
        )
    return Calls(wanted(tool, {**(arguments or {}), **named}), times)


def calls_nothing() -> Expectation:
    """Expect that no tool is called."""
    return CallsNothing()


def calls_only(*tools: Tool | Expectation | ToolCall) -> Expectation:
    """Expect no other calls than of these tools, or these ``calls(...)``, each any number of times or not at all.

    To limit the number too: ``calls_at_most``.
    """
    return CallsOnly(wanted_calls("calls_only", tools, times=False))


def wanted_calls(name: str, given: Sequence[object], *, times: bool = True) -> tuple[Wanted, ...]:
    """Return the wanted calls that tools, names, ``calls(...)`` and tool calls stand for."""
    if not given:
        raise ConfigurationError(f"{name}() needs at least one call. To expect none: calls_nothing().")
    return tuple(one for item in given for one in _wanted(name, item, times))


def _wanted(name: str, item: object, times: bool) -> tuple[Wanted, ...]:
    if isinstance(item, Calls):
        item.use()
        if item.times is not None and not times:
            raise ConfigurationError(f"{name}() does not count, and {item!r} does. Did you mean calls_at_most()?")
        return (item.wanted,) * (item.times or 1)
    if isinstance(item, ToolCall):
        if isinstance(item.arguments, str):
            raise ConfigurationError(f"{item!r} is no call to expect: its arguments are no JSON object.")
        return (Wanted(item.name, item.name, item.arguments, exact=True),)
    if isinstance(item, Expectation):
        raise ConfigurationError(f"{name}() takes calls(...), tools and names, and {item!r} is none of them.")
    return (wanted(item, {}),)


def listing(several: Sequence[Wanted]) -> str:
    """Return wanted calls in a row, those of which any arguments will do as the tool alone, equal ones as one."""
    named = [str(one) if one.arguments or one.exact else one.name for one in several]
    counted = [(name, len(list(group))) for name, group in groupby(named)]
    return ", ".join(f"{number} x {name}" if number > 1 else name for name, number in counted)


def name_evidence(name: str, conduct: Conduct) -> list[str]:
    """Return what a wrong name may mean: in the test, or in the answer."""
    called = list(dict.fromkeys(made.call.name for made in conduct.made))
    declared = list(conduct.declared)
    near = nearest_name(name, [one for one in dict.fromkeys([*called, *declared]) if one != name])
    if declared and name not in declared:
        meant = f": did you mean {near!r}?" if near else f", which are {short(and_list(declared), 60)}"
        return [f"{name!r} is none of the declared tools{meant}"]
    if near in called and name not in called:
        undeclared = near not in declared and bool(declared)
        return [f"{near!r} is none of the declared tools" if undeclared else f"did you mean {near!r}?"]
    return []


def _of_other(made: Made, found: Sequence[Mismatch]) -> list[str]:
    named = [one for one in found if one.named]
    if not named:
        return []
    nearest = min(named, key=lambda one: len(one.lines))
    return [f"{made}", *(f"  {line}" for line in nearest.lines)]
