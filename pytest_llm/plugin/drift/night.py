"""This run among the nights: what the run before saw, and what is kept of this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from pytest_llm.drift.example import unlikeness
from pytest_llm.drift.history import Run, add_run, runs
from pytest_llm.drift.values import CHANGED, Probe, Verdict
from pytest_llm.errors import LLMError
from pytest_llm.paths import replace_text

__all__ = ["Night"]


class Night:
    """A run of drift mode and its history, ``.llm/drift.sqlite`` below the root."""

    def __init__(self, root: Path, run: str) -> None:
        self.path = root / ".llm" / "drift.sqlite"
        self._run = run

    def saw(self, probes: Mapping[str, Sequence[Probe]]) -> bool:
        """Say whether the run before found a change from the same baseline: seen in two runs, a change is confirmed."""
        try:
            before = runs(self.path, 1)
        except LLMError:
            return False  # what is wrong with the file is told when this run is added to it
        return bool(before) and before[0].kind in CHANGED and before[0].baseline == _digest(probes)

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
            Run(self._run, at, found.kind, found.level, sentence, _digest(probes), int(calls), spent, distances),
        )


def _digest(probes: Mapping[str, Sequence[Probe]]) -> str:
    """Return what tells one baseline from another: its requests and sessions."""
    known = sorted(
        f"{one.name} {session}"
        for mine in probes.values()
        for one in mine
        for session in {draw.session for draw in one.baseline}
    )
    return sha256("\n".join(known).encode()).hexdigest()[:16]
