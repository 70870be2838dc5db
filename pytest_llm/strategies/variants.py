"""A changed prompt that knows what it was, and the relation that changed it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import accumulate
from random import Random

__all__ = ["Edit", "Relation", "Variant", "edited", "edits_between"]

_PIECES = re.compile(r"(\w+|[^\w\s])")


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: the characters from ``start`` to ``end`` of the original became ``new``."""

    start: int
    end: int
    new: str


class Variant(str):
    """A prompt as a relation changed it: a text, which may go wherever a text goes.

    ``original`` is the prompt with which it is compared, ``relation`` the name of what changed it, and ``of`` the
    prompt that it all began with, which is the original unless one change builds on another; ``alters`` says whether
    the answer is to change. ``expected(answer)`` is the answer that the original's becomes.
    """

    __slots__ = ("alters", "mapping", "of", "original", "relation")
    original: str
    relation: str
    mapping: Mapping[str, str]
    of: str
    alters: bool

    def __new__(
        cls,
        text: str,
        original: str,
        relation: str,
        mapping: Mapping[str, str] | None = None,
        *,
        of: str | None = None,
        alters: bool = False,
    ) -> Variant:
        """Make a variant."""
        made = super().__new__(cls, text)
        made.original, made.relation, made.mapping = original, relation, dict(mapping or {})
        made.of, made.alters = original if of is None else of, alters
        return made

    def saying(self, text: str) -> Variant:
        """Return a variant of the same prompt by the same relation with another text."""
        return Variant(text, self.original, self.relation, self.mapping, of=self.of, alters=self.alters)

    def expected(self, answer: str) -> str:
        """Return an answer to the original as it must be for this variant: with what the relation renamed."""
        return renamed(answer, self.mapping)


def renamed(text: str, mapping: Mapping[str, str]) -> str:
    """Return a text with whole words replaced, all at once, so that two may swap."""
    if not mapping:
        return text
    words = "|".join(re.escape(word) for word in sorted(mapping, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{words})(?!\w)", lambda match: mapping[match[0]], text)


@dataclass(frozen=True)
class Relation:
    """A change of a prompt with a name, and what it keeps: the same text and seed give the same variants, always.

    ``change`` takes a text and a ``random.Random`` and returns the changed text and the mapping of names within it, or
    None where it does not apply. ``keeps`` says what stays, for people; a relation that ``alters`` must change the
    answer. One that is ``divisible`` holds for each part of its change, so that a failure can be shrunk to few words.
    ``listed`` gives the variants of a text where the test itself lists them: all are used, and none is recorded.
    """

    name: str
    keeps: str
    change: Callable[[str, Random], tuple[str, Mapping[str, str]] | None] = field(repr=False)
    alters: bool = False
    divisible: bool = False
    listed: Callable[[str], Sequence[Variant]] | None = field(default=None, repr=False)

    def variants(self, text: str, count: int = 1, seed: int = 0) -> list[Variant]:
        """Return up to ``count`` distinct variants; fewer where there are not so many, none where it does not apply."""
        if self.listed is not None:
            return [variant for variant in self.listed(text) if variant != variant.original]
        found: dict[str, Variant] = {}
        for attempt in range(count * 4):
            # A text as seed: hashed by random itself with SHA-512, the same on every machine.
            changed = self.change(text, Random(f"{self.name} {seed} {attempt} {text}"))
            if changed is not None and changed[0] != text:
                made = Variant(changed[0], text, self.name, changed[1], alters=self.alters)
                found.setdefault(changed[0], made)
            if len(found) == count or changed is None:
                break
        return list(found.values())

    def then(self, other: Relation) -> Relation:
        """Return the relation that changes a text by this one, and what came of it by the other."""

        def both(text: str, random: Random) -> tuple[str, Mapping[str, str]] | None:
            first = self.change(text, random)
            second = None if first is None else other.change(first[0], random)
            if first is None or second is None:
                return None
            mapping = {old: renamed(new, second[1]) for old, new in first[1].items()}
            return second[0], {**second[1], **mapping}

        return Relation(
            f"{self.name} + {other.name}",
            f"{self.keeps}; {other.keeps}",
            both,
            self.alters or other.alters,
            self.divisible and other.divisible,
        )


def edits_between(original: str, text: str) -> list[Edit]:
    """Return the changed words, and spaces between them, between two texts as edits of the original."""
    before, after = (_PIECES.split(one) for one in (original, text))
    starts = list(accumulate(map(len, before), initial=0))
    return [
        Edit(starts[first], starts[last], "".join(after[begin:end]))
        for first, last, begin, end in _changes(before, after)
    ]


def _changes(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Return what differs between two lists of pieces: from where to where in each."""
    if len(before) == len(after):  # piece by piece: texts that repeat themselves are not to be taken for shifted
        return [(n, n + 1, n, n + 1) for n, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [(i, j, k, m) for kind, i, j, k, m in matcher.get_opcodes() if kind != "equal"]


def edited(original: str, edits: Sequence[Edit]) -> str:
    """Return the original with some edits made."""
    text = original
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text
