"""A test's snapshots: where they are, where an answer came from, and what it leaves for review."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_llm.cassettes.differences import Difference
from pytest_llm.errors import ConfigurationError
from pytest_llm.origins import differing, origin_of
from pytest_llm.plugin.accepted import AcceptedFiles
from pytest_llm.plugin.options import in_ci
from pytest_llm.snapshots.cause import Cause, Origin, sentence
from pytest_llm.snapshots.document import Document
from pytest_llm.snapshots.kinds import SNAPSHOT
from pytest_llm.text import short

if TYPE_CHECKING:
    from pytest_llm.plugin.session import Session
    from pytest_llm.prompts.filled import FilledPrompt

__all__ = ["WaitingKeeper", "filled_prompts"]


class WaitingKeeper:
    """The keeper of one test's snapshots."""

    def __init__(self, item: pytest.Item, session: Session) -> None:
        self._item = item
        self._session = session
        self.files = AcceptedFiles(item, session, SNAPSHOT)
        self.changed: dict[str, tuple[Sequence[Cause], Document, Document]] = {}
        self._kept: dict[str, Document] = {}
        self._compared: dict[str, tuple[str, ...]] = {}  # by name, the texts of the first value

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
        return self.files.read(name)

    def former(self, name: str, document: Document) -> Document | None:
        """Return the snapshot that accepts this very answer under the name of a test that is gone, None without one."""
        return self.files.former(name, document)

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
        self._refuse_another(name, document.answers)
        if reference is not None:
            self.changed[name] = (found, reference, document)
        self.files.leave(name, document, sentence(found) if found else "there is none yet")

    def settle(self, name: str, texts: Sequence[str]) -> None:
        """Drop what waits under a name that these texts match again."""
        self._compared.setdefault(name, tuple(dict.fromkeys(texts)))
        self.changed.pop(name, None)
        self.files.settle(name, texts)

    def keep(self, name: str, document: Document) -> None:
        """Write an accepted snapshot whose answers are as they were, if the test passes."""
        self._kept[name] = document

    def passed(self) -> None:
        """Write what was to be kept: the test passed, so that what it recorded stays too."""
        for name, document in self._kept.items():
            self.files.keep(name, document)

    def _refuse_another(self, name: str, texts: tuple[str, ...]) -> None:
        """Raise when another value was compared under a name before: only one of the two could be accepted."""
        first = self._compared.setdefault(name, texts)
        if set(first) != set(texts):
            one = next(text for text in (*first, *texts) if text not in texts or text not in first)
            other = next(text for text in texts if text != one)
            raise ConfigurationError(
                f"Two values are compared with one {f'llm_snapshot({name!r})' if name else 'llm_snapshot'}: "
                f"{short(repr(one), 60)} and {short(repr(other), 60)}. "
                f'Name the second one: llm_snapshot("{f"{name} 2" if name else "name"}").'
            )


def filled_prompts(config: pytest.Config) -> list[tuple[str, FilledPrompt]]:
    """Return the prompts that this run filled from files, each with its path from the root."""
    run = config.pluginmanager.getplugin("llm-regression-expectations")
    root = config.rootpath
    found: list[FilledPrompt] = list(run.prompts.values()) if run is not None else []
    return [(Path(os.path.relpath(one.file.absolute(), root)).as_posix(), one) for one in found]
