"""``pytest-llm drift history``: what the nights of ``pytest --llm-drift`` came to."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_llm.drift.history import Run, runs, sparkline, svg
from pytest_llm.errors import ConfigurationError
from pytest_llm.paths import replace_text
from pytest_llm.text import money, plural, short

__all__ = ["add_arguments", "run"]

_FILE = Path(".llm", "drift.sqlite")
_WIDTH = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--file", type=Path, default=_FILE, help=f"the history (default: {_FILE.as_posix()})")
    parser.add_argument("--last", type=int, default=30, metavar="N", help="the latest N runs (default: 30)")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="write a plot as well")


def run(arguments: argparse.Namespace) -> int:
    """Print the runs and a sparkline of each request; raises ``ConfigurationError`` when there is no history."""
    found = runs(arguments.file, arguments.last)
    if not found:
        raise ConfigurationError(f"There is no run in {arguments.file}. One is added by: pytest --llm-drift")
    sys.stdout.write("\n".join(lines(found)) + "\n")
    if arguments.svg is not None:
        _write(arguments.svg, svg(found))
    return 0


def _write(path: Path, text: str) -> None:
    if not path.parent.is_dir():
        raise ConfigurationError(f"--svg={path}: there is no folder {path.parent}.")
    try:
        replace_text(path, text)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror or error}.") from None
    sys.stdout.write(f"written: {path}\n")


def lines(found: Sequence[Run]) -> Iterator[str]:
    """Yield a line for each run, and one for each request: how unlike the baseline it was in each run."""
    for one in found:
        mark = f"{one.level} " if one.level != "PASS" else ""
        yield f"{one.at[:16].replace('T', ' ')}  {mark}{one.kind}  ({plural(one.calls, 'call')}, {money(one.spent)})"
    names = sorted({name for one in found for name in one.distances})
    if names:
        left_out = ", · where it was not asked" if any(len(one.distances) < len(names) for one in found) else ""
        yield f"unlike the baseline, in {plural(len(found), 'run')}, from 0 (▁) to 1 (█){left_out}:"
    for name in names:
        yield f"  {short(name, _WIDTH):{_WIDTH}}  {sparkline([one.distances.get(name) for one in found])}"
