"""Interactions as they stand in a cassette."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Make = Callable[..., dict[str, Any]]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the path of a cassette, shown as ``test_it.cassette.json``."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "test_it.cassette.json"


@pytest.fixture
def make() -> Make:
    """Give what makes an interaction: its question, answer, draw, test, and other keys."""

    def entry(
        question: str = "q", answer: str = "a", draw: int = 1, test: str = "test_it", **more: Any
    ) -> dict[str, Any]:
        return {
            "dialect": "openai-chat",
            "draw": draw,
            "fingerprint": question,
            "headers": {"content-type": "application/json"},
            "method": "POST",
            "path": "/v1/chat/completions",
            "recorded": "2026-01-01",
            "request": {"messages": [{"content": question, "role": "user"}]},
            "response": {"answer": answer},
            "status": 200,
            "test": test,
            **more,
        }

    return entry
