"""Sentences side by side: the one place where two that are otherwise the same have different words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pytest_llm.metrics.guards.kinds import KINDS
from pytest_llm.metrics.guards.reading import Reading, Word
from pytest_llm.metrics.guards.synonyms import lines, synonymous
from pytest_llm.metrics.guards.words import DETERMINERS, ELSEWHERE, STOP

_MOST = 60  # sentences compared
_LONG = 80  # words of one
_ALIKE = 0.6
# With these beside it, a word says something else, or the contrary: turn down, free of, not.
_TURNING = frozenset(
    "not no never nor without free up down off out over under above below before after until unless except only than "
    "less least more most non once".split()
)


@dataclass(frozen=True, slots=True)
class Slot:
    """What stands in one text in the place of something else in the other; ``shared`` words around it are the same."""

    mine: tuple[Word, ...]
    theirs: tuple[Word, ...]
    before: Word | None
    after: Word | None


@dataclass(frozen=True, slots=True)
class Aligned:
    """Two sentences that are much the same, and where they are not."""

    mine: list[Word]
    theirs: list[Word]
    shared: int
    slots: list[Slot]


@lru_cache(4)
def aligned(expected: Reading, got: Reading) -> tuple[Aligned, ...]:
    """Return the pairs of sentences that are nearly equal, with what differs in them."""
    others = [(one, _content(one)) for one in got.sentences[:_MOST] if len(one) <= _LONG]
    found = []
    for sentence in expected.sentences[:_MOST]:
        if len(sentence) > _LONG:
            continue
        mine = _content(sentence)
        if not mine:
            continue
        rated = [(len(mine & theirs) / max(len(mine), len(theirs), 1), at) for at, (_, theirs) in enumerate(others)]
        best, at = max(rated, default=(0.0, 0))
        if best >= _ALIKE or (best >= 0.5 and len(mine) <= 4):
            pair = _pair(sentence, others[at][0])
            if pair is not None:
                found.append(pair)
    return tuple(found)


def _content(sentence: list[Word]) -> frozenset[str]:
    return frozenset([word.stem for word in sentence if word.low not in STOP])


def _pair(mine: list[Word], theirs: list[Word]) -> Aligned | None:
    from rapidfuzz.distance import Levenshtein

    old = [word for word in mine if word.low not in DETERMINERS]
    new = [word for word in theirs if word.low not in DETERMINERS]
    left, right = [word.stem for word in old], [word.stem for word in new]
    if left == right:
        return None
    slots: list[tuple[int, int, int, int]] = []
    shared = 0
    for code in Levenshtein.opcodes(left, right):
        a, b, c, d = code.src_start, code.src_end, code.dest_start, code.dest_end
        if code.tag == "equal":
            shared += sum(word.low not in STOP for word in old[a:b])
        elif slots and slots[-1][1] == a and slots[-1][3] == c:
            slots[-1] = (slots[-1][0], b, slots[-1][2], d)
        else:
            slots.append((a, b, c, d))
    return Aligned(
        mine,
        theirs,
        shared,
        [
            Slot(tuple(old[a:b]), tuple(new[c:d]), old[a - 1] if a else None, old[b] if b < len(old) else None)
            for a, b, c, d in slots
        ],
    )


def stands_alone(slot: Slot, pair: Aligned) -> bool:
    """Return whether two sentences are the same but for one place and words that say nothing by themselves."""
    others = [one for one in pair.slots if one is not slot]
    if any(word.low in _TURNING for one in others for word in (*one.mine, *one.theirs)):
        return False
    changed = sum(bool(_heavy(one.mine) or _heavy(one.theirs)) for one in others)
    return pair.shared >= 2 and (changed == 0 or (changed == 1 and pair.shared >= 4))


def _heavy(words: tuple[Word, ...]) -> list[Word]:
    return [word for word in words if word.low not in STOP]


def is_other(slot: Slot, expected: Reading, got: Reading) -> bool:
    """Return whether a place holds different things, neither of them another word for the other."""
    mine, theirs = _heavy(slot.mine), _heavy(slot.theirs)
    if not (1 <= len(mine) <= 2 and 1 <= len(theirs) <= 2):
        return False
    if any(one.stem in got.stems for one in mine) or any(one.stem in expected.stems for one in theirs):
        return False
    if any(_elsewhere(word) for word in (*slot.mine, *slot.theirs)):
        return False
    if not (_is_thing(expected, mine[-1], mine) and _is_thing(got, theirs[-1], theirs)):
        return False
    return not any(
        synonymous(one.low, other.low, (one.stem, other.stem)) or _related(one.low, other.low)
        for one in mine
        for other in theirs
    )


def _elsewhere(word: Word) -> bool:
    """Return whether another guard compares a word: a number, a date, a negation."""
    return (
        not word.low.isascii()
        or any(map(str.isdigit, word.low))
        or word.low in ELSEWHERE
        or word.low in _TURNING
        or word.low.endswith("ly")
    )


def _related(one: str, other: str) -> bool:
    """Return whether two words look like one in another form: refund, refundable."""
    least = min(len(one), len(other))
    same = next((at for at in range(least) if one[at] != other[at]), least)
    if one.endswith(other) or other.endswith(one):
        return True
    return (same >= 4 and same >= 0.6 * least) or (least <= 4 and same == least >= 3)


@dataclass(frozen=True, slots=True)
class Rest:
    """What two texts have in common, in whatever order, and the words of each that the other has nothing for."""

    shared: int
    likeness: float
    mine: list[Word]
    theirs: list[Word]


@lru_cache(4)
def rest(expected: Reading, got: Reading) -> Rest:
    """Return what is left of two texts without their common words, forms of a word and synonyms."""
    mine = {word.stem: word for word in expected.words if word.low not in STOP}
    theirs = {word.stem: word for word in got.words if word.low not in STOP}
    same = mine.keys() & theirs.keys()
    old = [word for root, word in mine.items() if root not in same][:_MOST]
    new = [word for root, word in theirs.items() if root not in same][:_MOST]
    left, right = _unmatched(old, new), _unmatched(new, old)
    shared = len(same) + len(old) - len(left)
    return Rest(shared, shared / max(1, min(len(mine), len(theirs)) - 1), left, right)


def left_over(expected: Reading, got: Reading) -> tuple[Word, Word] | None:
    """Return the one thing of each text that the other has nothing for, where all else agrees."""
    found = rest(expected, got)
    mine = [word for word in found.mine if not _elsewhere(word)]
    theirs = [word for word in found.theirs if not _elsewhere(word)]
    if not (1 <= len(mine) <= 2 and 1 <= len(theirs) <= 2 and found.shared >= 2):
        return None
    if any(synonymous(one.low, other.low, (one.stem, other.stem)) for one in mine for other in theirs):
        return None
    kinds = [{line for word in those for line, _ in KINDS.get(word.low, ())} for those in (mine, theirs)]
    if kinds[0] & kinds[1]:
        return None
    one = next((word for word in mine if _is_thing(expected, word, found.mine)), None)
    other = next((word for word in theirs if _is_thing(got, word, found.theirs)), None)
    return (one, other) if one and other else None


def _is_thing(reading: Reading, word: Word, others: list[Word]) -> bool:
    """Return whether a word stands as the noun of a phrase does, and whether the phrase is its own."""
    if word.low.endswith(_NO_NOUN) or (word.raw.isupper() and len(word.raw) < 6):
        return False
    sentence = reading.sentences[word.sentence]
    place = next(at for at, one in enumerate(sentence) if one.start == word.start)
    if place and (sentence[place - 1].low[0].isdigit() or sentence[place - 1].low in ELSEWHERE):
        return False
    after = sentence[place + 1] if place + 1 < len(sentence) else None
    if after is not None and after.gap == " " and after.low not in STOP and after not in others:
        return False
    if word.low.endswith("s") and (after is None or after.gap != " ") and place and sentence[place - 1].low not in STOP:
        return True
    if place and sentence[place - 1].raw.lower().endswith("'s"):
        return True
    place -= 1
    if place > 0 and (sentence[place] in others or sentence[place].low.endswith(_NO_NOUN)):
        place -= 1
    return sentence[place].low in _BEFORE_NOUNS if place >= 0 else len(others) == 2 and word is not sentence[0]


_NO_NOUN = ("ed", "ing", "ly", "able", "ible", "ful", "ous", "ive", "less", "al", "ic", "ary")
_BEFORE_NOUNS = frozenset("of in for with from by at on into onto about without per via against during".split())
_BEFORE_NOUNS |= DETERMINERS


def _unmatched(those: list[Word], others: list[Word]) -> list[Word]:
    """Return the words for which there is no other form and no synonym among the others."""
    known: set[object] = set()
    for other in others:
        known |= lines(other.low, other.stem)
    return [
        one
        for one in those
        if lines(one.low, one.stem).isdisjoint(known)
        and not any(one.low[:4] == other.low[:4] and _related(one.low, other.low) for other in others)
    ]
