"""Who reviews, and why: what the front matter says of an acceptance."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

__all__ = ["of_reviewer"]


def of_reviewer(folder: Path, reason: str) -> Mapping[str, str]:
    """Return ``reviewer`` (git's ``user.name`` in this folder) and ``reason``, as far as there are any."""
    given = {"reviewer": _git_name(folder), "reason": " ".join(reason.split())}
    return {key: text for key, text in given.items() if text}


def _git_name(folder: Path) -> str:
    command = ["git", "config", "user.name"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""  # a review needs no git
    return " ".join(done.stdout.split())
