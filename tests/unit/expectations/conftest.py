"""Expectations by themselves: no run watches whether they are compared."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pytest_llm import host


def nobody() -> None:
    """Stand in the place of the run that this suite is."""


@pytest.fixture(autouse=True)
def no_run() -> Iterator[None]:
    """Let no run see the expectations that a test makes."""
    host.enter(nobody)  # type: ignore[arg-type]
    yield
    host.leave(nobody)  # type: ignore[arg-type]
