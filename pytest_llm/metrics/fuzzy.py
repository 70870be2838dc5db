"""How similar two texts are by their characters: the scores and edits of rapidfuzz."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, get_args

__all__ = ["SCORERS", "Scorer", "changes", "compared_parts", "distance", "nearest", "score"]

Scorer = Literal[
    "ratio",
    "partial_ratio",
    "token_ratio",
    "token_sort_ratio",
    "token_set_ratio",
    "partial_token_ratio",
    "partial_token_sort_ratio",
    "partial_token_set_ratio",
    "WRatio",
    "QRatio",
    "jaro_winkler",
]
SCORERS: tuple[Scorer, ...] = get_args(Scorer)

_GOOD = 80  # of a nearest candidate: rapidfuzz partial_ratio
_SEARCHED = 50_000  # characters in which a nearest candidate is looked for
_LONGEST_SOUGHT = 500


def score(scorer: Scorer, expected: str, text: str) -> float:
    """Return rapidfuzz's score of two texts, from 0 to 100; Jaro-Winkler, which runs to 1, times 100."""
    if scorer == "jaro_winkler":
        from rapidfuzz.distance import JaroWinkler

        return JaroWinkler.similarity(expected, text) * 100
    from rapidfuzz import fuzz

    measure: Callable[[str, str], float] = getattr(fuzz, scorer)
    return measure(expected, text)


def distance(expected: str, text: str) -> int:
    """Return the Levenshtein distance: how many characters are to be inserted, deleted or replaced."""
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(expected, text)


def nearest(sought: str, text: str) -> tuple[int, int] | None:
    """Return where a text has what is most like the one sought, extended to whole words; None if nothing is near."""
    if not sought.strip() or not text.strip() or len(sought) > _LONGEST_SOUGHT:
        return None
    from rapidfuzz import fuzz

    place = fuzz.partial_ratio_alignment(sought, text[:_SEARCHED], score_cutoff=_GOOD)
    if place is None or place.dest_start == place.dest_end or (len(sought) > len(text)):
        return None
    start, end = place.dest_start, place.dest_end
    while start > 0 and _inside_word(text, start):
        start -= 1
    while end < len(text) and _inside_word(text, end):
        end += 1
    found = text[start:end]
    return start + len(found) - len(found.lstrip()), end - len(found) + len(found.rstrip())


def compared_parts(expected: str, text: str) -> tuple[str, str]:
    """Return the two parts that ``partial_ratio`` compares: the shorter text, and where it fits best in the other."""
    from rapidfuzz import fuzz

    place = fuzz.partial_ratio_alignment(expected, text)
    if place is None:
        return expected, text
    return expected[place.src_start : place.src_end], text[place.dest_start : place.dest_end]


def changes(expected: Sequence[str], text: Sequence[str]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the ranges of the first that are not in the second, and those of the second that are not in the first."""
    from rapidfuzz.distance import Indel

    found = [one for one in Indel.opcodes(expected, text) if one.tag != "equal"]
    ours = [(one.src_start, one.src_end) for one in found if one.src_start < one.src_end]
    return ours, [(one.dest_start, one.dest_end) for one in found if one.dest_start < one.dest_end]


def _inside_word(text: str, place: int) -> bool:
    """Say whether a place is between two letters of a script that writes spaces between words."""
    pair = text[place - 1 : place + 1]
    return all(char.isalnum() and (char.lower() != char.upper() or char.isdigit()) for char in pair)
