"""The scores that the tests of a run use: found in their cassettes, or added to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.files import shown
from pytest_llm.cassettes.scores import Key, digest, key_of, write_scores
from pytest_llm.cassettes.store import Cassette
from pytest_llm.errors import CassetteMissError
from pytest_llm.plugin.options import Settings, record_mode
from pytest_llm.plugin.places import cassette_path, test_of
from pytest_llm.text import and_list, plural

__all__ = ["INFERENCE", "Page", "ScoreBook"]

INFERENCE = "inference"


@dataclass
class Page:
    """The scores of one cassette: those it holds, those that its tests used, and the tests that passed."""

    path: Path
    known: dict[Key, Entry] = field(default_factory=dict)
    used: dict[str, dict[Key, Entry]] = field(default_factory=lambda: defaultdict(dict))
    complete: set[str] = field(default_factory=set)
    renewed: set[Key] = field(default_factory=set)


class ScoreBook:
    """The scores of a run's tests, a page for each cassette."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pages: dict[Path, Page] = {}
        self._turned: tuple[str, Page, str] | None = None

    def page(self, item: pytest.Item) -> tuple[Page, str]:
        """Return the page of a test, and its record mode.

        Raises ``CassetteError`` when its cassette cannot be read.
        """
        if self._turned is None or self._turned[0] != item.nodeid:
            mode = "live" if self._settings.live else record_mode(item, self._settings)
            path = cassette_path(item, self._settings.folder)
            if path not in self._pages:
                scores = [] if mode == "live" else Cassette(path).scores
                self._pages[path] = Page(path, {key_of(score): score for score in scores})
            self._turned = (item.nodeid, self._pages[path], mode)
        return self._turned[1], self._turned[2]

    def find(self, item: pytest.Item, key: Key) -> Entry | None:
        """Return a score that is recorded; a refresh asks for each anew, once."""
        page, mode = self.page(item)
        found = page.known.get(key)
        if found is None or (mode == "all" and key not in page.renewed):
            return None
        page.used[test_of(item)][key] = found
        return found

    def add(self, item: pytest.Item, score: Entry) -> bool:
        """Keep a new score; say whether it will be recorded."""
        page, mode = self.page(item)
        key = key_of(score)
        page.known[key] = page.used[test_of(item)][key] = score
        if mode in ("none", "live"):
            return False
        page.renewed.add(key)
        return True

    def passed(self, item: pytest.Item) -> None:
        """Note that a test passed: it made all its comparisons, so it needs no other scores."""
        path = cassette_path(item, self._settings.folder)
        if path in self._pages:
            self._pages[path].complete.add(test_of(item))

    def write(self) -> None:
        """Write what the tests used into their cassettes, when this run records.

        Raises ``CassetteError`` when a cassette cannot be written.
        """
        for page in self._pages.values():
            if page.renewed:
                write_scores(page.path, {test: scores.values() for test, scores in page.used.items()}, page.complete)

    def miss(
        self, item: pytest.Item, embedder: str, text: str, references: Sequence[str], why: str
    ) -> CassetteMissError:
        """Return the error for a score that is neither recorded nor can be computed here."""
        page, _ = self.page(item)
        known = [score["texts"] for score in page.known.values() if score["embedder"] == embedder]
        others = sorted({score["embedder"] for score in page.known.values()} - {embedder, INFERENCE})
        changed = "Both texts are new."
        if any(digest(text) in texts for texts in known):
            changed = "The reference has changed, or is new; the answer is as it was recorded."
        elif any(digest(reference) in texts for texts in known for reference in references):
            changed = "The answer has changed; the reference is as it was recorded."
        elif others:
            changed = f"They were recorded by {and_list(others)}, and --llm-embedder is {embedder}."
        counted = plural(len(page.known), "score")
        where = f" in {shown(page.path)} ({counted}). {changed}" if page.known else f": {shown(page.path)} holds none."
        return CassetteMissError(
            f"No recorded similarity of these texts{where}\n"
            f"It cannot be computed here: {why}\n"
            f'Record it where it can: pytest --llm-record=missing "{item.nodeid}"'
        )
