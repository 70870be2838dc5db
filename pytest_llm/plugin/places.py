"""Where a test's recordings are: the cassette's path, and the test's name in it."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import pytest

from pytest_llm.cassettes.store import ATTRIBUTION_SUFFIX
from pytest_llm.plugin.options import marked
from pytest_llm.snapshots.kinds import Kind

__all__ = [
    "SUFFIX",
    "accepted_file",
    "accepted_path",
    "answers_stem",
    "attribution_path",
    "cassette_path",
    "test_of",
]

SUFFIX = ".cassette.json"
_LONGEST = 212  # bytes of a function's name in the cassette's, beside which stand its journals; a file's name has 255
_CASSETTE: pytest.StashKey[tuple[str, Path]] = pytest.StashKey()


def test_of(item: pytest.Item) -> str:
    """Return a test's name within its module: class, function and parameters."""
    return item.nodeid.partition("::")[2] or item.name


def attribution_path(item: pytest.Item, folder: str) -> Path:
    """Return where the answers of a test's ``--llm-attribute`` are recorded, beside its cassette."""
    path = cassette_path(item, folder)
    return path.with_name(path.name.removesuffix(SUFFIX) + ATTRIBUTION_SUFFIX)


def cassette_path(item: pytest.Item, folder: str) -> Path:
    """Return the cassette of a test function: beside its module, one file for all its parameters.

    A cassette that the marker names may be shared by the test functions of a module.
    """
    known = item.stash.get(_CASSETTE, None)
    if known is None or known[0] != folder:
        known = item.stash[_CASSETTE] = (folder, _cassette_path(item, folder))
    return known[1]


def _cassette_path(item: pytest.Item, folder: str) -> Path:
    named = marked(item, "cassette")
    if named is not None:
        stem = re.sub(r"[^\w.\-/]", "_", str(named))
        return _beside(item.path, folder) / f"{stem}.shared{SUFFIX}"
    return _of_function(item.path, test_of(item).partition("[")[0].replace("::", "."), folder)


@lru_cache(64)
def _of_function(module: Path, name: str, folder: str) -> Path:
    stem = re.sub(r"[^\w.\-]", "_", name)
    path = _beside(module, folder) / f"{stem}{SUFFIX}"
    if len(stem.encode()) > _LONGEST and not os.path.exists(path):  # which Path.exists() refuses
        return path.with_name(f"{_cut(stem.rpartition('.')[2], 100)}-{_hash(name)}{SUFFIX}")
    return path


def _beside(module: Path, folder: str) -> Path:
    return module.parent / folder / module.stem


def accepted_path(item: pytest.Item, folder: str, name: str, kind: Kind) -> Path:
    """Return an accepted file of a test: readable, another one for ids that a file system may not tell apart."""
    return accepted_file(item.path, test_of(item), folder, name, kind)


def accepted_file(module: Path, test: str, folder: str, name: str, kind: Kind) -> Path:
    """Return an accepted file of the test of this name in a module."""
    stem = answers_stem(module, test, folder)
    _, bracket, parameters = test.partition("[")
    given = f"[{_slug(parameters.removesuffix(']'), 60)}]" if bracket else ""
    named = f".{_slug(name, 40)}" if name else ""
    return stem.with_name(f"{stem.name}{given}{named}{kind.accepted}")


def answers_stem(module: Path, test: str, folder: str) -> Path:
    """Return how the paths of all accepted files of a test's function begin."""
    return _stem(module, test.partition("[")[0].replace("::", "."), folder)


@lru_cache(64)
def _stem(module: Path, function: str, folder: str) -> Path:
    if len(function.encode()) > 100:  # a file's name has at most 255 bytes
        function = f"{_cut(function, 100)}-{_hash(function)}"
    return _beside(module, folder) / function


def _cut(text: str, longest: int) -> str:
    return text.encode()[:longest].decode(errors="ignore")


def _slug(text: str, longest: int) -> str:
    plain = re.sub(r"[^a-z0-9.-]+", "_", text.lower())[:longest]
    return plain if plain == text else f"{plain}-{_hash(text)}"


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]
