"""The two sides of ``pytest-llm drift compare``, from recordings or from files of answers."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from pytest_llm.cli.drift_recordings import SUFFIXES, recorded
from pytest_llm.cli.drift_tables import Columns, read_table
from pytest_llm.drift.values import Draw, Probe
from pytest_llm.errors import ConfigurationError

__all__ = ["paired", "read_sides"]

TABLES = (".csv", ".jsonl", ".ndjson")
Side = Mapping[str, tuple[str, Sequence[Draw], bool]]
"""By a request's name: its prompt, its draws, and whether it was asked at temperature 0."""


def read_sides(arguments: argparse.Namespace) -> list[Probe]:
    """Return one probe a request, side A as its baseline and side B as its fresh draws.

    Raises ``ConfigurationError`` when a file cannot be read so, or nothing is left to compare.
    """
    a, b = arguments.a, arguments.b or arguments.a
    if a == b and not (arguments.where_a or arguments.where_b):
        raise ConfigurationError(
            f"{a} would be compared with itself. Name a second file, or rows by --where-a and --where-b COLUMN=VALUE."
        )
    sides = []
    for path, other, where in ((a, b, arguments.where_a), (b, a, arguments.where_b)):
        _check_kind(path)
        if path.suffix.lower() in TABLES:
            columns = Columns(
                arguments.id,
                arguments.prompt,
                arguments.answer,
                arguments.reference,
                arguments.outcome,
                arguments.session,
                arguments.extract,
                arguments.greedy,
            )
            sides.append(read_table(path, columns, [*arguments.where, *where]))
        else:
            sides.append(recorded(path, other))
    drawn = [draw for side in sides for _, draws, _ in side.values() for draw in draws]
    _check_extract(arguments.extract, drawn)
    _check_reference(arguments, drawn)
    return paired(*sides)


def _check_kind(path: Path) -> None:
    if path.is_file() and path.suffix.lower() not in (*TABLES, ".json"):
        raise ConfigurationError(
            f"{path} is no file of answers ({', '.join(TABLES)}), and no recording (*{' or *'.join(SUFFIXES)})."
        )


def _check_extract(pattern: str | None, draws: Sequence[Draw]) -> None:
    found = [draw.category for draw in draws if draw.category is not None]
    if found and not any(found):
        raise ConfigurationError(f"--extract={pattern!r} finds nothing in any of the {len(found):,} answers.")


def _check_reference(arguments: argparse.Namespace, draws: Sequence[Draw]) -> None:
    whole = arguments.reference and not arguments.extract and not arguments.outcome
    if whole and draws and not any(draw.outcome for draw in draws):
        raise ConfigurationError(
            f"--reference={arguments.reference}: none of the {len(draws):,} answers equals its reference as a whole. "
            "What of an answer counts says --extract PATTERN."
        )


def paired(before: Side, after: Side) -> list[Probe]:
    """Return one probe for each request that either side knows."""
    names = [*before, *(name for name in after if name not in before)]
    return [_probe(name, before.get(name), after.get(name)) for name in names]


def _probe(
    name: str, before: tuple[str, Sequence[Draw], bool] | None, after: tuple[str, Sequence[Draw], bool] | None
) -> Probe:
    prompt, old, greedy = before or ("", (), False)
    prompt_after, new, greedy_after = after or ("", (), False)
    return Probe(name, tuple(old), tuple(new), prompt or prompt_after, greedy or greedy_after)
