"""Accepting an answer, together with the recordings that gave it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pytest_llm.cassettes.folding import adopt
from pytest_llm.snapshots import pending
from pytest_llm.snapshots.pending import Pending

__all__ = ["accept"]


def accept(one: Pending, by: Mapping[str, str], *, variant: bool = False) -> Path:
    """Accept what waits, exactly as it was read, and return the accepted file.

    Of a refresh that was set aside because the answers were other ones, the test's recordings are adopted with it.
    Raises ``SnapshotError`` when either file has changed since, ``CassetteError`` when the recordings cannot be.
    """

    def with_recordings() -> None:
        if cassette := one.document.meta.get("rerecorded"):
            adopt(one.path.parent / str(cassette), one.test.partition("::")[2])

    return pending.accept(one, by=by, variant=variant, then=with_recordings)
