"""Where the real data is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("PYTEST_LLM_SHARED_DATA") or Path(__file__).parents[3] / ".." / "shared" / "data")


def folder(name: str) -> Path:
    if not (SHARED / name).exists():
        pytest.skip(
            f"The shared data is absent: ../shared/data/{name} (or PYTEST_LLM_SHARED_DATA) holds what is measured."
        )
    return SHARED / name


@pytest.fixture
def llmdrift() -> Path:
    return folder("llmdrift")


@pytest.fixture
def llmbar() -> Path:
    return folder("llmbar/Natural")


@pytest.fixture
def evals() -> Path:
    return folder("evals/registry/data")
