"""A test's accepted files of one kind: where they are, which were compared with, and what waits beside them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_llm.paths import exclusive
from pytest_llm.plugin.former import FormerAnswers, refuse_clash, test_of_file
from pytest_llm.plugin.options import in_ci
from pytest_llm.plugin.places import accepted_path
from pytest_llm.plugin.stash import ACCEPTED, FORMER, TRIAL
from pytest_llm.snapshots.document import Document
from pytest_llm.snapshots.kinds import Kind
from pytest_llm.snapshots.pending import leave, settle
from pytest_llm.snapshots.store import read, write

if TYPE_CHECKING:
    from pytest_llm.plugin.session import Session

__all__ = ["AcceptedFiles"]


class AcceptedFiles:
    """The accepted files of one test, by the names that the test gives them; ``waiting`` says what waits, and why.

    In an experiment, which asks something else on purpose, nothing is written.
    """

    def __init__(self, item: pytest.Item, session: Session, kind: Kind) -> None:
        self.waiting: dict[Path, str] = {}
        self._item = item
        self._session = session
        self._kind = kind
        self._used = item.stash.setdefault(ACCEPTED, {})
        self._paths: dict[str, Path] = {}
        trial = item.stash.get(TRIAL, None)
        self._trials = trial.answers if trial is not None and kind.variants else None
        probes = session.settings.drift is not None  # in drift mode there is nothing to review
        self._writes = not in_ci() and not probes and (trial is None or trial.cell is None)

    def read(self, name: str) -> Document | None:
        """Return what is accepted, None when nothing is; raises ``SnapshotError`` when the file is another test's."""
        path = self._path(name)
        self._used[str(path)] = ""
        found = read(path, self._kind)
        if found is not None:
            refuse_clash(self._item, path, str(found.meta.get("test", "")))
        return found

    def former(self, name: str, document: Document) -> Document | None:
        """Return what accepts these very answers under the name of a test that is gone, None when nothing does."""
        path = self._path(name)
        stash = self._item.config.stash
        if FORMER not in stash:
            stash[FORMER] = FormerAnswers(self._item.config.rootpath, self._session.settings.folder)
        found = stash[FORMER].find(path, name, document)
        if found is not None:
            self._used[str(path)] = str(found[0])
        return found[1] if found is not None else None

    def leave(self, name: str, document: Document, cause: str) -> None:
        """Leave a document for review; in CI nothing is written."""
        path = self._path(name)
        self.waiting[path] = cause
        if not self._writes:
            return
        refuse_clash(self._item, path, test_of_file(self._kind.pending_path(path)))
        if self._trials is None:
            self._leave(path, name, document, cause)
            return
        with self._trials.lock:  # whose bodies may run in threads
            self._leave(path, name, self._trials.joined(path, document, cause), cause)

    def settle(self, name: str, texts: Sequence[str] = ()) -> None:
        """Drop what waits under a name that holds again; what another trial left waits on, with these texts."""
        path = self._path(name)
        self.waiting.pop(path, None)
        if not self._writes:
            return
        if self._trials is None:
            settle(path, self._kind, refreshed=self._refreshed() != "")
            return
        with self._trials.lock:
            left = self._trials.held(path, texts)
            if left is None:
                settle(path, self._kind, refreshed=self._refreshed() != "")
            else:
                self._leave(path, name, *left)

    def keep(self, name: str, document: Document) -> None:
        """Write an accepted file whose answers are as they were; not one that is to be moved here."""
        path = self._path(name)
        if self._writes and not self._used.get(str(path)):
            with exclusive(path.parent):
                write(path, self._kind, document)

    def _leave(self, path: Path, name: str, document: Document, cause: str) -> None:
        test, cassette = self._item.nodeid, self._refreshed()
        leave(path, self._kind, document, test=test, name=name, cause=cause, rerecorded=cassette)

    def _refreshed(self) -> str:
        """Return the cassette, relative to the files, when it is recorded anew; "" when it is not."""
        player = self._session.player
        if player is None or player.mode != "all":
            return ""
        return Path(os.path.relpath(player.cassette.path, self._path("").parent)).as_posix()

    def _path(self, name: str) -> Path:
        if name not in self._paths:
            self._paths[name] = accepted_path(self._item, self._session.settings.folder, name, self._kind)
        return self._paths[name]
