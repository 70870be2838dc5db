"""Roles: the same words, but who did what to whom, or what came first, has changed."""

from __future__ import annotations

from pytest_llm.metrics.guards.antonyms import CONVERSE, SIGNS
from pytest_llm.metrics.guards.deeds import Deed, deeds
from pytest_llm.metrics.guards.reading import Reading, Word
from pytest_llm.metrics.guards.words import DETERMINERS, MATES, STOP

_VERBLESS = frozenset("and or nor , is are was were be been as well plus & both".split())
_BE = frozenset("is are was were be been being get gets got".split())
_PARTICIPLES = frozenset(
    "made paid sold told sent lent led met held built bought brought taught found hit beat won lost".split()
)
_WHEN = frozenset(
    "last next year years month week day days today tomorrow yesterday monday tuesday wednesday thursday friday "
    "saturday sunday january february march april june july august september october november december hour hours "
    "minutes".split()
)
_CONTRAST = frozenset("but while whereas than not".split())
_JOINING = frozenset("and or nor ,".split())
_PEERS = frozenset(
    "friend brother sister cousin colleagu partner neighbour neighbor spous twin classmat rival enemy sibl peer".split()
)
_PLACES = frozenset("to for with of on at in into from by about against over than".split())
_ARGUMENT = 4  # words of one part, at most
_LONG = 120

Frame = tuple[frozenset[str], str, frozenset[str], int, int]


def difference(expected: Reading, got: Reading) -> str | None:
    """Return the first clause whose roles the text exchanges."""
    if not (expected.english and got.english) or len(expected.stems & got.stems) < 3:
        return None
    return _exchanged(expected, got) or _reframed(expected, got) or _redone(expected, got)


def _redone(expected: Reading, got: Reading) -> str | None:
    """Find a deed whose doer is now the one it is done to, in whatever words."""
    theirs: dict[str, list[Deed]] = {}
    for deed in deeds(got, expected):
        theirs.setdefault(deed.key, []).append(deed)
    if not theirs:
        return None
    for mine in deeds(expected, got):
        others = theirs.get(mine.key, [])[:8]
        turned = [other for other in others if _changed_sides(mine, other)]
        if turned and not any(mine.doer & other.doer and not _changed_sides(mine, other) for other in others):
            return f"'{expected.said(mine.start, mine.end)}' -> '{got.said(turned[0].start, turned[0].end)}'"
    return None


def _changed_sides(one: Deed, other: Deed) -> bool:
    old, new = one.doer - other.doer, other.doer - one.doer
    return bool((old - one.others) & (other.others - new)) and bool((one.others - old) & (new - other.others))


def _exchanged(expected: Reading, got: Reading) -> str | None:
    """Find a sentence that is the other one with two parts exchanged around a verb or a preposition."""
    theirs = {tuple(sorted(_tokens(sentence))): sentence for sentence in got.sentences if len(sentence) < _LONG}
    for sentence in expected.sentences:
        if len(sentence) >= _LONG:
            continue
        mine = _tokens(sentence)
        other = theirs.get(tuple(sorted(mine)))
        if other is not None and any(_exchange(*turn) for turn in _turns(mine, _tokens(other))):
            return f"'{_all(expected, sentence)}' -> '{_all(got, other)}'"
    return None


def _turns(mine: list[str], theirs: list[str]) -> list[tuple[list[str], list[str]]]:
    """Return both sentences, also without a part that begins one and ends the other: next week, in June."""
    if mine == theirs:
        return []
    turns = [(mine, theirs)]
    for size in range(1, min(_ARGUMENT, len(mine) - 2)):
        if theirs[:size] == mine[-size:]:
            turns.append((mine[:-size], theirs[size:]))
        if theirs[-size:] == mine[:size]:
            turns.append((mine[size:], theirs[:-size]))
    return turns


