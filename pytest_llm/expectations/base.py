"""What stands on the right side of ``==``: an expectation, what it found, and how expectations combine."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import CodeType
from typing import Any

from pytest_llm import host
from pytest_llm.errors import ConfigurationError
from pytest_llm.messages import Response
from pytest_llm.text import short

__all__ = [
    "Expectation",
    "Finding",
    "all_of",
    "any_of",
    "as_expectation",
    "explained",
    "no_text",
    "satisfies",
    "text_of",
    "unfit",
]

_PACKAGE = str(Path(__file__).parents[1])
LINES = 7  # of evidence below the claim; with it the eight lines that pytest shows


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    ``claim`` reads after "assert": what had to hold, with the measured values. ``evidence`` are at most seven lines
    below it; ``whole`` are lines shown under ``-vv``: the texts in full. ``unfit`` says that the value is nothing that
    could be checked, so that neither the expectation nor its opposite holds.
    """

    holds: bool
    claim: str
    evidence: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    unfit: bool = False


class Expectation(ABC):
    """The right side of ``==``: checks a value and says what it found.

    Combine with ``&``, ``|`` and ``~``; use inside lists and dicts. It has no truth value of its own.
    """

    __hash__ = None  # type: ignore[assignment]

    used = False
    made_at: tuple[CodeType, int] | None = None

    def __new__(cls, *args: object, **kwargs: object) -> Expectation:
        """Make it known to the run, which fails a test whose expectation is never compared."""
        self = super().__new__(cls)
        runner = host.current()
        if runner is not None:
            frame = sys._getframe(1)
            while frame.f_back is not None and frame.f_code.co_filename.startswith((_PACKAGE, "<string>")):
                frame = frame.f_back
            self.made_at = (frame.f_code, frame.f_lasti)
            runner.made(self)
        return self

    @abstractmethod
    def finding(self, value: object) -> Finding:
        """Check a value; whoever calls it has compared the expectation."""

    @abstractmethod
    def __repr__(self) -> str: ...

    def check(self, value: object) -> Finding:
        """Return what holds of a value and what was measured."""
        self.use()
        return self.finding(value)

    def use(self) -> None:
        """Note that the expectation is compared, or part of one that will be."""
        self.used = True

    def __eq__(self, value: object) -> bool:
        if isinstance(value, Expectation):
            return self is value
        return self.check(value).holds

    def __ne__(self, value: object) -> bool:
        if isinstance(value, Expectation):
            return self is not value
        found = self.check(value)
        return not found.holds and not found.unfit

    def __bool__(self) -> bool:
        said = repr(self)
        raise ConfigurationError(
            f"{said} is neither true nor false by itself. Did you mean: assert response == {said}?"
        )

    def __and__(self, other: Expectation) -> Expectation:
        return all_of(*_flat(AllOf, self), *_flat(AllOf, other))

    def __or__(self, other: Expectation) -> Expectation:
        return any_of(*_flat(AnyOf, self), *_flat(AnyOf, other))

    def __invert__(self) -> Expectation:
        return Not(self)


@dataclass(eq=False, repr=False)
class AllOf(Expectation):
    """Every one of several expectations."""

    parts: Sequence[Expectation]

    def __repr__(self) -> str:
        return f"all_of({', '.join(map(repr, self.parts))})"

    def finding(self, value: object) -> Finding:
        """Show those that failed."""
        found = [part.check(value) for part in self.parts]
        failed = [one for one in found if not one.holds]
        if len(failed) == 1:
            return failed[0]
        if failed:
            return several(f"{len(failed)} of {len(found)} expectations fail", failed, holds=False)
        return several(f"all {len(found)} expectations hold", found, holds=True)


@dataclass(eq=False, repr=False)
class AnyOf(Expectation):
    """At least one of several expectations."""

    parts: Sequence[Expectation]

    def __repr__(self) -> str:
        return f"any_of({', '.join(map(repr, self.parts))})"

    def finding(self, value: object) -> Finding:
        """Stop at the first that holds."""
        failed = []
        for part in self.parts:
            part.use()
        for part in self.parts:
            one = part.check(value)
            if one.holds:
                return one
            failed.append(one)
        return several(f"none of {len(failed)} expectations holds", failed, holds=False)


@dataclass(eq=False, repr=False)
class Not(Expectation):
    """The opposite of an expectation."""

    part: Expectation

    def __post_init__(self) -> None:
        self.part.use()

    def __repr__(self) -> str:
        return f"~{self.part!r}"

    def __invert__(self) -> Expectation:
        return self.part

    def finding(self, value: object) -> Finding:
        """Negate the claim."""
        found = self.part.check(value)
        if found.unfit:
            return found
        return Finding(not found.holds, f"not {found.claim}", found.evidence, found.whole)


@dataclass(eq=False, repr=False)
class Satisfies(Expectation):
    """A predicate of the user's own."""

    predicate: Callable[[Any], object]
    name: str

    def __repr__(self) -> str:
        return f"satisfies({self.name})"

    def finding(self, value: object) -> Finding:
        """Ask the predicate."""
        answer = self.predicate(value)
        if isinstance(answer, Expectation):
            raise ConfigurationError(f"satisfies({self.name}) returned {answer!r}, not whether the value satisfies it.")
        return Finding(bool(answer), f"satisfies({self.name})", (f"got {short(shown(value), 96)}",))


def all_of(*expectations: Expectation) -> Expectation:
    """Expect every one of them; the failure shows only those that failed. The same as ``a & b``."""
    return AllOf(_parts("all_of", expectations))


