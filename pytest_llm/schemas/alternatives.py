"""Which of several alternatives a value comes nearest to, so that only its violations are told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Miss", "nearest_branch"]


class Miss(NamedTuple):
    """A violation within an alternative: how deep below the value it lies, and of which kind."""

    depth: int
    kind: str


def nearest_branch(branches: Sequence[Sequence[Miss]]) -> int:
    """Return the index of the nearest alternative.

    One for values of another type is the farthest; then one whose distinguishing field (a ``const`` or ``enum``
    directly below) has another value; then one that lacks required fields; then the one with more violations.
    """
    return min(range(len(branches)), key=lambda index: _distance(branches[index]))


def _distance(misses: Sequence[Miss]) -> tuple[bool, int, int, int]:
    return (
        any(miss.depth == 0 and miss.kind in ("type", "choice") for miss in misses),
        sum(miss.depth == 1 and miss.kind == "choice" for miss in misses),
        sum(miss.depth <= 1 and miss.kind in ("missing", "unknown") for miss in misses),
        len(misses),
    )
