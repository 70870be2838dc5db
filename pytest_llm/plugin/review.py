"""Review on the command line: list, accept or reject the answers that wait, and run no test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from pytest_llm.cassettes.redaction import Redactor
from pytest_llm.errors import LLMError
from pytest_llm.paths import shown
from pytest_llm.plugin.ledger import Ledger
from pytest_llm.plugin.options import REVIEWS
from pytest_llm.plugin.places import test_of
from pytest_llm.plugin.stash import LEDGER, SETTINGS
from pytest_llm.reviewing import accept
from pytest_llm.snapshots.pending import Pending, find, reject
from pytest_llm.snapshots.reviewer import of_reviewer
from pytest_llm.text import plural

__all__ = ["review"]


def review(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Do what the option says with the pending snapshots of the selected tests, and leave no test to run."""
    given = [action for action in REVIEWS if config.getoption(f"llm_{action}")]
    if len(given) > 1:
        raise pytest.UsageError(f"--llm-{given[0]} and --llm-{given[1]} exclude each other.")
    ledger = config.stash[LEDGER]
    found, damaged = _waiting(items, config.stash[SETTINGS].folder)
    ledger.review_failed = bool(damaged)
    by: Mapping[str, str] = {}
    if found and given == ["accept"]:
        by = of_reviewer(config.rootpath, Redactor().text(config.getoption("llm_reason") or ""))
    ledger.reviewed = [*damaged, *(_lines(given[0], found, by, ledger) if found or not damaged else ())]
    config.hook.pytest_deselected(items=list(items))
    items.clear()


def _waiting(items: Sequence[pytest.Item], folder: str) -> tuple[list[Pending], list[str]]:
    """Return what waits of some tests, in order of their modules and files, and what is wrong with damaged files."""
    places: dict[Path, set[str]] = {}
    for item in items:
        places.setdefault(item.path.parent / folder / item.path.stem, set()).add(test_of(item))
    found: list[Pending] = []
    damaged: list[str] = []
    for place, tests in places.items():
        waiting, faults = find(sorted(place.glob("*")))
        found += (one for one in waiting if one.test.partition("::")[2] in tests)
        damaged += faults
    return found, damaged


def _lines(action: str, found: Sequence[Pending], by: Mapping[str, str], ledger: Ledger) -> Iterator[str]:
    if not found:
        yield "No answer of these tests waits for review."
    elif action == "pending":
        yield f"{plural(len(found), 'answer')} waiting for review:"
        yield from (f"  {one.test}: {one.cause}  ({shown(one.path)})" for one in found)
    else:
        yield from (_done(action, one, by, ledger) for one in found)


def _done(action: str, one: Pending, by: Mapping[str, str], ledger: Ledger) -> str:
    try:
        if action == "accept":
            return f"accepted {shown(accept(one, by))}  ({one.cause})"
        reject(one)
    except (LLMError, OSError) as error:
        ledger.review_failed = True
        return str(error)
    return f"rejected {shown(one.path)}"
