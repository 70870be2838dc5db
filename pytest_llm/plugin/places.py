"""Where a test's recordings are: the cassette's path, and the test's name in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_llm.plugin.options import marked

__all__ = ["SUFFIX", "cassette_path", "test_of"]

SUFFIX = ".cassette.json"


def test_of(item: pytest.Item) -> str:
    """Return a test's name within its module: class, function and parameters."""
    return item.nodeid.partition("::")[2] or item.name


def cassette_path(item: pytest.Item, folder: str) -> Path:
    """Return the cassette of a test function: beside its module, one file for all its parameters.

    A cassette that the marker names may be shared by the test functions of a module.
    """
    named = marked(item, "cassette")
    test = test_of(item)
    name = str(named) if named is not None else test.partition("[")[0].replace("::", ".")
    stem = re.sub(r"[^\w.\-/]" if named is not None else r"[^\w.\-]", "_", name)
    shared = ".shared" if named is not None else ""
    return item.path.parent / folder / item.path.stem / f"{stem}{shared}{SUFFIX}"
