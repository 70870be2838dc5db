"""Types that pydantic understands as JSON schemas that say more of what it takes than its own do."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

__all__ = ["generator"]

_DAY = timedelta(days=1)
_LIMITS = (("ge", "minimum"), ("gt", "exclusiveMinimum"), ("le", "maximum"), ("lt", "exclusiveMaximum"))
_PLACES = 2  # of a decimal that is limited to some digits, wherever its point is


@lru_cache(1)
def generator() -> Any:
    """Return pydantic's generator of JSON schemas, extended by what it leaves out.

    These are the digits and places of a decimal and its limits where it is a text, the limits of dates, whether a time
    has a zone, and that the keys of a ``dict[int, ...]`` are numbers.
    """
    from pydantic.json_schema import GenerateJsonSchema

    class Telling(GenerateJsonSchema):
        def decimal_schema(self, schema: Any) -> dict[str, Any]:
            number = {"type": "number", **_decimal(schema)}
            return {"anyOf": [number, {**number, "type": "string", "format": "decimal"}]}

        def date_schema(self, schema: Any) -> dict[str, Any]:
            return super().date_schema(schema) | _days(schema)

        def datetime_schema(self, schema: Any) -> dict[str, Any]:
            naive = {"format": "naive-date-time"} if schema.get("tz_constraint") == "naive" else {}
            return super().datetime_schema(schema) | _days(schema) | naive

        def dict_schema(self, schema: Any) -> dict[str, Any]:
            numbered = schema.get("keys_schema", {}).get("type") == "int"
            names = {"propertyNames": {"pattern": "^(0|-?[1-9][0-9]{0,8})$"}} if numbered else {}
            return super().dict_schema(schema) | names

    return Telling


def _decimal(schema: Any) -> dict[str, Any]:
    limits: dict[str, Any] = {name: float(schema[key]) for key, name in _LIMITS if key in schema}
    digits, places = schema.get("max_digits"), schema.get("decimal_places")
    if digits is not None:
        places = min(_PLACES, digits) if places is None else places
        most = 10 ** (digits - places)
        limits["allOf"] = [{"exclusiveMinimum": -most, "exclusiveMaximum": most}]
    if "multiple_of" in schema:
        limits["multipleOf"] = float(schema["multiple_of"])
    elif places is not None:
        limits["multipleOf"] = 10.0**-places
    return limits


def _days(schema: Any) -> dict[str, str]:
    """Return the first and the last day that are within the limits of a date or a time, whole days away from them."""
    after = {"ge": 0, "gt": 1}
    before = {"le": 0, "lt": 1}
    if hasattr(next((schema[key] for key in (*after, *before) if key in schema), None), "hour"):
        after, before = {"ge": 1, "gt": 1}, {"le": 1, "lt": 1}
    first = [_day(schema[key]) + count * _DAY for key, count in after.items() if key in schema]
    last = [_day(schema[key]) - count * _DAY for key, count in before.items() if key in schema]
    first += [date.today() + 2 * _DAY] * (schema.get("now_op") == "future")
    last += [date.today() - 2 * _DAY] * (schema.get("now_op") == "past")
    found = {"formatMinimum": max(first, default=None), "formatMaximum": min(last, default=None)}
    return {key: day.isoformat() for key, day in found.items() if day is not None}


def _day(moment: Any) -> date:
    return date(moment.year, moment.month, moment.day)
