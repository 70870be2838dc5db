"""Dates and times: another day, month, year, weekday or hour."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pytest_llm.metrics.guards.date_patterns import (
    BARE_HOUR,
    DATE,
    DAY_OF,
    EDGE,
    FEAST,
    HOURS,
    MINUTES,
    MONTH_OF,
    OFFSETS,
    ORDINALS,
    PART,
    QUARTER,
    RELATIVE,
    SAME,
    SEASON,
    TIME,
    TOLD_BY,
    WEEKDAY,
    WORDS,
)
from pytest_llm.metrics.guards.reading import Reading

# Texts with more different dates than these are compared by the first ones.
_MOST, _RIVALS = 100, 1000


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
    wanted, said = _with_bare_hours(wanted, expected, said, got)
    missing = [one for key, one in wanted.items() if key not in said and not _bare_year(one, got.text)][:_MOST]
    added = [one for key, one in said.items() if key not in wanted and not _bare_year(one, expected.text)][:_MOST]
    missing = [one for one in missing if not any(_agree(one, other) for other in _of(one, said))]
    added = [one for one in added if not any(_agree(other, one) for other in _of(one, wanted))] if missing else []
    for one in missing:
        for other in added:
            if one.kind == other.kind and _comparable(one, other):
                return f"{expected.said(one.start, one.end)} -> {got.said(other.start, other.end)}"
    return None


def _with_bare_hours(
    wanted: dict[object, Mention], expected: Reading, said: dict[object, Mention], got: Reading
) -> tuple[dict[object, Mention], dict[object, Mention]]:
    """Read "at 8" as an hour where the other text has a time of the day and this one has none."""
    here, there = (any(one.kind == "time" for one in those.values()) for those in (wanted, said))
    if here and not there:
        return wanted, said | _distinct(_bare_hours(got))
    if there and not here:
        return wanted | _distinct(_bare_hours(expected)), said
    return wanted, said


def _bare_hours(reading: Reading) -> list[Mention]:
    found = list(BARE_HOUR.finditer(reading.prose))
    hours = [(match, HOURS.get(match[1].lower()) or int(match[1])) for match in found]
    return [_clock(*match.span(1), *_halves(hour % 12 * 60, "")) for match, hour in hours if hour <= 12]


def _distinct(found: Sequence[Mention]) -> dict[object, Mention]:
    return {(one.kind, one.ways): one for one in reversed(found)}


def _of(one: Mention, among: dict[object, Mention]) -> list[Mention]:
    return [other for other in among.values() if other.kind == one.kind][:_RIVALS]


@lru_cache(4)
def mentions(reading: Reading) -> tuple[Mention, ...]:
    """Return all dates and times of a text."""
    text = reading.prose
    found: list[Mention] = []
    if reading.lows.isdisjoint(WORDS) and not reading.numeric:
        return ()
    for match in DATE.finditer(text):
        found += _date(match)
    taken = {place for one in found for place in range(one.start, one.end)} if found else set()
    for match in TIME.finditer(text):
        if match.start() not in taken:
            found += _time(match)
    found += [_day(match) for match in WEEKDAY.finditer(text)]
    for kind, pattern in (
        ("quarter", QUARTER),
        ("season", SEASON),
        ("relative", RELATIVE),
        ("part", PART),
        ("feast", FEAST),
        ("edge", EDGE),
    ):
        if reading.lows.isdisjoint(TOLD_BY[kind]):
            continue
        for match in pattern.finditer(text):
            value = (match[1] or match[match.lastindex or 0]).lower()
            found.append(Mention(kind, (((kind, SAME.get(value, value)),),), *match.span()))
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
        known.append(("day", ORDINALS.get(day) or int(re.sub(r"\D", "", day))))
    return Mention("date", (tuple(known),), start, end)


def _month(name: str) -> int:
    name = name.lower().rstrip(".")
    return MONTH_OF.get(name) or MONTH_OF[name[:3]]


def _time(match: re.Match[str]) -> list[Mention]:
    group = match.groupdict()
    start, end = match.span()
    if group["word"]:
        return [_clock(start, end, 0 if group["word"].lower() == "midnight" else 720)]
    if group["past"]:
        hour = HOURS[group["hour"].lower()] % 12 * 60
        minute = hour + OFFSETS[group["to"].lower()] * MINUTES[group["past"].lower()]
        return [_clock(start, end, minute % 720, (minute + 720) % 1440)]
    if group["spoken"]:
        hour = HOURS[group["spoken"].lower()] % 12
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
        first = DAY_OF[(match["from"] or match["short"])[:3].lower()]
        last = DAY_OF[match["to"][:3].lower()] if match["to"] else first
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
