"""Accepted answers whose test is gone, and answers that two tests would share."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from pytest_llm.errors import SnapshotError
from pytest_llm.paths import shown, walk
from pytest_llm.plugin.moved import functions_of
from pytest_llm.plugin.places import accepted_file, test_of
from pytest_llm.snapshots.document import Document
from pytest_llm.snapshots.kinds import KINDS, kind_of
from pytest_llm.snapshots.store import read

__all__ = ["FormerAnswers", "orphaned_answers", "refuse_clash", "test_of_file"]

_ENDS = tuple(end for kind in KINDS for end in (kind.accepted, kind.pending))


class FormerAnswers:
    """The accepted answers of tests that are gone, read when the first is sought."""

    def __init__(self, root: Path, folder: str) -> None:
        self._known: list[tuple[Path, Document]] = []
        for path in orphaned_answers(root, folder):
            kind = kind_of(path)
            try:
                document = read(path, kind) if kind is not None and path.name.endswith(kind.accepted) else None
            except SnapshotError:
                continue  # it is told where its own test runs, or as unused
            if document is not None:
                self._known.append((path, document))

    def find(self, wanted: Path, name: str, document: Document) -> tuple[Path, Document] | None:
        """Return what was accepted of the same name, parameters, conversation and answer, when that is one file."""
        found = [
            (path, one)
            for path, one in self._known
            if kind_of(path) is kind_of(wanted)
            and _after_function(path) == _after_function(wanted)
            and one.prompt == document.prompt
            and one.meta.get("name", "") == name
            and set(document.answers) <= set(one.answers)
        ]
        return found[0] if len(found) == 1 else None


def orphaned_answers(root: Path, folder: str) -> Iterator[Path]:
    """Yield the accepted and pending files below ``root`` whose test function is gone."""
    for base, folders, _ in walk(root):
        if folder in folders:
            folders.remove(folder)
            for place in sorted(Path(base, folder).iterdir()):
                functions = functions_of(place.parent.parent / f"{place.name}.py")
                names = sorted(os.listdir(place)) if place.is_dir() else ()
                yield from (place / name for name in names if name.endswith(_ENDS) and not _stands(name, functions))


def refuse_clash(item: pytest.Item, path: Path, other: str) -> None:
    """Raise ``SnapshotError`` when a file is of another test that stands too and would have the very same file."""
    if other in ("", item.nodeid):
        return
    name, _, test = other.partition("::")
    module, kind = item.config.rootpath / name, kind_of(path)
    function = test.partition("[")[0].rpartition("::")[2] or test
    if kind is None or function not in functions_of(module):
        return
    folder = path.parent.parent
    theirs = accepted_file(folder.parent / Path(name).name, test, folder.name, "", kind)
    mine = accepted_file(folder.parent / item.path.name, test_of(item), folder.name, "", kind)
    if str(theirs).casefold() == str(mine).casefold():
        raise SnapshotError(
            f"{other} and {item.nodeid} would share {shown(path)}. Rename one of them: their names differ by case or "
            "folder only."
        )


def test_of_file(path: Path) -> str:
    """Return the node id that a file's front matter names, "" when it cannot be read."""
    kind = kind_of(path)
    try:
        document = read(path, kind) if kind is not None else None
    except SnapshotError:
        return ""  # it is about to be replaced
    return str(document.meta.get("test", "")) if document is not None else ""


def _stands(name: str, functions: Collection[str]) -> bool:
    """Say whether a part of a file's name is a function of its module: with a snapshot's name, any might be."""
    stem = name.removesuffix(next(end for end in _ENDS if name.endswith(end)))
    for part in stem.partition("[")[0].split("."):
        cut = re.fullmatch(r"(.+)-[0-9a-f]{6}", part)
        if part in functions or (cut is not None and any(one.startswith(cut[1]) for one in functions)):
            return True
    return False


def _after_function(path: Path) -> str:
    """Return a file's parameters, snapshot name and kind: "" for neither."""
    return path.name[path.name.index("[") :] if "[" in path.name else ""
