"""Accepted and pending files on disk: read with an error that helps, written whole or not at all."""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path

from pytest_llm.errors import SnapshotError
from pytest_llm.paths import leftovers, replace_text, shown
from pytest_llm.snapshots.document import Document
from pytest_llm.snapshots.kinds import Kind

__all__ = ["digest_of", "read", "write"]


def read(path: Path, kind: Kind) -> Document | None:
    """Return what a file holds, None when there is none; raises ``SnapshotError`` when it cannot be read."""
    try:
        return kind.parse(path.read_text(encoding="utf-8"), shown(path))
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise SnapshotError(
            f"{shown(path)} is no {kind.noun}: byte {error.start} is not UTF-8. "
            f"Restore it: git checkout -- {shown(path)}"
        ) from None
    except OSError as error:
        raise SnapshotError(f"{shown(path)} cannot be read: {error.strerror or error}.") from None


def write(path: Path, kind: Kind, document: Document) -> None:
    """Replace a file in one step; raises ``SnapshotError`` when that fails, the old one standing as it was.

    Whoever calls this holds the folder's lock, so what lies beside the file unfinished is of a process that is dead.
    """
    try:
        if sys.platform != "win32":  # which locks no folders
            for left in leftovers(path):
                left.unlink(missing_ok=True)
        replace_text(path, kind.render(document))
    except OSError as error:
        raise SnapshotError(f"{shown(path)} cannot be written: {error.strerror or error}.") from error


def digest_of(path: Path) -> str:
    """Return the hash of a file, "" when there is none."""
    try:
        return sha256(path.read_bytes()).hexdigest()[:16]
    except FileNotFoundError:
        return ""
