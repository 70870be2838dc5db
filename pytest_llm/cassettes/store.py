"""A cassette file: the interactions of one test function, found by one hash."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from pytest_llm.cassettes.entry import Entry, draws_in_order, ordered, trial_of
from pytest_llm.cassettes.files import VERSION, read_document, shown, write_text
from pytest_llm.cassettes.rendering import render
from pytest_llm.errors import CassetteError
from pytest_llm.text import and_list

__all__ = [
    "ATTRIBUTION_SUFFIX",
    "EXAMPLE_KEYS",
    "SCORE_KEYS",
    "SHARED_SUFFIX",
    "Cassette",
    "Track",
    "slot_of",
]

SHARED_SUFFIX = ".shared.cassette.json"
ATTRIBUTION_SUFFIX = ".attribution.json"
SCORE_KEYS = frozenset({"embedder", "test", "texts"})
EXAMPLE_KEYS = frozenset({"test"})
_NEEDED = frozenset({"dialect", "fingerprint", "method", "path", "status", "test"})


def slot_of(test: str, path: Path) -> str:
    """Return what tells a test's interactions from those of the others in its cassette.

    In the cassette of one test function that is the test's parameters, brackets included, so a file that is renamed
    with its function still fits. In a cassette that several functions share, and in the file of an experiment, it is
    the test's whole name.
    """
    if path.name.endswith((SHARED_SUFFIX, ATTRIBUTION_SUFFIX)):
        return test
    start = test.find("[")
    return test[start:] if start >= 0 and test.endswith("]") else ""


class Track:
    """The recordings of one trial of one test: draws by fingerprint, fingerprints by raw hash."""

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
    """The interactions recorded for one test function, with all its parameters, its examples, the scores of its texts.

    ``trials`` holds, by slot, how each trial went when it was recorded: ``.`` passed, ``F`` failed.

    Raises ``CassetteError`` when the file exists but cannot be understood.
    """

    def __init__(self, path: Path, *, read: bool = True) -> None:
        self.path = path
        content = read_document(path) if read and path.exists() else {}
        self.entries: list[Entry] = _listed(path, content, "interactions", _NEEDED) if content else []
        self.scores: list[Entry] = _listed(path, content, "scores", SCORE_KEYS) if "scores" in content else []
        self.trials = _outcomes(path, content)
        self.examples: list[Entry] = _listed(path, content, "examples", EXAMPLE_KEYS) if "examples" in content else []
        self.exists = bool(self.entries)
        self._by_trial: dict[tuple[str, int], list[Entry]] | None = None

    def __len__(self) -> int:
        return len(self.entries)

    def __repr__(self) -> str:
        return f"<Cassette {shown(self.path)}: {len(self)} interactions>"

    def track(self, slot: str, trial: int = 1) -> Track:
        """Return the recordings of the test with this slot, those of one of its trials."""
        return Track(self._trials().get((slot, trial), ()))

    def last_trial(self, slot: str) -> int:
        """Return the number of the last trial of which something is recorded, 0 when nothing is."""
        return max((trial for other, trial in self._trials() if other == slot), default=0)

    def _trials(self) -> dict[tuple[str, int], list[Entry]]:
        if self._by_trial is None:
            self._by_trial = {}
            for entry in self.entries:
                self._by_trial.setdefault((slot_of(entry["test"], self.path), trial_of(entry)), []).append(entry)
        return self._by_trial

    def write(self, entries: Iterable[Entry]) -> None:
        """Replace the file's interactions; a cassette that holds nothing at all is no file."""
        kept = [ordered(entry) for entry in entries]
        if kept or self.scores or self.examples:
            slots = {slot_of(entry["test"], self.path) for entry in kept}
            self.trials = {slot: outcomes for slot, outcomes in self.trials.items() if slot in slots}
            write_text(self.path, document(kept, self.scores, self.examples, self.trials))
        elif self.path.exists():
            self.path.unlink()
        self.entries, self._by_trial, self.exists = kept, None, bool(kept)

    def remove(self, unwanted: Collection[int]) -> None:
        """Delete the interactions at these positions."""
        self.write(entry for index, entry in enumerate(self.entries) if index not in unwanted)


def document(entries: list[Entry], scores: list[Entry], examples: list[Entry], trials: Mapping[str, str]) -> str:
    """Return the text of a cassette file."""
    parts = [_array("interactions", [render(entry, 4) for entry in entries])]
    for name, items in (("examples", examples), ("scores", scores)):
        if items:
            parts.append(_array(name, [json.dumps(item, ensure_ascii=False, sort_keys=True) for item in items]))
    if trials:
        parts.append(f'  "trials": {json.dumps(trials, ensure_ascii=False, sort_keys=True)}')
    parts.sort()
    return "{\n" + ",\n".join(parts) + f',\n  "version": {VERSION}\n}}\n'


def _array(name: str, items: list[str]) -> str:
    body = ",\n".join("    " + item for item in items)
    return f'  "{name}": [\n{body}\n  ]' if items else f'  "{name}": []'


def _outcomes(path: Path, content: dict[str, object]) -> dict[str, str]:
    found = content.get("trials", {})
    if not isinstance(found, dict) or not all(isinstance(one, str) and not one.strip(".F") for one in found.values()):
        raise CassetteError(
            f"{shown(path)}: 'trials' does not hold the outcomes of trials, as '..F.'. "
            f"Restore it: git checkout -- {shown(path)}"
        )
    return dict(found)


def _listed(path: Path, content: dict[str, object], name: str, needed: frozenset[str]) -> list[Entry]:
    found = content.get(name)
    if not isinstance(found, list):
        raise CassetteError(f"{shown(path)} is no cassette: {name!r} is not a list.")
    for index, entry in enumerate(found):
        if type(entry) is not dict or not entry.keys() >= needed:
            absent = sorted(needed - entry.keys()) if type(entry) is dict else sorted(needed)
            raise CassetteError(
                f"{shown(path)}: {name.removesuffix('s')} {index + 1} has no "
                f"{and_list([repr(key) for key in absent])}. Restore it: git checkout -- {shown(path)}"
            )
    return found
