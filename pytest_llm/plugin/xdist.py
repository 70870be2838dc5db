"""What pytest-xdist's workers are given: the session's id and the file of the common budget."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest

from pytest_llm.plugin.stash import LEDGER, RUN

__all__ = ["Sharing"]


class Sharing:
    """Registered on the controller when pytest-xdist is active."""

    def __init__(self, config: pytest.Config) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="pytest-llm-")
        config.add_cleanup(self._folder.cleanup)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand a worker what all workers share."""
        node.workerinput["llm_run"] = node.config.stash[RUN]
        node.workerinput["llm_budget"] = str(Path(self._folder.name, "budget.json"))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take what a worker's experiments came to."""
        found = getattr(node, "workeroutput", {}).get("llm_attributions", [])
        node.config.stash[LEDGER].attributions += found
