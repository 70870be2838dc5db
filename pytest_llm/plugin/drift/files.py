"""The baseline of a test function: draws of its requests in one or several sessions, in a file beside its cassette."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from pytest_llm.cassettes.entry import Entry
from pytest_llm.plugin.places import answers_stem, test_of

__all__ = ["BASELINE_SUFFIX", "baseline_path", "sessions_of"]

BASELINE_SUFFIX = ".drift.json"


def baseline_path(item: pytest.Item, folder: str) -> Path:
    """Return where the baseline of a test function is."""
    stem = answers_stem(item.path, test_of(item), folder)
    return stem.with_name(stem.name + BASELINE_SUFFIX)


def sessions_of(entries: Sequence[Entry]) -> list[str]:
    """Return the sessions in which draws were taken, the oldest first."""
    return sorted({str(entry.get("session", "")) for entry in entries})