def _tokens(sentence: list[Word]) -> list[str]:
    found = []
    for word in sentence:
        if word is not sentence[0] and "," in word.gap:
            found.append(",")
        if word.raw == "A" and not word.opens:
            found.append("A")
        elif word.low not in DETERMINERS:
            found.append(word.stem)
            if word.raw.lower().endswith("'s"):
                found.append("'s")
    return found


def _exchange(mine: list[str], theirs: list[str]) -> bool:
    start, size = 0, len(mine)
    while start < size and mine[start] == theirs[start]:
        start += 1
    end = size
    while end > start and mine[end - 1] == theirs[end - 1]:
        end -= 1
    old, new = mine[start:end], theirs[start:end]
    count = len(old)
    for first in range(1, min(_ARGUMENT, count - 1) + 1):
        for last in range(1, min(_ARGUMENT, count - first - 1) + 1):
            middle = old[first : count - last]
            if (
                old[:first] == new[count - first :]
                and old[count - last :] == new[:last]
                and middle == new[last : count - first]
                and _JOINING.isdisjoint((*old[:first], *old[count - last :]))
                and (_asymmetric(middle) or _belonging(mine[end : end + 2]))
            ):
                return True
    return False


def _asymmetric(middle: list[str]) -> bool:
    if middle[0] == "'s" and any(word not in STOP for word in middle[1:]):
        return True
    if not _JOINING.isdisjoint(middle):
        return bool({*middle} & _CONTRAST) or _own_words(middle)
    if {*middle} & MATES:
        return False
    return any(word not in _VERBLESS for word in middle)


def _belonging(after: list[str]) -> bool:
    """Return whether the second part owns what follows: Anna is Tom's boss."""
    return len(after) == 2 and after[0] == "'s" and after[1] not in _PEERS


def _own_words(middle: list[str]) -> bool:
    """Return whether the joined parts have words of their own: 3 for adults and 5 for children."""
    joints = [place for place, word in enumerate(middle) if word in _JOINING]
    return any(word not in STOP and word not in _JOINING for word in (*middle[: joints[0]], *middle[joints[-1] + 1 :]))


def _reframed(expected: Reading, got: Reading) -> str | None:
    """Find a verb, comparative or preposition whose two sides are exchanged, active or passive."""
    theirs: dict[str, list[Frame]] = {}
    for frame in _frames(got, expected):
        theirs.setdefault(frame[1], []).append(frame)
    if not theirs:
        return None
    for left, key, right, start, end in _frames(expected, got):
        others = theirs.get(key, [])[:8]
        if any(_turned(left, right, other) for other in others) and not any(
            _kept(left, right, other) for other in others
        ):
            other = next(other for other in others if _turned(left, right, other))
            return f"'{expected.said(start, end)}' -> '{got.said(other[3], other[4])}'"
    return None


def _turned(left: frozenset[str], right: frozenset[str], other: Frame) -> bool:
    before, _, after, _, _ = other
    return bool((left - right) & (after - before)) and bool((right - left) & (before - after))


def _kept(left: frozenset[str], right: frozenset[str], other: Frame) -> bool:
    return bool(left & other[0]) and bool(right & other[2])


def _frames(reading: Reading, other: Reading) -> list[Frame]:
    found = []
    words = reading.words
    for place, word in enumerate(words):
        sign = SIGNS.get(word.low) or SIGNS.get(word.stem)
        key, way = sign if sign and sign[0] in CONVERSE else (word.stem, 1)
        converse = sign is not None and sign[0] in CONVERSE
        if word.low in STOP and not converse:
            continue
        if word.stem in MATES or (not converse and word.stem not in other.stems):
            continue
        if converse and word.low not in ("before", "after", "above", "below") and not _relates(words, place):
            continue
        frame = _frame(reading, place, key, way)
        if frame is not None:
            found.append(frame)
    found += _journeys(reading)
    return found


def _relates(words: list[Word], place: int) -> bool:
    low = words[place].low
    return any(word.low == "than" for word in words[place + 1 : place + 3]) or low.endswith(("s", "ed", "t"))


