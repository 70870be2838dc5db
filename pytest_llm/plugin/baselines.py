"""A test's baselines: where they are, and what they leave for review."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_llm.plugin.options import in_ci
from pytest_llm.plugin.places import accepted_path
from pytest_llm.plugin.stash import TRIAL
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
    """The keeper of one test's baselines; ``waiting`` says what waits, by file, and why.

    In an experiment, which asks something else on purpose, nothing is left for review.
    """

    def __init__(self, item: pytest.Item, session: Session) -> None:
        self._item = item
        trial = item.stash.get(TRIAL, None)
        self._writes = not in_ci() and (trial is None or trial.cell is None)
        self._session = session
        self.waiting: dict[Path, str] = {}

    def read(self, name: str) -> Sample | None:
        """Return an accepted sample, None when there is none."""
        document = read(self._path(name), BASELINE)
        if document is None:
            return None
        found = draws_of(document)
        draws = [(draw, case) for case, draws in found.items() for draw in draws]
        return Sample([draw for draw, _ in draws], [case for _, case in draws])

    def wait(self, name: str, sample: Sample, cause: str) -> None:
        """Keep a sample in a pending file; in CI nothing is written."""
        path = self._path(name)
        self.waiting[path] = cause
        if not self._writes:
            return
        meta = {"recorded": datetime.now(UTC).date().isoformat()}
        redact = self._session.readings.redactor.text
        document = document_of(sample.by_case(), meta)
        clean = Document(document.meta, (), tuple(map(redact, document.answers)))
        leave(path, BASELINE, clean, test=self._item.nodeid, name=name, cause=cause)

    def settle(self, name: str) -> None:
        """Drop what waits under a name that holds again."""
        path = self._path(name)
        self.waiting.pop(path, None)
        if self._writes:
            settle(path, BASELINE)

    def _path(self, name: str) -> Path:
        return accepted_path(self._item, self._session.settings.folder, name, BASELINE)
