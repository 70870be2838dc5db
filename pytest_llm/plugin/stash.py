"""The keys under which the plugin keeps its state on pytest's objects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_llm.host import Host
    from pytest_llm.judging.bench import Bench
    from pytest_llm.plugin.baselines import FileBaselines
    from pytest_llm.plugin.former import FormerAnswers
    from pytest_llm.plugin.ledger import Ledger
    from pytest_llm.plugin.options import Settings
    from pytest_llm.plugin.session import Session
    from pytest_llm.plugin.snapshots import WaitingKeeper
    from pytest_llm.plugin.trial import Trial

__all__ = [
    "ACCEPTED",
    "BASELINES",
    "BENCH",
    "DESELECTED",
    "FAILED",
    "FAMILIES",
    "FORMER",
    "HOST",
    "KEEPER",
    "LEDGER",
    "MOVED",
    "PROBED",
    "RELATIONS",
    "RUN",
    "SESSION",
    "SETTINGS",
    "TRIAL",
]

SETTINGS: pytest.StashKey[Settings] = pytest.StashKey()
SESSION: pytest.StashKey[Session] = pytest.StashKey()
LEDGER: pytest.StashKey[Ledger] = pytest.StashKey()
DESELECTED = pytest.StashKey[list[pytest.Item]]()
FAMILIES = pytest.StashKey[dict[Path, list[str]]]()
RUN = pytest.StashKey[str]()
FAILED = pytest.StashKey[bool]()
HOST: pytest.StashKey[Callable[[], Host]] = pytest.StashKey()
BASELINES: pytest.StashKey[FileBaselines] = pytest.StashKey()
BENCH: pytest.StashKey[Bench] = pytest.StashKey()
MOVED = pytest.StashKey[list[dict[str, Any]]]()
PROBED = pytest.StashKey[list[dict[str, Any]]]()
RELATIONS = pytest.StashKey[list[dict[str, Any]]]()
KEEPER: pytest.StashKey[WaitingKeeper] = pytest.StashKey()
FORMER: pytest.StashKey[FormerAnswers] = pytest.StashKey()
ACCEPTED = pytest.StashKey[dict[str, str]]()
"""On a test: the accepted files it compared with, and under which file of a test that is gone each was found, if so."""
TRIAL: pytest.StashKey[Trial] = pytest.StashKey()
