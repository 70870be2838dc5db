"""How English and digits write dates and times."""

from __future__ import annotations

import re

_MONTHS = "january february march april may june july august september october november december".split()
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTH_OF = {name: number for number, name in enumerate(_MONTHS, 1)}
MONTH_OF |= {name[:3]: number for name, number in MONTH_OF.items()} | {"sept": 9}
DAY_OF = {name[:3]: number for number, name in enumerate(_DAYS)}
_SPOKEN = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
_SPOKEN += "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
ORDINALS = {name: number for number, name in enumerate(_SPOKEN.split(), 1)}
HOURS = {
    name: number
    for number, name in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
}

_MONTH = (
    rf"(?:{'|'.join(name.capitalize() for name in _MONTHS)}|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_FULL_MONTH = "|".join(name.capitalize() for name in _MONTHS if name not in {"may", "march"})
_DAY = rf"(?:(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?\b|{'|'.join(ORDINALS)}\b)"
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
TIME = re.compile(
    r"\b(?P<h>2[0-4]|[01]?\d)(?!\d)(?:(?::|\.(?=\d\d ?[ap]m))(?P<min>[0-5]\d))?(?::[0-5]\d)?"
    r"(?:\s?(?P<half>[ap])m\b|\s?(?P<clock>o'clock|hrs|h)\b)?"
    r"(?P<part>\s(?:o'clock\s)?in the (?:morning|afternoon|evening)|\sat night)?"
    r"|\b(?P<word>noon|midday|midnight)\b"
    r"|\b(?P<past>half|quarter|ten|twenty|five) (?P<to>past|to) (?P<hour>" + "|".join(HOURS) + r")\b"
    r"|\b(?P<spoken>" + "|".join(HOURS) + r") (?:o'clock|(?P<shalf>[ap])m)\b",
    re.I,
)
DATE = re.compile("|".join((_ISO, _SLASHED, _MD, _DM, _MY, _DECADE, _NTH, _M, _Y)))
WEEKDAY = re.compile(
    r"\b(?:(?P<from>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?)(?:\s?(?:-|\u2013|to|through|till|until)\s?"
    r"(?P<to>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?))?"
    r"|(?P<short>Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun)\b(?=[.,]| \d| at )"
    r"|(?P<set>weekdays?|weekends?))\b",
)
QUARTER = re.compile(r"\b(?:Q([1-4])|(first|second|third|fourth) quarter)\b", re.I)
SEASON = re.compile(
    r"\b(?:in|during|of|next|last|this)(?: the)?(?: early| late)? (spring|summer|autumn|fall|winter)\b", re.I
)
RELATIVE = re.compile(
    r"\b(today|tonight|tomorrow|yesterday|(?:next|last|this|previous|following) (?:week|month|year|quarter))\b", re.I
)
FEAST = re.compile(
    r"\b(Christmas Eve|Christmas|New Year's Eve|New Year|Easter|Thanksgiving|Halloween|Pentecost|Good Friday|Ramadan|"
    r"Independence Day|Labou?r Day|Memorial Day|Valentine's Day|Boxing Day|Diwali|Hanukkah)\b"
)
EDGE = re.compile(
    r"\b(beginning|start|first day|middle|mid|end|last day|close)[ -](?:of )?(?:the |each |every |next |this |last )?"
    r"(day|week|month|quarter|year|shift|term|season|century|session|\d{4})s?\b",
    re.I,
)
BARE_HOUR = re.compile(
    r"\b(?:at|by|until|till|from|before|after) (\d{1,2}|"
    + "|".join(HOURS)
    + r")(?=\s*(?:[.,;!?]|$| on | and | to | in the ))",
    re.I,
)
PART = re.compile(r"\b(morning|afternoon|evening|night)s?\b", re.I)
SAME = {
    "fall": "autumn",
    "beginning": "start",
    "first day": "start",
    "last day": "end",
    "close": "end",
    "mid": "middle",
    "tonight": "today",
    "first": "1",
    "second": "2",
    "third": "3",
    "fourth": "4",
    "evening": "night",
}
OFFSETS = {"past": 1, "to": -1}
MINUTES = {"half": 30, "quarter": 15, "ten": 10, "twenty": 20, "five": 5}


WORDS = frozenset(
    "tues thur thurs noon midday midnight clock am pm o past beginning start middle mid end christmas new easter "
    "thanksgiving halloween independence valentine feast weekday weekdays weekend weekends quarter spring summer "
    "year month week autumn fall winter today tonight tomorrow yesterday next last previous following "
    "morning mornings afternoon afternoons evening evenings night nights".split()
) | {*_MONTHS, *_DAYS, *(f"{day}s" for day in _DAYS), *DAY_OF}


TOLD_BY = {
    "quarter": {"q1", "q2", "q3", "q4", "quarter"},
    "season": {"spring", "summer", "autumn", "fall", "winter"},
    "relative": {"today", "tonight", "tomorrow", "yesterday", "next", "last", "this", "previous", "following"},
    "part": {"morning", "mornings", "afternoon", "afternoons", "evening", "evenings", "night", "nights"},
    "feast": {"christmas", "new", "easter", "thanksgiving", "halloween", "pentecost", "good", "ramadan", "independence",
              "labor", "labour", "memorial", "valentine", "boxing", "diwali", "hanukkah"},
    "edge": {"beginning", "start", "first", "middle", "mid", "end", "last", "close"},
}  # fmt: skip
