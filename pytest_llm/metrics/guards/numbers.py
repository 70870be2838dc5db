"""Numbers and units: a number of the reference that another one replaces, or its bound turned round."""

from __future__ import annotations

import math
import re

from pytest_llm.metrics.guards.quantities import Quantity, quantities
from pytest_llm.metrics.guards.reading import Reading
from pytest_llm.metrics.guards.scales import MONEY, ROUNDED

_PREFIXED = re.compile(r"(nano|micro|milli|centi|deci|kilo|mega|giga|tera|peta)(\w{3,})")
_UP = re.compile(
    r"(?:at least|no (?:less|fewer|younger) than|not (?:less|fewer) than|more than|greater than|older than|over|above|"
    r"exceed(?:s|ing)?|minimum(?: of)?|at the earliest|beyond|>=?|≥|longer than|higher than|after)\s*(?:the age of )?$",
    re.I,
)
_DOWN = re.compile(
    r"(?:at most|no (?:more|greater|longer|later|older) than|not (?:more|longer) than|less than|fewer than|"
    r"younger than|"
    r"under|below|up to|maximum(?: of)?|within|at the latest|<=?|≤|not exceed(?:ing)?|shorter than|lower than)"
    r"\s*(?:the age of )?$",
    re.I,
)
_UP_AFTER = re.compile(r"\W?(?:\w+ ){0,2}?(?:or|and) (?:more|older|above|over|longer|higher)\b|\+", re.I)
_DOWN_AFTER = re.compile(r"\W?(?:\w+ ){0,2}?(?:or|and) (?:less|fewer|younger|below|under|lower)\b", re.I)
_THAN = frozenset("more less fewer later earlier longer greater older younger".split())
# Texts with more different numbers than these are compared by the first ones.
_MOST, _RIVALS = 100, 1000
_LESSER = frozenset(
    "less lower fewer cheaper smaller shorter faster off discount reduced reduction decrease decreased cut fell "
    "dropped "
    "not without remaining rest remain left".split()
)
_CHANGES = frozenset(
    "reduc increas ris fall drop rais cut grow shrink declin climb low low decreas jump improv gain slip".split()
)
_DENIALS = frozenset("not no never without prohibited forbidden nobody neither".split())


def difference(expected: Reading, got: Reading) -> str | None:
    """Return the first number of the reference that the text contradicts."""
    wanted = quantities(expected)
    said = quantities(got) if wanted else []
    if not said:
        return None
    missing, added = _apart(wanted, said), _apart(said, wanted)
    if _remainders(missing, added) and not _LESSER.isdisjoint(expected.lows ^ got.lows):
        return None
    alone = len([one for one in missing if not one.weak]) == len([one for one in added if not one.weak]) == 1
    for one in missing:
        for other in added:
            if _contradicts(one, other, alone=alone):
                return _shown(expected, one, got, other)
    return (
        _turned(expected, wanted, got, said)
        or _by_or_to(expected, wanted, got, said)
        or (_rate(wanted, said, expected, got) if all(one.weak for one in (*missing, *added)) else None)
    )


def _by_or_to(expected: Reading, wanted: list[Quantity], got: Reading, said: list[Quantity]) -> str | None:
    """Find a change by so much that has become a change to so much."""
    if expected.stems.isdisjoint(_CHANGES) or got.stems.isdisjoint(_CHANGES):
        return None
    for one in wanted[:_MOST]:
        for other in said[:_MOST]:
            if one.value == other.value and one.dimension == other.dimension and {one.link, other.link} == {"by", "to"}:
                return f"{one.link} {_spoken(expected, one)} -> {other.link} {_spoken(got, other)}"
    return None


def _spoken(reading: Reading, one: Quantity) -> str:
    return reading.said(one.start, one.end)


def _rate(wanted: list[Quantity], said: list[Quantity], expected: Reading, got: Reading) -> str | None:
    """Find the same number per another span of time: 100 a minute, 100 a second."""
    mine, theirs = ([one for one in those if one.weak and one.dimension == "time"] for those in (wanted, said))
    if len(mine) != 1 or len(theirs) != 1 or _equal(mine[0], theirs[0]):
        return None
    counts = {one.plain for one in wanted if not one.weak} & {one.plain for one in said if not one.weak}
    return f"{_spoken(expected, mine[0])} -> {_spoken(got, theirs[0])}" if counts else None


def _remainders(missing: list[Quantity], added: list[Quantity]) -> bool:
    """Return whether one text names the share that the other leaves over: 40 % less, 60 % of."""
    if len(missing) != 1 or len(added) != 1 or {missing[0].dimension, added[0].dimension} != {"ratio"}:
        return False
    return math.isclose(missing[0].value + added[0].value, 1.0)