def any_of(*expectations: Expectation) -> Expectation:
    """Expect at least one of them; the failure shows each. The same as ``a | b``."""
    return AnyOf(_parts("any_of", expectations))


def satisfies(predicate: Callable[[Any], object], name: str = "") -> Expectation:
    """Expect that a function of your own returns something true; ``name`` is how the failure calls it."""
    if not callable(predicate):
        raise ConfigurationError(f"satisfies({predicate!r}) needs a function of one argument.")
    return Satisfies(predicate, name or getattr(predicate, "__name__", repr(predicate)))


def text_of(value: object) -> str | None:
    """Return the text of a string or a response; None of anything else."""
    if isinstance(value, str):
        return value
    return value.text if isinstance(value, Response) else None


def no_text(value: object) -> Finding:
    """Return the finding for a value that has no text to check."""
    return unfit(f"{short(repr(value), 60)} is a text  (it is {_a(type(value).__name__)})")


def unfit(claim: str, *evidence: str) -> Finding:
    """Return the finding for a value that cannot be checked, which fails the opposite too."""
    return Finding(False, claim, evidence, unfit=True)


def as_expectation(value: object) -> Expectation | None:
    """Return the expectation that a value holds: itself, or the parts of a list, tuple or dict; None if it has none."""
    if isinstance(value, Expectation):
        return value
    return Parts(value) if _holds_expectation(value) else None


@dataclass(eq=False, repr=False)
class Parts(Expectation):
    """A list or dict with expectations inside."""

    expected: object

    def __repr__(self) -> str:
        return repr(self.expected)

    def finding(self, value: object) -> Finding:
        """Show the parts that fail, each with its path."""
        found = list(explained(value, self.expected))
        failed = [one for one in found if not one.holds]
        if len(failed) == 1:
            return failed[0]
        return several(f"{len(failed)} of {len(found)} parts fail", failed, holds=not failed)


def explained(value: object, expected: object, path: str = "$") -> list[Finding]:
    """Return a finding for each part of a list or dict that holds expectations."""
    if isinstance(expected, Expectation):
        one = expected.check(value)
        return [replace(one, claim=f"{path}: {one.claim}")]
    if isinstance(expected, dict) and isinstance(value, dict):
        return _explained_dict(value, expected, path)
    if isinstance(expected, list | tuple) and type(value) is type(expected):
        return _explained_list(value, expected, path)
    return [Finding(bool(value == expected), f"{path}: {short(repr(value), 60)} == {short(repr(expected), 60)}")]


def several(claim: str, found: Sequence[Finding], *, holds: bool) -> Finding:
    """Return one finding of several: their claims below the common one, with their evidence while there is room."""
    listed = found if len(found) <= LINES else found[: LINES - 1]
    room = LINES - len(listed) - (len(found) > LINES)
    lines: list[str] = []
    for one in listed:
        evidence = one.evidence[:room]
        room -= len(evidence)
        lines += [f"  {one.claim}", *(f"    {line}" for line in evidence)]
    if len(found) > LINES:
        lines.append(f"  and {len(found) - LINES + 1} more")
    whole = tuple(dict.fromkeys(line for one in found for line in one.whole))
    return Finding(holds, claim, tuple(lines), whole, any(one.unfit for one in found))


def shown(value: object) -> str:
    """Return the text of a value, or its repr."""
    text = text_of(value)
    return repr(value) if text is None else repr(text)


def _explained_dict(value: dict[object, object], expected: dict[object, object], path: str) -> list[Finding]:
    found = []
    for key, wanted in expected.items():
        place = f"{path}.{key}" if isinstance(key, str) and key.isidentifier() else f"{path}[{key!r}]"
        if key in value:
            found += explained(value[key], wanted, place)
        else:
            _use(wanted)
            found.append(Finding(False, f"{place}: is there  (the keys are {short(', '.join(map(repr, value)), 60)})"))
    extra = [key for key in value if key not in expected]
    if extra:
        found.append(Finding(False, f"{path}: has no key {', '.join(map(repr, extra))}"))
    return found


def _explained_list(value: Sequence[object], expected: Sequence[object], path: str) -> list[Finding]:
    found = []
    for index, wanted in enumerate(expected):
        if index < len(value):
            found += explained(value[index], wanted, f"{path}[{index}]")
        else:
            _use(wanted)
    if len(value) != len(expected):
        found.append(Finding(False, f"{path}: length {len(value)} == {len(expected)}"))
    return found


def _use(expected: object) -> None:
    """Note every expectation within a value as compared."""
    if isinstance(expected, Expectation):
        expected.use()
    elif isinstance(expected, dict):
        for item in expected.values():
            _use(item)
    elif isinstance(expected, list | tuple):
        for item in expected:
            _use(item)


def _holds_expectation(value: object, depth: int = 8) -> bool:
    if isinstance(value, Expectation):
        return True
    if depth == 0 or not isinstance(value, dict | list | tuple):
        return False
    items = value.values() if isinstance(value, dict) else value
    return any(_holds_expectation(item, depth - 1) for item in items)


def _parts(name: str, expectations: Sequence[Expectation]) -> tuple[Expectation, ...]:
    if not expectations:
        raise ConfigurationError(f"{name}() needs at least one expectation: with none it could never fail.")
    for one in expectations:
        if not isinstance(one, Expectation):
            raise ConfigurationError(f"{name}() takes expectations, and {one!r} is none.")
        one.use()
    return tuple(expectations)


def _flat(kind: type[AllOf] | type[AnyOf], expectation: Expectation) -> Sequence[Expectation]:
    return expectation.parts if isinstance(expectation, kind) else (expectation,)


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
