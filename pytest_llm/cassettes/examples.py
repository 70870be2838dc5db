"""Examples of properties in a cassette: what they were asked of, so that replay asks the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.store import Cassette, slot_of
from pytest_llm.paths import exclusive

__all__ = ["examples_of", "write_examples"]


def examples_of(cassette: Cassette, slot: str, trial: int = 1) -> list[Entry]:
    """Return the recorded examples of a trial of the test with this slot, in order."""
    return [entry for entry in cassette.examples if _is_of(entry, cassette.path, slot, trial)]


def write_examples(path: Path, test: str, examples: Sequence[Entry], trial: int = 1) -> None:
    """Replace the examples of a trial of a test in its cassette; equal ones leave the file as it is.

    Raises ``CassetteError`` when the cassette cannot be read or written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(path.parent):
        cassette = Cassette(path)
        slot = slot_of(test, path)
        others = [entry for entry in cassette.examples if not _is_of(entry, path, slot, trial)]
        new = [{**entry, "test": test, **(_numbered(trial) if _is_drawn(entry) else {})} for entry in examples]
        wanted = sorted([*others, *new], key=lambda entry: (str(entry["test"]), entry.get("trial", 1)))
        if wanted != cassette.examples:
            cassette.examples = wanted
            cassette.write(cassette.entries)


def _is_of(entry: Entry, path: Path, slot: str, trial: int) -> bool:
    ours = slot_of(entry["test"], path) == slot
    return ours and (not _is_drawn(entry) or entry.get("trial", 1) == trial)


def _is_drawn(entry: Entry) -> bool:
    """Say whether each trial has such examples of its own, as hypothesis draws them; relations have the same."""
    return "relation" not in entry


def _numbered(trial: int) -> dict[str, int]:
    return {"trial": trial} if trial > 1 else {}
