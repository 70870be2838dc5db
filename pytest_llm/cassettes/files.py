"""Reading and writing whole files so that nothing is ever half written, and reading says what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

from pytest_llm.errors import CassetteError
from pytest_llm.paths import replace_text, shown

__all__ = ["VERSION", "read_document", "shown", "write_text"]

VERSION = 1


def read_document(path: Path) -> dict[str, object]:
    """Return the JSON object of a file of ours.

    Raises ``CassetteError`` that says what is wrong with the file, where, and what helps.
    """
    text = _read(path)
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise CassetteError(_broken(path, text, error)) from None
    if not isinstance(document, dict) or "version" not in document:
        raise CassetteError(f"{shown(path)} is no cassette: it has no 'version'. {_restore(path)}")
    version = document["version"]
    if not isinstance(version, int) or version > VERSION:
        raise CassetteError(
            f"{shown(path)} has format version {version!r}, and this pytest-llm-regression reads {VERSION}. "
            "Upgrade it: pip install --upgrade pytest-llm-regression"
        )
    return document


def write_text(path: Path, text: str) -> None:
    """Replace a file in one step; when that fails the old one stands as it was.

    Raises ``CassetteError`` that names the file and the system's reason.
    """
    try:
        replace_text(path, text)
    except OSError as error:
        raise CassetteError(f"{shown(path)} cannot be written: {error.strerror or error}.") from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CassetteError(
            f"{shown(path)} is no cassette: byte {error.start} is not UTF-8. {_restore(path)}"
        ) from None
    except OSError as error:
        raise CassetteError(f"{shown(path)} cannot be read: {error.strerror or error}.") from None


def _broken(path: Path, text: str, error: json.JSONDecodeError) -> str:
    lines = text.split("\n")
    marked = [number for number, line in enumerate(lines, 1) if line.startswith(("<<<<<<<", ">>>>>>>"))]
    if marked:
        where = f"between lines {marked[0]} and {marked[-1]}" if len(marked) > 1 else f"at line {marked[0]}"
        return (
            f"{shown(path)} holds a merge conflict {where}. "
            f"Take either side: git checkout --ours {shown(path)}, or --theirs; then record what is missing."
        )
    if error.pos >= len(text.rstrip()) or (error.msg.startswith("Unterminated string") and error.lineno >= len(lines)):
        return f"{shown(path)} is cut short: its JSON ends in the middle, at line {error.lineno}. {_restore(path)}"
    near = lines[error.lineno - 1].strip()[:60]
    return (
        f"{shown(path)} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}, near {near!r}. "
        f"Mend that line, or restore the file: git checkout -- {shown(path)}"
    )


def _restore(path: Path) -> str:
    return f"Restore it: git checkout -- {shown(path)}"
