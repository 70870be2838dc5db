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
        return _sample(document) if document is not None else None

    def former(self, name: str, sample: Sample) -> Sample | None:
        """Return the baseline of these very draws under the name of a test that is gone, None without one."""
        document = self.files.former(name, self._document(sample))
        return _sample(document) if document is not None else None

    def wait(self, name: str, sample: Sample, cause: str) -> None:
        """Keep a sample in a pending file; in CI nothing is written."""
        self.files.leave(name, self._document(sample), cause)

    def settle(self, name: str) -> None:
        """Drop what waits under a name that holds again."""
        self.files.settle(name)

    def _document(self, sample: Sample) -> Document:
        meta = {"recorded": datetime.now(UTC).date().isoformat()}
        redact = self._session.readings.redactor.text
        return Document(meta, (), tuple(map(redact, document_of(sample.by_case(), meta).answers)))


def _sample(document: Document) -> Sample:
    draws = [(draw, case) for case, found in draws_of(document).items() for draw in found]
    return Sample([draw for draw, _ in draws], [case for _, case in draws])
