"""Numbers and units: a number of the reference that another one replaces, or its bound turned round."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from decimal import Decimal

from pytest_llm.metrics import numbers, units
from pytest_llm.metrics.guards import dates
from pytest_llm.metrics.guards.reading import Reading, blanked
from pytest_llm.metrics.guards.scales import MONEY, OWN_UNITS, ROUNDED, measure
from pytest_llm.metrics.guards.stems import stem
from pytest_llm.metrics.guards.words import DETERMINERS

_WORDS = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand "
    "million billion trillion dozen half quarter quarters third thirds fourth fifth sixth seventh eighth ninth "
    "tenth first second both twice double couple pair triple thrice daily hourly weekly monthly yearly annual "
    "annually day hour week month year minute decade century fortnight".split()
)
_IMPLIED = {"both": 2, "twice": 2, "double": 2, "doubled": 2, "couple": 2, "pair": 2, "triple": 3, "thrice": 3}
_ORDINALS = {
    name: number
    for number, name in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1)
}
_RATES = {"daily": "day", "hourly": "hour", "weekly": "week", "monthly": "month", "yearly": "year", "annual": "year",
          "annually": "year"}  # fmt: skip
_SPANS = frozenset("second minute hour day week fortnight month year decade century".split())
_EACH = frozenset("a an per each every one".split())
_NUMBERING = re.compile(r"\b24/7\b|^[ \t]*(?:\d{1,3}[.)]|\(\d{1,3}\))(?=\s)|\[\d{1,3}\]", re.M)
_VERSION = re.compile(r"\bv?(\d+(?:\.\d+){2,})\b|\b(?:version|release|v|python|java|node) ?(\d+(?:\.\d+)*)\b", re.I)
_NTH = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
_OF_A = re.compile(r"\s+of\s+(?:an?|one)(?=\s)", re.I)
_PREFIXED = re.compile(r"(nano|micro|milli|centi|deci|kilo|mega|giga|tera|peta)(\w{3,})")
_LEFT_OUT = frozenset("business working calendar consecutive full more additional about around roughly".split())

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
_MOST, _RIVALS, _READ = 100, 1000, 4000
_DENIALS = frozenset("not no never without prohibited forbidden nobody neither".split())


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as said: its value in the base unit of its dimension, and the words around it."""

    value: float
    plain: float
    dimension: str
    unit: str
    start: int
    end: int
    before: str = ""
    after: str = ""
    weak: bool = False


def difference(expected: Reading, got: Reading) -> str | None:
    """Return the first number of the reference that the text contradicts."""
    wanted = quantities(expected)
    said = quantities(got) if wanted else []
    if not said:
        return None
    missing, added = _apart(wanted, said), _apart(said, wanted)
    alone = len([one for one in missing if not one.weak]) == len([one for one in added if not one.weak]) == 1
    for one in missing:
        for other in added:
            if _contradicts(one, other, alone=alone):
                return _shown(expected, one, got, other)
    return _turned(expected, wanted, got, said)


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


def quantities(reading: Reading) -> list[Quantity]:
    """Return the numbers of a text that are no dates and no list numbering, with their units."""
    if reading.lows.isdisjoint(_WORDS) and not any(map(str.isnumeric, reading.text)):
        return []
    text = blanked(reading.prose, [(one.start, one.end) for one in dates.mentions(reading)])
    text = blanked(text, [found.span() for found in _NUMBERING.finditer(text)])
    named = list(_named(text))
    text = blanked(text, [(one.start, one.end) for one in named])
    found = [_quantity(one, text) for one in numbers.numbers_in(text)]
    taken = {place for one in found for place in range(one.start, one.end)}
    found = _in_so_many(text, found) + named
    found += [one for one in _implied(reading) if one.start not in taken]
    found.sort(key=lambda one: one.start)
    starts = [word.start for word in reading.words]
    return [_placed(one, reading, starts) for one in found[:_READ]]


def _named(text: str) -> list[Quantity]:
    """Return versions and ordinals written in digits: they are equal or not, and count nothing."""
    found = []
    for match in _VERSION.finditer(text):
        which = 1 if match[1] else 2
        value = float(sum(int(part[:9]) * 1000.0**-at for at, part in enumerate(match[which].split(".")[:5])))
        found.append(Quantity(value, value, "version", "", *match.span(which)))
    found += [Quantity(float(m[1]), float(m[1]), "ordinal", "", *m.span()) for m in _NTH.finditer(text)]
    return found


def _quantity(number: numbers.Number, text: str) -> Quantity:
    unit, end = number.unit, number.end
    if not unit and number.value < 1 and (of := _OF_A.match(text, end)):
        unit, end = units.after(text, of.end())
        end = end if unit else number.end
    dimension, value = measure(number.value, unit)
    weak = number.text.lower() == "one"
    if dimension == "count" and 0 < value < 1 and not any(char.isdigit() for char in number.text):
        dimension = "ratio"
    return Quantity(value, float(number.value), dimension, unit, number.start, end, weak=weak)


def _in_so_many(text: str, found: list[Quantity]) -> list[Quantity]:
    """Read "one in four" and "3 out of 4" as the share they are."""
    kept: list[Quantity] = []
    for one in found:
        last = kept[-1] if kept else None
        linked = last and text[last.end : one.start].lower() in (" in ", " out of ")
        if last and linked and last.dimension == one.dimension == "count" and 0 < last.plain < one.plain:
            share = last.plain / one.plain
            kept[-1] = Quantity(share, share, "ratio", "", last.start, one.end)
        else:
            kept.append(one)
    return kept


def _implied(reading: Reading) -> list[Quantity]:
    """Return what counts without a number: both, twice, the third, a week, monthly."""
    found = []
    for place, word in enumerate(reading.words):
        low = word.low
        start = word.start
        if low in _IMPLIED:
            value, dimension = float(_IMPLIED[low]), "count"
        elif low in _ORDINALS and not (low == "second" and place and reading.words[place - 1].low == "per"):
            value, dimension = float(_ORDINALS[low]), "ordinal"
        elif low in _RATES:
            dimension, value = measure(Decimal(1), _RATES[low])
        elif low in _SPANS and place and reading.words[place - 1].low in _EACH:
            dimension, value = measure(Decimal(1), low)
            start = reading.words[place - 1].start
            if [near.low for near in reading.words[place + 1 : place + 4]] == ["and", "a", "half"]:
                value *= 1.5
        else:
            continue
        found.append(Quantity(value, value, dimension, low, start, word.end, weak=True))
    return found


def _placed(one: Quantity, reading: Reading, starts: list[int]) -> Quantity:
    """Note the words around a number, and whether it is a lower or an upper bound."""
    words = reading.words
    first, last = bisect_left(starts, one.start) - 1, bisect_left(starts, one.end)
    sentence = words[first + 1].sentence if first + 1 < len(words) else -1
    while first >= 0 and (words[first].low in DETERMINERS or words[first].low in _LEFT_OUT):
        first -= 1
    while last < len(words) and words[last].low in _LEFT_OUT:
        last += 1
    before = words[first].stem if first >= 0 and words[first].sentence == sentence else ""
    after = words[last].stem if last < len(words) and words[last].sentence == sentence else ""
    if one.unit in ("twice", "thrice"):
        after = stem("time")
    if after in OWN_UNITS and one.dimension == "count":
        dimension, value = measure(Decimal(one.plain), OWN_UNITS[after])
        one = replace(one, dimension=dimension, value=value, unit=OWN_UNITS[after])
    return replace(one, before=before, after=after)


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
