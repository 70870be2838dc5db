"""Texts without the differences that do not matter."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Collection
from typing import Literal, get_args

__all__ = ["IGNORABLE", "Ignorable", "ignoring", "plain_markdown", "squad"]

Ignorable = Literal["case", "whitespace", "unicode", "markdown", "punctuation"]
IGNORABLE: tuple[Ignorable, ...] = get_args(Ignorable)

_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[^\n`]*$\n?", re.MULTILINE)
_HEADING = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+|^[ \t]*(?:[*+-]|\d{1,3}[.)])[ \t]+|^[ \t]{0,3}>[ \t]?", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]\n]{0,1000})\]\([^()\s]{0,2000}\)")
_STARS = re.compile(r"(?<![\\\d])(\*{1,3}|~~|`{1,2})(?=\S)([^\n*~`]*[^\s*~`])\1")
_UNDERSCORES = re.compile(r"(?<![\w\\])(_{1,3})(?=[^\s_])([^\n_]*[^\s_])\1(?!\w)")
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_ASCII_PUNCTUATION = dict.fromkeys(map(ord, string.punctuation))


def ignoring(text: str, what: Collection[Ignorable]) -> str:
    """Return the text without what is ignored.

    ``unicode`` applies Unicode NFKC (full-width and composed forms, ligatures, no-break spaces); ``markdown`` removes
    code fences, emphasis, headings, list and quote marks, and keeps the text of a link; ``punctuation`` removes every
    character of the Unicode categories P; ``case`` folds as ``str.casefold`` does; ``whitespace`` makes each run one
    space, and none at the ends. They are applied in this order.
    """
    if "unicode" in what:
        text = unicodedata.normalize("NFKC", text)
    if "markdown" in what:
        text = plain_markdown(text)
    if "punctuation" in what:
        text = "".join(char for char in text if not unicodedata.category(char).startswith("P"))
    if "case" in what:
        text = text.casefold()
    if "whitespace" in what:
        text = " ".join(text.split())
    return text


def plain_markdown(text: str) -> str:
    """Return the text without the marks of Markdown; links keep their text, code its content."""
    text = _LINK.sub(r"\1", _HEADING.sub("", _FENCE.sub("", text)))
    for mark in (_STARS, _UNDERSCORES) * 2:  # twice, for emphasis within emphasis
        text = mark.sub(r"\2", text)
    return text.strip("\n")


def squad(text: str) -> str:
    """Return the text as SQuAD compares answers: lower case, no ASCII punctuation, no a/an/the, single spaces.

    The normalisation of the evaluation script of Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine
    Comprehension of Text" (2016).
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_ASCII_PUNCTUATION)).split())
