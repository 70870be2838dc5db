"""Scores of texts in a cassette: what an embedder once made of them, so that replay needs none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.folding import set_aside_path
from pytest_llm.cassettes.journal import exclusive
from pytest_llm.cassettes.store import Cassette, slot_of

__all__ = ["Key", "digest", "key_of", "write_scores"]

Key = tuple[str, str, str, str]
"""The embedder, what was compared ("text", "sentence" or "inference"), and the hashes of both texts."""


def digest(text: str) -> str:
    """Return the hash under which a text stands in a score."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def key_of(score: Entry) -> Key:
    """Return what a recorded score is looked up by."""
    first, second = score["texts"]
    return (score["embedder"], score.get("by", "text"), first, second)


def write_scores(path: Path, used: Mapping[str, Iterable[Entry]], complete: Iterable[str]) -> None:
    """Write the scores that tests used (by the tests' names) into their cassette.

    A test that is ``complete`` keeps no others. Files that would hold the same scores stay as they are. Raises
    ``CassetteError`` when the cassette cannot be read or written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {slot_of(test, path) for test in complete}
    with exclusive(path.parent):
        for place in (path, set_aside_path(path)):
            if place == path or place.exists():
                _write(place, used, whole)


def _write(path: Path, used: Mapping[str, Iterable[Entry]], whole: set[str]) -> None:
    cassette = Cassette(path)
    kept = {
        (slot_of(score["test"], path), key_of(score)): score
        for score in cassette.scores
        if slot_of(score["test"], path) not in whole
    }
    old = {(slot_of(score["test"], path), key_of(score)): score for score in cassette.scores}
    for test, scores in used.items():
        for score in scores:
            place = (slot_of(test, path), key_of(score))
            kept[place] = old[place] if old.get(place, {}) == score else {**score, "test": test}
    scores = sorted(kept.values(), key=lambda score: (score["test"], key_of(score)))
    if scores != cassette.scores:
        cassette.scores = scores
        cassette.write(cassette.entries)
