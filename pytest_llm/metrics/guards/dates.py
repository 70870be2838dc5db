"""Dates and times: another day, month, year, weekday or hour."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pytest_llm.metrics.guards.reading import Reading

_MONTHS = "january february march april may june july august september october november december".split()
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTH_OF = {name: number for number, name in enumerate(_MONTHS, 1)}
_MONTH_OF |= {name[:3]: number for name, number in _MONTH_OF.items()} | {"sept": 9}
_DAY_OF = {name[:3]: number for number, name in enumerate(_DAYS)}
_SPOKEN = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
_SPOKEN += "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
_ORDINALS = {name: number for number, name in enumerate(_SPOKEN.split(), 1)}
_HOURS = {
    name: number
    for number, name in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
}

_MONTH = (
    rf"(?:{'|'.join(name.capitalize() for name in _MONTHS)}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_FULL_MONTH = "|".join(name.capitalize() for name in _MONTHS if name not in {"may", "march"})
_DAY = rf"(?:(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?\b|{'|'.join(_ORDINALS)}\b)"
_YEAR = r"(?:1[0-9]|20)\d\d\b"
_ISO = r"\b(?P<iy>\d{4})[-/](?P<im>\d{1,2})[-/](?P<id>\d{1,2})\b"
_SLASHED = r"\b(?P<a>\d{1,2})(?P<sep>[/.-])(?P<b>\d{1,2})(?P=sep)(?P<sy>\d{4}|\d\d)\b"
_LINK = r"\s?(?:-|\u2013|to|and)\s?"
_MD = rf"\b(?P<mdm>{_MONTH})\s+(?:the\s+)?(?P<mdd>{_DAY})(?:{_LINK}(?P<mde>{_DAY}))?(?:,?\s+(?P<mdy>{_YEAR}))?"
_DM = (
    rf"\b(?P<dmd>{_DAY})(?:{_LINK}(?P<dme>{_DAY}))?\s+(?:day\s+)?(?:of\s+)?(?P<dmm>{_MONTH})(?:,?\s+(?P<dmy>{_YEAR}))?"
)
_MY = rf"\b(?P<mym>{_MONTH})(?:\s+of)?,?\s+(?P<myy>{_YEAR})"
_M = (
    rf"\b(?P<m>{_FULL_MONTH})\b"
    r"|\b(?:in|of|by|on|until|since|after|before|early|late|every|during|from|to|and|this|next|last)"
    rf" (?P<m2>May|March)\b(?!\s+(?:the\s+)?{_DAY}|,?\s+(?:of\s+)?{_YEAR})"
)
_Y = (
    r"\b(?:in|of|by|to),? (?P<y>(?:1[0-9]|20)\d\d)\b(?![,.]?\d|\s?%|\s?-\s?\d)"
    r"|\b(?:since|from|until|till|before|after|during|year|around|circa|between|and|summer|autumn|fall|winter|spring),?"
    r" (?P<y2>(?:1[5-9]|20)\d\d)\b(?![,.]?\d|\s?%|(?:-| )[a-z]{3,})|\((?P<y3>(?:1[5-9]|20)\d\d)\)"
)
_DECADE = r"\b(?P<decade>(?:1[5-9]|20)\d0)'?s\b"
_NTH = r"\bthe (?P<nth>\d{1,2})(?:st|nd|rd|th)\b(?= of (?:each|every|the) month|\s*[.,;!?]|\s*$)"
_TIME = re.compile(
    r"\b(?P<h>[01]?\d|2[0-4])(?:(?::|\.(?=\d\d ?[ap]m))(?P<min>[0-5]\d))?(?::[0-5]\d)?"
    r"(?:\s?(?P<half>[ap])m\b|\s?(?P<clock>o'clock|hrs|h)\b)?"
    r"(?P<part>\s(?:o'clock\s)?in the (?:morning|afternoon|evening)|\sat night)?"
    r"|\b(?P<word>noon|midday|midnight)\b"
    r"|\b(?P<past>half|quarter|ten|twenty|five) (?P<to>past|to) (?P<hour>" + "|".join(_HOURS) + r")\b"
    r"|\b(?P<spoken>" + "|".join(_HOURS) + r") (?:o'clock|(?P<shalf>[ap])m)\b",
    re.I,
)
_DATE = re.compile("|".join((_ISO, _SLASHED, _MD, _DM, _MY, _DECADE, _NTH, _M, _Y)))
_WEEKDAY = re.compile(
    r"\b(?:(?P<from>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?)(?:\s?(?:-|\u2013|to|through|till|until)\s?"
    r"(?P<to>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?))?"
    r"|(?P<short>Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun)\b(?=[.,]| \d| at )"
    r"|(?P<set>weekdays?|weekends?))\b",
)
_QUARTER = re.compile(r"\b(?:Q([1-4])|(first|second|third|fourth) quarter)\b", re.I)
_SEASON = re.compile(
    r"\b(?:in|during|of|next|last|this)(?: the)?(?: early| late)? (spring|summer|autumn|fall|winter)\b", re.I
)
_RELATIVE = re.compile(
    r"\b(today|tonight|tomorrow|yesterday|(?:next|last|this|previous|following) (?:week|month|year|quarter))\b", re.I
)
_PART = re.compile(r"\b(morning|afternoon|evening|night)s?\b", re.I)
_SAME = {
    "fall": "autumn",
    "tonight": "today",
    "first": "1",
    "second": "2",
    "third": "3",
    "fourth": "4",
    "evening": "night",
}
# Texts with more different dates than these are compared by the first ones.
_MOST, _RIVALS = 100, 1000
_OFFSETS = {"past": 1, "to": -1}
_MINUTES = {"half": 30, "quarter": 15, "ten": 10, "twenty": 20, "five": 5}


_WORDS = frozenset(
    "tues thur thurs noon midday midnight clock am pm o past weekday weekdays weekend weekends quarter spring summer "
    "year month week autumn fall winter today tonight tomorrow yesterday next last previous following "
    "morning mornings afternoon afternoons evening evenings night nights".split()
) | {*_MONTHS, *_DAYS, *(f"{day}s" for day in _DAYS), *_DAY_OF}


@dataclass(frozen=True, slots=True)
class Mention:
    """A date or time as said: what is known of it, in one of several ways to read it."""

    kind: str
    ways: tuple[tuple[tuple[str, int | str], ...], ...]
    start: int
    end: int


def difference(expected: Reading, got: Reading) -> str | None:
    """Return the first date of the reference that another one of its kind replaces."""
    wanted = _distinct(mentions(expected))
    said = _distinct(mentions(got)) if wanted else {}
    missing = [one for key, one in wanted.items() if key not in said and not _bare_year(one, got.text)][:_MOST]
    added = [one for key, one in said.items() if key not in wanted and not _bare_year(one, expected.text)][:_MOST]
    missing = [one for one in missing if not any(_agree(one, other) for other in _of(one, said))]
    added = [one for one in added if not any(_agree(other, one) for other in _of(one, wanted))] if missing else []
    for one in missing:
        for other in added:
            if one.kind == other.kind and _comparable(one, other):
                return f"{expected.said(one.start, one.end)} -> {got.said(other.start, other.end)}"
    return None


def _distinct(found: Sequence[Mention]) -> dict[object, Mention]:
    return {(one.kind, one.ways): one for one in reversed(found)}


def _of(one: Mention, among: dict[object, Mention]) -> list[Mention]:
    return [other for other in among.values() if other.kind == one.kind][:_RIVALS]


@lru_cache(4)
def mentions(reading: Reading) -> tuple[Mention, ...]:
    """Return all dates and times of a text."""
    text = reading.prose
    found: list[Mention] = []
    if reading.lows.isdisjoint(_WORDS) and not any(map(str.isdigit, text)):
        return ()
    for match in _DATE.finditer(text):
        found += _date(match)
    taken = {place for one in found for place in range(one.start, one.end)} if found else set()
    for match in _TIME.finditer(text):
        if match.start() not in taken:
            found += _time(match)
    found += [_day(match) for match in _WEEKDAY.finditer(text)]
    for kind, pattern in (("quarter", _QUARTER), ("season", _SEASON), ("relative", _RELATIVE), ("part", _PART)):
        for match in pattern.finditer(text):
            value = (match[1] or match[match.lastindex or 0]).lower()
            found.append(Mention(kind, (((kind, _SAME.get(value, value)),),), *match.span()))
    return tuple(sorted(found, key=lambda one: one.start))


def _date(match: re.Match[str]) -> list[Mention]:
    group = match.groupdict()
    start, end = match.span()
    if group["iy"]:
        return [_mention(start, end, group["iy"], int(group["im"]), group["id"])]
    if group["a"]:
        return [_slashed(match)]
    for month, day, last, year in (("mdm", "mdd", "mde", "mdy"), ("dmm", "dmd", "dme", "dmy")):
        if group[month]:
            days = [group[day], group[last]] if group[last] else [group[day]]
            return [_mention(start, end, group[year], _month(group[month]), each) for each in days]
    if group["mym"]:
        return [_mention(start, end, group["myy"], _month(group["mym"]), None)]
    if group["decade"]:
        return [Mention("date", ((("decade", int(group["decade"])),),), start, end)]
    if group["nth"]:
        return [_mention(start, end, None, None, group["nth"])]
    for key in ("m", "m2"):
        if group[key]:
            return [_mention(*match.span(key), None, _month(group[key]), None)]
    which = next(key for key in ("y", "y2", "y3") if group[key])
    return [_mention(*match.span(which), group[which], None, None)]


def _slashed(match: re.Match[str]) -> Mention:
    first, second, year = int(match["a"]), int(match["b"]), int(match["sy"])
    year += 2000 if year < 100 else 0
    ways = [(month, day) for month, day in ((first, second), (second, first)) if 1 <= month <= 12 and 1 <= day <= 31]
    read = tuple((("year", year), ("month", month), ("day", day)) for month, day in dict.fromkeys(ways))
    return Mention("date" if read else "other", read, *match.span())


def _mention(start: int, end: int, year: str | None, month: int | None, day: str | None) -> Mention:
    known: list[tuple[str, int | str]] = []
    if year:
        known.append(("year", int(year)))
    if month:
        known.append(("month", month))
    if day:
        known.append(("day", _ORDINALS.get(day) or int(re.sub(r"\D", "", day))))
    return Mention("date", (tuple(known),), start, end)


def _month(name: str) -> int:
    name = name.lower().rstrip(".")
    return _MONTH_OF.get(name) or _MONTH_OF[name[:3]]


def _time(match: re.Match[str]) -> list[Mention]:
    group = match.groupdict()
    start, end = match.span()
    if group["word"]:
        return [_clock(start, end, 0 if group["word"].lower() == "midnight" else 720)]
    if group["past"]:
        hour = _HOURS[group["hour"].lower()] % 12 * 60
        minute = hour + _OFFSETS[group["to"].lower()] * _MINUTES[group["past"].lower()]
        return [_clock(start, end, minute % 720, (minute + 720) % 1440)]
    if group["spoken"]:
        hour = _HOURS[group["spoken"].lower()] % 12
        half = group["shalf"]
        return [_clock(start, end, *_halves(hour * 60, half.lower() if half else ""))]
    half = (group["half"] or "").lower()
    part = (group["part"] or "").lower()
    if not (half or group["min"] or part or (group["clock"] or "").lower() == "o'clock"):
        return []
    if part and not half:
        half = "a" if "morning" in part else "p"
    hour, minute = int(group["h"]), int(group["min"] or 0)
    if hour > 12 or (not half and group["h"].startswith("0")):
        return [_clock(start, end, hour % 24 * 60 + minute)]
    return [_clock(start, end, *_halves(hour % 12 * 60 + minute, half))]


def _halves(minute: int, half: str) -> tuple[int, ...]:
    return {"a": (minute,), "p": (minute + 720,)}.get(half, (minute, minute + 720))


def _clock(start: int, end: int, *minutes: int) -> Mention:
    return Mention("time", tuple((("time", minute),) for minute in minutes), start, end)


def _day(match: re.Match[str]) -> Mention:
    if match["set"]:
        days = range(5) if match["set"].lower().startswith("weekd") else range(5, 7)
    else:
        first = _DAY_OF[(match["from"] or match["short"])[:3].lower()]
        last = _DAY_OF[match["to"][:3].lower()] if match["to"] else first
        days = range(first, last + 1) if last >= first else range(first, first + 1)
    return Mention("weekday", (tuple((str(day), 1) for day in days),), *match.span())


def _agree(one: Mention, other: Mention) -> bool:
    if one.kind == "weekday":
        return one.ways[0] == other.ways[0] or (
            len(one.ways[0]) != len(other.ways[0]) and bool({*one.ways[0]} & {*other.ways[0]})
        )
    return any(_compatible(dict(mine), dict(theirs)) for mine in one.ways for theirs in other.ways)


def _compatible(mine: dict[str, int | str], theirs: dict[str, int | str]) -> bool:
    shared = mine.keys() & theirs.keys()
    return bool(shared) and all(mine[key] == theirs[key] for key in shared)


def _comparable(one: Mention, other: Mention) -> bool:
    if one.kind == "weekday":
        return True
    return bool(dict(one.ways[0]).keys() & dict(other.ways[0]).keys())


def _bare_year(one: Mention, text: str) -> bool:
    known = dict(one.ways[0])
    return set(known) == {"year"} and str(known["year"]) in text
