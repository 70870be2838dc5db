"""A test's baselines: where they are, and what they leave for review."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from pytest_llm.plugin.accepted import AcceptedFiles
from pytest_llm.sample.sample import Sample
from pytest_llm.snapshots.baseline import document_of, draws_of
from pytest_llm.snapshots.document import Document
from pytest_llm.snapshots.kinds import BASELINE

if TYPE_CHECKING:
    from pytest_llm.plugin.session import Session

__all__ = ["FileBaselines"]


class FileBaselines:
    """The keeper of one test's baselines."""

    def __init__(self, item: pytest.Item, session: Session) -> None:
        self._session = session
        self.files = AcceptedFiles(item, session, BASELINE)

    def read(self, name: str) -> Sample | None:
        """Return an accepted sample, None when there is none."""
        document = self.files.read(name)
        if document is None:
            return None
        found = draws_of(document)
        draws = [(draw, case) for case, draws in found.items() for draw in draws]
        return Sample([draw for draw, _ in draws], [case for _, case in draws])

    def wait(self, name: str, sample: Sample, cause: str) -> None:
        """Keep a sample in a pending file; in CI nothing is written."""
        meta = {"recorded": datetime.now(UTC).date().isoformat()}
        redact = self._session.readings.redactor.text
        document = document_of(sample.by_case(), meta)
        self.files.leave(name, Document(document.meta, (), tuple(map(redact, document.answers))), cause)

    def settle(self, name: str) -> None:
        """Drop what waits under a name that holds again."""
        self.files.settle(name)
