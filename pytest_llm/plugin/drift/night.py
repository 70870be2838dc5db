"""This run among the nights: what the run before saw, and what is kept of this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pytest_llm.drift.example import unlikeness
from pytest_llm.drift.history import Run, add_run, runs
from pytest_llm.drift.nights import baseline_of
from pytest_llm.drift.values import Probe, Verdict
from pytest_llm.errors import LLMError
from pytest_llm.paths import replace_text

__all__ = ["Night"]

_LOOKED_BACK = 100


class Night:
    """A run of drift mode and its history, ``.llm/drift.sqlite`` below the root."""

    def __init__(self, root: Path, run: str) -> None:
        self.path = root / ".llm" / "drift.sqlite"
        self._run = run

    def before(self) -> list[Run]:
        """Return the runs before this one, the oldest first."""
        try:
            return runs(self.path, _LOOKED_BACK)
        except LLMError:
            return []  # what is wrong with the file is told when this run is added to it

    def keep(
        self,
        found: Verdict,
        probes: Mapping[str, Sequence[Probe]],
        told: Sequence[Mapping[str, Any]],
        redact: Callable[[str], str],
    ) -> None:
        """Add this run; raises ``ConfigurationError`` or ``OSError`` when that cannot be done."""
        distances = {redact(one.name): unlikeness(one) for mine in probes.values() for one in mine if one.measured}
        ignored = self.path.with_name(".gitignore")
        if not ignored.exists():
            replace_text(ignored, "*\n")
        calls, spent = (sum(one[name] for one in told) for name in ("calls", "spent"))
        at, sentence = datetime.now(UTC).isoformat(timespec="seconds"), redact(found.sentence)
        add_run(
            self.path,
            Run(
                self._run,
                at,
                found.kind,
                found.level,
                sentence,
                baseline_of(probes.values()),
                int(calls),
                spent,
                distances,
            ),
        )
