"""Lines for a terminal: painted or marked, wrapped, one below the other or side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pytest_llm.cli.words import Paint, Row, Segment, columns, wrapped
from pytest_llm.text import plural

__all__ = ["WIDE", "Layout"]

WIDE = 100
"""The columns from which two texts stand side by side."""
_SGR: dict[Paint, str] = {
    "old": "31",
    "new": "32",
    "old word": "7;31",
    "new word": "7;32",
    "dim": "2",
    "bold": "1",
    "cause": "33",
}
_MARKS: dict[Paint, tuple[str, str]] = {"old word": ("[-", "-]"), "new word": ("{+", "+}")}


@dataclass(frozen=True, slots=True)
class Layout:
    """How wide lines are, and whether words are told apart by colour or by marks."""

    width: int
    colour: bool

    def line(self, text: str, paint: Paint = "") -> list[str]:
        """Return a text as lines in one paint."""
        return self._lines([Segment(text, paint)], self.width)

    def difference(self, found: Iterable[Row]) -> Iterator[str]:
        """Yield the lines of two texts: side by side where there is room, else old above new."""
        for row in found:
            if row.gap:
                yield self._painted([Segment(f"  ⋯ {plural(row.gap, 'equal line')}", "dim")])
            elif self.width >= WIDE:
                yield from self._beside(row)
            else:
                yield from self._below(row)

    def _below(self, row: Row) -> Iterator[str]:
        if row.old is row.new:
            yield from self._signed(" ", row.old or [])
            return
        if row.old is not None:
            yield from self._signed("-", row.old)
        if row.new is not None:
            yield from self._signed("+", row.new)

    def _signed(self, sign: str, line: Sequence[Segment]) -> Iterator[str]:
        paint: Paint = {"-": "old", "+": "new"}.get(sign, "")  # type: ignore[assignment]
        for part in self._lines(line, self.width - 2):
            yield f"{self._painted([Segment(sign, paint)])} {part}".rstrip()

    def _beside(self, row: Row) -> Iterator[str]:
        half = (self.width - 5) // 2
        left, right = (wrapped(self._marked(side), half) if side is not None else [] for side in (row.old, row.new))
        signs = (" ", " ") if row.old is row.new else ("-", "+")
        for index in range(max(len(left), len(right))):
            one = left[index] if index < len(left) else []
            other = right[index] if index < len(right) else []
            room = " " * (half - sum(columns(segment.text) for segment in one))
            first = signs[0] if index < len(left) else " "
            second = signs[1] if index < len(right) else " "
            yield f"{first} {self._painted(one)}{room}{second} {self._painted(other)}".rstrip()

    def _lines(self, line: Sequence[Segment], width: int) -> list[str]:
        return [self._painted(part) for part in wrapped(self._marked(line), width)]

    def _marked(self, line: Sequence[Segment]) -> list[Segment]:
        """Return a line whose changed words stand in marks where no colour tells them."""
        if self.colour or all(segment.paint in _MARKS for segment in line):
            return list(line)
        return [Segment(segment.text.join(_MARKS.get(segment.paint, ("", ""))), segment.paint) for segment in line]

    def _painted(self, line: Sequence[Segment]) -> str:
        if not self.colour:
            return "".join(segment.text for segment in line)
        return "".join(
            f"\x1b[{_SGR[segment.paint]}m{segment.text}\x1b[0m" if segment.paint else segment.text for segment in line
        )
