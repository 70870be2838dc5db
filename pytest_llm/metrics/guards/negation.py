"""Negation: what the reference affirms and the text denies, and antonyms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from pytest_llm.metrics.guards.antonyms import CONVERSE, LOOSE, SIDES
from pytest_llm.metrics.guards.denials import (
    AFTER_NO,
    AFTER_NOT,
    BE,
    BOUNDS,
    CONDITIONS,
    CONTRARY,
    DEEDS,
    FLIPPING,
    KINDLY,
    LIMITS,
    MAY,
    NEGATING,
    NEGATORS,
    NOT_PREFIXED,
    PLAIN,
    PREFIXES,
    PREPOSITIONS,
    QUALIFYING,
    RIGHTWARD,
    SIGN_OF,
    TELLING,
    THAN,
)
from pytest_llm.metrics.guards.reading import Reading, Word
from pytest_llm.metrics.guards.slots import aligned, stands_alone
from pytest_llm.metrics.guards.stems import stem
from pytest_llm.metrics.guards.words import STOP

_MOST, _RIVALS = 200, 8  # sentences compared word by word
_NONE: frozenset[tuple[int, int]] = frozenset()
_REACH = 30  # words of a clause that a negation turns


@dataclass(slots=True)
class _Said:
    """What a text says of a word: affirmed, denied, or both."""

    signs: set[int]
    head: Word | None = None
    polar: bool = False
    negator: Word | None = None


def difference(expected: Reading, got: Reading) -> str | None:
    """Return the first thing that one text affirms and the other denies."""
    if not (expected.english and got.english):
        return None
    if not (_may_deny(expected) or _may_deny(got)):
        return None
    known = expected.stems | got.stems
    if any(low in BOUNDS or low[0].isdigit() for low in expected.lows | got.lows):
        known -= MAY  # what may be larger and what may not is a matter of how large
    replaced = _one_word(expected, got) or _one_slot(expected, got)
    if any("first" in one.lows and "before" in other.lows for one, other in ((expected, got), (got, expected))):
        return replaced
    if replaced or (expected.lows ^ got.lows) & LIMITS:
        return replaced
    wanted, said = _said(expected, known), _said(got, known)
    for concept, mine in sorted(wanted.items(), key=lambda item: item[1].head is not None and item[1].head.low in MAY):
        other = said.get(concept)
        if other is None or mine.signs & other.signs or not (mine.head and other.head):
            continue
        if not (mine.polar or other.polar or mine.negator or other.negator):
            continue
        if concept in DEEDS or (
            concept in CONVERSE and (mine.polar or other.polar) and _swapped(expected, mine.head, got, other.head)
        ):
            continue
        return f"{_phrase(expected, mine)} -> {_phrase(got, other)}"
    return None


def _may_deny(reading: Reading) -> bool:
    """Return whether any word could matter here; most sentences have none."""
    lows = reading.lows
    if not (lows.isdisjoint(TELLING) and reading.stems.isdisjoint(TELLING)):
        return True
    return any(low.startswith(PREFIXES) or low.endswith("less") for low in lows)


def _one_word(expected: Reading, got: Reading) -> str | None:
    """Find sentences that are equal but for one word, which is replaced by its contrary."""
    others: dict[int, list[list[Word]]] = {}
    for sentence in got.sentences[:_MOST]:
        others.setdefault(len(sentence), []).append(sentence)
    for sentence in expected.sentences[:_MOST]:
        for other in others.get(len(sentence), ())[:_RIVALS]:
            found = [(one, two) for one, two in zip(sentence, other, strict=True) if one.stem != two.stem]
            if len(found) == 1 and _contrary(*found[0]):
                place = next(at for at, word in enumerate(sentence) if word is found[0][0])
                return f"'{_three(expected, sentence, place)}' -> '{_three(got, other, place)}'"
    return None


def _one_slot(expected: Reading, got: Reading) -> str | None:
    """Find sentences that are much the same but for a word and its contrary."""
    for pair in aligned(expected, got):
        for slot in pair.slots:
            one, other = slot.mine[0] if slot.mine else None, slot.theirs[0] if slot.theirs else None
            if not (one and other and len(slot.mine) == len(slot.theirs) == 1):
                continue
            if _contrary(one, other) and stands_alone(slot, pair):
                old = _three(expected, pair.mine, pair.mine.index(one))
                return f"'{old}' -> '{_three(got, pair.theirs, pair.theirs.index(other))}'"
    return None


def _contrary(one: Word, other: Word) -> bool:
    if frozenset((one.low, other.low)) in CONTRARY:
        return True
    mine, theirs = (SIDES.get(word.low, _NONE) | SIDES.get(word.stem, _NONE) for word in (one, other))
    return any((line, -sign) in theirs for line, sign in mine)


def _three(reading: Reading, sentence: list[Word], place: int) -> str:
    near = sentence[max(0, place - 1) : place + 2]
    return reading.said(near[0].start, near[-1].end)


def _said(reading: Reading, known: frozenset[str]) -> dict[str, _Said]:
    found: dict[str, _Said] = {}
    for sentence in reading.sentences:
        _read(sentence, known, found)
    return found


def _read(sentence: list[Word], known: frozenset[str], found: dict[str, _Said]) -> None:
    signs = [1] * len(sentence)
    unsure: set[int] = set()
    heads: dict[int, int] = {}
    places, cancelled = _negators(sentence)
    for place in places:
        _flip(sentence, place, signs, heads)
    lows = {word.low for word in sentence}
    if "before" in lows:
        unsure |= {at for at, word in enumerate(sentence) if _is_after_before(sentence, at, word)}
    if "out" in lows:
        pairs = [(word.low, after.low) for word, after in pairwise(sentence)]
        unsure |= {at + 2 for at, pair in enumerate(pairs) if pair == ("out", "of")}
    own = [(None, 1) if word.low in PLAIN else _own(sentence, at, known) for at, word in enumerate(sentence)]
    negative = {
        word.clause: place
        for place, (word, (concept, sign)) in enumerate(zip(sentence, own, strict=True))
        if (concept is not None and sign < 0) or _negative(word.low)
    }
    if negative:
        unsure |= {at for at, word in enumerate(sentence) if negative.get(word.clause, at) != at}
    for place, (concept, sign) in enumerate(own):
        word = sentence[place]
        polar = concept is not None
        if not polar and (word.low in STOP or word.low in NEGATORS or word.low.isdigit()):
            continue
        one = found.setdefault(concept or word.stem, _Said(set()))
        value = sign * signs[place]
        free = word.low in PREPOSITIONS and signs[place] < 0
        one.signs |= {1, -1} if cancelled or free or (place in unsure and not polar) else {value}
        one.head = one.head or word
        if polar and sign < 0:
            one.polar = True
        if word.low in MAY and signs[place] < 0:
            one.negator = one.negator or word
        if place in heads:
            one.negator = one.negator or sentence[heads[place]]


def _is_after_before(sentence: list[Word], at: int, word: Word) -> bool:
    """Return whether a word tells what has not happened yet: before it was saved."""
    near = sentence[max(0, at - 4) : at]
    return any(one.low == "before" and one.clause == word.clause for one in near) and any(one.low in BE for one in near)


def _negators(sentence: list[Word]) -> tuple[list[int], bool]:
    """Return the negations that count, without those of idioms and pairs that cancel; and whether one was an if-not."""
    places = [at for at, word in enumerate(sentence) if word.low in NEGATING and _negates(sentence, at)]
    if not places:
        return places, False
    ifs = [place for place in places if _in_condition(sentence, place)]
    if ifs and len(places) > len(ifs):
        return [], True
    conditions = [place for place in places if sentence[place].low in CONDITIONS]
    conditions += [place for place, word in enumerate(sentence) if word.low == "until"]
    mains = [place for place in places if place not in conditions]
    dropped = {place for pair in zip(conditions, mains, strict=False) for place in pair}
    return [place for place in places if place not in dropped], False


def _negates(sentence: list[Word], place: int) -> bool:
    low = sentence[place].low
    after = [word.low for word in sentence[place + 1 : place + 3]] + ["", ""]
    before = sentence[place - 1].low if place else ""
    if low in FLIPPING:
        return not (low in ("fail", "fails", "failed", "stop") and (after[0] != "to" or before in ("not", "never")))
    if low in RIGHTWARD:
        return True
    if low == "free":
        return after[0] in ("of", "from")
    if low in ("instead", "rather"):
        return after[0] in ("of", "than")
    # In code None is a value, not a negation.
    if low not in NEGATORS or (low == "none" and sentence[place].raw == "None" and place):
        return False
    if after[0] in KINDLY or after[0] in AFTER_NOT or (after[0] in THAN and after[1] == "than"):
        return False
    if low == "no" and (after[0] in AFTER_NO or (place == 0 and len(sentence) > 1 and "," in sentence[1].gap)):
        return False
    if low in ("no", "nobody", "none", "nothing") and (
        "but" in after[:2] or "except" in after[:2] or "other" in after[:1]
    ):
        return False
    return not (low == "not" and before in ("or", "why"))


def _in_condition(sentence: list[Word], place: int) -> bool:
    clause = sentence[place].clause
    return any(word.low in ("if", "when") for word in sentence[max(0, place - 6) : place] if word.clause == clause)


def _flip(sentence: list[Word], place: int, signs: list[int], heads: dict[int, int]) -> None:
    word = sentence[place]
    left = word.low not in RIGHTWARD and word.low not in ("free", "instead", "rather", "nor")
    start = place
    while (
        left
        and start > place - _REACH
        and start
        and sentence[start - 1].clause == word.clause
        and sentence[start - 1].low not in NEGATORS
    ):
        start -= 1
        if sentence[start].low in ("and", "or", "nor") and (start == place - 1 or word.low == "no"):
            break
    if left and place + 1 < len(sentence) and _negative(sentence[place + 1].low):
        signs[place + 1] = -signs[place + 1]  # not uncommon: what is so is not denied
        return
    end = place + 1
    # A condition is a clause of its own, and its first word begins it.
    while end < min(len(sentence), place + _REACH) and sentence[end].clause == word.clause:
        if sentence[end].low == "nor" or (sentence[end].low in NEGATORS and sentence[end - 1].low in ("and", "or")):
            break
        end += 1
    for at in range(start, end):
        if at != place or word.low in FLIPPING:
            signs[at] = -signs[at]
    if word.low in FLIPPING:
        signs[place] = -signs[place]
    content = [at for at in range(place + 1, end) if sentence[at].low not in STOP or _obliges(sentence, at)]
    # "Not a single sample came back positive", "nobody", "none of": what is denied is all that is said of the subject.
    whole = _of_subject(sentence, place)
    for at in content if whole else content[:1]:
        heads.setdefault(at, place)


def _of_subject(sentence: list[Word], place: int) -> bool:
    """Return whether a negation is, or begins, the subject of its clause."""
    if place and sentence[place - 1].clause == sentence[place].clause:
        return False
    low = sentence[place].low
    if any(word.low in QUALIFYING for word in sentence):
        return False
    after = sentence[place + 1].low if place + 1 < len(sentence) else ""
    return low in ("no", "none", "nobody", "neither") or (
        low == "not" and after in ("a", "one", "any", "even", "every")
    )


def _obliges(sentence: list[Word], place: int) -> bool:
    """Return whether a word says that something has to be: must, has to."""
    after = sentence[place + 1].low if place + 1 < len(sentence) else ""
    if sentence[place].low in ("have", "has", "had"):
        return after == "to"
    return sentence[place].low == "must" and after not in NEGATORS


def _own(sentence: list[Word], place: int, known: frozenset[str]) -> tuple[str | None, int]:
    word = sentence[place]
    low = word.low
    if _obliges(sentence, place):
        return "need", 1
    if low in MAY and low in known:
        return "allow", 1
    if low in KINDLY and place and sentence[place - 1].low in NEGATORS:
        return None, 1
    if low in NEGATORS or low in ("all", "everyone", "everybody", "always"):
        return None, 1
    if place + 1 < len(sentence) and sentence[place + 1].low == "free" and "-" in sentence[place + 1].gap:
        return word.stem, -1
    if place and sentence[place - 1].low == "non" and "-" in word.gap:
        return word.stem, -1
    found = SIGN_OF.get(low) or SIGN_OF.get(word.stem)
    if found and low not in LOOSE and word.stem not in LOOSE:
        if any(near.low == "than" for near in sentence[place + 1 : place + 4]):
            return None, 1
        return found
    if low not in NOT_PREFIXED:
        for prefix in PREFIXES:
            if low.startswith(prefix) and len(low) - len(prefix) >= 4 and stem(low[len(prefix) :]) in known:
                return stem(low[len(prefix) :]), -1
        if low.endswith("less") and len(low) > 7 and stem(low[:-4]) in known:
            return stem(low[:-4]), -1
    return None, 1


def _negative(low: str) -> bool:
    return low.startswith("un") and len(low) > 6 and low not in NOT_PREFIXED and not low.startswith(("uni", "under"))


def _swapped(expected: Reading, mine: Word, got: Reading, other: Word) -> bool:
    """Return whether what stands around a word has changed sides: A before B, B after A."""
    left, right = _sides(expected.sentences[mine.sentence], mine)
    before, after = _sides(got.sentences[other.sentence], other)
    if left & after and right & before:
        return True
    return len(left & after) + len(right & before) > len(left & before) + len(right & after)


def _sides(words: Iterable[Word], middle: Word) -> tuple[set[str], set[str]]:
    near = [word for word in words if word.low not in STOP]
    return {w.stem for w in near if w.start < middle.start}, {w.stem for w in near if w.start > middle.start}


def _phrase(reading: Reading, said: _Said) -> str:
    head = said.head
    assert head is not None
    first = head
    if said.negator is not None and said.negator.start < head.start and head.start - said.negator.start < 40:
        first = said.negator
    before = [word for word in reading.sentences[first.sentence] if word.start < first.start][-1:]
    start = before[0].start if before else first.start
    return f"'{reading.said(start, head.end)}'"
