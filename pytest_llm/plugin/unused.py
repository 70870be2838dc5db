"""Recordings that no test used: found only where a whole test function ran and passed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pytest_llm.cassettes.entry import Entry, trial_of
from pytest_llm.cassettes.files import shown
from pytest_llm.cassettes.store import Cassette, slot_of
from pytest_llm.errors import CassetteError
from pytest_llm.plugin.ledger import Ledger, key_of
from pytest_llm.plugin.moved import orphans
from pytest_llm.plugin.options import Settings
from pytest_llm.text import plural

__all__ = ["Unused", "below_arguments", "delete", "find_unused"]

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Unused:
    """Recordings of one cassette that no test used; ``whole`` when the file's test function is gone."""

    path: Path
    positions: frozenset[int]
    whole: bool
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.whole:
            return f"{shown(self.path)}: its test is gone"
        more = f" and {len(self.names) - _NAMED} more" if len(self.names) > _NAMED else ""
        return (
            f"{shown(self.path)}: {plural(len(self.positions), 'recording')} ({', '.join(self.names[:_NAMED])}{more})"
        )


def find_unused(config: pytest.Config, ledger: Ledger, settings: Settings, *, deselected: bool) -> list[Unused]:
    """Return the unused recordings of the run, in order of their files."""
    paths = ledger.cassettes if settings.trials is None else []  # whose option may leave draws out
    found = [unused for path in paths if (unused := _in_cassette(path, ledger)) is not None]
    if not deselected:
        adopted = {account["adopted"] for account in ledger.accounts.values()}
        found += [Unused(path, frozenset(), True) for path in _gone(config, settings) if str(path) not in adopted]
    return sorted(found, key=lambda unused: unused.path)


def delete(unused: Unused) -> None:
    """Delete the recordings; raises ``CassetteError`` when the file cannot be written."""
    if unused.whole:
        unused.path.unlink()
    else:
        Cassette(unused.path).remove(unused.positions)


def _in_cassette(path: Path, ledger: Ledger) -> Unused | None:
    accounts = ledger.of(path)
    complete = all(a["whole"] and a["passed"] and not a["live"] for a in accounts)
    if not complete or len(accounts) < max(a["siblings"] for a in accounts) or not path.exists():
        return None
    if any(a["calls"] for a in accounts):
        return None
    played = {tuple(key) for account in accounts for key in account["played"]}
    try:
        entries = Cassette(path).entries
    except CassetteError:
        return None
    keys = [tuple(key_of(entry, slot_of(entry["test"], path))) for entry in entries]
    positions = frozenset(index for index, key in enumerate(keys) if key not in played)
    names = tuple(_name(entry) for index, entry in enumerate(entries) if index in positions)
    return Unused(path, positions, False, names) if positions else None


def _name(entry: Entry) -> str:
    trial = f", trial {trial_of(entry)}" if trial_of(entry) > 1 else ""
    return f"draw {entry.get('draw', 1)} of {entry['fingerprint'][:8]} in {entry['test']}{trial}"


def _gone(config: pytest.Config, settings: Settings) -> Iterator[Path]:
    for path in orphans(config.rootpath, settings.folder):
        if below_arguments(config, path.parent.parent.parent / f"{path.parent.name}.py"):
            yield path


def below_arguments(config: pytest.Config, module: Path) -> bool:
    """Say whether the run was asked for all of a module, which may be gone: by its path or a folder's."""
    if any("::" in str(arg) for arg in config.args):
        return False
    roots = [Path(config.invocation_params.dir, str(arg).partition("::")[0]) for arg in config.args]
    return any(module == root or root in module.parents for root in roots)
