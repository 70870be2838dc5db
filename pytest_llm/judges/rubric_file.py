"""Rubric files: Markdown with front matter, levels as a list, examples as quotations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pytest_llm.errors import ConfigurationError
from pytest_llm.judges.rubric import Example, Rubric

__all__ = ["parse"]

_KEYS = ("name", "scale", "needs", "better", "method", "source")
_LEVEL = re.compile(r"[-*] *(\d+)[:.] +(.+)")
_SECTIONS = ("levels", "examples")


def parse(text: str, shown: str, name: str) -> Rubric:
    """Read the text of a rubric file; ``shown`` is how an error calls the file, ``name`` is the default name.

    Raises ``ConfigurationError`` that says what is wrong and where.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    meta, start = _front_matter(lines, shown)
    body, sections = _sections(lines[start:], shown, start)
    if not body:
        raise ConfigurationError(f"{shown} has no criterion: the text below the front matter is empty.")
    return Rubric(
        criterion=body,
        **{"name": name, **meta},
        levels=dict(_levels(sections.get("levels", []), shown)),
        examples=tuple(_examples(sections.get("examples", []), shown)),
    )


def _front_matter(lines: Sequence[str], shown: str) -> tuple[dict[str, Any], int]:
    if not lines or lines[0].strip() != "---":
        return {}, 0
    meta: dict[str, Any] = {}
    for number, line in enumerate(lines[1:], 2):
        if line.strip() == "---":
            return meta, number
        key, colon, value = (part.strip() for part in line.partition(":"))
        if not line.strip():
            continue
        if not colon or key not in _KEYS:
            raise ConfigurationError(f"{shown}, line {number}: {line!r} is not known. Valid keys: {', '.join(_KEYS)}.")
        meta[key] = _value(key, value.strip("\"'"), shown, number)
    raise ConfigurationError(f"{shown}: the front matter has no end, a line of '---'.")


def _value(key: str, value: str, shown: str, number: int) -> object:
    if key == "needs":
        return tuple(part.strip() for part in value.strip("[]").split(",") if part.strip())
    if key != "scale":
        return value
    if value in ("yes/no", "no/yes"):
        return (0, 1)
    match = re.fullmatch(r"(\d+) *(?:-|to|\N{EN DASH}) *(\d+)", value)
    if match is None:
        raise ConfigurationError(f"{shown}, line {number}: the scale {value!r} is neither like 1-5 nor yes/no.")
    return (int(match[1]), int(match[2]))


def _sections(lines: Sequence[str], shown: str, start: int) -> tuple[str, dict[str, list[tuple[int, str]]]]:
    body: list[str] = []
    sections: dict[str, list[tuple[int, str]]] = {}
    current: list[tuple[int, str]] | None = None
    for number, line in enumerate(lines, start + 1):
        if heading := re.fullmatch(r"## +(.+?) *", line):
            name = heading[1].lower()
            if name not in _SECTIONS:
                raise ConfigurationError(
                    f"{shown}, line {number}: a section {heading[1]!r} is not known. Valid: Levels, Examples."
                )
            current = sections.setdefault(name, [])
        elif current is not None:
            current.append((number, line))
        elif not line.startswith("# "):
            body.append(line)
    return "\n".join(body).strip(), sections


def _levels(lines: Sequence[tuple[int, str]], shown: str) -> Iterator[tuple[int, str]]:
    grade, said = -1, ""
    for number, line in lines:
        if match := _LEVEL.fullmatch(line.strip()):
            if said:
                yield grade, said
            grade, said = int(match[1]), match[2]
        elif line.strip() and said and line.startswith(" "):
            said += f" {line.strip()}"
        elif line.strip():
            raise ConfigurationError(
                f"{shown}, line {number}: {line!r} is no level. A level is a line like '- 5: ...'."
            )
    if said:
        yield grade, said


def _examples(lines: Sequence[tuple[int, str]], shown: str) -> Iterator[Example]:
    found: list[tuple[int, int, list[str], list[str]]] = []
    for number, line in lines:
        if heading := re.fullmatch(r"### +(\d+) *", line):
            found.append((number, int(heading[1]), [], []))
        elif line.strip() and not found:
            raise ConfigurationError(f"{shown}, line {number}: an example begins with its grade, as '### 4'.")
        elif line.startswith(">"):
            found[-1][2].append(line[1:].removeprefix(" "))
        elif line.strip():
            found[-1][3].append(line.strip())
    for number, grade, answer, reason in found:
        if not answer or not reason:
            raise ConfigurationError(
                f"{shown}, line {number}: an example is the answer as a quotation ('> ...'), then the reason."
            )
        yield Example("\n".join(answer), grade, " ".join(reason))
