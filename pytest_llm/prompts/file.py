"""A prompt file: front matter, and messages by role."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Literal, get_args

from pytest_llm.errors import PromptError
from pytest_llm.paths import shown

__all__ = ["PromptFile", "Section", "Syntax", "digest", "read"]

Syntax = Literal["format", "jinja"]
_ROLE = re.compile(r"<!-- (\w+) -->")
_ROLES = ("system", "developer", "user", "assistant")


@dataclass(frozen=True, slots=True)
class Section:
    """The text of one message, and the number of the line it begins with."""

    role: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class PromptFile:
    """What a prompt file holds: its messages not yet filled, the syntax of their variables, parameters of the call."""

    path: Path
    sections: tuple[Section, ...]
    syntax: Syntax = "format"
    params: Mapping[str, object] = field(default_factory=dict)


def digest(text: str) -> str:
    """Return the hash of a text, as the fingerprints of requests have it."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def read(path: Path) -> PromptFile:
    """Read a prompt file; raises ``PromptError`` that names the line when it is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise PromptError(f"{shown(path)} is no prompt: byte {error.start} is not UTF-8.") from None
    except OSError as error:
        raise PromptError(f"{shown(path)} cannot be read: {error.strerror or error}.") from None
    end = _end_of_front_matter(lines, path)
    meta = dict(_pair(line, number, path) for number, line in enumerate(lines[1:end], 2) if _says(line))
    sections = tuple(_sections(lines, end + 1 if end else 0, path))
    if not sections:
        raise PromptError(f"{shown(path)} is empty: a prompt holds the text of at least one message.")
    return PromptFile(path, sections, _syntax(meta, path), _params(meta, path))


def _end_of_front_matter(lines: Sequence[str], path: Path) -> int:
    if not lines or lines[0].rstrip() != "---":
        return 0
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if not end:
        raise PromptError(f"{shown(path)}: the front matter that begins with '---' in line 1 does not end with one.")
    return end


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _pair(line: str, number: int, path: Path) -> tuple[str, object]:
    key, separator, text = line.partition(":")
    if not separator or line[0].isspace():
        raise PromptError(
            f"{shown(path)}: line {number} of the front matter is no 'key: value' on one line: {line.strip()!r}. "
            'A value of several parts is JSON: params: {"temperature": 0}'
        )
    try:
        return key.strip(), json.loads(text)
    except ValueError:
        return key.strip(), text.strip()


def _syntax(meta: Mapping[str, object], path: Path) -> Syntax:
    said = meta.get("syntax", "format")
    for syntax in get_args(Syntax):
        if said == syntax:
            found: Syntax = syntax
            return found
    raise PromptError(f"{shown(path)}: {said!r} is no syntax. Valid: {', '.join(get_args(Syntax))}.")


def _params(meta: Mapping[str, object], path: Path) -> Mapping[str, object]:
    params = meta.get("params", {})
    if not isinstance(params, dict):
        raise PromptError(f'{shown(path)}: params are a JSON object on one line, as {{"temperature": 0}}: {params!r}.')
    return params


def _sections(lines: Sequence[str], start: int, path: Path) -> list[Section]:
    """Return the messages: each begins with its role in a comment; without any all is the text of one user."""
    marks = [(number, found[1]) for number in range(start, len(lines)) if (found := _ROLE.fullmatch(lines[number]))]
    if not marks:
        return _section("user", lines, start, len(lines))
    for number, role in marks:
        if role not in _ROLES:
            raise PromptError(f"{shown(path)}: line {number + 1}: {role!r} is no role. Valid: {', '.join(_ROLES)}.")
    if stray := next((number for number in range(start, marks[0][0]) if lines[number].strip()), None):
        raise PromptError(f"{shown(path)}: line {stray + 1} stands before the first role: {lines[stray].strip()!r}.")
    ends = [*(number for number, _ in marks[1:]), len(lines)]
    return [one for (at, role), end in zip(marks, ends, strict=True) for one in _section(role, lines, at + 1, end)]


def _section(role: str, lines: Sequence[str], start: int, end: int) -> list[Section]:
    """Return the text between two lines without the blank lines around it; nothing if that is all."""
    while start < end and not lines[start].strip():
        start += 1
    text = "\n".join(lines[start:end]).rstrip()
    return [Section(role, text, start + 1)] if text else []
