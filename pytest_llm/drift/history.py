"""What runs of drift mode came to, night after night, in an SQLite file that several processes may write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_llm.errors import ConfigurationError

__all__ = ["Run", "add_run", "runs", "sparkline", "svg"]

_BARS = "▁▂▃▄▅▆▇█"
_PATIENCE = 30.0
_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, level TEXT NOT NULL, sentence TEXT NOT NULL,
    baseline TEXT NOT NULL, calls INTEGER NOT NULL, spent REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS requests (
    run TEXT NOT NULL REFERENCES runs (id), request TEXT NOT NULL, distance REAL NOT NULL, PRIMARY KEY (run, request)
);
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: when (ISO 8601, UTC), the verdict on the suite, what it was compared with, what it cost (USD).

    ``distances`` say of each request how unlike its fresh answers were to the baseline's, from 0 to 1.
    """

    id: str
    at: str
    kind: str
    level: str
    sentence: str
    baseline: str = ""
    calls: int = 0
    spent: float = 0.0
    distances: Mapping[str, float] = field(default_factory=dict)


def add_run(path: Path, run: Run) -> None:
    """Add a run; a file that is not there is made. Raises ``ConfigurationError`` when it cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _opened(path) as base, base:
        base.executescript(_TABLES)
        row = (run.id, run.at, run.kind, run.level, run.sentence, run.baseline, run.calls, run.spent)
        base.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        base.executemany(
            "INSERT OR REPLACE INTO requests VALUES (?, ?, ?)",
            [(run.id, request, distance) for request, distance in run.distances.items()],
        )


def runs(path: Path, last: int = 30) -> list[Run]:
    """Return the latest runs, the oldest first; none where there is no file.

    Raises ``ConfigurationError`` when the file is no history.
    """
    if not path.is_file():
        return []
    with _opened(path) as base:
        rows = base.execute("SELECT * FROM runs ORDER BY at DESC, rowid DESC LIMIT ?", (last,)).fetchall()
        found: dict[str, dict[str, float]] = {row[0]: {} for row in rows}
        for run, request, distance in base.execute("SELECT run, request, distance FROM requests"):
            if run in found:
                found[run][request] = distance
    return [_run(row, found[row[0]]) for row in reversed(rows)]


def _run(row: Sequence[Any], distances: Mapping[str, float]) -> Run:
    name, at, kind, level, sentence, baseline, calls, spent = row
    return Run(name, at, kind, level, sentence, baseline, calls, spent, distances)


def sparkline(values: Sequence[float | None]) -> str:
    """Return a bar for each value from 0 to 1, a dot where there is none."""
    return "".join("·" if one is None else _BARS[min(7, int(max(0.0, one) * 8))] for one in values)


def svg(found: Sequence[Run]) -> str:
    """Return a plot of the runs as SVG: a row a request, a bar a run, red where the suite had changed."""
    names = sorted({name for run in found for name in run.distances})
    width, height = 340 + 14 * len(found), 24 * len(names) + 30
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif">']
    parts.append(f'<text x="4" y="16" font-size="12">{len(found)} runs, {_shown(found)}</text>')
    for row, name in enumerate(names):
        base = 48 + 24 * row
        parts.append(f'<text x="4" y="{base}" font-size="11">{_escaped(name[:50])}</text>')
        for place, run in enumerate(found):
            if name in run.distances:
                size = 1 + 18 * min(1.0, max(0.0, run.distances[name]))
                colour = "#c0392b" if run.level != "PASS" else "#5d7c99"
                title = _escaped(f"{run.at}: {run.distances[name]:.2f}, {run.kind}")
                box = f'x="{330 + 14 * place}" y="{base - size:.1f}" width="11" height="{size:.1f}"'
                parts.append(f'<rect {box} fill="{colour}"><title>{title}</title></rect>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _shown(found: Sequence[Run]) -> str:
    return f"{found[0].at[:10]} to {found[-1].at[:10]}" if found else "none"


def _escaped(text: str) -> str:
    from xml.sax.saxutils import escape

    return escape(text)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE)) as base:
            base.execute("PRAGMA journal_mode = WAL")  # writers wait for each other, readers for nobody
            yield base
    except sqlite3.Error as error:
        raise ConfigurationError(f"{path} cannot be used as the history of drift: {error}.") from None
