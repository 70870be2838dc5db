"""Accepted and pending answers that no test used: found only where a whole test function ran and passed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pytest_llm.paths import shown
from pytest_llm.plugin.former import orphaned_answers
from pytest_llm.plugin.ledger import Account, Ledger
from pytest_llm.plugin.options import Settings
from pytest_llm.plugin.unused import below_arguments
from pytest_llm.snapshots.kinds import kind_of
from pytest_llm.snapshots.search import module_of

__all__ = ["UnusedAnswer", "find_unused_answers"]


@dataclass(frozen=True, slots=True)
class UnusedAnswer:
    """An accepted or pending file that no test used, and why that is known."""

    path: Path
    why: str

    def __str__(self) -> str:
        return f"{shown(self.path)}: {self.why}"


def find_unused_answers(
    config: pytest.Config, ledger: Ledger, settings: Settings, *, deselected: bool
) -> list[UnusedAnswer]:
    """Return the unused answers of the run, in order of their files."""
    moved = {old for account in ledger.accounts.values() for old in account["accepted"].values() if old}
    found = list(_of_functions(ledger))
    if not deselected:
        found += [
            UnusedAnswer(path, "its test is gone")
            for path in orphaned_answers(config.rootpath, settings.folder)
            if str(path) not in moved and below_arguments(config, module_of(path))
        ]
    return sorted(found, key=lambda one: one.path)


def _of_functions(ledger: Ledger) -> Iterator[UnusedAnswer]:
    functions: dict[str, list[Account]] = {}
    for account in ledger.accounts.values():
        functions.setdefault(account["answers"], []).append(account)
    for stem, accounts in functions.items():
        cassettes = dict.fromkeys(one["cassette"] for one in accounts)  # one for all parameters of a function
        if all(_is_complete(ledger.of(Path(cassette))) for cassette in cassettes):
            used = {path for account in accounts for path in account["accepted"]}
            yield from _not_in(used, Path(stem))


def _is_complete(accounts: list[Account]) -> bool:
    """Say whether every test that shares a cassette ran, replayed or recorded, and passed."""
    complete = all(one["whole"] and one["passed"] and not one["live"] for one in accounts)
    return complete and len(accounts) >= max(one["siblings"] for one in accounts)


def _not_in(used: set[str], stem: Path) -> Iterator[UnusedAnswer]:
    for path in stem.parent.glob("*"):
        kind = kind_of(path)
        if kind is None or not path.name.startswith((f"{stem.name}.", f"{stem.name}[")):
            continue
        accepted = path if path.name.endswith(kind.accepted) else kind.accepted_path(path)
        if str(accepted) not in used:
            yield UnusedAnswer(path, "its test no longer compares with it")
