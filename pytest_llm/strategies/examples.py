"""What the run knows of the examples of the property that is being tested: where they are kept, and who counts them."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any, Protocol

__all__ = ["CURRENT", "Examples", "Unkept"]


class Examples(Protocol):
    """The examples of one test, in its cassette."""

    def begin(self, first: int = 0) -> None:
        """Begin an example: a request asked in an earlier one has the same draws again, after draw ``first``."""

    def recorded(self) -> Sequence[dict[str, Any]]:
        """Return the examples that are to be used; none when new ones are to be made."""

    def keep(self, examples: Sequence[dict[str, Any]], *, failed: bool) -> None:
        """Take note of the examples that were used."""

    def tell(self, results: Sequence[dict[str, Any]]) -> None:
        """Take note of how often each relation held."""

    def affords(self, error: BaseException) -> bool:
        """Say whether an exception only says that no further call may be made, and take it back if it does."""


class Unkept:
    """The examples of a test that runs without the plugin: made anew, kept nowhere."""

    def begin(self, first: int = 0) -> None:
        """Do nothing."""

    def recorded(self) -> Sequence[dict[str, Any]]:
        """Return none."""
        return ()

    def keep(self, examples: Sequence[dict[str, Any]], *, failed: bool) -> None:
        """Do nothing."""

    def tell(self, results: Sequence[dict[str, Any]]) -> None:
        """Do nothing."""

    def affords(self, error: BaseException) -> bool:
        """Say no."""
        return False


CURRENT: ContextVar[Examples | None] = ContextVar("pytest_llm_examples", default=None)
"""The examples of the running test, if the plugin runs it."""
