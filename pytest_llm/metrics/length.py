"""How long a text is: its words, sentences and characters, by the rules of Unicode."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache

__all__ = ["sentence_list", "word_list", "word_pattern"]

# Han, kana, and their half-width forms: scripts that are written without spaces, a word being one or two characters.
IDEOGRAPHS = "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
IDEOGRAPHS += "\uf900-\ufaff\uff66-\uff9d\U00020000-\U000323af"

_ABBREVIATIONS = "Mr Mrs Ms Dr Prof St Jr Sr vs etc e.g i.e cf al approx No Fig Inc Ltd Co Corp z.B bzw usw ca Nr bspw"
_FENCE = re.compile(r"^[ >]*(```+|~~~+)[^\n]*\n.*?(?:^[ >]*\1[`~]*[ \t]*$|\Z)", re.M | re.S)
_ITEM = re.compile(r"^[ \t>]*(?:[-*+•]|#{1,6}|\(?\d{1,3}[.)])[ \t]+", re.M)
_ABBREVIATED = re.compile(r"(?<!\w)((?:[^\W\d_]\.)*[^\W\d_]+)\.$")
_END = re.compile(
    r"[.!?…؟\u06d4।]+[\"'”\u2019»)\]*_]*(?=\s|$)"  # a stop before a space
    r"|[\u3002\uff01\uff1f\uff61]+[\u201d\u2019」』)\uff09]*"  # a stop that needs no space
    r"|\n[ \t]*\n\s*|\n(?=\n?$)"  # a blank line
)


def word_list(text: str) -> list[str]:
    """Return the words of a text as it spells them.

    A word is a run of letters, digits and combining marks (the general categories of Unicode); an apostrophe or
    hyphen within it, and a point or comma between digits, do not end it. Each Han or kana character is a word.
    Scripts without spaces other than these (Thai, Lao, Khmer, Burmese) are not divided; emoji are no words.
    """
    return word_pattern().findall(text)


@lru_cache(maxsize=1)
def word_pattern() -> re.Pattern[str]:
    """Return the pattern of one word; made at first use, since Python's ``re`` knows no class of combining marks."""
    part = rf"(?:(?![{IDEOGRAPHS}])(?:[^\W_]|[{_marks()}]))+"
    return re.compile(rf"[{IDEOGRAPHS}]|{part}(?:(?:['\u2019\u2010\u2011-]|(?<=\d)[.,](?=\d)){part})*")


def sentence_list(text: str) -> list[str]:
    """Return the sentences of a text: they end at a stop, a blank line or a list item; fenced code has none.

    A point after a common abbreviation (Mr., e.g.), a single capital letter (J. Doe) or a list number ends none.
    """
    marked = _ITEM.sub("\n\n", _FENCE.sub("\n\n", text))
    found, start = [], 0
    for end in _END.finditer(marked):
        if not _is_abbreviated(marked[max(start, end.end() - 24) : end.end()].rstrip()):
            found.append(marked[start : end.end()])
            start = end.end()
    found.append(marked[start:])
    return [" ".join(said.split()) for said in found if word_pattern().search(said)]


def _is_abbreviated(said: str) -> bool:
    found = _ABBREVIATED.search(said)
    if found is None:
        return False
    word = found[1]
    return word in _ABBREVIATIONS.split() or (len(word) == 1 and word.isupper() and word != "I") or "." in word


def _marks() -> str:
    """Return the combining marks (the categories Mn, Mc and Me) as ranges of a character class."""
    ranges: list[list[int]] = []
    for code in range(0x300, min(0x1F000, sys.maxunicode)):
        if unicodedata.category(chr(code))[0] == "M":
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)
