"""What is broken in a text's Markdown: markup that stands as text where a reader should see its effect."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pytest_llm.errors import MissingExtraError
from pytest_llm.text import plural

__all__ = ["Defect", "defects"]

_PREFIX = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?=\|)|^[ \t>]+")
_HEADING = re.compile(r"^[ \t>]*(#{2,6})[^\s#]")
_LINK = re.compile(r"(?<![\w\])\\])!?(\[[^\[\]\n]{1,200}\])\(")
_REFERENCE = re.compile(r"(?<![\w\])\\])\[([^\[\]\n]{1,200})\]\[([^\[\]\n]{0,200})\](?!\[)")
_CITATION = re.compile(r"[\d\s,^*†-]+")
_OPENS_CODE = re.compile(r"(?<![`\w])`(?![`\s'])")
_STRONG = re.compile(r"(?<![*\w\\])\*\*(?=[^\s*])(?!kw)|(?<=[^\s*\\])\*\*(?![*\w])")
_DELIMITERS = re.compile(r"[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*")


@dataclass(frozen=True, slots=True)
class Defect:
    """What is broken, and in which line (from 1)."""

    line: int
    what: str


def defects(text: str) -> list[Defect]:
    """Return what is broken, by line.

    Looked for are code fences that do not end, table rows with another number of cells than the header, code spans
    and strong emphasis that do not end, links without their end, references without a definition, and headings
    without the space after ``##`` or below a level that was left out. The text is read as CommonMark with the tables
    of GitHub Flavored Markdown, where none of these is an error, so only what is certain is reported.
    Raises ``MissingExtraError`` when markdown-it-py is not installed.
    """
    lines = re.split(r"\r\n|\r|\n", text)
    tokens = _parser().parse("\n".join(lines))
    found = [*_fences(tokens, lines), *_tables(tokens, lines), *_headings(tokens), *_inline(tokens)]
    return sorted(set(found), key=lambda defect: (defect.line, defect.what))


@lru_cache(maxsize=1)
def _parser() -> Any:
    try:
        from markdown_it import MarkdownIt
    except ImportError:
        raise MissingExtraError(
            "valid_markdown() needs the package markdown-it-py, which is not installed: "
            'pip install "pytest-llm-regression[markdown]"'
        ) from None
    return MarkdownIt("commonmark").enable("table").disable("text_join")  # what is escaped stays apart


def _fences(tokens: Sequence[Any], lines: Sequence[str]) -> Iterator[Defect]:
    for token in tokens:
        if token.type == "fence":
            first, end = token.map
            last = lines[end - 1].strip().lstrip("> \t")
            closed = end - 1 > first and last.startswith(token.markup) and not last.strip(token.markup[0])
            if not closed:
                yield Defect(first + 1, f"the code fence {token.markup} does not end")


def _tables(tokens: Sequence[Any], lines: Sequence[str]) -> Iterator[Defect]:
    columns = 0
    for token in tokens:
        if token.type == "table_open":
            columns = 0
        elif token.type == "tr_open":
            line = token.map[0]
            cells = _cells(lines[line])
            columns = columns or cells
            if cells != columns:
                yield Defect(line + 1, f"the table row has {plural(cells, 'cell')}, its header {columns}")


def _cells(line: str) -> int:
    row = _PREFIX.sub("", line).strip().replace("\\\\", "").replace("\\|", "")
    return row.removeprefix("|").removesuffix("|").count("|") + 1


def _headings(tokens: Sequence[Any]) -> Iterator[Defect]:
    above = 0
    for token in tokens:
        if token.type == "heading_open" and token.level == 0:
            level = int(token.tag[1])
            if above and level > above + 1:
                yield Defect(token.map[0] + 1, f"the heading of level {level} follows one of level {above}")
            above = level


def _inline(tokens: Sequence[Any]) -> Iterator[Defect]:
    """Look at what is left of the markup in running text: what has had its effect is gone from there."""
    for before, token in itertools.pairwise(tokens):
        if token.type == "inline" and token.map is not None:
            left = list(enumerate(_left(token), start=token.map[0] + 1))
            yield from _links(left)
            yield from _unpaired(left, in_table=before.type in ("th_open", "td_open"))
            if before.type == "paragraph_open":
                yield from _lost_blocks(left)


def _left(token: Any) -> list[str]:
    """Return the text of each line that no markup took, a mark in the place of what it took."""
    lines = [""]
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            lines.append("")
        elif child.type == "text":
            lines[-1] += child.content
        elif child.type == "html_inline":
            lines += [""] * child.content.count("\n")
        else:
            lines[-1] += "\ufffc"
    return lines


def _links(left: Sequence[tuple[int, str]]) -> Iterator[Defect]:
    for number, line in left:
        for match in _LINK.finditer(line):
            yield Defect(number, f"the link {match[1]}( has no end or no valid target")
        for match in _REFERENCE.finditer(line):
            if not _CITATION.fullmatch(match[1]):
                yield Defect(number, f"the reference {match[0]} has no definition")


def _unpaired(left: Sequence[tuple[int, str]], *, in_table: bool) -> Iterator[Defect]:
    strong = [number for number, line in left for _ in _STRONG.finditer(line)]
    if len(strong) % 2:
        yield Defect(strong[-1], "the emphasis ** does not end or begin")
    ticks = [number for number, line in left for _ in _OPENS_CODE.finditer(line)]
    if ticks and not in_table:  # a | within a code span ends the cell
        yield Defect(ticks[-1], "the code span ` does not end")


def _lost_blocks(left: Sequence[tuple[int, str]]) -> Iterator[Defect]:
    for number, line in left:
        if found := _HEADING.match(line):
            yield Defect(number, f"the heading needs a space after {found[1]}")
    for (_, header), (number, line) in itertools.pairwise(left):
        if "|" in header and _DELIMITERS.fullmatch(line) and _cells(line) != _cells(header):
            cells = plural(_cells(line), "cell")
            yield Defect(number, f"the table's delimiter row has {cells}, its header {_cells(header)}")
