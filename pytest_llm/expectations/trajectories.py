"""Expectations of a whole run of tool calls: exactly these, in order, all, at most; precision and recall."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import LINES, Expectation, Finding, limited
from pytest_llm.expectations.conduct import Conduct, conduct_of, no_conduct
from pytest_llm.expectations.matching import paired, paired_in_order
from pytest_llm.expectations.tools import Tool, listing, name_evidence, wanted_calls
from pytest_llm.expectations.wanted import Mismatch, Wanted
from pytest_llm.messages import ToolCall
from pytest_llm.text import plural, short

__all__ = ["Agreement", "agreement", "calls_all", "calls_at_most", "calls_exactly", "calls_in_order"]

_Table = list[list[Mismatch | None]]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a run is compared: by what name, whether the order counts, what may be missing, what may be extra."""

    name: str
    claim: str
    ordered: bool
    may_miss: bool = False
    may_add: bool = False


_EXACTLY = Kind("calls_exactly", "calls exactly", ordered=True)
_EXACTLY_ANY = Kind("calls_exactly", "calls in any order exactly", ordered=False)
_IN_ORDER = Kind("calls_in_order", "calls in this order", ordered=True, may_add=True)
_ALL = Kind("calls_all", "calls all of", ordered=False, may_add=True)
_AT_MOST = Kind("calls_at_most", "calls at most", ordered=False, may_miss=True)


@dataclass(eq=False, repr=False)
class Run(Expectation):
    """Several calls, compared in one of these ways."""

    kind: Kind
    expected: Sequence[Wanted]

    def __repr__(self) -> str:
        order = ", any_order=True" if self.kind is _EXACTLY_ANY else ""
        return f"{self.kind.name}({', '.join(one.source for one in self.expected)}{order})"

    def finding(self, value: object) -> Finding:
        """Show which call matches, which is missing and which is extra."""
        conduct = conduct_of(value)
        if conduct is None:
            return no_conduct(value)
        table = _table(self.expected, conduct)
        pairs = _pairs(table, ordered=self.kind.ordered)
        missing = len(self.expected) - len(pairs)
        extra = len(conduct.made) - len(pairs)
        holds = (self.kind.may_miss or not missing) and (self.kind.may_add or not extra)
        wanted = short(listing(self.expected), 80)
        told = self._told(table, conduct, missing, extra)
        lines = () if holds else _Alignment(self.kind, self.expected, conduct, table, pairs).lines()
        return Finding(holds, f"{self.kind.claim} {wanted}  ({told})", lines, conduct.whole)

    def _told(self, table: _Table, conduct: Conduct, missing: int, extra: int) -> str:
        if not conduct.made:
            return conduct.told
        if missing and self.kind.ordered and len(paired(_fits(table))) == len(self.expected):
            return "each is called, but in another order"
        if self.kind.may_miss:
            return f"{plural(len(conduct.made), 'call')}, {extra or 'none'} extra"
        told = [f"{len(self.expected) - missing} of {plural(len(self.expected), 'call')} made"]
        told += [f"{missing} missing"] if missing else []
        told += [f"{extra} extra"] if extra and not self.kind.may_add else []
        return ", ".join(told)


def calls_exactly(*calls: Tool | Expectation | ToolCall, any_order: bool = False) -> Expectation:
    """Expect these calls in this order and no others; with ``any_order``, these and no others.

    Each of ``calls`` is a ``calls(...)``, a tool, a name, or a tool call, which is to have just these arguments
    (``calls_exactly(*reference.calls)``). Vertex AI's ``trajectory_exact_match``; LangChain's ``strict`` and,
    in any order, ``unordered``.
    """
    return Run(_EXACTLY_ANY if any_order else _EXACTLY, wanted_calls("calls_exactly", calls))


def calls_in_order(*calls: Tool | Expectation | ToolCall) -> Expectation:
    """Expect these calls in this order; others may stand before, between and after them.

    Vertex AI's ``trajectory_in_order_match``.
    """
    return Run(_IN_ORDER, wanted_calls("calls_in_order", calls))


def calls_all(*calls: Tool | Expectation | ToolCall) -> Expectation:
    """Expect all these calls in any order, each by a call of its own; there may be others.

    Vertex AI's ``trajectory_any_order_match``, LangChain's ``superset``.
    """
    return Run(_ALL, wanted_calls("calls_all", calls))


