"""A cassette file: the interactions of one test function, found by one hash."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from pytest_llm.cassettes.entry import Entry, draws_in_order, ordered
from pytest_llm.cassettes.files import VERSION, read_document, shown, write_text
from pytest_llm.cassettes.rendering import render
from pytest_llm.errors import CassetteError
from pytest_llm.text import and_list

__all__ = ["SHARED_SUFFIX", "Cassette", "Track", "slot_of"]

SHARED_SUFFIX = ".shared.cassette.json"
_NEEDED = frozenset({"dialect", "fingerprint", "method", "path", "status", "test"})


def slot_of(test: str, path: Path) -> str:
    """Return what tells a test's interactions from those of the others in its cassette.

    In the cassette of one test function that is the test's parameters, brackets included, so a file that is renamed
    with its function still fits. In a cassette that several functions share it is the test's whole name.
    """
    if path.name.endswith(SHARED_SUFFIX):
        return test
    start = test.find("[")
    return test[start:] if start >= 0 and test.endswith("]") else ""


class Track:
    """The recordings of one test (one set of parameters): draws by fingerprint, fingerprints by raw hash."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)
        self.fingerprints: dict[str, str] = {}
        self.draws: dict[str, list[Entry]] = {}
        for entry in self.entries:
            self.draws.setdefault(entry["fingerprint"], []).append(entry)
            if raw := entry.get("raw"):
                self.fingerprints[raw] = entry["fingerprint"]
        for fingerprint, draws in self.draws.items():
            if len(draws) > 1:
                self.draws[fingerprint] = draws_in_order(draws)


class Cassette:
    """The interactions recorded for one test function, with all its parameters.

    Raises ``CassetteError`` when the file exists but cannot be understood.
    """

    def __init__(self, path: Path, *, read: bool = True) -> None:
        self.path = path
        self.exists = read and path.exists()
        self.entries: list[Entry] = _entries(path) if self.exists else []
        self._by_slot: dict[str, list[Entry]] | None = None

    def __len__(self) -> int:
        return len(self.entries)

    def __repr__(self) -> str:
        return f"<Cassette {shown(self.path)}: {len(self)} interactions>"

    def track(self, slot: str) -> Track:
        """Return the recordings of the test with this slot."""
        if self._by_slot is None:
            self._by_slot = {}
            for entry in self.entries:
                self._by_slot.setdefault(slot_of(entry["test"], self.path), []).append(entry)
        return Track(self._by_slot.get(slot, ()))

    def write(self, entries: Iterable[Entry]) -> None:
        """Replace the file's interactions; an empty cassette is no file."""
        kept = [ordered(entry) for entry in entries]
        if kept:
            write_text(self.path, document(kept))
        elif self.path.exists():
            self.path.unlink()
        self.entries, self._by_slot, self.exists = kept, None, bool(kept)

    def remove(self, unwanted: Collection[int]) -> None:
        """Delete the interactions at these positions."""
        self.write(entry for index, entry in enumerate(self.entries) if index not in unwanted)


def document(entries: list[Entry]) -> str:
    """Return the text of a cassette file."""
    body = ",\n".join("    " + render(entry, 4) for entry in entries)
    return f'{{\n  "interactions": [\n{body}\n  ],\n  "version": {VERSION}\n}}\n'


def _entries(path: Path) -> list[Entry]:
    found = read_document(path).get("interactions")
    if not isinstance(found, list):
        raise CassetteError(f"{shown(path)} is no cassette: 'interactions' is not a list.")
    for index, entry in enumerate(found):
        if type(entry) is not dict or not entry.keys() >= _NEEDED:
            absent = sorted(_NEEDED - entry.keys()) if type(entry) is dict else sorted(_NEEDED)
            raise CassetteError(
                f"{shown(path)}: interaction {index + 1} has no {and_list([repr(key) for key in absent])}. "
                f"Restore it: git checkout -- {shown(path)}"
            )
    return found
