"""Review on the command line: list, accept or reject the answers that wait, and run no test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from pytest_llm.errors import SnapshotError
from pytest_llm.paths import shown
from pytest_llm.plugin.ledger import Ledger
from pytest_llm.plugin.options import REVIEWS
from pytest_llm.plugin.snapshots import Waiting, accept, reject, waiting
from pytest_llm.plugin.stash import LEDGER, SETTINGS
from pytest_llm.text import plural

__all__ = ["review"]


def review(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Do what the option says with the pending snapshots of the selected tests, and leave no test to run."""
    given = [action for action in REVIEWS if config.getoption(f"llm_{action}")]
    if len(given) > 1:
        raise pytest.UsageError(f"--llm-{given[0]} and --llm-{given[1]} exclude each other.")
    found = list(waiting(items, config.stash[SETTINGS].folder))
    ledger = config.stash[LEDGER]
    ledger.reviewed = list(_lines(given[0], found, ledger))
    config.hook.pytest_deselected(items=list(items))
    items.clear()


def _lines(action: str, found: Sequence[Waiting], ledger: Ledger) -> Iterator[str]:
    if not found:
        yield "No answer of these tests waits for review."
    elif action == "pending":
        yield f"{plural(len(found), 'answer')} waiting for review:"
        yield from (f"  {one.test}: {one.cause}  ({shown(one.path)})" for one in found)
    else:
        yield from (_done(action, one, ledger) for one in found)


def _done(action: str, one: Waiting, ledger: Ledger) -> str:
    try:
        if action == "accept":
            return f"accepted {shown(accept(one))}  ({one.cause})"
        reject(one)
    except (SnapshotError, OSError) as error:
        ledger.review_failed = True
        return str(error)
    return f"rejected {shown(one.path)}"