def _frame(reading: Reading, place: int, key: str, way: int) -> Frame | None:
    words = reading.words
    if key == "above" and any(near.low[0].isdigit() for near in words[place + 1 : place + 3]):
        return None
    passive = _passive(words, place)
    if passive is None:
        return None
    left = _phrase(words, place, -1)
    right = _phrase(words, passive if passive else place, 1)
    if not left or not right or not (_verbal(words, place) or passive):
        return None
    first, last = ({w.stem for w in side if w.low not in _WHEN and not w.low[0].isdigit()} for side in (left, right))
    start, end = left[-1].start, right[-1].end
    if bool(passive) ^ (way < 0):
        first, last = last, first
    return frozenset(first), key, frozenset(last), start, end


def _verbal(words: list[Word], place: int) -> bool:
    """Return whether a word stands as a verb or relation does: no article before it."""
    if place == 0 or words[place - 1].low in DETERMINERS or words[place - 1].low in _PLACES:
        return False
    low = words[place].low
    return (
        low.endswith(("s", "ed"))
        or (low != words[place].stem + "e" and low != words[place].stem)
        or low in ("before", "after", "above", "below")
        or words[place - 1].low in ("must", "can", "will", "should", "may")
        or low in ("beat", "hit", "lent", "sent", "sold", "told", "led", "met")
        or any(word.low == "than" for word in words[place + 1 : place + 2])
    )


def _passive(words: list[Word], place: int) -> int | None:
    """Return where the "by" of a passive stands, 0 if it is active, None if a passive names nobody."""
    auxiliaries = {word.low for word in words[max(0, place - 3) : place] if word.clause == words[place].clause}
    if not auxiliaries & _BE or not _participle(words[place].low):
        return 0
    for at in range(place + 1, min(place + 8, len(words))):
        if words[at].clause != words[place].clause:
            return None
        if words[at].low == "by":
            return at
    return None


def _participle(low: str) -> bool:
    return low.endswith(("ed", "en", "wn", "ne")) or low in _PARTICIPLES


def _phrase(words: list[Word], place: int, step: int) -> list[Word]:
    """Return the nearest words that stand together on one side, those nearest first."""
    clause = words[place].clause
    at = place + step
    skipped = 0
    while 0 <= at < len(words) and words[at].sentence == words[place].sentence and words[at].low in STOP:
        if (step < 0 and words[at].low in ("and", "or", "that")) or skipped > 4:
            return []
        skipped += 1
        at += step
    if 0 <= at < len(words) and words[at].low.endswith("ly"):
        at += step
    found: list[Word] = []
    while 0 <= at < len(words) and words[at].clause == clause and words[at].low not in STOP and len(found) < _ARGUMENT:
        found.append(words[at])
        at += step
    return found


def _journeys(reading: Reading) -> list[Frame]:
    found = []
    words = reading.words
    for place, word in enumerate(words):
        if word.low in ("into", "onto"):
            left, right = _phrase(words, place, -1), _phrase(words, place, 1)
            if left and right:
                sides = frozenset(w.stem for w in left), frozenset(w.stem for w in right)
                found.append((sides[0], "into", sides[1], left[-1].start, right[-1].end))
    if "from" not in reading.lows or reading.lows.isdisjoint(("to", "into", "onto")):
        return found
    for place, word in enumerate(words):
        if word.low != "from":
            continue
        source = _phrase(words, place, 1)
        target = _target(words, place)
        if source and target:
            start, end = min(source[0].start, target[0].start), max(source[-1].end, target[-1].end)
            stems = frozenset(w.stem for w in source), frozenset(w.stem for w in target)
            found.append((stems[0], "from", stems[1], start, end))
    return found


def _target(words: list[Word], place: int) -> list[Word]:
    for at in (*range(place + 1, min(place + 6, len(words))), *range(place - 1, max(place - 4, 0), -1)):
        if words[at].low in ("to", "onto", "into") and words[at].sentence == words[place].sentence:
            return _phrase(words, at, 1)
    return []


def _all(reading: Reading, sentence: list[Word]) -> str:
    return reading.said(sentence[0].start, sentence[-1].end)