def _apart(found: list[Quantity], others: list[Quantity]) -> list[Quantity]:
    """Return those that the other text does not have, the same ones once."""
    there = {(one.dimension, one.value): one for one in others}
    absent = {(one.dimension, one.value, one.weak): one for one in reversed(found)}
    rest = [one for one in reversed(absent.values()) if not _at(one, there)][:_MOST]
    rivals = list(there.values())[:_RIVALS]
    return [one for one in rest if not any(_equal(one, other) for other in rivals)]


def _at(one: Quantity, there: dict[tuple[str, float], Quantity]) -> bool:
    other = there.get((one.dimension, one.value))
    return other is not None and _equal(one, other)


def _bound(reading: Reading, one: Quantity) -> int:
    head, tail = reading.text[max(0, one.start - 32) : one.start], reading.text[one.end : one.end + 32]
    if _UP_AFTER.match(tail):
        return 1
    if _DOWN_AFTER.match(tail):
        return -1
    head = head.rstrip(" $€£¥~") + " "
    down, up = _DOWN.search(head), _UP.search(head)
    if down and up:
        return -1 if down.start() < up.start() else 1
    return -1 if down else 1 if up else 0


def _equal(one: Quantity, other: Quantity) -> bool:
    if one.dimension == other.dimension:
        if math.isclose(one.value, other.value, rel_tol=1e-9):
            return one.dimension != "count" or not _rescaled(one.after, other.after)
        if one.dimension == "degree Celsius":
            return one.unit != other.unit and abs(one.value - other.value) <= 0.6
        rounded = one.unit != other.unit and (one.unit in ROUNDED or other.unit in ROUNDED)
        return rounded and math.isclose(one.value, other.value, rel_tol=0.02)
    dimensions = {one.dimension, other.dimension}
    if dimensions & {"count", "degree", "ordinal", "version"} and math.isclose(one.plain, other.plain, rel_tol=1e-9):
        return True
    return dimensions == {"count", "ratio"} and math.isclose(one.value, other.value, rel_tol=1e-9)


def _rescaled(unit: str, other: str) -> bool:
    """Return whether two words are one unit with another SI prefix: megabit, gigabit."""
    if unit == other:
        return False
    mine, theirs = _PREFIXED.fullmatch(unit), _PREFIXED.fullmatch(other)
    return bool(mine or theirs) and (mine[2] if mine else unit) == (theirs[2] if theirs else other)


def _contradicts(one: Quantity, other: Quantity, *, alone: bool) -> bool:
    near = bool(one.before) and one.before == other.before
    near = near or (bool(one.after) and one.after == other.after)
    if one.dimension == other.dimension == "times":
        return alone or near or {one.after, other.after} <= {"a", "per", "daily", "each", "every"}
    if one.weak or other.weak:
        return one.dimension == other.dimension and (near if one.dimension in ("count", "ordinal", "time") else False)
    if one.dimension == other.dimension:
        return one.dimension != "count" or alone or near
    if {one.dimension, other.dimension} <= MONEY:
        return True
    return alone and (near or "count" in (one.dimension, other.dimension))


def _turned(expected: Reading, wanted: list[Quantity], got: Reading, said: list[Quantity]) -> str | None:
    """Find a bound turned round: at least 30, at most 30. A negation turns it back."""
    if _denies(expected) != _denies(got):
        return None
    values = {one.value for one in wanted}
    bounds: dict[float, tuple[int, Quantity]] = {}
    for other in [other for other in said if other.value in values][:_MOST]:
        bound = _bound(got, other)
        if bound:
            # A value with both bounds proves nothing.
            known = bounds.get(other.value, (bound, other))[0]
            bounds[other.value] = (bound if known == bound else 0, other)
    for one in [one for one in wanted if one.value in bounds][:_MOST]:
        bound, other = bounds[one.value]
        if bound and _bound(expected, one) == -bound:
            return f"{_bounded(expected, one)} -> {_bounded(got, other)}"
    return None


def _denies(reading: Reading) -> bool:
    if reading.lows.isdisjoint(_DENIALS):
        return False
    words = reading.words
    after = [word.low for word in words[1:]] + [""]
    return sum(word.low in _DENIALS and low not in _THAN for word, low in zip(words, after, strict=True)) % 2 == 1


def _bounded(reading: Reading, one: Quantity) -> str:
    words = reading.text[max(0, one.start - 24) : one.start].split()[-2:]
    return " ".join([*words, reading.said(one.start, one.end)])


def _shown(expected: Reading, one: Quantity, got: Reading, other: Quantity) -> str:
    old, new = expected.said(one.start, one.end), got.said(other.start, other.end)
    head, _, unit = old.partition(" ")
    if unit and new.endswith(f" {unit}"):
        old = head
    return f"{old} -> {new}"
