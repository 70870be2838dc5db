"""Expect a text to mention a number, however it is written."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import Expectation, Finding, no_text, text_of
from pytest_llm.expectations.literals import around
from pytest_llm.expectations.showing import WIDTH, got, lines
from pytest_llm.metrics import units
from pytest_llm.metrics.numbers import Number, numbers_in
from pytest_llm.text import short

__all__ = ["mentions_number"]

_SHOWN = 6


@dataclass(eq=False, repr=False)
class MentionsNumber(Expectation):
    """A number to be found in a text."""

    value: int | float | Decimal
    unit: str
    tolerance: int | float | Decimal

    def __repr__(self) -> str:
        unit = f", unit={self.unit!r}" if self.unit else ""
        tolerance = f", tolerance={self.tolerance}" if self.tolerance else ""
        return f"mentions_number({self.value}{unit}{tolerance})"

    def finding(self, value: object) -> Finding:
        """Read the numbers of the text and compare each."""
        text = text_of(value)
        if text is None:
            return no_text(value)
        known = units.canonical(self.unit) if self.unit else ""
        found = numbers_in(text, "" if known else self.unit)
        met = [one for one in found if self._is_meant(one, self.unit if known is None else known)]
        claim = f"mentions {self._wanted()}"
        if met:
            return Finding(True, claim, (f"in {around(text, met[0].start, met[0].end, WIDTH)}",), lines(text))
        if not found:
            return Finding(False, f"{claim}  (there is no number)", (got(text),), lines(text))
        nearest = min(found, key=lambda one: abs(one.value - Decimal(str(self.value))))
        shown = f"the nearest is in {around(text, nearest.start, nearest.end, 70)}"
        return Finding(False, f"{claim}  ({_listed(found)})", (shown,), lines(text))

    def _is_meant(self, number: Number, unit: str) -> bool:
        if unit and not units.same(number.unit, unit):
            return False
        if abs(number.value - Decimal(str(self.value))) <= Decimal(str(self.tolerance)):
            return True
        return isinstance(self.value, float) and float(number.value) == self.value

    def _wanted(self) -> str:
        near = f" ± {self.tolerance}" if self.tolerance else ""
        if self.unit and self.unit in "$€£¥":
            return f"{self.unit}{self.value}{near}"
        return f"{self.value}{near}{' ' * self.unit[:1].isalpha()}{self.unit}"


def mentions_number(
    value: int | float | Decimal, *, unit: str = "", tolerance: int | float | Decimal = 0
) -> Expectation:
    """Expect a text that mentions this number, within ``tolerance``, in digits or words.

    30 is also "thirty", "٣٠" and "三十"; 2 500 000 also "2.5 million", "2.5M", "2,500,000" and "2.5e6"; 0.5
    also "half" and "1/2"; both ends of "20-30 days" count. With ``unit`` the number must bear that unit, in any
    spelling: "days" is also "day", "30-day", "d" and "天"; "%" also "percent"; "$" also "USD" and "dollars". A unit
    that is not among the common ones must stand right after the number, in the singular or plural. Units are not
    converted: 24 hours are not one day, 50 % is not 0.5. How ambiguous writing is read ("1.000", "1,5"), and what is
    no number (ordinals, "GPT-4", versions), says ``pytest_llm.metrics.numbers.numbers_in``.
    """
    for name, given in (("value", value), ("tolerance", tolerance)):
        if isinstance(given, bool) or not isinstance(given, int | float | Decimal) or not Decimal(given).is_finite():
            raise ConfigurationError(f"mentions_number(): {name}={given!r} is not a finite number.")
    if tolerance < 0:
        raise ConfigurationError(f"mentions_number(): tolerance={tolerance!r} is negative, so nothing could pass.")
    if not isinstance(unit, str):
        raise ConfigurationError(f"mentions_number(): unit={unit!r} is not a text such as 'days', '%' or '$'.")
    return MentionsNumber(value, unit.strip(), tolerance)


def _listed(found: list[Number]) -> str:
    said = list(dict.fromkeys(short(one.text, 24) for one in found))
    more = f" and {len(said) - _SHOWN} more" if len(said) > _SHOWN else ""
    if len(said) == 1:
        return f"the only number is {said[0]}"
    return f"the numbers are {', '.join(said[:_SHOWN])}{more}"
