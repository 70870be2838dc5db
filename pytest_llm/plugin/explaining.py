"""What a failed comparison with an expectation says."""

from __future__ import annotations

import re

import pytest

from pytest_llm.expectations.base import Drawn, Expectation, Finding
from pytest_llm.expectations.draws import of_none
from pytest_llm.expectations.parts import as_expectation
from pytest_llm.judges.grade import Grade
from pytest_llm.judges.preference import Preference
from pytest_llm.judges.rate import JudgedRate
from pytest_llm.sample.rate import Rate
from pytest_llm.sample.score import Score

__all__ = ["explain", "explain_grade"]

_JUDGED = (Grade, JudgedRate, Preference)

_MIRRORED = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "==": "==", "!=": "!="}


def explain(config: pytest.Config, op: str, left: object, right: object) -> list[str] | None:
    """Return the lines that explain a failed comparison with an expectation; None of any other."""
    if (lines := _of_figure(op, left, right)) is not None:
        return lines
    if op not in ("==", "!="):
        return None
    found = _found(op, left, right)
    if found is None:
        return None
    claim = found.claim if op == "==" or found.unfit else f"not {found.claim}"
    lines = [claim, *found.evidence]
    if config.get_verbosity(pytest.Config.VERBOSITY_ASSERTIONS) >= 2:
        lines += found.whole
    return _coloured(config, lines)


def _of_figure(op: str, left: object, right: object) -> list[str] | None:
    """Return what a comparison of a rate or a score with a number says."""
    if isinstance(right, Rate | Score) and op in _MIRRORED:
        op, left, right = _MIRRORED[op], right, left
    if not isinstance(left, Rate | Score) or isinstance(right, Expectation):
        return None
    return [left.claim(op, right), *left.evidence(passing=op in ("<=", "<"))]


def explain_grade(op: str, left: object, right: object) -> list[str] | None:
    """Return the lines that explain a failed comparison of what a judge gave; None of any other."""
    if op not in _MIRRORED:
        return None
    if isinstance(left, _JUDGED):
        return [left.claim(op, right), *left.evidence()]
    if isinstance(right, _JUDGED):
        return [right.claim(_MIRRORED[op], left), *right.evidence()]
    return None


def _found(op: str, left: object, right: object) -> Finding | None:
    for expected, value in ((right, left), (left, right)):
        expectation = as_expectation(expected)
        if expectation is not None:
            if op == "!=" and isinstance(value, Drawn) and not expectation.takes_samples:
                return of_none(expectation, value)
            return expectation.found(value)
    return None


def _coloured(config: pytest.Config, lines: list[str]) -> list[str]:
    """Paint the two sides of a difference, where a person reads it and no report file does."""
    writer = config.get_terminal_writer()
    if not writer.hasmarkup or getattr(config.option, "xmlpath", None):
        return lines
    paint = {"- ": "\x1b[0m\x1b[31m", "+ ": "\x1b[0m\x1b[32m"}
    return [
        f"{paint[line.lstrip()[:2]]}{line}\x1b[0m" if line.lstrip()[:2] in paint else _words(line) for line in lines
    ]


def _words(line: str) -> str:
    """Paint the words that a line about a prompt marks as removed and added."""
    if not line.startswith("prompt, message"):
        return line
    removed = re.sub(r"\[-.+?-\]", "\x1b[0m\x1b[31m\\g<0>\x1b[0m", line)
    return re.sub(r"\{\+.+?\+\}", "\x1b[0m\x1b[32m\\g<0>\x1b[0m", removed)
