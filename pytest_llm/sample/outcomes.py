"""What a predicate says of each draw: it passes, it fails, or the predicate itself went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_llm.errors import ConfigurationError, LLMError, UngradedError
from pytest_llm.expectations.base import Expectation
from pytest_llm.messages import Response
from pytest_llm.text import short

__all__ = ["Check", "Outcome", "grouped", "name_of", "outcome_of"]

Check = Callable[[Any], object] | Expectation
"""A function of a response that returns something true or false, or an expectation."""
_WIDTH = 88
_NAMED = 6


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one trial: whether it passed, None when the predicate raised; ``said`` is what there is to show."""

    passed: bool | None
    said: str = ""


def name_of(check: Check) -> str:
    """Return how messages call a predicate or an expectation."""
    if isinstance(check, Expectation):
        return repr(check)
    return str(getattr(check, "__name__", None) or short(repr(check), 40))


def outcome_of(check: Check, draw: Response) -> Outcome:
    """Return what a check says of a draw.

    What a predicate raises makes the trial an error. Trouble of ours (a missing recording, a wrong argument) is raised:
    it is no trial's.
    """
    if not isinstance(check, Expectation) and not callable(check):
        raise ConfigurationError(f"{check!r} is neither a function of a response nor an expectation.")
    try:
        return _expected(check, draw) if isinstance(check, Expectation) else _answered(check, draw)
    except Exception as error:  # foreign code
        if isinstance(error, LLMError) and not isinstance(error, UngradedError):
            raise
        return Outcome(None, _line(error))


def _expected(expectation: Expectation, draw: Response) -> Outcome:
    found = expectation.check(draw)
    got = next((f"  {line}" for line in found.evidence if line.startswith("got ")), "")
    return Outcome(None if found.unfit else found.holds, short(found.claim, _WIDTH) + got)


def _answered(predicate: Callable[[Any], object], draw: Response) -> Outcome:
    answer = predicate(draw)
    if isinstance(answer, Expectation):
        raise ConfigurationError(f"{name_of(predicate)} returned {answer!r}, not whether the response satisfies it.")
    return Outcome(bool(answer), repr(short(draw.text, _WIDTH)))


def _line(error: BaseException) -> str:
    text = short(str(error), 70)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def grouped(outcomes: Sequence[Outcome], wanted: Callable[[Outcome], bool]) -> list[str]:
    """Return one line for each distinct thing that the wanted outcomes say, with the trials that say it."""
    found: dict[str, list[int]] = {}
    for number, one in enumerate(outcomes, 1):
        if wanted(one):
            found.setdefault(one.said, []).append(number)
    return [f"{_trials(numbers)}: {said}" for said, numbers in found.items()]


def _trials(numbers: Sequence[int]) -> str:
    listed = ", ".join(_ranges(numbers[:_NAMED]))
    more = f" and {len(numbers) - _NAMED} more" if len(numbers) > _NAMED else ""
    return f"trial{'s' if len(numbers) > 1 else ''} {listed}{more}"


def _ranges(numbers: Sequence[int]) -> Iterator[str]:
    start = previous = numbers[0]
    for number in [*numbers[1:], 0]:
        if number == previous + 1:
            previous = number
            continue
        yield (
            f"{start}"
            if start == previous
            else f"{start}-{previous}"
            if previous > start + 1
            else f"{start}, {previous}"
        )
        start = previous = number
