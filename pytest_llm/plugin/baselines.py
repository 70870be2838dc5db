"""A test's baselines: where they are, and what they leave for review."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_llm.plugin.former import refuse_clash, test_of_file
from pytest_llm.plugin.options import in_ci
from pytest_llm.plugin.places import accepted_path
from pytest_llm.plugin.snapshots import refreshed
from pytest_llm.plugin.stash import ACCEPTED
from pytest_llm.sample.sample import Sample
from pytest_llm.snapshots.baseline import document_of, draws_of
from pytest_llm.snapshots.document import Document
from pytest_llm.snapshots.kinds import BASELINE
from pytest_llm.snapshots.pending import leave, settle
from pytest_llm.snapshots.store import read

if TYPE_CHECKING:
    from pytest_llm.plugin.session import Session

__all__ = ["FileBaselines"]


class FileBaselines:
    """The keeper of one test's baselines; ``waiting`` says what waits, by file, and why."""

    def __init__(self, item: pytest.Item, session: Session) -> None:
        self._item = item
        self._session = session
        self.waiting: dict[Path, str] = {}
        self._used = item.stash.setdefault(ACCEPTED, {})

    def read(self, name: str) -> Sample | None:
        """Return an accepted sample, None when there is none."""
        path = self._path(name)
        self._used[str(path)] = ""
        document = read(path, BASELINE)
        if document is None:
            return None
        refuse_clash(self._item, path, str(document.meta.get("test", "")))
        found = draws_of(document)
        draws = [(draw, case) for case, draws in found.items() for draw in draws]
        return Sample([draw for draw, _ in draws], [case for _, case in draws])

    def wait(self, name: str, sample: Sample, cause: str) -> None:
        """Keep a sample in a pending file; in CI nothing is written."""
        path = self._path(name)
        self.waiting[path] = cause
        if in_ci():
            return
        meta = {"recorded": datetime.now(UTC).date().isoformat()}
        redact = self._session.readings.redactor.text
        document = document_of(sample.by_case(), meta)
        clean = Document(document.meta, (), tuple(map(redact, document.answers)))
        refuse_clash(self._item, path, test_of_file(BASELINE.pending_path(path)))
        anew = refreshed(self._session, path.parent)
        leave(path, BASELINE, clean, test=self._item.nodeid, name=name, cause=cause, rerecorded=anew)

    def settle(self, name: str) -> None:
        """Drop what waits under a name that holds again."""
        path = self._path(name)
        self.waiting.pop(path, None)
        if not in_ci():
            settle(path, BASELINE, refreshed=refreshed(self._session, path.parent) != "")

    def _path(self, name: str) -> Path:
        return accepted_path(self._item, self._session.settings.folder, name, BASELINE)
