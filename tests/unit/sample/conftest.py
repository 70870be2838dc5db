"""Samples by themselves: no run watches whether expectations are compared; a run that tells what it is asked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_llm import host

SHARED = Path(os.environ.get("PYTEST_LLM_SHARED_DATA") or Path(__file__).parents[3] / ".." / "shared" / "data")


def nobody() -> None:
    """Stand in the place of the run that this suite is."""


@pytest.fixture(autouse=True)
def no_run() -> Iterator[None]:
    """Let no run see the expectations that a test makes."""
    host.enter(nobody)  # type: ignore[arg-type]
    yield
    host.leave(nobody)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def llmdrift() -> Path:
    """Give the answers of GPT-4 and GPT-3.5 of March and June 2023 (Chen, Zaharia, Zou 2023)."""
    folder = SHARED / "llmdrift"
    if not folder.is_dir():
        pytest.skip("The shared data is absent: ../shared/data/llmdrift (or PYTEST_LLM_SHARED_DATA) holds the answers.")
    return folder
