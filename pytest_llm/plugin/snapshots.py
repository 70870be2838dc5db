"""A test's snapshots: where they are, where an answer came from, and what it leaves for review."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_llm.cassettes.differences import Difference
from pytest_llm.origins import differing, origin_of
from pytest_llm.paths import exclusive
from pytest_llm.plugin.former import FormerAnswers, refuse_clash, test_of_file
from pytest_llm.plugin.options import in_ci
from pytest_llm.plugin.places import accepted_path
from pytest_llm.plugin.stash import ACCEPTED, FORMER
from pytest_llm.snapshots.cause import Cause, Origin, sentence
from pytest_llm.snapshots.document import Document
from pytest_llm.snapshots.kinds import SNAPSHOT
from pytest_llm.snapshots.pending import leave, settle
from pytest_llm.snapshots.store import read, write

if TYPE_CHECKING:
    from pytest_llm.plugin.session import Session
    from pytest_llm.prompts.filled import FilledPrompt

__all__ = ["WaitingKeeper", "filled_prompts"]


class WaitingKeeper:
    """The keeper of one test's snapshots."""

    def __init__(self, item: pytest.Item, session: Session) -> None:
        self._item = item
        self._session = session
        self.waiting: dict[Path, str] = {}
        self._kept: dict[Path, Document] = {}
        self._paths: dict[str, Path] = {}
        self.used = item.stash.setdefault(ACCEPTED, {})

    @property
    def records(self) -> bool:
        """Whether calls of this test are being recorded, so that what they came to may be noted."""
        player = self._session.player
        return player is not None and player.mode != "live" and bool(player.made) and not in_ci()

    def clean(self, text: str) -> str:
        """Return a text without credentials and what else may reach no file."""
        redacted: str = self._session.readings.redactor.text(text)
        return redacted

    def read(self, name: str) -> Document | None:
        """Return an accepted snapshot, None when there is none."""
        path = self._path(name)
        self.used[str(path)] = ""
        found = read(path, SNAPSHOT)
        if found is not None:
            refuse_clash(self._item, path, str(found.meta.get("test", "")))
        return found

    def former(self, name: str, document: Document) -> Document | None:
        """Return the snapshot that accepts this very answer under the name of a test that is gone, None without one."""
        path = self._path(name)
        stash = self._item.config.stash
        if FORMER not in stash:
            stash[FORMER] = FormerAnswers(self._item.config.rootpath, self._session.settings.folder)
        found = stash[FORMER].find(path, name, document)
        if found is not None:
            self.used[str(path)] = str(found[0])
        return found[1] if found is not None else None

    def origin(self, value: object) -> tuple[Origin, tuple[tuple[str, str], ...]]:
        """Return where a value came from: of the test's calls the one that gave it, else the last."""
        player = self._session.player
        timeline = player.timeline if player is not None else ()
        return origin_of(self._session.readings, timeline, value, filled_prompts(self._item.config))

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
        refuse_clash(self._item, path, test_of_file(SNAPSHOT.pending_path(path)))
        cassette = self._refreshed()
        leave(path, SNAPSHOT, document, test=self._item.nodeid, name=name, cause=cause, rerecorded=cassette)

    def settle(self, name: str) -> None:
        """Drop what waits under a name that matches again."""
        path = self._path(name)
        self.waiting.pop(path, None)
        if not in_ci():
            settle(path, SNAPSHOT, refreshed=self._refreshed() != "")

    def _refreshed(self) -> str:
        """Return the cassette, relative to the snapshots, when it is recorded anew; "" when it is not."""
        player = self._session.player
        if player is None or player.mode != "all":
            return ""
        return Path(os.path.relpath(player.cassette.path, self._path("").parent)).as_posix()

    def keep(self, name: str, document: Document) -> None:
        """Write an accepted snapshot whose answers are as they were, if the test passes."""
        self._kept[self._path(name)] = document

    def passed(self) -> None:
        """Write what was to be kept: the test passed, so that what it recorded stays too."""
        for path, document in self._kept.items():
            with exclusive(path.parent):
                write(path, SNAPSHOT, document)

    def _path(self, name: str) -> Path:
        if name not in self._paths:
            self._paths[name] = accepted_path(self._item, self._session.settings.folder, name, SNAPSHOT)
        return self._paths[name]


def filled_prompts(config: pytest.Config) -> list[tuple[str, FilledPrompt]]:
    """Return the prompts that this run filled from files, each with its path from the root."""
    run = config.pluginmanager.getplugin("llm-regression-expectations")
    root = config.rootpath
    found: list[FilledPrompt] = list(run.prompts.values()) if run is not None else []
    return [(Path(os.path.relpath(one.file.absolute(), root)).as_posix(), one) for one in found]
