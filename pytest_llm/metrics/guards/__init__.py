"""What sentence embeddings are blind to: other numbers, dates, negations, names and roles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Literal

from pytest_llm.errors import ConfigurationError

if TYPE_CHECKING:
    from pytest_llm.metrics.guards.reading import Reading

__all__ = ["GUARDS", "Difference", "Guard", "differences"]

Guard = Literal["numbers", "dates", "negation", "entities", "roles"]

GUARDS: tuple[Guard, ...] = ("numbers", "dates", "negation", "entities", "roles")

_CLAIMS: dict[Guard, str] = {
    "numbers": "the numbers differ",
    "dates": "the dates differ",
    "negation": "the negation differs",
    "entities": "the entities differ",
    "roles": "who did what differs",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """What a guard found: ``message`` reads after ", but ", as in ``the numbers differ: 30 -> 90 days``."""

    guard: Guard
    message: str


def differences(reference: str, text: str, guards: Sequence[Guard] = GUARDS) -> list[Difference]:
    """Return what a text says against its reference that a sentence embedding hardly sees, at most one of each guard.

    A guard that does not understand a text says nothing, and what a text leaves out or adds is not against the
    reference. Digits are compared in every language, words in English only. The first 40,000 characters are read.

    Raises:
        ConfigurationError: One of ``guards`` is none; it lists the valid ones.
    """
    unknown = [guard for guard in guards if guard not in _CLAIMS]
    if unknown:
        raise ConfigurationError(
            f"differences(guards={guards!r}): {unknown[0]!r} is no guard. Valid guards: {', '.join(GUARDS)}."
        )
    if reference == text or not reference or not text:
        return []
    from pytest_llm.metrics.guards.reading import reading

    expected, got = reading(reference), reading(text)
    found = []
    for guard in guards:
        said = _finder(guard)(expected, got)
        if said is not None:
            found.append(Difference(guard, f"{_CLAIMS[guard]}: {said}"))
    return found


@cache
def _finder(guard: Guard) -> Callable[[Reading, Reading], str | None]:
    # Their patterns take a while to compile, and a replay that has their findings recorded needs none of them.
    finder: Callable[[Reading, Reading], str | None] = import_module(f"pytest_llm.metrics.guards.{guard}").difference
    return finder
