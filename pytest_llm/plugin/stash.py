"""The keys under which the plugin keeps its state on pytest's objects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_llm.host import Host
    from pytest_llm.plugin.ledger import Ledger
    from pytest_llm.plugin.options import Settings
    from pytest_llm.plugin.session import Session
    from pytest_llm.plugin.snapshots import WaitingKeeper

__all__ = ["DESELECTED", "FAILED", "FAMILIES", "HOST", "KEEPER", "LEDGER", "RELATIONS", "RUN", "SESSION", "SETTINGS"]

SETTINGS: pytest.StashKey[Settings] = pytest.StashKey()
SESSION: pytest.StashKey[Session] = pytest.StashKey()
LEDGER: pytest.StashKey[Ledger] = pytest.StashKey()
DESELECTED = pytest.StashKey[list[pytest.Item]]()
FAMILIES = pytest.StashKey[dict[Path, list[str]]]()
RUN = pytest.StashKey[str]()
FAILED = pytest.StashKey[bool]()
HOST: pytest.StashKey[Callable[[], Host]] = pytest.StashKey()
RELATIONS = pytest.StashKey[list[dict[str, Any]]]()
KEEPER: pytest.StashKey[WaitingKeeper] = pytest.StashKey()
