"""A test's snapshots: where they are, where an answer came from, and what waits for review."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_llm.cassettes.differences import Difference
from pytest_llm.errors import SnapshotError
from pytest_llm.origins import differing, origin_of
from pytest_llm.paths import replace_text, shown
from pytest_llm.plugin.options import in_ci
from pytest_llm.plugin.places import test_of
from pytest_llm.snapshots.cause import Cause, Origin, sentence
from pytest_llm.snapshots.document import Document, parse, render

if TYPE_CHECKING:
    from pytest_llm.plugin.session import Session

__all__ = ["PENDING", "Waiting", "WaitingKeeper", "accept", "digest_of", "reject", "snapshot_path", "waiting"]

SUFFIX = ".snap.md"
PENDING = ".pending.md"
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pending snapshot: its file, its test, and what caused it."""

    path: Path
    test: str
    cause: str


def snapshot_path(item: pytest.Item, folder: str, name: str) -> Path:
    """Return the file of a test's snapshot: readable, another one for ids that a file system may not tell apart."""
    test = test_of(item)
    function, bracket, parameters = test.partition("[")
    stem = function.replace("::", ".")
    stem += f"[{_slug(parameters.removesuffix(']'))}]" if bracket else ""
    stem += f".{_slug(name)}" if name else ""
    return item.path.parent / folder / item.path.stem / f"{stem}{SUFFIX}"


def _slug(text: str) -> str:
    plain = re.sub(r"[^a-z0-9.-]+", "_", text.lower())[:_LONGEST]
    return plain if plain == text else f"{plain}-{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"


class WaitingKeeper:
    """The keeper of one test's snapshots."""

    def __init__(self, item: pytest.Item, session: Session) -> None:
        self._item = item
        self._session = session
        self.waiting: dict[Path, str] = {}

    def clean(self, text: str) -> str:
        """Return a text without credentials and what else may reach no file."""
        redacted: str = self._session.readings.redactor.text(text)
        return redacted

    def read(self, name: str) -> Document | None:
        """Return an accepted snapshot, None when there is none."""
        return read_snapshot(self._path(name))

    def origin(self, value: object) -> tuple[Origin, tuple[tuple[str, str], ...]]:
        """Return where a value came from: of the test's calls the one that gave it, else the last."""
        player = self._session.player
        return origin_of(self._session.readings, player.timeline if player is not None else (), value)

    def differing(self, old: Origin, new: Origin) -> Sequence[Difference]:
        """Return how two requests differ, the older first; nothing when the older one is no longer recorded."""
        player = self._session.player
        if player is None:
            return ()
        made = [entry for entry, _ in player.timeline]
        return differing(self._session.readings, player.cassette.entries, made, old, new)

    def wait(self, name: str, document: Document, found: Sequence[Cause], reference: Document | None) -> None:
        """Keep what does not match in a pending file; in CI nothing is written."""
        path = self._path(name)
        cause = sentence(found) if found else "there is none yet"
        self.waiting[path] = cause
        if in_ci():
            return
        meta = {
            "test": self._item.nodeid,
            **document.meta,
            "cause": cause,
            "replaces": digest_of(path),
        }
        _write(path.with_name(path.name.removesuffix(SUFFIX) + PENDING), replace(document, meta=meta))

    def settle(self, name: str) -> None:
        """Drop what waits under a name that matches again."""
        path = self._path(name)
        self.waiting.pop(path, None)
        pending = path.with_name(path.name.removesuffix(SUFFIX) + PENDING)
        if not in_ci() and pending.exists():
            pending.unlink()

    def _path(self, name: str) -> Path:
        return snapshot_path(self._item, self._session.settings.folder, name)


def read_snapshot(path: Path) -> Document | None:
    """Return what a snapshot file holds, None when there is none; raises ``SnapshotError`` when it cannot be read."""
    try:
        return parse(path.read_text(encoding="utf-8"), shown(path))
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise SnapshotError(
            f"{shown(path)} is no snapshot: byte {error.start} is not UTF-8. Restore it: git checkout -- {shown(path)}"
        ) from None
    except OSError as error:
        raise SnapshotError(f"{shown(path)} cannot be read: {error.strerror or error}.") from None


def waiting(items: Sequence[pytest.Item], folder: str) -> Iterator[Waiting]:
    """Yield the pending snapshots of some tests, in order of their files."""
    nodes = {item.nodeid for item in items}
    folders = dict.fromkeys(item.path.parent / folder / item.path.stem for item in items)
    for place in folders:
        for path in sorted(place.glob(f"*{PENDING}")):
            document = read_snapshot(path)
            if document is not None and document.meta.get("test") in nodes:
                yield Waiting(path, str(document.meta["test"]), str(document.meta.get("cause", "")))


def accept(one: Waiting) -> Path:
    """Make what waits the accepted answer, exactly as it was reviewed; return the snapshot's file.

    Raises ``SnapshotError`` when the accepted answer has changed since, or the file cannot be written.
    """
    document = read_snapshot(one.path)
    path = one.path.with_name(one.path.name.removesuffix(PENDING) + SUFFIX)
    if document is None:
        raise SnapshotError(f"{shown(one.path)} is gone.")
    if document.meta.get("replaces", "") != digest_of(path):
        raise SnapshotError(
            f'{shown(path)} has changed since {shown(one.path)} was made. Run the test again: pytest "{one.test}"'
        )
    meta = {key: item for key, item in document.meta.items() if key not in ("cause", "replaces")}
    _write(path, replace(document, meta=meta))
    one.path.unlink()
    return path


def reject(one: Waiting) -> None:
    """Drop what waits."""
    one.path.unlink()


def digest_of(path: Path) -> str:
    """Return the hash of a file, "" when there is none."""
    return sha256(path.read_bytes()).hexdigest()[:16] if path.exists() else ""


def _write(path: Path, document: Document) -> None:
    try:
        replace_text(path, render(document))
    except OSError as error:
        raise SnapshotError(f"{shown(path)} cannot be written: {error.strerror or error}.") from error
