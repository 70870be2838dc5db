"""Answers that wait beside the accepted ones: left by a test, found, accepted exactly as reviewed, or rejected."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pytest_llm.errors import SnapshotError
from pytest_llm.paths import exclusive, shown
from pytest_llm.snapshots.document import Document
from pytest_llm.snapshots.kinds import KINDS, Kind
from pytest_llm.snapshots.store import digest_of, read, write

__all__ = ["Pending", "accept", "find", "leave", "load", "reject", "settle"]

_OF_THE_REVIEW = ("cause", "replaces", "rerecorded")
_OF_THE_REVIEWER = ("reviewer", "reason")


@dataclass(frozen=True, slots=True)
class Pending:
    """What waits in a file, as it was read: ``digest`` tells whether it is still the same."""

    path: Path
    kind: Kind
    document: Document
    digest: str

    @property
    def accepted(self) -> Path:
        """The file that it would become."""
        return self.kind.accepted_path(self.path)

    @property
    def test(self) -> str:
        """The node id of its test."""
        return str(self.document.meta.get("test", ""))

    @property
    def cause(self) -> str:
        """What caused it to differ, in one clause."""
        return str(self.document.meta.get("cause", ""))


def leave(
    path: Path, kind: Kind, document: Document, *, test: str, name: str, cause: str, rerecorded: str = ""
) -> None:
    """Leave a document for review beside the accepted file ``path``, in place of what waited there before.

    ``rerecorded`` is the cassette, relative to the folder, when the answer is of a refresh of it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(path.parent):
        own = {"test": test, "name": name, **document.meta, "cause": cause, "rerecorded": rerecorded}
        own["replaces"] = digest_of(path)
        known = {key: item for key, item in own.items() if item != ""}
        write(kind.pending_path(path), kind, replace(document, meta=known))


def settle(path: Path, kind: Kind, *, refreshed: bool = False) -> None:
    """Drop what waits beside an accepted file that holds again.

    What a refresh gave waits on while the old recordings are replayed, and goes when another refresh holds.
    """
    waits = kind.pending_path(path)
    if not os.path.exists(waits):  # which is cheaper than not finding it
        return
    try:
        one = load(waits, kind)
    except SnapshotError:
        one = None  # damaged, and of no use to anyone
    if one is None or refreshed or not one.document.meta.get("rerecorded"):
        waits.unlink(missing_ok=True)


def find(paths: Iterable[Path]) -> tuple[list[Pending], list[str]]:
    """Return what waits in those of the files that are pending ones, and what is wrong with the damaged ones."""
    found: list[Pending] = []
    damaged: list[str] = []
    for path in paths:
        kind = next((kind for kind in KINDS if path.name.endswith(kind.pending)), None)
        try:
            one = load(path, kind) if kind is not None else None
        except SnapshotError as error:
            damaged.append(str(error))
            continue
        if one is not None:
            found.append(one)
    return found, damaged


def load(path: Path, kind: Kind) -> Pending | None:
    """Return what waits in a file, None when it is gone; raises ``SnapshotError`` when it is damaged."""
    digest = digest_of(path)
    try:
        document = read(path, kind)
    except SnapshotError as error:
        fault = re.split(" (?:Restore it|Take either side): ", str(error))[0]  # git has no copy of it
        raise SnapshotError(f"{fault} Delete it and run its test again: rm {shown(path)}") from None
    return Pending(path, kind, document, digest) if document is not None else None


def accept(one: Pending, *, by: Mapping[str, str], variant: bool, then: Callable[[], None]) -> Path:
    """Make what waits the accepted answer, or one more beside it, exactly as it was read; return the accepted file.

    ``by`` is what its front matter says of the reviewer (``reviewer``, ``reason``); ``then`` is done while the folder
    is locked and what waits is still there, so that it is done again when it did not come to an end. Raises
    ``SnapshotError`` when either file has changed since, or cannot be written. A process that is killed leaves the
    old file or the new one.
    """
    if variant and not one.kind.variants:
        raise SnapshotError(f"A {one.kind.noun} has no variants: {shown(one.path)}.")
    with exclusive(one.path.parent):
        _refuse_changed(one)
        if digest_of(one.accepted) == one.document.meta.get("replaces", ""):
            write(one.accepted, one.kind, _reviewed(one, by, variant))
        elif not _was_killed(one):
            raise SnapshotError(
                f"{shown(one.accepted)} has changed since {shown(one.path)} was made. "
                f'Run the test again: pytest "{one.test}"'
            )
        then()
        one.path.unlink()
    return one.accepted


def reject(one: Pending) -> None:
    """Drop what waits; raises ``SnapshotError`` when it has changed since it was read."""
    with exclusive(one.path.parent):
        _refuse_changed(one)
        one.path.unlink()


def _refuse_changed(one: Pending) -> None:
    now = digest_of(one.path)
    if not now:
        raise SnapshotError(
            f"{shown(one.path)} is gone: it was accepted or rejected meanwhile, or the answer holds again."
        )
    if now != one.digest:
        raise SnapshotError(f"{shown(one.path)} has changed since it was read, by a run of its test. Review it again.")


def _without(document: Document, names: Collection[str]) -> dict[str, object]:
    return {key: item for key, item in document.meta.items() if key not in names}


def _reviewed(one: Pending, by: Mapping[str, str], variant: bool) -> Document:
    """Return the accepted file's content; a variant joins the answers, under its own front matter."""
    before = read(one.accepted, one.kind) if variant else None
    answers = (*(before.answers if before is not None else ()), *one.document.answers)
    meta = {**_without(one.document, _OF_THE_REVIEW), **by}
    return replace(one.document, meta=meta, answers=tuple(dict.fromkeys(answers)))


def _was_killed(one: Pending) -> bool:
    """Say whether an earlier acceptance got as far as the accepted file, and was killed before it dropped this one."""
    there = read(one.accepted, one.kind)
    if there is None or there.prompt != one.document.prompt:
        return False
    same = _without(there, _OF_THE_REVIEWER) == _without(one.document, _OF_THE_REVIEW)
    return same and there.answers[-len(one.document.answers) :] == one.document.answers
