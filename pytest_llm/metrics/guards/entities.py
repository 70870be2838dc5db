"""Names and things: another person, place, product, address, identifier or kind of thing in the same place."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass

from pytest_llm.metrics.guards.kinds import KINDS
from pytest_llm.metrics.guards.literals import literal
from pytest_llm.metrics.guards.reading import Reading, Word
from pytest_llm.metrics.guards.slots import aligned, is_other, left_over, rest, stands_alone
from pytest_llm.metrics.guards.things import ALIASES, AMBIGUOUS, HEADS, NAMES
from pytest_llm.metrics.guards.words import DETERMINERS, STOP

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
_ALIKE = 0.5
_MOST = 60  # of the names and things that differ


_Kind = tuple[tuple[int, int], ...]
_Thing = tuple[Word, _Kind, frozenset[tuple[int, str]]]


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
        literal(expected, got)
        or (_names(expected, got) if expected.english and got.english else None)
        or (_replaced(expected, got) if expected.english and got.english else None)
    )


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
            named = _is_name(word)
            if not (named or run):
                continue
            if named and not (run and any(char in word.gap for char in ',;:()"')):
                run.append(word)
            else:
                _close_run(found, sentence, run, place)
                run = [word] if named else []
        _close_run(found, sentence, run, len(sentence))
    return found


def _is_name(word: Word) -> bool:
    if not word.opens and word.raw.islower():
        return False
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
    own = [part for part in one.parts if part not in HEADS] or one.parts
    if any(form in known for part in own for form in (part, part.rstrip("s"), f"{part}s")):
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
    return rest(expected, got).likeness >= _ALIKE


def _replaced(expected: Reading, got: Reading) -> str | None:
    """Find a thing that another of its kind replaces, and a replaced first word that is a name."""
    kinds = _kinds(expected, got)
    others = _kinds(got, expected) if kinds else []
    mine, theirs = (Counter(line for _, kind, _ in those for line, _ in kind) for those in (kinds, others))
    for one, kind, around in kinds:
        for other, its, near in others:
            if rivals(kind, its) and (
                around & near
                or (
                    not {one.low, other.low} & AMBIGUOUS
                    and any(mine[line] == theirs[line] == 1 for line in _lines(kind) & _lines(its))
                    and _alike(expected, got)
                )
            ):
                return f"{one.raw} -> {other.raw}"
    return _opening(expected, got) or _other(expected, got)


def _kinds(reading: Reading, other: Reading) -> list[_Thing]:
    """Return the things of a known kind that the other text does not mention, each once, with the words beside it."""
    found: dict[str, _Thing] = {}
    for place, word in enumerate(reading.words):
        kind = kind_of(word)
        if kind and word.stem not in other.stems and word.stem not in found:
            found[word.stem] = (word, kind, _around(reading.words, place))
    return list(found.values())


def kind_of(word: Word) -> _Kind:
    """Return the kinds that a word is of, each with its place among them."""
    low = word.low
    return KINDS.get(low) or (KINDS.get(low[:-1], ()) if low.endswith("s") else ())


def _lines(kind: _Kind) -> set[int]:
    return {line for line, _ in kind}


def rivals(one: _Kind, other: _Kind) -> bool:
    """Return whether two words are of a kind, and not the same of it."""
    if not one or not other or {*one} & {*other}:
        return False
    return bool(_lines(one) & _lines(other))


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


def _other(expected: Reading, got: Reading) -> str | None:
    """Find the one place where sentences that are otherwise the same speak of something else."""
    for pair in aligned(expected, got):
        found = [slot for slot in pair.slots if is_other(slot, expected, got)]
        if len(found) == 1 and stands_alone(found[0], pair):
            slot = found[0]
            return f"{_spoken(expected, slot.mine)} -> {_spoken(got, slot.theirs)}"
    things = left_over(expected, got)
    return f"{things[0].raw} -> {things[1].raw}" if things else None


def _spoken(reading: Reading, words: tuple[Word, ...]) -> str:
    return reading.said(words[0].start, words[-1].end)


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
