"""Attributes that are replaced while interception is on, and restored exactly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["Patch"]

ORIGINAL = "__pytest_llm_original__"


class Patch:
    """The attribute ``name`` of ``owner``, wrapped by ``wrap(original)`` while applied.

    If someone else patches on top in the meantime, theirs stays, and our wrapper below it only passes through.
    """

    __slots__ = ("name", "original", "owner", "wrap", "wrapper")

    def __init__(self, owner: Any, name: str, wrap: Callable[[Any], Any]) -> None:
        self.owner = owner
        self.name = name
        self.wrap = wrap
        self.original: Any = None
        self.wrapper: Any = None

    def __repr__(self) -> str:
        return f"Patch({getattr(self.owner, '__name__', self.owner)}.{self.name})"

    def apply(self) -> None:
        """Put the wrapper in place."""
        found = self.owner.__dict__[self.name]
        current = getattr(found, ORIGINAL, found)
        if current is not self.original:
            self.original = current
            self.wrapper = self.wrap(current)
            setattr(self.wrapper, ORIGINAL, current)
        setattr(self.owner, self.name, self.wrapper)

    def undo(self) -> None:
        """Put the original back, unless the attribute is no longer ours."""
        if self.owner.__dict__.get(self.name) is self.wrapper:
            setattr(self.owner, self.name, self.original)
