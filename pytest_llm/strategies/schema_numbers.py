"""Numbers of a JSON schema: between its limits, and multiples of its step."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pytest_llm.strategies.extra import st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["numbers_of"]

_Limit = tuple[float, bool] | None
"""A limit, and whether it is excluded itself."""


def numbers_of(schema: Mapping[str, Any], *, whole: bool = False) -> SearchStrategy[Any] | None:
    """Return the numbers that a schema admits, only integers if ``whole``; None when there are none."""
    low, high = _low(schema), _high(schema)
    if step := schema.get("multipleOf"):
        return _multiples(low, high, step, whole=whole)
    integers = _integers(low, high)
    if whole:
        return integers
    some = [one for one in (integers, _floats(low, high)) if one is not None]
    return st.one_of(some) if some else None


def _low(schema: Mapping[str, Any]) -> _Limit:
    return max(_limits(schema, "minimum", "exclusiveMinimum"), default=None)


def _high(schema: Mapping[str, Any]) -> _Limit:
    limits = _limits(schema, "maximum", "exclusiveMaximum")
    return min(limits, key=lambda limit: (limit[0], not limit[1]), default=None)


def _limits(schema: Mapping[str, Any], plain: str, exclusive: str) -> list[tuple[float, bool]]:
    """Return both limits; in draft 4 the exclusive one is no number, and says what the plain one is."""
    without = schema.get(exclusive)
    found = [(schema[plain], without is True)] if plain in schema else []
    return found if without is None or isinstance(without, bool) else [*found, (without, True)]


def _integers(low: _Limit, high: _Limit, step: Fraction = Fraction(1)) -> SearchStrategy[int] | None:
    """Return the integers that, times a step, are within the limits."""
    first = last = None
    if low is not None:
        least = Fraction(str(low[0])) / step
        first = math.floor(least) + 1 if low[1] else math.ceil(least)
    if high is not None:
        most = Fraction(str(high[0])) / step
        last = math.ceil(most) - 1 if high[1] else math.floor(most)
    if first is not None and last is not None and first > last:
        return None
    return st.integers(first, last)


def _floats(low: _Limit, high: _Limit) -> SearchStrategy[float] | None:
    (least, without_least), (most, without_most) = low or (-math.inf, False), high or (math.inf, False)
    if float(least) > float(most) or (float(least) == float(most) and (without_least or without_most)):
        return None
    return st.floats(
        None if low is None else float(least),
        None if high is None else float(most),
        exclude_min=without_least,
        exclude_max=without_most,
        allow_nan=False,
        allow_infinity=False,
    )


def _multiples(low: _Limit, high: _Limit, step: float, *, whole: bool) -> SearchStrategy[Any] | None:
    exact = Fraction(str(step))
    if whole:  # what is an integer and a multiple of 5/2 is one of 5
        exact = Fraction(exact.numerator)
    numbers = _integers(low, high, exact)
    if numbers is None or exact.denominator == 1:
        return None if numbers is None else numbers.map(lambda number: number * exact.numerator)
    # jsonschema divides floats, by which 0.3 is no multiple of 0.1.
    return numbers.map(lambda number: float(number * exact)).filter(lambda value: (value / step).is_integer())
