"""Files of ours: written whole or not at all, and called as a person would."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path

__all__ = ["exclusive", "leftovers", "replace_text", "shown", "walk"]


_TEMPORARY = ".tmp"
_NOT_OURS = frozenset({"node_modules", "site-packages", "__pycache__", "build", "dist"})


def shown(path: Path) -> str:
    """Return a path as messages show it: relative to the working directory when it lies below."""
    return path.as_posix().removeprefix(f"{Path.cwd().as_posix()}/")


def replace_text(path: Path, text: str) -> None:
    """Replace a file in one step; when that fails, with ``OSError``, the old one stands as it was."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=_prefix(path), suffix=_TEMPORARY, dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except OSError:
        if temporary is not None and os.path.exists(temporary):
            os.unlink(temporary)
        raise


def leftovers(path: Path) -> Iterator[Path]:
    """Yield what processes that were killed while they replaced a file have left beside it."""
    return path.parent.glob(f"{escape(_prefix(path))}*{_TEMPORARY}")


def walk(root: Path) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Yield each folder at and below ``root`` with its folders and files, hidden and installed folders left out."""
    for base, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _NOT_OURS)
        yield Path(base), folders, sorted(files)


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Keep other processes from changing the files of a folder meanwhile, where the system can lock folders."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _prefix(path: Path) -> str:
    return f".{path.name[:100]}."


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
