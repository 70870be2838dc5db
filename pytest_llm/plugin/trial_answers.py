"""The answers that the trials of one test compare with what is accepted, which wait together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from pytest_llm.snapshots.document import Document

__all__ = ["TrialAnswers"]


@dataclass(eq=False)
class TrialAnswers:
    """By accepted file the texts that the trials compared so far, and what one of them left for review, with its cause.

    Whoever uses it holds ``lock``.
    """

    lock: Lock = field(default_factory=Lock)
    _texts: dict[Path, dict[str, None]] = field(default_factory=dict)
    _left: dict[Path, tuple[Document, str]] = field(default_factory=dict)

    def joined(self, path: Path, document: Document, cause: str) -> Document:
        """Return what a trial leaves with the texts of all trials before it."""
        joined = replace(document, answers=self._with(path, document.answers))
        self._left[path] = joined, cause
        return joined

    def held(self, path: Path, texts: Sequence[str]) -> tuple[Document, str] | None:
        """Return what a trial before left, with the texts of one that holds; None when none left anything."""
        answers = self._with(path, texts)
        if path not in self._left:
            return None
        document, cause = self._left[path]
        self._left[path] = replace(document, answers=answers), cause
        return self._left[path]

    def _with(self, path: Path, texts: Iterable[str]) -> tuple[str, ...]:
        known = self._texts.setdefault(path, {})
        known.update(dict.fromkeys(texts))
        return tuple(known)
