"""What waits below some folders, test modules and node ids, found without running pytest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_llm.errors import ConfigurationError
from pytest_llm.paths import walk
from pytest_llm.snapshots.pending import Pending, find

__all__ = ["find_below", "module_of"]


def module_of(path: Path) -> Path:
    """Return the test module beside whose folder an accepted or pending file stands."""
    return path.parent.parent.parent / f"{path.parent.name}.py"


def find_below(given: Sequence[str]) -> tuple[list[Pending], list[str]]:
    """Return what waits, each once, in the order of the paths or node ids given, and what is wrong with damaged files.

    Raises ``ConfigurationError`` for a path that does not exist.
    """
    found: dict[Path, Pending] = {}
    damaged: list[str] = []
    for one in given:
        name, _, test = one.partition("::")
        path = Path(name).absolute()
        if not path.exists():
            raise ConfigurationError(f"{name!r} does not exist. Give folders, test modules or node ids.")
        waiting, faults = find(_candidates(path))
        found |= {one.path: one for one in waiting if _is_of(one, test) and one.path not in found}
        damaged += faults
    return list(found.values()), list(dict.fromkeys(damaged))


def _candidates(path: Path) -> Iterator[Path]:
    for folder, _, files in walk(path if path.is_dir() else path.parent):
        for file in (folder / name for name in files):
            if path.is_dir() or path in (module_of(file), file):
                yield file


def _is_of(waits: Pending, test: str) -> bool:
    """Say whether a node id names the test, its class, or its function with all parameters."""
    name = waits.test.partition("::")[2]
    return not test or name == test or name.startswith((f"{test}::", f"{test}["))
