"""Files of answers, CSV or JSON lines, as draws by request."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from pathlib import Path
from typing import Any

from pytest_llm.drift.values import Draw
from pytest_llm.errors import ConfigurationError
from pytest_llm.text import and_list, short

__all__ = ["Columns", "read_table"]

PROMPTS = ("prompt", "query", "question", "input", "id")
ANSWERS = ("answer", "text", "response", "completion", "output")
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is what; None where it is found by its usual name, or absent."""

    id: str | None = None
    prompt: str | None = None
    answer: str | None = None
    reference: str | None = None
    outcome: str | None = None
    session: str | None = None
    extract: str | None = None
    greedy: bool = False


def read_table(path: Path, columns: Columns, where: Sequence[str]) -> dict[str, tuple[str, list[Draw], bool]]:
    """Return by request its prompt, its draws in the file's order, and whether they are greedy.

    JSON lines may hold what the API said as well: ``logprobs`` (pairs of first token and log-probability), ``chosen``
    (pairs of drawn token and log-probability), ``model``, ``system_fingerprint``, ``prompt_tokens``.

    Raises ``ConfigurationError`` that names the file, the column or the row, and what there is instead.
    """
    rows = list(_rows(path))
    if not rows:
        raise ConfigurationError(f"{path} holds no row.")
    kept = [row for row in rows if all(_fits(row, condition, path) for condition in where)]
    if not kept:
        raise ConfigurationError(f"{path}: none of its {len(rows):,} rows has {and_list(list(where))}.")
    key = _column(path, rows[0], columns.id or columns.prompt, PROMPTS, "--id or --prompt")
    prompt = columns.prompt or next((name for name in PROMPTS if name in rows[0]), key)
    answer = _column(path, rows[0], columns.answer, ANSWERS, "--answer")
    for name in (columns.reference, columns.outcome, columns.session):
        _column(path, rows[0], name, (), "") if name else None
    _check_cells(path, rows, kept, [name for name in (key, answer, columns.reference, columns.outcome) if name])
    sides: dict[str, tuple[str, list[Draw], bool]] = {}
    for row in kept:
        side = sides.setdefault(str(row[key]), (str(row.get(prompt, "")), [], columns.greedy))
        side[1].append(_draw(path, row, answer, columns))
    return sides


def _rows(path: Path) -> Iterator[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            if path.suffix.lower() == ".csv":
                csv.field_size_limit(2**31 - 1)
                yield from _even(path, csv.DictReader(file))
                return
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _object(path, number, line)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror or error}.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}.") from None


def _even(path: Path, rows: csv.DictReader[str]) -> Iterator[Row]:
    for row in rows:
        if None in row or None in row.values():
            raise ConfigurationError(
                f"{path}, line {rows.line_num}: the row has not as many cells as the header. An answer with a comma or "
                "a line break stands in quotes."
            )
        yield row


def _check_cells(path: Path, rows: Sequence[Row], kept: Sequence[Row], needed: Sequence[str]) -> None:
    for row in kept:
        if absent := [name for name in needed if name not in row]:
            number = next(place for place, one in enumerate(rows, 1) if one is row)
            raise ConfigurationError(f"{path}: row {number} has no {absent[0]!r}. It has {_listed(row)}.")


def _object(path: Path, number: int, line: str) -> Row:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"{path}, line {number} is not JSON: {error.msg}.") from None
    if not isinstance(row, dict):
        raise ConfigurationError(f"{path}, line {number} is no JSON object.")
    return row


def _fits(row: Row, condition: str, path: Path) -> bool:
    name, equals, value = condition.partition("=")
    if not equals:
        raise ConfigurationError(f"--where={condition!r} is no condition. Valid: COLUMN=VALUE.")
    if name not in row:
        raise ConfigurationError(f"{path} has no column {name!r}. It has {_listed(row)}.")
    return str(row[name]) == value


def _column(path: Path, row: Row, named: str | None, usual: Sequence[str], option: str) -> str:
    if named is not None:
        if named not in row:
            raise ConfigurationError(f"{path} has no column {named!r}. It has {_listed(row)}.")
        return named
    found = next((name for name in usual if name in row), None)
    if found is None:
        raise ConfigurationError(f"{path}: name the column by {option}. It has {_listed(row)}.")
    return found


def _listed(row: Row) -> str:
    return and_list([repr(name) for name in row if name])


def _draw(path: Path, row: Row, answer: str, columns: Columns) -> Draw:
    text = _text(row[answer])
    category = _extracted(text, columns.extract)
    return Draw(
        text,
        category,
        dict(_pairs(path, row, "logprobs")),
        tuple(logprob for _, logprob in _pairs(path, row, "chosen")),
        _text(row.get("served_model") or ""),
        _text(row.get("system_fingerprint") or ""),
        tokens if isinstance(tokens := row.get("prompt_tokens"), int) else None,
        session=_text(row[columns.session]) if columns.session else "",
        outcome=_outcome(path, row, category if category is not None else text, columns),
    )


def _extracted(text: str, pattern: str | None) -> str | None:
    if pattern is None:
        return None
    try:
        found = list(re.finditer(pattern, text))
    except re.error as error:
        raise ConfigurationError(f"--extract={pattern!r} is no regular expression: {error}.") from None
    # A group that takes no part in the match is None.
    return (found[-1].group(1 if found[-1].re.groups else 0) or "").strip().casefold() if found else ""


def _outcome(path: Path, row: Row, given: str, columns: Columns) -> float | None:
    if columns.reference:
        return float(given.strip().casefold() == _text(row[columns.reference]).strip().casefold())
    if not columns.outcome:
        return None
    value = _text(row[columns.outcome]).strip()
    number = {"true": 1.0, "false": 0.0, "pass": 1.0, "fail": 0.0}.get(value.casefold())
    try:
        number = float(value) if number is None else number
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise ConfigurationError(f"{path}: {columns.outcome}={value!r} is no outcome. Valid: 0 to 1, true, false.")
    return number


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def _pairs(path: Path, row: Row, column: str) -> list[tuple[str, float]]:
    """Return the pairs of token and log-probability in a column, none where it is absent or null."""
    value = row.get(column)
    if value is None:
        return []
    try:
        listed: Any = value.items() if isinstance(value, dict) else value
        pairs = [(str(token), float(logprob)) for token, logprob in listed]
    except (TypeError, ValueError):
        pairs = [("", nan)]
    if not all(isfinite(logprob) for _, logprob in pairs):
        raise ConfigurationError(
            f"{path}: {column}={short(json.dumps(value), 60)} does not pair tokens with numbers. "
            "Leave out what has no finite log-probability."
        )
    return pairs
