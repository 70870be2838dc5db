"""In drift mode a test function with a cassette is one item, and everything else is left out."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import pytest

from pytest_llm.plugin.drift.files import baseline_path
from pytest_llm.plugin.ours import is_ours
from pytest_llm.plugin.places import cassette_path
from pytest_llm.plugin.stash import SETTINGS

__all__ = ["DriftItem", "as_drift_items"]


class DriftItem(pytest.Item):
    """A test function, with all its parameters, as a probe of its provider."""

    def __init__(self, *, functions: Sequence[pytest.Function], **rest: Any) -> None:
        super().__init__(**rest)
        self.functions = tuple(functions)
        first = functions[0]
        self.fixturenames = first.fixturenames
        self.own_markers.extend(first.own_markers)
        self.keywords.update({mark.name: mark for mark in first.own_markers})
        self.keywords[first.originalname] = True

    def runtest(self) -> None:
        """Refuse: a probe is run by its own protocol."""
        raise NotImplementedError(f"{self.nodeid} is run by pytest_runtest_protocol.")

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """Return where the test function stands."""
        path, line, _ = self.functions[0].reportinfo()
        return path, line, self.name


def as_drift_items(
    collector: pytest.Module | pytest.Class, name: str, made: object
) -> Generator[pytest.Item | pytest.Collector, None, None]:
    """Yield what was made of a name, its tests as one item if something is recorded of them."""
    found: list[Any] = list(made) if isinstance(made, list) else [made] if made is not None else []
    functions = [one for one in found if isinstance(one, pytest.Function) and is_ours(one)]
    folder = collector.config.stash[SETTINGS].folder
    recorded = functions and (
        cassette_path(functions[0], folder).is_file() or baseline_path(functions[0], folder).is_file()
    )
    if not recorded:
        yield from found
        return
    yield DriftItem.from_parent(collector, name=f"{name}[drift]", functions=functions)
