"""Finds a prompt file by its name."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from pytest_llm.errors import PromptError
from pytest_llm.paths import shown
from pytest_llm.text import and_list

__all__ = ["find_prompt"]

_SUFFIX = ".md"


def find_prompt(name: str, folders: Sequence[Path]) -> Path:
    """Return the file of the prompt in the first folder that has it; raises ``PromptError`` with the nearest name."""
    if not isinstance(name, str) or not name.strip():
        raise PromptError(f"llm_prompt({name!r}) needs the name of a file in {_all(folders)}.")
    plain = name.removesuffix(_SUFFIX)
    for folder in folders:
        path = folder / f"{plain}{_SUFFIX}"
        if path.is_file():
            return path
    known = sorted({path for folder in folders for path in _names(folder)})
    if not known:
        raise PromptError(f"There is no prompt {name!r}: there is no *{_SUFFIX} in {_all(folders)}.")
    near = get_close_matches(plain, known, 1)
    said = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(known[:8])}{', ...' * (len(known) > 8)}."
    raise PromptError(f"There is no prompt {name!r} in {_all(folders)}. {said}")


def _names(folder: Path) -> list[str]:
    return [path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob(f"*{_SUFFIX}")]


def _all(folders: Sequence[Path]) -> str:
    return and_list([shown(folder) for folder in folders])
