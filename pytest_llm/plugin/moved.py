"""Tests that were renamed or moved: their recordings are found by content, under a name that no test has."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from pathlib import Path

from pytest_llm.cassettes.files import shown
from pytest_llm.cassettes.store import SHARED_SUFFIX, Cassette
from pytest_llm.errors import CassetteError
from pytest_llm.paths import walk
from pytest_llm.plugin.places import SUFFIX
from pytest_llm.studio import Adopted

__all__ = ["finder", "functions_of", "move_command", "orphans", "test_exists"]


def test_exists(cassette: Path) -> bool:
    """Say whether the test function of a cassette stands in its module, by its name in the source."""
    module = cassette.parent.parent.parent / f"{cassette.parent.name}.py"
    name, functions = cassette.name.removesuffix(SUFFIX).rpartition(".")[2], functions_of(module)
    cut = re.fullmatch(r"(.+)-[0-9a-f]{6}", name)
    return name in functions or (cut is not None and any(one.startswith(cut[1]) for one in functions))


def functions_of(module: Path) -> Collection[str]:
    """Return the names of the functions that stand in a module's source; none of a module that is gone."""
    try:
        return _functions(module, module.stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError):
        return ()


@lru_cache(256)
def _functions(module: Path, changed: int) -> Collection[str]:
    source = module.read_text(encoding="utf-8")
    return frozenset(re.findall(r"^\s*(?:async\s+)?def\s+(\w+)", source, re.MULTILINE))


def orphans(root: Path, folder: str) -> Iterator[Path]:
    """Yield the cassettes below ``root`` whose test function is gone, hidden and installed folders left out."""
    for path in sorted(_cassettes(root, folder)):
        if not path.name.endswith(SHARED_SUFFIX) and not test_exists(path):
            yield path


def _cassettes(root: Path, folder: str) -> Iterator[Path]:
    for base, folders, _ in walk(root):
        if folder in folders:
            folders.remove(folder)
            yield from Path(base, folder).glob(f"*/*{SUFFIX}")


def finder(root: Path, folder: str, wanted: Path, trial: int = 1) -> Callable[[str, str], Adopted | None]:
    """Return how to find a request's recordings under the name of a test that is gone."""

    def find(fingerprint: str, slot: str) -> Adopted | None:
        for path in orphans(root, folder):
            if path == wanted:
                continue
            try:
                cassette = Cassette(path)
            except CassetteError:
                continue
            track = cassette.track(slot, trial)
            if fingerprint in track.draws:
                return Adopted(path, track)
        return None

    return find


def move_command(old: Path, new: Path) -> str:
    """Return the command that moves a cassette to its test's new name."""
    parent = "" if new.parent.exists() else f"mkdir -p {shown(new.parent)} && "
    return f"{parent}git mv {shown(old)} {shown(new)}"
