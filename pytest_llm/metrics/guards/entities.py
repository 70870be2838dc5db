"""Names and things: another person, place, product, address, identifier or kind of thing in the same place."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pytest_llm.metrics.guards.reading import Reading, Word
from pytest_llm.metrics.guards.things import ALIASES, AMBIGUOUS, KINDS, NAMES
from pytest_llm.metrics.guards.words import DETERMINERS, STOP

_QUOTED = re.compile(r'"([^"\n]{2,80})"')
_CODE = re.compile(r"`([^`\n]+)`|\b([A-Za-z]\w*(?:\.\w+)*\(\)|[a-z]+(?:_[a-z0-9]+)+)")
_TIME_WORDS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december mondays tuesdays wednesdays thursdays fridays saturdays sundays jan feb "
    "mar apr jun jul aug sep sept oct nov dec q1 q2 q3 q4 am pm".split()
)
_NO_NAMES = frozenset("i ok id ceo cto cfo tv faq mr mrs ms dr prof yes no note c f celsius fahrenheit".split())
_NOUNISH = (
    "ment",
    "tion",
    "sion",
    "ness",
    "ity",
    "ing",
    "ance",
    "ence",
    "ism",
    "ship",
    "ure",
    "ly",
    "fast",
    "age",
    "ship",
)
_MASS = frozenset(
    "revenue rent lunch dinner water rain snow traffic demand supply growth profit income interest inflation "
    "unemployment work staff help support access data news weather food music milk coffee bread".split()
)
_MOST = 60  # of the names and things that differ


_Thing = tuple[Word, tuple[int, int], frozenset[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class Name:
    """A capitalised name and the words around it."""

    parts: tuple[str, ...]
    start: int
    end: int
    before: str
    after: str


def difference(expected: Reading, got: Reading) -> str | None:
    """Return the first name or thing of the reference that another one replaces."""
    return (
        _literal(expected, got)
        or (_names(expected, got) if expected.english and got.english else None)
        or (_replaced(expected, got) if expected.english and got.english else None)
    )


def _literal(expected: Reading, got: Reading) -> str | None:
    for pattern in (None, _CODE, _QUOTED):
        mine, theirs = _literals(expected, pattern), _literals(got, pattern)
        if not mine or not theirs:
            continue
        missing, added = _unsaid(mine, theirs, got), _unsaid(theirs, mine, expected)
        if missing and added:
            return f"{_short(missing[0])} -> {_short(added[0])}"
    return None


def _unsaid(those: list[str], others: list[str], there: Reading) -> list[str]:
    known = {one.lower() for one in others}
    rest = [one for one in dict.fromkeys(those) if one.lower() not in known][:_MOST]
    text = there.text.lower() if rest else ""
    return [one for one in rest if one.lower() not in text]


def _literals(reading: Reading, pattern: re.Pattern[str] | None) -> list[str]:
    if pattern is None:
        return [reading.text[start:end] for start, end in reading.addresses]
    if pattern is _QUOTED and '"' not in reading.text:
        return []
    if pattern is _CODE and not any(char in reading.text for char in "`_("):
        return []
    found = [match[match.lastindex or 0] for match in pattern.finditer(reading.prose)]
    return [one.removesuffix("()") for one in found]


def _short(text: str) -> str:
    return text if len(text) <= 48 else text[:47] + "…"


def _names(expected: Reading, got: Reading) -> str | None:
    mine, theirs = names(expected), names(got)
    if not mine or not theirs:
        return None
    missing = _strange(mine, got, theirs)
    added = _strange(theirs, expected, mine) if missing else []
    if not added:
        return None
    alone = len(missing) == len(added) == 1
    for one in missing:
        for other in added:
            near = (one.before and one.before == other.before) or (one.after and one.after == other.after)
            if near or (alone and _alike(expected, got)):
                return f"{expected.said(one.start, one.end)} -> {got.said(other.start, other.end)}"
    return None


def names(reading: Reading) -> list[Name]:
    """Return the capitalised names within sentences."""
    found: list[Name] = []
    for sentence in reading.sentences:
        capital = [word for word in sentence if word.raw[0].isupper()]
        if len(sentence) > 3 and len(capital) > 0.7 * len(sentence):
            continue
        run: list[Word] = []
        for place, word in enumerate(sentence):
            if _is_name(word) and not (run and any(char in word.gap for char in ',;:()"')):
                run.append(word)
            else:
                _close_run(found, sentence, run, place)
                run = [word] if _is_name(word) else []
        _close_run(found, sentence, run, len(sentence))
    return found


def _is_name(word: Word) -> bool:
    if word.low in _TIME_WORDS or word.low in _NO_NAMES:
        return False
    if not word.opens:
        return word.raw[0].isupper() or not (word.raw.islower() or word.raw.isdigit())
    return word.low in NAMES or not (word.raw[1:].islower() or len(word.raw) == 1 or word.raw.isdigit())


def _close_run(found: list[Name], sentence: list[Word], run: list[Word], place: int) -> None:
    if not run:
        return
    first = place - len(run)
    before = sentence[first - 1].low if first > 0 else "^"
    after = sentence[place].stem if place < len(sentence) else ""
    if before in DETERMINERS and first > 1:
        before = sentence[first - 2].low
    # The name may begin with the word that opens the sentence: Marie Curie.
    if (
        first == 1
        and sentence[0].raw[0].isupper()
        and sentence[0].low not in STOP | _NO_NAMES
        and "," not in run[0].gap
    ):
        run = [sentence[0], *run]
    found.append(Name(tuple(_folded(word.low) for word in run), run[0].start, run[-1].end, before, after))


def _folded(low: str) -> str:
    if low.isascii():
        return low
    return "".join(char for char in unicodedata.normalize("NFKD", low) if not unicodedata.combining(char))


def _strange(those: list[Name], other: Reading, others: list[Name]) -> list[Name]:
    """Return the names that the other text lacks: by any of their words, initials, aliases or adjectives."""
    lows = _words_of(other)
    aliases = _aliases(other, lows)
    initials = {"".join(part[0] for part in name.parts) for name in others if len(name.parts) > 1}
    heads = {part[:5] for name in others for part in name.parts if len(part) >= 5}
    known = lows | initials
    distinct = {one.parts: one for one in reversed(those)}
    found = [one for one in reversed(distinct.values()) if not _known(one, known, heads, aliases)]
    return found[:_MOST]


def _known(one: Name, known: frozenset[str], heads: set[str], aliases: set[str]) -> bool:
    if any(form in known for part in one.parts for form in (part, part.rstrip("s"), f"{part}s")):
        return True
    if len(one.parts) > 1 and "".join(part[0] for part in one.parts) in known:
        return True
    if any(part[:5] in heads for part in one.parts if len(part) >= 5):
        return True
    return any(ALIASES.get(name) in aliases for name in (" ".join(one.parts), *one.parts))


def _words_of(reading: Reading) -> frozenset[str]:
    return reading.lows if reading.text.isascii() else reading.lows | {_folded(low) for low in reading.lows}


def _aliases(reading: Reading, lows: frozenset[str]) -> set[str]:
    low = reading.text.lower()
    return {key for name, key in ALIASES.items() if (name in lows if " " not in name else name in low)}


def _alike(expected: Reading, got: Reading) -> bool:
    mine = {word.stem for word in expected.words if word.low not in STOP}
    theirs = {word.stem for word in got.words if word.low not in STOP}
    return len(mine & theirs) >= 0.5 * min(len(mine), len(theirs))


def _replaced(expected: Reading, got: Reading) -> str | None:
    """Find a thing that another of its kind replaces, and a replaced first word that is a name."""
    kinds = _kinds(expected, got)
    others = _kinds(got, expected) if kinds else []
    alone = len(kinds) == len(others) == 1 and _alike(expected, got)
    for one, kind, around in kinds:
        for other, its, near in others:
            if (
                kind[0] == its[0]
                and kind != its
                and (around & near or (alone and not {one.low, other.low} & AMBIGUOUS))
            ):
                return f"{one.raw} -> {other.raw}"
    return _opening(expected, got)


def _kinds(reading: Reading, other: Reading) -> list[_Thing]:
    """Return the things of a known kind that the other text does not mention, each once, with the words beside it."""
    found: dict[str, _Thing] = {}
    for place, word in enumerate(reading.words):
        kind = _kind(word)
        if kind is not None and word.stem not in other.stems and word.stem not in found:
            found[word.stem] = (word, kind, _around(reading.words, place))
    return list(found.values())


def _kind(word: Word) -> tuple[int, int] | None:
    low = word.low
    found = KINDS.get(low)
    return KINDS.get(low[:-1]) if found is None and low.endswith("s") else found


def _around(words: list[Word], place: int) -> frozenset[tuple[int, str]]:
    found = set()
    for step in (-1, 1):
        at = place + step
        while 0 <= at < len(words) and words[at].low in DETERMINERS:
            at += step
        if 0 <= at < len(words) and words[at].sentence == words[place].sentence:
            found.add((step, words[at].stem))
    return frozenset(found)


def _opening(expected: Reading, got: Reading) -> str | None:
    """Find the replaced first word of otherwise equal sentences: Shakespeare wrote, Marlowe wrote."""
    for mine, theirs in zip(expected.sentences[:_MOST], got.sentences[:_MOST], strict=False):
        if mine[0].low == theirs[0].low or not (_may_open(mine) and _may_open(theirs)):
            continue
        if [word.stem for word in mine[1:]] == [word.stem for word in theirs[1:]]:
            return f"{mine[0].raw} -> {theirs[0].raw}"
    return None


def _may_open(sentence: list[Word]) -> bool:
    first = sentence[0]
    if len(sentence) < 3 or not first.raw[0].isupper() or first.low in STOP or first.low.endswith(_NOUNISH):
        return False
    after = sentence[1].low
    verbal = after.endswith("ed") or after in _VERBS
    return (
        verbal
        and first.low not in _MASS
        and not (first.low.endswith("s") and first.stem == first.low[:-1] and len(first.low) < 5)
    )


_VERBS = frozenset(
    "is was has had will wrote won lost beat made built bought sold said told led took gave went came became began "
    "signed paid sent owns makes says sells won't runs met left held found".split()
)
