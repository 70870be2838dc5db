"""A snapshot file: front matter, the conversation, and the accepted answers, to be read as prose."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pytest_llm.errors import SnapshotError

__all__ = ["VERSION", "Document", "parse", "render"]

VERSION = 1
_MARK = re.compile(r"<!-- (?:(prompt): (.*)|(answer)|(variant) \d+) -->")
_ESCAPED = re.compile(r"\\+<!-- (?:prompt: .*|answer|variant \d+) -->")
_CONFLICT = ("<<<<<<< ", "=======", ">>>>>>> ")


@dataclass(frozen=True, slots=True)
class Document:
    """What a snapshot file holds.

    ``meta`` is its front matter; ``prompt`` the conversation that was answered, as (role, text); ``answers`` are the
    accepted ones, of which any will do.
    """

    meta: Mapping[str, object] = field(default_factory=dict)
    prompt: tuple[tuple[str, str], ...] = ()
    answers: tuple[str, ...] = ()


def render(document: Document) -> str:
    """Return the text of the file; what is equal gives the same bytes."""
    lines = ["---"]
    lines += [f"{key}: {_value(item)}" for key, item in {**document.meta, "version": VERSION}.items() if item != ""]
    lines.append("---")
    for role, text in document.prompt:
        lines += _section(f"prompt: {role}", text)
    for number, text in enumerate(document.answers, 1):
        lines += _section("answer" if number == 1 else f"variant {number}", text)
    return "\n".join(lines) + "\n"


def parse(text: str, shown: str) -> Document:
    """Read a file's text; ``shown`` is how an error calls the file.

    Raises ``SnapshotError`` that says what is wrong, where, and what helps.
    """
    lines = text.split("\n")
    _refuse_conflict(lines, shown)
    if lines[0] != "---" or "---" not in lines[1:]:
        raise SnapshotError(
            f"{shown} has no front matter between two lines of '---'. Restore it: git checkout -- {shown}"
        )
    end = lines.index("---", 1)
    meta = dict(_pair(line, number, shown) for number, line in enumerate(lines[1:end], 2) if line.strip())
    version = meta.pop("version", None)
    if not isinstance(version, int) or version > VERSION:
        raise SnapshotError(
            f"{shown} has format version {version!r}, and this pytest-llm-regression reads {VERSION}. "
            "Upgrade it: pip install --upgrade pytest-llm-regression"
        )
    prompt, answers = _sections(lines[end + 1 :])
    if not answers:
        raise SnapshotError(f"{shown} is cut short: it holds no answer. Restore it: git checkout -- {shown}")
    return Document(meta, tuple(prompt), tuple(answers))


def _section(mark: str, text: str) -> list[str]:
    """Return a section's lines: a text that has a line like a mark keeps it, told apart by a backslash."""
    escaped = ["\\" + line if _MARK.fullmatch(line.lstrip("\\")) else line for line in text.split("\n")]
    return ["", f"<!-- {mark} -->", "", *escaped]


def _sections(lines: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
    prompt: list[tuple[str, str]] = []
    answers: list[str] = []
    marks = [index for index, line in enumerate(lines) if _MARK.fullmatch(line)]
    for index, after in zip(marks, [*marks[1:], len(lines)], strict=True):
        found = _MARK.fullmatch(lines[index])
        assert found is not None
        text = _body(list(lines[index + 1 : after]))
        if found[1]:
            prompt.append((found[2], text))
        else:
            answers.append(text)
    return prompt, answers


def _body(lines: list[str]) -> str:
    if lines and not lines[0]:
        lines = lines[1:]
    if lines and not lines[-1]:
        lines = lines[:-1]
    return "\n".join(line[1:] if line.startswith("\\") and _ESCAPED.fullmatch(line) else line for line in lines)


def _pair(line: str, number: int, shown: str) -> tuple[str, object]:
    key, separator, text = line.partition(": ")
    if not separator:
        raise SnapshotError(f"{shown}: line {number} is no 'key: value': {line!r}. Restore it: git checkout -- {shown}")
    if text[:1].isalpha() and text not in ("true", "false", "null"):
        return key, text
    try:
        return key, json.loads(text)
    except ValueError:
        return key, text


def _value(item: object) -> str:
    """Return a value as JSON, a plain word as itself."""
    if (
        isinstance(item, str)
        and re.fullmatch(r"[A-Za-z][\w./:@\[\]-]*", item)
        and item not in ("true", "false", "null")
    ):
        return item
    return json.dumps(item, ensure_ascii=False, sort_keys=True)


def _refuse_conflict(lines: Sequence[str], shown: str) -> None:
    marked = [number for number, line in enumerate(lines, 1) if line.startswith(_CONFLICT[0])]
    if marked and any(line.startswith(_CONFLICT[2]) for line in lines):
        raise SnapshotError(
            f"{shown} holds a merge conflict at line {marked[0]}. "
            f"Take either side: git checkout --ours {shown}, or --theirs"
        )
