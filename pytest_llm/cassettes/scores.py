"""Scores of texts in a cassette: what an embedder once made of them, so that replay needs none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.folding import set_aside_path
from pytest_llm.cassettes.store import Cassette, slot_of
from pytest_llm.paths import exclusive

__all__ = ["Key", "digest", "key_of", "write_scores"]

_NOISE = 1e-5  # of a cosine in single precision, between processors
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
    with exclusive(path.parent):
        cassette = Cassette(path)
        scores = _merged(cassette, used, {slot_of(test, path) for test in complete})
        aside = set_aside_path(path)
        for one in (cassette, Cassette(aside)) if aside.exists() else (cassette,):
            if scores != one.scores:
                one.scores = scores
                one.write(one.entries)


def _merged(cassette: Cassette, used: Mapping[str, Iterable[Entry]], whole: set[str]) -> list[Entry]:
    places = {(slot_of(score["test"], cassette.path), key_of(score)): score for score in cassette.scores}
    kept = {place: score for place, score in places.items() if place[0] not in whole}
    for test, scores in used.items():
        for score in scores:
            place = (slot_of(test, cassette.path), key_of(score))
            old = places.get(place)
            kept[place] = old if old is not None and _same(old, score) else {**score, "test": test}
    return sorted(kept.values(), key=lambda score: (score["test"], key_of(score)))


def _same(old: Entry, new: Entry) -> bool:
    """Say whether two scores differ only as those of two machines do, so that recording anew makes no difference."""
    rest = [{key: value for key, value in one.items() if key not in ("score", "test")} for one in (old, new)]
    return rest[0] == rest[1] and abs(old.get("score", 0) - new.get("score", 0)) < _NOISE
