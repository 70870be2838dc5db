"""The formats that are checked, the same ones whatever is installed beside."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

__all__ = ["FORMATS", "checker"]

_LIBRARY = ("date", "email", "idn-email", "ipv4", "ipv6", "regex", "uuid")
FORMATS = tuple(sorted((*_LIBRARY, "date-time", "time")))

_TIME = r"(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))"


def checker() -> Any:
    """Return the checker of the formats that jsonschema knows by itself, with RFC 3339 dates and times.

    What jsonschema checks only with other packages (uri, hostname, duration, json-pointer, ...) passes, so that a run
    does not depend on what happens to be installed.
    """
    from jsonschema import FormatChecker  # type: ignore[import-untyped]

    formats = FormatChecker(formats=_LIBRARY)
    formats.checkers = {**formats.checkers, "time": (_is_time, ()), "date-time": (_is_date_time, ())}
    return formats


def _is_date_time(value: object) -> bool:
    """Check ``date-time`` of RFC 3339, section 5.6."""
    if not isinstance(value, str):
        return True
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)[Tt](.+)", value, re.ASCII)
    return match is not None and _is_date(match[1]) and _is_time(match[2])


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_time(value: object) -> bool:
    """Check ``full-time`` of RFC 3339, section 5.6; a leap second is the last one of a day in UTC."""
    if not isinstance(value, str):
        return True
    match = re.fullmatch(_TIME, value, re.ASCII)
    if match is None:
        return False
    hour, minute, second, away_hours, away_minutes = (int(match[group] or 0) for group in (1, 2, 3, 5, 6))
    if max(hour, away_hours) > 23 or max(minute, away_minutes) > 59:
        return False
    away = (away_hours * 60 + away_minutes) * (-1 if match[4] == "-" else 1)
    return second <= 59 or (second == 60 and (hour * 60 + minute - away) % 1440 == 1439)
