"""Examples of properties in a cassette: what they were asked of, so that replay asks the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.store import Cassette, slot_of
from pytest_llm.paths import exclusive

__all__ = ["examples_of", "write_examples"]


def examples_of(cassette: Cassette, slot: str) -> list[Entry]:
    """Return the recorded examples of the test with this slot, in order."""
    return [entry for entry in cassette.examples if slot_of(entry["test"], cassette.path) == slot]


def write_examples(path: Path, test: str, examples: Sequence[Entry]) -> None:
    """Replace the examples of a test in its cassette; equal ones leave the file as it is.

    Raises ``CassetteError`` when the cassette cannot be read or written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(path.parent):
        cassette = Cassette(path)
        slot = slot_of(test, path)
        others = [entry for entry in cassette.examples if slot_of(entry["test"], path) != slot]
        wanted = sorted(
            [*others, *({**entry, "test": test} for entry in examples)], key=lambda entry: str(entry["test"])
        )
        if wanted != cassette.examples:
            cassette.examples = wanted
            cassette.write(cassette.entries)
