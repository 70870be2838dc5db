"""Units as people write them after or before a number, and the one name each of them has here."""

from __future__ import annotations

import re

__all__ = ["after", "before", "canonical", "same"]

# One unit a line: the canonical name, then its other spellings; names of three letters or more also take a plural s.
_TABLE = """
second|sec|secs|s|秒|秒钟|ثانية|ثوان
millisecond|ms|msec|毫秒
microsecond|µs|μs
nanosecond|ns
minute|min|mins|分钟|دقيقة|دقائق
hour|hr|hrs|h|小时|ساعة|ساعات
day|d|天|日|يوم|يوما|يومًا|أيام
week|wk|wks|周|星期|أسبوع|أسابيع
fortnight
month|mo|mos|个月|شهر|شهرا|شهرًا|أشهر|شهور
year|yr|yrs|y|年|سنة|سنوات|عام|عاما|عامًا|أعوام
decade|
century|centuries
time|times|x|\u00d7
percent|%|\uff05|٪|per cent|pct
percentage point|percentage points|pp
basis point|basis points|bp|bps
per mille|‰
dollar|$|US$|USD|buck|美元|دولار
cent|¢
euro|€|EUR|欧元|يورو
pound
pound sterling|£|GBP|pounds sterling|quid|英镑
yen|JPY|円|日元
yuan|CNY|RMB|元|人民币
yen or yuan|¥|￥
rupee|₹|INR|Rs
won|₩|KRW
franc|CHF
ruble|₽|RUB|rouble
krona|SEK|kronor
Australian dollar|A$|AU$|AUD|Australian dollars
Canadian dollar|C$|CA$|CAD|Canadian dollars
Hong Kong dollar|HK$|HKD|Hong Kong dollars
millimeter|millimetre|mm|毫米
centimeter|centimetre|cm|厘米
meter|metre|m|米
kilometer|kilometre|km|公里|千米
mile|mi
foot|feet|ft
inch|inches
yard|yd|yds
square meter|square meters|square metre|square metres|m²|m2|sqm|平方米
square kilometer|square kilometers|square kilometre|square kilometres|km²|km2
square foot|square feet|ft²|sqft
hectare|ha
acre
milligram|mg|毫克
gram|gramme|g|克
kilogram|kilo|kg|kgs|千克|公斤
tonne|metric ton|metric tons|t|吨
ton
lb|lbs
ounce|oz
milliliter|millilitre|ml|mL|毫升
liter|litre|l|L|升
cubic meter|cubic meters|cubic metre|cubic metres|m³
gallon|gal
degree Celsius|°C|℃|degrees Celsius|degrees C|摄氏度
degree Fahrenheit|°F|℉|degrees Fahrenheit|degrees F
degree|°|deg|度
kelvin|K
kilometer per hour|km/h|kph|kmh|kilometers per hour|kilometres per hour
mile per hour|mph|miles per hour
meter per second|m/s|meters per second|metres per second
bit
byte
kilobyte|kB|KB
megabyte|MB
gigabyte|GB
terabyte|TB
kibibyte|KiB
mebibyte|MiB
gibibyte|GiB
hertz|Hz
kilohertz|kHz
megahertz|MHz
gigahertz|GHz
watt|W
kilowatt|kW
megawatt|MW
kilowatt hour|kWh|kilowatt hours
volt|V
ampere|A|amp|amps
joule|J
kilojoule|kJ
calorie|cal
kilocalorie|kcal
pixel|px
"""


def _aliases() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _TABLE.split("\n"):
        names = [name for name in line.split("|") if name]
        for name in names:
            found[name] = names[0]
            if len(name) > 2 and name.isascii() and name.isalpha() and name == name.lower():
                found.setdefault(f"{name}s", names[0])
    return found


_UNITS = _aliases()
# Lower-cased spellings serve texts in capitals: not those of one letter, where case tells m from M and d from D.
_FOLDED = {name.lower(): unit for name, unit in reversed(_UNITS.items()) if len(name) > 1}
_ALIKE = (
    {"pound", "pound sterling"},
    {"pound", "lb"},
    {"yen or yuan", "yen"},
    {"yen or yuan", "yuan"},
    {"ton", "tonne"},
)

_GAP = r"[*_`]{0,3}\)?[ \t\u00a0\u2009\u202f\-\u2010\u2011]?[*_`]{0,3}"
_KIND = r"(?:(?:business|working|calendar|consecutive|full|whole|more|additional|extra|further)[ -])?"
_AFTER = re.compile(
    _GAP + _KIND + r"((?:[^\W\d_]|[%\uff05٪‰°℃℉$€£¥￥¢₹₩₽])(?:[^\W\d_]|[$²³/]){0,24}(?:(?<=\w)[23](?!\w))?)",
    re.IGNORECASE,
)
_MORE = re.compile(r"[ \-][^\W\d_]{1,24}(?![^\W\d_])")
_BEFORE = re.compile(
    r"(?<![^\W\d_])(?P<unit>(?:US|AU?|CA?|HK)?\$|[€£¥￥₹₩₽]|(?:USD|EUR|GBP|JPY|CNY|RMB|INR|KRW|CHF|RUB|AUD|CAD|HKD|SEK|Rs)\.?)"
    r"[ \u00a0\u202f]?$"
)
_LONGEST_BEFORE = 5
_LAST_BEFORE = "$€£¥￥₹₩₽DRPYBWFKs."


def canonical(unit: str) -> str | None:
    """Return the canonical name of a unit; None if it is not in the table."""
    return _UNITS.get(unit) or (_FOLDED.get(unit.lower()) if len(unit) > 1 else None)


def same(one: str, other: str) -> bool:
    """Say whether two canonical units may be the same: "pound" may be money or weight, "¥" yen or yuan."""
    return one == other or {one, other} in _ALIKE


def after(text: str, place: int, own: str = "") -> tuple[str, int]:
    """Return the unit that stands at a place, and where it ends; an empty one if there is none.

    ``own`` is one more unit to know, by its singular or plural.
    """
    found = _AFTER.match(text, place)
    if not found:
        return "", place
    start, end = found.span(1)
    for last in _ends(text, start, end):
        unit = _named(text[start:last], own)
        follows = text[last : last + 1]
        if unit and follows not in ("'", "\u2019") and not (follows.isdecimal() and text[last - 1].isascii()):
            return unit, last
    return "", place


def before(text: str, place: int) -> tuple[str, int]:
    """Return the currency that ends at a place, and where it starts; an empty one if there is none."""
    near = text[place - 1 : place]
    if near.isspace():
        near = text[place - 2 : place - 1]
    if not near or near not in _LAST_BEFORE:
        return "", place
    found = _BEFORE.search(text[max(0, place - _LONGEST_BEFORE) : place])
    if not found:
        return "", place
    return canonical(found["unit"].rstrip(".")) or "", place - len(found.group())


def _ends(text: str, start: int, end: int) -> list[int]:
    """Return where the unit may end, the longest first: after a second word, the word, or inside unspaced script."""
    ends: list[int] = []
    at = end
    for _ in range(2):
        more = _MORE.match(text, at)
        if not more:
            break
        at = more.end()
        ends.insert(0, at)
    ends.append(end)
    if not text[start].isascii():
        ends += range(min(end - 1, start + 3), start, -1)
    return ends


def _named(word: str, own: str) -> str | None:
    if own and word.casefold().rstrip("s") == own.casefold().rstrip("s"):
        return own
    spaced = word.replace("-", " ")
    return canonical(spaced)
