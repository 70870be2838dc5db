"""What stands on the right side of ``==``: an expectation, what it found, and how expectations combine."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

from pytest_llm import host
from pytest_llm.errors import ConfigurationError
from pytest_llm.messages import Response
from pytest_llm.text import short

__all__ = [
    "Drawn",
    "Expectation",
    "Finding",
    "all_of",
    "any_of",
    "limited",
    "no_text",
    "satisfies",
    "several",
    "text_of",
    "unfit",
]

_PACKAGE = str(Path(__file__).parents[1])
LINES = 7  # of evidence below the claim; with it the eight lines that pytest shows


class Drawn(ABC):
    """Several answers to one request: an expectation of it is one of every draw."""

    @property
    @abstractmethod
    def draws(self) -> Sequence[Response]:
        """The answers, in order."""


_UNCHANGING = (str, bytes, int, float, Response, Drawn, type(None))


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

    takes_samples = False
    """Whether it is of a sample as a whole; any other is of each of its draws."""
    compared = False
    absorbed = False
    negated = False
    made_at: tuple[CodeType, int] | None = None
    _last: tuple[object, Finding] | None = None

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
        __tracebackhide__ = True
        self.compared = True
        found = self._of_each(value) if isinstance(value, Drawn) and not self.takes_samples else self.finding(value)
        self._last = (value, found)
        return found

    def _of_each(self, sample: Drawn) -> Finding:
        from pytest_llm.expectations.draws import of_each

        return of_each(self, sample.draws)

    def found(self, value: object) -> Finding:
        """Return what the last check found if it was of this very value, else check it."""
        if self._last is not None and self._last[0] is value:
            return self._last[1]
        return self.check(value)

    def use(self) -> None:
        """Note that the expectation is part of another, which has to be compared in its stead."""
        self.absorbed = True

    def negate(self) -> None:
        """Note that the opposite is expected."""
        self.negated = not self.negated

    def __eq__(self, value: object) -> bool:
        __tracebackhide__ = True
        if isinstance(value, Expectation):
            return self is value
        return self._compare(value).holds

    def __ne__(self, value: object) -> bool:
        __tracebackhide__ = True
        if isinstance(value, Expectation):
            return self is not value
        found = self._compare(value)
        return not found.holds and not found.unfit

    def _compare(self, value: object) -> Finding:
        """Check a value; to explain a failed comparison pytest compares once more, which need not be checked anew."""
        __tracebackhide__ = True
        return self.found(value) if isinstance(value, _UNCHANGING) else self.check(value)

    def __bool__(self) -> bool:
        raise ConfigurationError(
            f"{self!r} is neither true nor false by itself. "
            f"Did you mean: assert response == {self!r}, or response != {self!r}?"
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
            return several(f"all {len(found)} expectations hold  ({len(failed)} fail)", failed, holds=False)
        return several(f"all {len(found)} expectations hold", found, holds=True)

    def negate(self) -> None:
        """Negate every part."""
        for part in self.parts:
            part.negate()


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
            one = part.check(value)
            if one.holds:
                return one
            failed.append(one)
        return several(f"any of {len(failed)} expectations holds  (none does)", failed, holds=False)

    def negate(self) -> None:
        """Negate every part."""
        for part in self.parts:
            part.negate()


@dataclass(eq=False, repr=False)
class Not(Expectation):
    """The opposite of an expectation."""

    part: Expectation

    def __post_init__(self) -> None:
        self.part.use()
        self.part.negate()

    def __repr__(self) -> str:
        return f"~{self.part!r}"

    def __invert__(self) -> Expectation:
        self.use()
        self.part.absorbed = False  # it is the one that has to be compared again
        self.part.negate()
        return self.part

    def negate(self) -> None:
        """Negate what this negates."""
        self.part.negate()

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
        __tracebackhide__ = True
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
    return unfit(f"{short(repr(value), 60)} is a text or a response  (its type is {type(value).__name__})")


def unfit(claim: str, *evidence: str) -> Finding:
    """Return the finding for a value that cannot be checked, which fails the opposite too."""
    return Finding(False, claim, evidence, unfit=True)


def limited(lines: Sequence[str], most: int = LINES) -> tuple[str, ...]:
    """Return at most so many lines, the last of them saying how many more there are."""
    if len(lines) <= most:
        return tuple(lines)
    return (*lines[: most - 1], f"and {len(lines) - most + 1} more")


def several(claim: str, found: Sequence[Finding], *, holds: bool) -> Finding:
    """Return one finding of several: their claims below the common one, with their evidence while there is room."""
    listed = found if len(found) <= LINES else found[: LINES - 1]
    room = LINES - len(listed) - (len(found) > LINES)
    lines: list[str] = []
    for one in listed:
        evidence = one.evidence if len(one.evidence) <= room else ()  # half a difference shows nothing
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


def _parts(name: str, expectations: Sequence[Expectation]) -> tuple[Expectation, ...]:
    if not expectations:
        raise ConfigurationError(f"{name}() needs at least one expectation: with none it could never fail.")
    for one in expectations:
        if not isinstance(one, Expectation):
            raise ConfigurationError(f"{name}() takes expectations, and {one!r} is none.")
        one.use()
    return tuple(expectations)


def _flat(kind: type[AllOf] | type[AnyOf], expectation: Expectation) -> Sequence[Expectation]:
    if not isinstance(expectation, kind):
        return (expectation,)
    expectation.use()
    return expectation.parts
