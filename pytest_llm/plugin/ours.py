"""Which tests are ours, and which share a cassette."""

from __future__ import annotations

import pytest

from pytest_llm.plugin.fixtures import FIXTURES
from pytest_llm.plugin.stash import DESELECTED, FAMILIES, SETTINGS

__all__ = ["family", "is_ours"]


def is_ours(item: pytest.Item) -> bool:
    """Say whether a test asks for one of our fixtures or bears one of our markers."""
    if not FIXTURES.isdisjoint(getattr(item, "fixturenames", ())):
        return True
    return any(mark.name in ("llm", "llm_live", "llm_trials") for mark in item.iter_markers())


def family(item: pytest.Item) -> tuple[int, bool]:
    """Return how many collected tests share the item's cassette, and whether these are all there are."""
    from pytest_llm.plugin.places import cassette_path

    folder = item.config.stash[SETTINGS].folder
    path = cassette_path(item, folder)
    families = item.session.stash.get(FAMILIES, None)
    if families is None:
        families = item.session.stash[FAMILIES] = {}
        for other in filter(is_ours, item.session.items):
            families.setdefault(cassette_path(other, folder), []).append(other.nodeid)
    dropped = any(
        is_ours(other) and cassette_path(other, folder) == path for other in item.config.stash.get(DESELECTED, [])
    )
    narrowed = any("[" in str(arg) and str(arg).partition("[")[0] in item.nodeid for arg in item.config.args)
    return len(families.get(path, ())), not dropped and not narrowed
