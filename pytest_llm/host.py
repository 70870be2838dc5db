"""Who runs the expectations: a pytest session, or nobody outside of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

__all__ = ["Host", "Similarity", "current", "enter", "leave"]


class Similarity(NamedTuple):
    """How alike two texts are: the cosine of their embeddings, who embedded them, and what was cut, if anything.

    ``differs`` holds what each guard found that differs, by the guards' names; None when they were not asked.
    """

    score: float
    embedder: str
    cut: str = ""
    differs: Mapping[str, str] | None = None


class Host(Protocol):
    """What an expectation needs of the run it is used in."""

    @property
    def confidence(self) -> float:
        """The confidence of intervals, unless one is given."""

    @property
    def undecided(self) -> str:
        """What a demand that the trials do not decide does: "warn" or "fail"."""

    def judged(self, rate: Any, claim: str, holds: bool, alarm: float | None = None) -> None:
        """Take note of a demand on a rate; ``alarm`` is the e-value of a sequential test against it."""

    def refused(self, claim: str, evidence: Sequence[str]) -> None:
        """Take note of a demand with a confidence that does not hold, so that ``assert`` tells it as it is."""

    def compared_samples(self, word: str, found: Any, rates: bool) -> None:
        """Take note of a sample that was compared with another."""

    def made(self, expectation: Any) -> None:
        """Take note of an expectation, so that one which is never compared can be told."""

    def similarities(self, text: str, references: Sequence[str], by: str = "text") -> list[Similarity]:
        """Return how alike the text and each reference are, recorded or by the configured embedder."""

    def compared(self, expectation: Any, scores: Sequence[Similarity], text: str) -> None:
        """Take note of the scores that a comparison came to, for calibration."""

    def prompted(self, prompt: Any) -> None:
        """Take note of a prompt that was filled from a file, so that it is known again in a request."""

    def infers(self, premise: str, hypothesis: str) -> str | None:
        """Return "entailment", "neutral" or "contradiction" of a plugged-in inference model; None without one."""


_hosts: list[Callable[[], Host]] = []


def enter(host: Callable[[], Host]) -> None:
    """Make what this returns the host until ``leave``; it is called when the first expectation is made."""
    _hosts.append(host)


def leave(host: Callable[[], Host]) -> None:
    """Give the place back to the host before."""
    if host in _hosts:
        _hosts.remove(host)


def current() -> Host | None:
    """Return the host, or None outside of a pytest run."""
    return _hosts[-1]() if _hosts else None
