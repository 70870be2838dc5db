"""Units as factors of a base, so that 24 hours are a day and half a kilo is 500 g."""

from __future__ import annotations

from decimal import Decimal

_TABLE = """
time: millisecond .001, second 1, minute 60, hour 3600, day 86400, week 604800, fortnight 1209600
time: month 2629800, year 31557600, decade 315576000, century 3155760000
length: millimeter .001, centimeter .01, meter 1, kilometer 1000, mile 1609.344, foot .3048, inch .0254, yard .9144
mass: milligram .001, gram 1, kilogram 1000, tonne 1000000, lb 453.592, ounce 28.3495
volume: milliliter 1, liter 1000, gallon 3785.41, cup 236.588, tablespoon 14.787, teaspoon 4.929, pint 473.176
data: byte 1, kilobyte 1000, megabyte 1000000, gigabyte 1000000000, terabyte 1000000000000
ratio: percent .01
speed: kilometer_per_hour 1, mile_per_hour 1.609344, meter_per_second 3.6
power: watt 1, kilowatt 1000, megawatt 1000000
energy: calorie 1, kilocalorie 1000, joule .239006, kilojoule 239.006
frequency: hertz 1, kilohertz 1000, megahertz 1000000, gigahertz 1000000000
dollar: dollar 1, cent .01
pound: pound 1, pound_sterling 1
"""
# A month is 30 days, half a litre about a pint: whoever converts into these rounds.
ROUNDED = frozenset(
    ("month", "year", "decade", "century", "mile", "foot", "inch", "yard", "lb", "ounce", "gallon", "cup", "tablespoon",
     "teaspoon", "pint", "mile per hour", "degree Fahrenheit")
)  # fmt: skip
MONEY = frozenset(
    ("dollar", "euro", "pound", "yen", "yuan", "rupee", "franc", "won", "ruble", "krona", "Australian dollar",
     "Canadian dollar", "Hong Kong dollar")
)  # fmt: skip
OWN_UNITS = {"cups": "cup", "cup": "cup", "tablespoon": "tablespoon", "tablespoons": "tablespoon", "tbsp": "tablespoon",
             "teaspoon": "teaspoon", "teaspoons": "teaspoon", "tsp": "teaspoon", "pint": "pint", "pints": "pint",
             "bucks": "dollar"}  # fmt: skip


def _factors() -> dict[str, tuple[str, float]]:
    found = {}
    for line in _TABLE.strip().splitlines():
        dimension, _, units = line.partition(": ")
        for unit in units.split(", "):
            name, _, factor = unit.partition(" ")
            found[name.replace("_", " ")] = (dimension, float(factor))
    return found


_FACTORS = _factors()


def measure(value: Decimal, unit: str) -> tuple[str, float]:
    """Return the dimension of a quantity and its value in the base unit; without a unit it is a count."""
    if not unit:
        return "count", float(value)
    if unit == "degree Fahrenheit":
        return "degree Celsius", (float(value) - 32) / 1.8
    dimension, factor = _FACTORS.get(unit, (unit, 1.0))
    return dimension, float(value) * factor
