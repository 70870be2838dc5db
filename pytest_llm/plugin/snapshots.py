"""A test's snapshots: where they are, where an answer came from, and what it leaves for review."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_llm.messages import Interaction, Response
from pytest_llm.plugin.options import in_ci
from pytest_llm.plugin.places import accepted_path
from pytest_llm.snapshots.cause import Cause, Origin, sentence
from pytest_llm.snapshots.document import Document
from pytest_llm.snapshots.kinds import SNAPSHOT
from pytest_llm.snapshots.pending import leave, settle
from pytest_llm.snapshots.store import read

if TYPE_CHECKING:
    from pytest_llm.plugin.session import Session

__all__ = ["WaitingKeeper"]


class WaitingKeeper:
    """The keeper of one test's snapshots."""

    def __init__(self, item: pytest.Item, session: Session) -> None:
        self._item = item
        self._session = session
        self.waiting: dict[Path, str] = {}
        self.changed: dict[str, tuple[Sequence[Cause], Document, Document]] = {}

    def clean(self, text: str) -> str:
        """Return a text without credentials and what else may reach no file."""
        redacted: str = self._session.readings.redactor.text(text)
        return redacted

    def read(self, name: str) -> Document | None:
        """Return an accepted snapshot, None when there is none."""
        return read(self._path(name), SNAPSHOT)

    def origin(self, value: object) -> tuple[Origin, tuple[tuple[str, str], ...]]:
        """Return where a value came from: of the test's calls the one that gave it, else the last."""
        player = self._session.player
        timeline = player.timeline if player is not None else []
        for entry, replayed in reversed(timeline):
            made = self._session.readings.interaction(entry, replayed=replayed)
            if _gave(made, value):
                return _origin(made, entry), _prompt(made)
        if not timeline:
            return Origin(), ()
        entry, replayed = timeline[-1]
        made = self._session.readings.interaction(entry, replayed=replayed)
        return _origin(made, entry), _prompt(made)

    def wait(self, name: str, document: Document, found: Sequence[Cause], reference: Document | None) -> None:
        """Keep what does not match in a pending file; in CI nothing is written."""
        path = self._path(name)
        cause = sentence(found) if found else "there is none yet"
        self.waiting[path] = cause
        if reference is not None:
            self.changed[name] = (found, reference, document)
        if not in_ci():
            leave(path, SNAPSHOT, document, test=self._item.nodeid, name=name, cause=cause)

    def settle(self, name: str) -> None:
        """Drop what waits under a name that matches again."""
        path = self._path(name)
        self.waiting.pop(path, None)
        self.changed.pop(name, None)
        if not in_ci():
            settle(path, SNAPSHOT)

    def _path(self, name: str) -> Path:
        return accepted_path(self._item, self._session.settings.folder, name, SNAPSHOT)


def _gave(made: Interaction, value: object) -> bool:
    if isinstance(value, Response):
        return made.response == value
    return isinstance(value, str) and value != "" and value == made.response.text


def _origin(made: Interaction, entry: dict[str, Any]) -> Origin:
    return Origin(
        made.request.dialect,
        made.request.model,
        made.response.model,
        made.response.system_fingerprint or "",
        made.fingerprint,
        entry.get("parts") or {},
        made.request.params,
        made.recorded,
    )


def _prompt(made: Interaction) -> tuple[tuple[str, str], ...]:
    return tuple((message.role, message.text) for message in made.request.messages)
