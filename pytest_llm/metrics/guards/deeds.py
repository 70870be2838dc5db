"""Who did it: verbs that tell the same deed from the one who does it or from the other side."""

from __future__ import annotations

from typing import NamedTuple

from pytest_llm.metrics.guards.reading import Reading, Word
from pytest_llm.metrics.guards.stems import stem
from pytest_llm.metrics.guards.words import DETERMINERS, MATES, STOP

# Each line: the deed told from its doer | told from the other side, who is then its subject.
_DEEDS = """
give lend loan donate grant bequeath award hand present offer transfer provide supply deliver send forward pass leave \
gave lent given handed sent gives lends left assign issue donates | receive borrow inherit get obtain got receives \
accept
sell sold | buy bought purchase acquire
teach taught train instruct tutor coach educate mentor | learn learnt study
tell told inform notify advise warn brief alert remind | hear heard
orbit revolve circle
beat defeat overcome outplay overpower eliminate conquer win won | lose lost
cause trigger produce prompt worsen provoke induce aggravate exacerbate drive drove generate | stem
employ hire recruit | serve
manage supervise oversee head lead led boss direct mentor | report
replace succeed supersede displace
chase pursue hunt drive drove
rescue save free release liberate
blame accuse fault
validate check verify inspect examine audit test
pay paid reimburse compensate repay refund
own possess have has | belong
attack hit strike struck assault invade raid bite bit bitten kick
call phone telephone ring rang contact ask asked
acquire bought buy take absorb purchase
sue prosecute
criticize criticise condemn attack denounce
praise commend applaud compliment
invite ask
visit
follow | precede
help assist support aid
protect shield guard defend
kill murder shoot shot slay
love adore admire
fear
appoint name promote nominate choose chose chosen elect
dismiss fire sack
overtake pass outpace outperform exceed surpass outsell outnumber outrank
trust
consult
trigger start launch activate
control govern regulate
contain include | belong
parent | child
block stop
inhibit suppress
infect
cover wrap
import
represent
refer
transmit
recommend suggest
approve
sign
write wrote written
read
translate
convert
load
merge
request
query
copy
invoke
inherit extend
import
depend rely | underpin
eat ate eaten devour
see saw seen spot notice
find found discover
treat treated cure
examine
interview question
"""
_OF: dict[str, tuple[tuple[str, int], ...]] = {}
for _line in _DEEDS.replace("\\\n", "").strip().splitlines():
    _doer, _, _other = _line.partition(" |")
    for _way, _words in ((1, _doer), (-1, _other)):
        for _word in _words.split():
            for _form in {_word, stem(_word)}:
                _OF[_form] = (*_OF.get(_form, ()), (_doer.split()[0], _way))

_BE = frozenset("is are was were be been being get gets got".split())
_WHO = frozenset("who which that".split())
_WHENCE = frozenset("from to by of".split())
_NEAREST, _WIDE = 4, 8  # words of the doer, and of all else
_IDLE = frozenset(
    "last next year years month week day days today tomorrow yesterday time times new old good first other "
    "then later also again more".split()
)


class Deed(NamedTuple):
    """A deed, its doer and whoever or whatever else has to do with it, as stems."""

    doer: frozenset[str]
    key: str
    others: frozenset[str]
    start: int
    end: int


def deeds(reading: Reading, other: Reading) -> list[Deed]:
    """Return the deeds of a text whose verb the other text has too, or one for the same deed."""
    found: list[Deed] = []
    for sentence in reading.sentences:
        for place, word in enumerate(sentence):
            known = _OF.get(word.low) or _OF.get(word.stem)
            if known is None:
                if word.stem not in other.stems or word.low in STOP:
                    continue
                known = ((word.stem, 1),)
            if word.stem in MATES:
                continue
            if not _verbal(sentence, place):
                continue
            for key, way in known:
                deed = _deed(sentence, place, key, way)
                if deed is not None:
                    found.append(deed)
    return found


def _verbal(sentence: list[Word], place: int) -> bool:
    if place == 0:
        return False
    before, word = sentence[place - 1].low, sentence[place]
    if before in DETERMINERS or before in _NO_VERB_AFTER:
        return False
    raw = word.raw.lower()
    finite = raw.endswith(("s", "ed")) or not raw.startswith(word.stem) or raw in _PAST
    return finite or before in _MODALS or before.endswith("s")


def _deed(sentence: list[Word], place: int, key: str, way: int) -> Deed | None:
    word = sentence[place]
    end = place + 1
    while end < len(sentence) and end < place + 14:
        if sentence[end].clause != word.clause:
            break
        end += 1
    after = sentence[place + 1 : end]
    before = _subject(sentence, place)
    if not before:
        return None
    if _is_passive(sentence, place):
        doer = _after(after, "by")
        if not doer or way < 0:
            return None
        others = before + [one for one in after if one not in doer]
    elif way < 0:
        doer = _after(after, "from") or _after(after, "to") or _after(after, "of")
        others = before + [one for one in after if one not in doer]
    else:
        doer, others = before, after
    mine, rest = _stems(doer[:_NEAREST]), _stems(others)
    if not mine or not rest:
        return None
    return Deed(mine, key, rest, before[-1].start, (after or [word])[-1].end)


def _subject(sentence: list[Word], place: int) -> list[Word]:
    """Return the words of the subject, those nearest to the verb first."""
    at = place - 1
    skipped = 0
    while at >= 0 and (sentence[at].low in STOP or _is_adverb(sentence[at])):
        low = sentence[at].low
        obliged = low == "to" and at > 0 and sentence[at - 1].low in ("has", "have", "had")
        if (low in ("and", "or", "to", "but") and not obliged) or skipped > 4:
            return []
        skipped += 1
        at -= 1
    found: list[Word] = []
    while at >= 0 and len(found) < _NEAREST:
        low = sentence[at].low
        if low in STOP and low not in DETERMINERS and low not in ("of", "and"):
            break
        if low not in STOP:
            found.append(sentence[at])
        at -= 1
    return found


_NO_VERB_AFTER = frozenset("of for in with at on from and by".split())
_MODALS = frozenset(
    "can could may might must shall should will would not did does do who which that they we i you to".split()
)
_PAST = frozenset("beat hit sent lent put cut let set read sold told led met won lost paid left shot".split())


def _is_adverb(word: Word) -> bool:
    return word.raw.islower() and word.raw.endswith("ly") and word.raw not in ("family", "supply", "assembly", "ally")


def _is_passive(sentence: list[Word], place: int) -> bool:
    low = sentence[place].raw.lower()
    if not (low.endswith(("ed", "en", "wn", "ne")) or low in _PARTICIPLES):
        return False
    return any(word.low in _BE for word in sentence[max(0, place - 3) : place])


_PARTICIPLES = frozenset(
    "made paid sold told sent lent led met held built bought brought taught found hit beat won lost left shot "
    "struck bitten set put cut".split()
)


def _after(words: list[Word], preposition: str) -> list[Word]:
    for place, word in enumerate(words):
        if word.low == preposition:
            found = []
            for near in words[place + 1 : place + 8]:
                if near.low in STOP and near.low not in DETERMINERS and near.low != "of":
                    break
                if near.low not in STOP:
                    found.append(near)
            return found
    return []


def _stems(words: list[Word]) -> frozenset[str]:
    found = [
        word.stem for word in words if word.low not in STOP and word.low not in _IDLE and not word.low[0].isdigit()
    ]
    return frozenset(found[:_WIDE])
