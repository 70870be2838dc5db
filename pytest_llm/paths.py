"""Files of ours: written whole or not at all, and called as a person would."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["replace_text", "shown"]


def shown(path: Path) -> str:
    """Return a path as messages show it: relative to the working directory when it lies below."""
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def replace_text(path: Path, text: str) -> None:
    """Replace a file in one step; when that fails, with ``OSError``, the old one stands as it was."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".tmp", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except OSError:
        if temporary is not None and os.path.exists(temporary):
            os.unlink(temporary)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