def calls_at_most(*calls: Tool | Expectation | ToolCall) -> Expectation:
    """Expect no calls but these, each at most once (``calls(..., times=n)``: n times), in any order.

    LangChain's ``subset``. To allow any number of each: ``calls_only``.
    """
    return Run(_AT_MOST, wanted_calls("calls_at_most", calls))


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many of the calls made and of those expected are pairs of a maximum matching of the two."""

    paired: int
    made: int
    expected: int

    @property
    def precision(self) -> float:
        """The share of the calls made that are expected; 0.0 when none is made."""
        return self.paired / self.made if self.made else 0.0

    @property
    def recall(self) -> float:
        """The share of the expected calls that are made."""
        return self.paired / self.expected


def agreement(value: object, expected: object) -> Agreement:
    """Return how the calls of a value agree with expected ones: a list of them, one alone, or another run."""
    conduct, reference = conduct_of(value), conduct_of(expected) if not isinstance(expected, list | tuple) else None
    if reference is not None:
        expected = [made.call for made in reference.made]
    if isinstance(expected, str | Mapping | Expectation) or callable(expected):
        expected = [expected]
    if not isinstance(expected, Iterable):
        raise ConfigurationError(f"{short(repr(expected), 60)} is no list of expected calls, nor a trajectory.")
    given = list(expected)
    if conduct is None or not given:
        raise ConfigurationError(
            "Precision and recall need at least one expected call. To expect none: trajectory == calls_nothing()."
        )
    wanted = wanted_calls("calls_all", given)
    return Agreement(len(paired(_fits(_table(wanted, conduct)))), len(conduct.made), len(wanted))


def _table(expected: Sequence[Wanted], conduct: Conduct) -> _Table:
    return [[one.mismatch(made) for made in conduct.made] for one in expected]


def _fits(table: _Table) -> list[list[bool]]:
    return [[mismatch is None for mismatch in row] for row in table]


def _pairs(table: _Table, *, ordered: bool) -> dict[int, int]:
    return (paired_in_order if ordered else paired)(_fits(table))


_Mark = Literal["= ", "- ", "+ ", "  "]


@dataclass(frozen=True, slots=True)
class _Alignment:
    """The expected calls beside those made, line by line: = matches, - is missing, + is extra."""

    kind: Kind
    expected: Sequence[Wanted]
    conduct: Conduct
    table: _Table
    pairs: Mapping[int, int]

    def lines(self) -> tuple[str, ...]:
        """Return at most as many lines as a failure shows; what matches gives way first."""
        groups = self._groups()
        flat = [line for _, lines in groups for line in lines]
        return tuple(flat) if len(flat) <= LINES else limited(_folded(groups))

    def _groups(self) -> list[tuple[_Mark, list[str]]]:
        owner = {made: wanted for wanted, made in self.pairs.items()}
        missing = [index for index in range(len(self.expected)) if index not in self.pairs]
        groups: list[tuple[_Mark, list[str]]] = []
        for index, made in enumerate(self.conduct.made):
            if index in owner:
                while self.kind.ordered and missing and missing[0] < owner[index]:
                    groups.append(self._missing(missing.pop(0)))
                groups.append(("= ", [f"= {made}"]))
            else:
                groups.append(self._other(index))
        return groups + ([] if self.kind.may_miss else [self._missing(index) for index in missing])

    def _missing(self, index: int) -> tuple[_Mark, list[str]]:
        one = self.expected[index]
        is_called = any(mismatch is None or mismatch.named for mismatch in self.table[index])
        hint = [] if is_called else name_evidence(one.name, self.conduct)
        return "- ", [f"- {one}", *(f"    {line}" for line in hint)]

    def _other(self, index: int) -> tuple[_Mark, list[str]]:
        """Return a call that has no part, with its difference from an expected one of the same tool that is missing."""
        rows = [row for number, row in enumerate(self.table) if number not in self.pairs]
        near = [row[index] for row in rows]
        named = [one for one in near if one is not None and one.named]
        lines = min(named, key=lambda one: len(one.lines)).lines if named else ()
        mark: _Mark = "  " if self.kind.may_add and not named else "+ "
        return mark, [f"{mark}{self.conduct.made[index]}", *(f"    {line}" for line in lines)]


def _folded(groups: Sequence[tuple[_Mark, list[str]]]) -> list[str]:
    """Return the lines with each stretch of calls that are as they should be in one."""
    lines: list[str] = []
    calm = 0
    for mark, group in [*groups, ("- ", [])]:
        if mark in ("= ", "  "):
            calm += 1
            continue
        if calm:
            lines.append(f"= {plural(calm, 'call')}")
        calm = 0
        lines += group
    return lines
