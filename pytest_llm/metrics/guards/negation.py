"""Negation: what the reference affirms and the text denies, and antonyms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pytest_llm.metrics.guards.antonyms import CONVERSE, LOOSE, SIDES, SIGNS
from pytest_llm.metrics.guards.reading import Reading, Word
from pytest_llm.metrics.guards.stems import stem
from pytest_llm.metrics.guards.words import STOP

_NEGATORS = frozenset(
    "not no never neither nor none nobody nothing nowhere hardly barely scarcely rarely seldom".split()
)
_RIGHTWARD = frozenset("without unless lack lacks lacking lacked avoid avoids avoided except".split())
_FLIPPING = frozenset(
    "prohibited prohibit prohibits forbidden forbid forbids banned illegal unlawful impossible unable refuse "
    "refuses refused fail fails failed rejected denied deny denies prevent prevents prevented unlikely stop exempt "
    "ineligible waived barred".split()
)
_CONDITIONS = frozenset("without unless until except".split())
_AFTER_NOT = frozenset("only just merely simply least".split())
_THAN = frozenset(
    "more less later earlier fewer longer sooner greater higher other smaller larger lower older younger".split()
)
# Each can say without a negation what the other text says with one: open until ten, closes at ten.
_LIMITS = frozenset("only until till except unless solely just".split())
_CONTRARY = frozenset(
    frozenset(pair.split("/"))
    for pair in (
        "for/against on/off in/out up/down all/no all/none all/some some/no most/few many/few inside/outside "
        "over/under "
        "more/less more/fewer most/least into/from with/without before/after above/below always/sometimes can/cannot "
        "every/no each/no toward/away ahead/behind must/may and/not both/neither either/neither"
    ).split()
)
_KINDLY = frozenset("hesitate forget fail miss worry".split())
_BE = frozenset("is are was were being been be has have had it they".split())
_AFTER_NO = frozenset("matter doubt wonder problem".split())
_NOT_PREFIXED = frozenset(
    "income invest investment discover display discount district dispose discuss unit union unite until under "
    "universe inform information intend indeed instead inside invite image import important impress improve disease "
    "distance uniform impact imply install instance interest increase include industry indicate individual dish "
    "distribute".split()
)
_MOST, _RIVALS = 200, 8  # sentences compared word by word
_NONE: frozenset[tuple[int, int]] = frozenset()
_PREFIXES = ("un", "in", "im", "il", "ir", "non", "dis")
_REACH = 30  # words of a clause that a negation turns
_SIGN_OF = {**{stem(word): sign for word, sign in reversed(SIGNS.items())}, **SIGNS}


_TELLING = frozenset(
    {*_NEGATORS, *_RIGHTWARD, *_FLIPPING, *SIDES, *(word for pair in _CONTRARY for word in pair), "free", "instead"}
) - {"in", "into", "for", "from", "and", "with", "can", "on", "all", "some"}


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
    replaced = _one_word(expected, got)
    if any("first" in one.lows and "before" in other.lows for one, other in ((expected, got), (got, expected))):
        return replaced
    if replaced or (expected.lows ^ got.lows) & _LIMITS:
        return replaced
    wanted, said = _said(expected, known), _said(got, known)
    for concept, mine in wanted.items():
        other = said.get(concept)
        if other is None or mine.signs & other.signs or not (mine.head and other.head):
            continue
        if not (mine.polar or other.polar or mine.negator or other.negator):
            continue
        if concept in CONVERSE and (mine.polar or other.polar) and _swapped(expected, mine.head, got, other.head):
            continue
        return f"{_phrase(expected, mine)} -> {_phrase(got, other)}"
    return None


def _may_deny(reading: Reading) -> bool:
    """Return whether any word could matter here; most sentences have none."""
    lows = reading.lows
    if not (lows.isdisjoint(_TELLING) and reading.stems.isdisjoint(_TELLING)):
        return True
    return any(low.startswith(_PREFIXES) or low.endswith("less") for low in lows)


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


def _contrary(one: Word, other: Word) -> bool:
    if frozenset((one.low, other.low)) in _CONTRARY:
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
    unsure |= {at for at, word in enumerate(sentence) if _is_after_before(sentence, at, word)}
    own = [_own(sentence, place, known) for place in range(len(sentence))]
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
        if not polar and (word.low in STOP or word.low in _NEGATORS or word.low.isdigit()):
            continue
        one = found.setdefault(concept or word.stem, _Said(set()))
        value = sign * signs[place]
        one.signs |= {1, -1} if cancelled or (place in unsure and not polar) else {value}
        one.head = one.head or word
        if polar and sign < 0:
            one.polar = True
        if place in heads:
            one.negator = one.negator or sentence[heads[place]]


def _is_after_before(sentence: list[Word], at: int, word: Word) -> bool:
    """Return whether a word tells what has not happened yet: before it was saved."""
    near = sentence[max(0, at - 4) : at]
    return any(one.low == "before" and one.clause == word.clause for one in near) and any(
        one.low in _BE for one in near
    )


def _negators(sentence: list[Word]) -> tuple[list[int], bool]:
    """Return the negations that count, without those of idioms and pairs that cancel; and whether one was an if-not."""
    places = [place for place in range(len(sentence)) if _negates(sentence, place)]
    if not places:
        return places, False
    ifs = [place for place in places if _in_condition(sentence, place)]
    if ifs and len(places) > len(ifs):
        return [], True
    conditions = [place for place in places if sentence[place].low in _CONDITIONS]
    conditions += [place for place, word in enumerate(sentence) if word.low == "until"]
    mains = [place for place in places if place not in conditions]
    dropped = {place for pair in zip(conditions, mains, strict=False) for place in pair}
    return [place for place in places if place not in dropped], False


def _negates(sentence: list[Word], place: int) -> bool:
    low = sentence[place].low
    after = [word.low for word in sentence[place + 1 : place + 3]] + ["", ""]
    before = sentence[place - 1].low if place else ""
    if low in _FLIPPING:
        return not (low in ("fail", "fails", "failed", "stop") and (after[0] != "to" or before in ("not", "never")))
    if low in _RIGHTWARD:
        return True
    if low == "free":
        return after[0] in ("of", "from")
    if low in ("instead", "rather"):
        return after[0] in ("of", "than")
    # In code None is a value, not a negation.
    if low not in _NEGATORS or (low == "none" and sentence[place].raw == "None" and place):
        return False
    if after[0] in _KINDLY or after[0] in _AFTER_NOT or (after[0] in _THAN and after[1] == "than"):
        return False
    if low == "no" and (after[0] in _AFTER_NO or (place == 0 and len(sentence) > 1 and "," in sentence[1].gap)):
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
    left = word.low not in _RIGHTWARD and word.low not in ("free", "instead", "rather", "nor")
    start = place
    while (
        left
        and start > place - _REACH
        and start
        and sentence[start - 1].clause == word.clause
        and sentence[start - 1].low not in _NEGATORS
    ):
        start -= 1
        if sentence[start].low in ("and", "or", "nor") and start == place - 1:
            break
    end = place + 1
    # A condition is a clause of its own, and its first word begins it.
    while end < min(len(sentence), place + _REACH) and sentence[end].clause == word.clause:
        if sentence[end].low == "nor" or (sentence[end].low in _NEGATORS and sentence[end - 1].low in ("and", "or")):
            break
        end += 1
    for at in range(start, end):
        if at != place or word.low in _FLIPPING:
            signs[at] = -signs[at]
    if word.low in _FLIPPING:
        signs[place] = -signs[place]
    content = [at for at in range(place + 1, end) if sentence[at].low not in STOP]
    for at in content[:1]:
        heads.setdefault(at, place)


def _own(sentence: list[Word], place: int, known: frozenset[str]) -> tuple[str | None, int]:
    word = sentence[place]
    low = word.low
    if low in _KINDLY and place and sentence[place - 1].low in _NEGATORS:
        return None, 1
    if low in _NEGATORS or low in ("all", "everyone", "everybody", "always"):
        return None, 1
    if place + 1 < len(sentence) and sentence[place + 1].low == "free" and "-" in sentence[place + 1].gap:
        return word.stem, -1
    if place and sentence[place - 1].low == "non" and "-" in word.gap:
        return word.stem, -1
    found = _SIGN_OF.get(low) or _SIGN_OF.get(word.stem)
    if found and low not in LOOSE and word.stem not in LOOSE:
        if any(near.low == "than" for near in sentence[place + 1 : place + 4]):
            return None, 1
        return found
    if low not in _NOT_PREFIXED:
        for prefix in _PREFIXES:
            if low.startswith(prefix) and len(low) - len(prefix) >= 4 and stem(low[len(prefix) :]) in known:
                return stem(low[len(prefix) :]), -1
        if low.endswith("less") and len(low) > 7 and stem(low[:-4]) in known:
            return stem(low[:-4]), -1
    return None, 1


def _negative(low: str) -> bool:
    return low.startswith("un") and len(low) > 6 and low not in _NOT_PREFIXED and not low.startswith(("uni", "under"))


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
