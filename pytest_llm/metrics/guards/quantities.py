"""The numbers of a text that count or measure something, with their units and the words around them."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from decimal import Decimal

from pytest_llm.metrics import numbers, units
from pytest_llm.metrics.guards import dates
from pytest_llm.metrics.guards.reading import Reading, blanked
from pytest_llm.metrics.guards.scales import OWN_UNITS, measure
from pytest_llm.metrics.guards.words import DETERMINERS

_READ = 4000  # numbers of a text
_WORDS = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand "
    "million billion trillion dozen half quarter quarters third thirds fourth fifth sixth seventh eighth ninth "
    "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth "
    "first second both once twice double doubled tripled night couple pair triple thrice daily hourly weekly monthly "
    "yearly annual "
    "annually day hour week month year minute decade century fortnight".split()
)
_TIMES = {"once": 1, "twice": 2, "thrice": 3}
_AFTER_ONCE = frozenset("a per every each daily weekly monthly yearly annually".split())
_IMPLIED = {"both": 2, "double": 2, "doubled": 2, "couple": 2, "pair": 2, "triple": 3, "tripled": 3}
_ORDINALS = {
    name: number
    for number, name in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        1,
    )
}
_RATES = {"daily": "day", "hourly": "hour", "weekly": "week", "monthly": "month", "yearly": "year", "annual": "year",
          "annually": "year"}  # fmt: skip
_SPANS = frozenset("second minute hour day night week fortnight month year decade century".split())
_EACH = frozenset("a an per each every one".split())
_NUMBERING = re.compile(r"\b24/7\b|^[ \t]*(?:\d{1,3}[.)]|\(\d{1,3}\))(?=\s)|\[\d{1,3}\]", re.M)
_VERSION = re.compile(r"\bv?(\d+(?:\.\d+){2,})\b|\b(?:version|release|v|python|java|node) ?(\d+(?:\.\d+)*)\b", re.I)
_NTH = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
_OF_A = re.compile(r"\s+of\s+(?:an?|one)(?=\s)", re.I)
_LEFT_OUT = frozenset("business working calendar consecutive full more additional about around roughly".split())


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
    link: str = ""


def quantities(reading: Reading) -> list[Quantity]:
    """Return the numbers of a text that are no dates and no list numbering, with their units."""
    if reading.lows.isdisjoint(_WORDS) and not reading.numeric:
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
    if unit == "time":
        dimension = "times"
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
        if low in _TIMES:
            if low == "once" and not {near.low for near in reading.words[place + 1 : place + 2]} & _AFTER_ONCE:
                continue
            value, dimension = float(_TIMES[low]), "times"
        elif low in _IMPLIED:
            value, dimension = float(_IMPLIED[low]), "count"
        elif low in _ORDINALS and not (low == "second" and place and reading.words[place - 1].low == "per"):
            value, dimension = float(_ORDINALS[low]), "ordinal"
        elif low in _RATES:
            dimension, value = measure(Decimal(1), _RATES[low])
        elif low in _SPANS and place and reading.words[place - 1].low in _EACH:
            dimension, value = measure(Decimal(1), "day" if low == "night" else low)
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
    if after in OWN_UNITS and one.dimension == "count":
        dimension, value = measure(Decimal(one.plain), OWN_UNITS[after])
        one = replace(one, dimension=dimension, value=value, unit=OWN_UNITS[after])
    return replace(one, before=before, after=after, link=words[first].low if before else "")
