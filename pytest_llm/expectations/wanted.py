"""A tool call that is wanted, and how one that was made differs from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import Expectation
from pytest_llm.expectations.conduct import Made
from pytest_llm.expectations.declared import Declared, declarations
from pytest_llm.expectations.parts import as_expectation, explained
from pytest_llm.messages import ToolCall
from pytest_llm.schemas.faults import Fault
from pytest_llm.schemas.locating import document
from pytest_llm.text import and_list, excerpts, short
from pytest_llm.text import value as json_value
from pytest_llm.trajectory import spelled

__all__ = ["Mismatch", "Wanted", "nearest_name", "wanted"]

_LONG = 40


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Why a call is not the wanted one: another tool, or the same (``named``) with these differences."""

    named: bool
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call that is wanted: a tool with at least these arguments, or, when ``exact``, with these alone.

    ``written`` is how the test names the tool: a function by its name, a name in quotes.
    """

    name: str
    written: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    declared: Declared | None = None
    exact: bool = False

    def __str__(self) -> str:
        if not self.arguments and not self.exact:
            return f"{self.name}(...)"
        return spelled(ToolCall(self.name, self.arguments))

    @property
    def source(self) -> str:
        """How a test writes it among others."""
        if self.exact:
            return str(self)
        return self.call() if self.arguments else self.written

    def call(self, times: int | None = None) -> str:
        """Return the ``calls(...)`` that it is."""
        parts = [self.written, *(f"{name}={short(repr(value), 40)}" for name, value in self.arguments.items())]
        return f"calls({', '.join([*parts, f'times={times}'] if times else parts)})"

    def mismatch(self, made: Made) -> Mismatch | None:
        """Return why a call that was made is not this one; None when it is."""
        if made.call.name != self.name:
            return Mismatch(named=False)
        declared = self.declared or made.declared.get(self.name)
        if isinstance(made.call.arguments, Mapping):
            arguments = made.call.arguments
        elif not made.call.arguments.strip():
            arguments = {}  # how some providers spell that a tool without parameters has no arguments
        elif declared is not None and declared.free:
            return Mismatch(True, ("its input is a text without arguments",)) if self.arguments else None
        else:
            return Mismatch(True, _broken(made.call.arguments))
        violated = declared.violations(arguments) if declared is not None else []
        lines = [f"violates the schema of {self.name}, {one}" for one in violated] + self._differences(arguments)
        return Mismatch(True, tuple(lines)) if lines else None

    def _differences(self, arguments: Mapping[str, object]) -> list[str]:
        lines = []
        for name, expected in self.arguments.items():
            if name not in arguments:
                there = short(", ".join(map(repr, arguments)), 60)
                lines.append(
                    f"{name}: is there  ({f'the arguments are {there}' if there else 'there are no arguments'})"
                )
            elif not bool(arguments[name] == expected):
                lines += _difference(name, arguments[name], expected)
        if self.exact:
            lines += [
                f"{name}: is not there  (it is {short(repr(arguments[name]), 60)})"
                for name in arguments
                if name not in self.arguments
            ]
        return lines


def wanted(tool: object, arguments: Mapping[str, object]) -> Wanted:
    """Return the call of a tool (a function, a declaration or a name) with at least some arguments.

    Raises ``ConfigurationError`` for what names no tool and for arguments that its schema forbids.
    """
    given = {name: _as_json(value) for name, value in arguments.items()}
    if isinstance(tool, str) and tool.strip():
        return Wanted(tool, repr(tool), given)
    if isinstance(tool, Mapping):
        declared = _declaration(tool)
        made = Wanted(declared.name, repr(declared.name), given, declared)
    elif callable(tool) and not isinstance(tool, Expectation):
        name = getattr(tool, "__name__", type(tool).__name__)
        made = Wanted(name, name, given, _of_function(tool))
    else:
        raise ConfigurationError(f"{short(repr(tool), 60)} is no tool. A tool is a function, a declaration or a name.")
    _refuse_impossible(made)
    return made


def nearest_name(name: str, names: list[str]) -> str | None:
    """Return the name that was probably meant: the same but for case or a prefix, or one spelled alike."""
    from difflib import get_close_matches

    bare = _bare(name)
    same = next((one for one in names if _bare(one) == bare), None)
    return same or next(iter(get_close_matches(name, names, 1, 0.75)), None)


def _bare(name: str) -> str:
    """Return a name without what frameworks put before it: ``functions.f``, ``mcp__server__f``."""
    return name.rpartition(".")[2].rpartition("__")[2].rpartition("/")[2].lower()


def _declaration(tool: Mapping[str, object]) -> Declared:
    found = list(declarations([tool]).values())
    if len(found) != 1:
        names = f" ({and_list([one.name for one in found])})" if found else ""
        raise ConfigurationError(
            f"{short(repr(tool), 60)} declares {len(found)} tools{names}, not one. Give the tool's name instead."
        )
    return found[0]


def _of_function(tool: Callable[..., object]) -> Declared | None:
    """Return a function's declaration, as ``llm.ask(tools=[...])`` sends it; None when it has none."""
    from pydantic.errors import PydanticUserError

    from pytest_llm.payloads import declaration

    try:
        return _declaration(declaration(tool))
    except PydanticUserError:  # annotated with a type that has no schema: compared by name and arguments alone
        return None


def _refuse_impossible(made: Wanted) -> None:
    if made.declared is None or made.declared.schema is None:
        return
    properties = made.declared.schema.get("properties")
    known = list(properties) if isinstance(properties, Mapping) else []
    closed = (
        made.declared.schema.get("additionalProperties") is False and "patternProperties" not in made.declared.schema
    )
    for name in made.arguments:
        if closed and name not in known:
            near = nearest_name(name, known)
            meant = f" Did you mean {near!r}?" if near else ""
            there = f"Its arguments are {and_list(known)}." if known else "It has no arguments."
            raise ConfigurationError(f"The tool {made.name!r} has no argument {name!r}. {there}{meant}")
    plain = {name: value for name, value in made.arguments.items() if _is_plain(value)}
    if found := made.declared.partial_violations(plain):
        raise ConfigurationError(
            f"No call of {made.name!r} can have these arguments: they violate its schema, {'; '.join(found)}."
        )


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    return value is None or type(value) in (str, int, float, bool)


def _as_json(value: object) -> object:
    """Return a value with lists for tuples, which JSON does not have; the expectations within are in use."""
    if isinstance(value, Expectation):
        value.use()
    if isinstance(value, tuple | list):
        return [_as_json(item) for item in value]
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    return value


def _broken(arguments: str) -> tuple[str, ...]:
    found = document(arguments)
    if isinstance(found, Fault):
        return (f"its arguments are no JSON object: {found.reason}", *(f"  {line}" for line in found.lines))
    return (f"its arguments are no JSON object but {json_value(found.value, 60)}",)


def _difference(name: str, value: object, expected: object) -> list[str]:
    if as_expectation(expected) is not None:
        return [
            line for one in explained(value, expected, name) if not one.holds for line in (one.claim, *one.evidence)
        ]
    if isinstance(value, str) and isinstance(expected, str) and max(len(value), len(expected)) > _LONG:
        before, after = excerpts(expected, value, 90)
        return [f"{name} differs:", f"- {before}", f"+ {after}"]
    return [f"{name}: {short(repr(value), 60)} == {short(repr(expected), 60)}"]
