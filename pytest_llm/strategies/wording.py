"""Changes of the words of a prompt: contractions, politeness, context, order, numbers, dates, and negation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from random import Random
from types import MappingProxyType

from pytest_llm.metrics.length import sentence_list
from pytest_llm.strategies.variants import Relation

__all__ = [
    "CONTEXT",
    "CONTRACTIONS",
    "DATES",
    "NEGATION",
    "NUMBERS",
    "OPTIONS",
    "OTHER_NUMBER",
    "POLITENESS",
    "SENTENCES",
]

_ORDERS = 8
Changed = tuple[str, Mapping[str, str]] | None
_NOTHING: Mapping[str, str] = MappingProxyType({})
_SHORT = MappingProxyType(
    {
        "do not": "don't", "does not": "doesn't", "did not": "didn't", "is not": "isn't", "are not": "aren't",
        "was not": "wasn't", "were not": "weren't", "cannot": "can't", "could not": "couldn't",
        "should not": "shouldn't",
        "would not": "wouldn't", "will not": "won't", "has not": "hasn't", "have not": "haven't", "it is": "it's",
        "that is": "that's", "what is": "what's", "who is": "who's", "there is": "there's", "i am": "i'm",
        "you are": "you're",
        "we are": "we're", "they are": "they're", "i will": "i'll", "you will": "you'll", "let us": "let's",
    }
)  # fmt: skip
_LONG = MappingProxyType({short: long for long, short in _SHORT.items()})
_PAIRS = re.compile(rf"(?<![\w'])(?:{'|'.join([*_SHORT, *_LONG])})(?![\w'])", re.I)
_POLITE = (
    ("Please help me with this. ", ""),
    ("", " Thank you!"),
    ("Hello! ", " Thanks in advance."),
    ("I hope you are well. Could you help me with the following? ", ""),
    ("", " I would appreciate your help."),
)
_ASIDES = (
    "By the way, it is raining here today.",
    "I am writing this on the train.",
    "My cat is asleep on the keyboard's edge.",
    "This is my first message today.",
    "I had coffee a while ago.",
)
_OPTION = re.compile(r"^(?P<head>[ \t]*\(?(?P<label>[A-Z])[.):][ \t]+)(?P<text>\S.*?)(?P<tail>[ \t]*)$", re.M)
_REFERRING = re.compile(
    r"\b(?:above|below|previous|preceding|following)\b|\b(?i:all|none|both|neither|either|any) of (?:the|these|them)\b"
    r"|\b[A-Z] (?:and|or|nor) [A-Z]\b|\b(?i:options?|answers?) [A-Z]\b",
)
_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()
# A count of things, as "3 apples": amounts, ranges, times, versions and arithmetic stay as they are spelled.
_COUNT = re.compile(
    r"(?<![\w.,:/$\u20ac\u00a3%#+*^=<>-])(?<![-+*/^=<>\u20ac$] )(?:\d{1,2}|\d{5,9}|\d{1,3}(?:,\d{3})+)(?= [a-z]{3,})"
)
_MONTHS = "January February March April May June July August September October November December".split()
_DATE = re.compile(
    rf"(?<![\w./-])(?:(?P<y>\d{{4}})-(?P<m>\d{{2}})-(?P<d>\d{{2}})"
    rf"|(?P<d2>\d{{1,2}}) (?P<m2>{'|'.join(_MONTHS)}) (?P<y2>\d{{4}})"
    rf"|(?P<m3>{'|'.join(_MONTHS)}) (?P<d3>\d{{1,2}}), (?P<y3>\d{{4}}))(?![\w/-])"
)
_AUXILIARY = re.compile(
    r"(?<![\w'])(?P<verb>is|are|was|were|can|could|should|must|will|would|has|have|does|do|did)"
    r"(?P<not> not)?(?= [a-z])",
    re.I,
)
_ANY_NUMBER = re.compile(r"(?<![\w.,:/-])\d{1,6}(?![\w,:/-]|\.\d)")


def _contractions(text: str, random: Random) -> Changed:
    found = list(_PAIRS.finditer(text))
    if not found:
        return None
    for match in sorted(random.sample(found, random.randint(1, len(found))), key=lambda one: -one.start()):
        said = match[0].lower()
        new = _SHORT.get(said) or _LONG[said]
        text = (
            text[: match.start()]
            + (new[0].upper() if match[0][0].isupper() else new[0])
            + new[1:]
            + text[match.end() :]
        )
    return text, _NOTHING


def _politeness(text: str, random: Random) -> Changed:
    before, after = random.choice(_POLITE)
    if before and text.startswith(("#", "-", "*", "|", "```", ">")):
        before = f"{before.rstrip()}\n\n"  # which begin a line of Markdown
    return before + text + (after.replace(" ", "\n\n", 1) if "\n" in text else after), _NOTHING


def _context(text: str, random: Random) -> Changed:
    aside = random.choice(_ASIDES)
    space = "\n\n" if "\n" in text else " "
    return random.choice([f"{aside}{space}{text}", f"{text}{space}{aside}"]), _NOTHING


def _sentences(text: str, random: Random) -> Changed:
    found = sentence_list(text)
    if len(found) < 2 or "\n" in text.strip() or " ".join(found) != " ".join(text.split()):
        return None
    orders = [" ".join(random.sample(found, len(found))) for _ in range(_ORDERS)]
    # A sentence without a stop would run into the one that comes after it.
    whole = [order for order in orders if sorted(sentence_list(order)) == sorted(found)]
    return (whole[0], _NOTHING) if whole else None


def _options(text: str, random: Random) -> Changed:
    found = list(_OPTION.finditer(text))
    labels = [match["label"] for match in found]
    if len(found) < 2 or labels != [chr(ord(labels[0]) + place) for place in range(len(labels))]:
        return None
    if any(_REFERRING.search(match["text"]) for match in found):
        return None  # "all of the above" is another option elsewhere
    order = random.sample(range(len(found)), len(found))
    for match, source in reversed(list(zip(found, order, strict=True))):
        text = text[: match.start("text")] + found[source]["text"] + text[match.end("text") :]
    return text, {labels[source]: labels[place] for place, source in enumerate(order)}


def _numbers(text: str, random: Random) -> Changed:
    found = [match for match in _COUNT.finditer(text) if _respelled(match[0], random) != match[0]]
    if not found:
        return None
    match = random.choice(found)
    return text[: match.start()] + _respelled(match[0], random) + text[match.end() :], _NOTHING


def _respelled(number: str, random: Random) -> str:
    if "," in number:
        return number.replace(",", "")
    value = int(number)
    if value >= 10_000:  # four digits may be a year
        return f"{value:,}"
    return _WORDS[value] if value < len(_WORDS) and str(value) == number else number


def _dates(text: str, random: Random) -> Changed:
    found = [(match, day) for match in _DATE.finditer(text) if (day := _day(match)) is not None]
    if not found:
        return None
    match, day = random.choice(found)
    month = _MONTHS[day.month - 1]
    spelled = {day.isoformat(), f"{day.day} {month} {day.year:04}", f"{month} {day.day}, {day.year:04}"}
    return text[: match.start()] + random.choice(sorted(spelled - {match[0]})) + text[match.end() :], _NOTHING


def _day(match: re.Match[str]) -> date | None:
    year, month, day = (match[f"{part}"] or match[f"{part}2"] or match[f"{part}3"] for part in "ymd")
    try:
        return date(int(year), int(month) if month.isdigit() else _MONTHS.index(month) + 1, int(day))
    except ValueError:
        return None


def _negation(text: str, random: Random) -> Changed:
    found = list(_AUXILIARY.finditer(text))
    if not found:
        return None
    match = random.choice(found)
    new = match["verb"] if match["not"] else f"{match['verb']} not"
    return text[: match.start()] + new + text[match.end() :], _NOTHING


def _other_number(text: str, random: Random) -> Changed:
    found = list(_ANY_NUMBER.finditer(text))
    if not found:
        return None
    match = random.choice(found)
    new = str(int(match[0]) + random.randint(1, 9))
    return text[: match.start()] + new + text[match.end() :], {match[0]: new}


CONTRACTIONS = Relation("contractions", "every word, contracted or not", _contractions, divisible=True)
POLITENESS = Relation("politeness", "the whole prompt, with words of courtesy around it", _politeness)
CONTEXT = Relation("irrelevant context", "the whole prompt, beside a sentence on something else", _context)
SENTENCES = Relation(
    "sentence order", "every sentence (of prompts whose sentences do not depend on each other)", _sentences
)
OPTIONS = Relation("option order", "every option of a multiple choice; expected() follows the labels", _options)
NUMBERS = Relation("number formats", "the value of every number", _numbers)
DATES = Relation("date formats", "the day of every date", _dates)
NEGATION = Relation("negation", "everything but what is denied", _negation, alters=True)
OTHER_NUMBER = Relation("another number", "everything but one number", _other_number, alters=True)
