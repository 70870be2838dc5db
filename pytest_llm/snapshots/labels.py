"""A person's ratings of answers, one JSON object a line, for the calibration of judges."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pytest_llm.errors import SnapshotError
from pytest_llm.paths import exclusive, shown
from pytest_llm.snapshots.pending import Pending

__all__ = ["FILE", "Label", "Rating", "append_rating", "labels_path"]

FILE = "labels.jsonl"
VERSION = 1
Label = Literal["good", "bad"]


@dataclass(frozen=True, slots=True)
class Rating:
    """What a person thinks of an answer: a label, or only a note."""

    label: Label | None = None
    note: str = ""

    def __str__(self) -> str:
        return ", ".join(part for part in (self.label or "", repr(self.note) if self.note else "") if part)


def labels_path(one: Pending) -> Path:
    """Return the file of the ratings beside a test."""
    return one.path.parent.parent / FILE


def append_rating(one: Pending, rating: Rating, reviewer: str) -> Path:
    """Append a rating of the answer that waits and return the file; raises ``SnapshotError`` when it cannot be written.

    An answer of several draws gives a line each.
    """
    path = labels_path(one)
    lines = "".join(
        _line(one, text, rating, reviewer) for answer in one.document.answers for text in one.kind.texts(answer)
    )
    try:
        with exclusive(path.parent), path.open("ab+") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 1))
            torn = size and file.read(1) != b"\n"
            file.write((b"\n" if torn else b"") + lines.encode())
    except OSError as error:
        raise SnapshotError(f"{shown(path)} cannot be written: {error.strerror or error}.") from error
    return path


def _line(one: Pending, answer: str, rating: Rating, reviewer: str) -> str:
    meta = one.document.meta
    fields = {
        "test": one.test,
        "snapshot": meta.get("name", ""),
        "prompt": _prompt(one.document.prompt),
        "answer": answer,
        "label": rating.label,
        "note": rating.note,
        "reviewer": reviewer,
        "date": datetime.now(UTC).date().isoformat(),
        "model": meta.get("model", ""),
        "served_model": meta.get("served_model", ""),
        "fingerprint": meta.get("fingerprint", ""),
        "version": VERSION,
    }
    return json.dumps(fields, ensure_ascii=False, sort_keys=True) + "\n"


def _prompt(messages: tuple[tuple[str, str], ...]) -> str:
    """Return a conversation as one text: a single message as it is, several each under its role."""
    if len(messages) == 1:
        return messages[0][1]
    return "\n\n".join(f"{role}: {text}" for role, text in messages)
