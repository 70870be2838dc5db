"""What a failed comparison with an expectation says."""

from __future__ import annotations

import pytest

from pytest_llm.expectations.base import Finding
from pytest_llm.expectations.parts import as_expectation
from pytest_llm.judges.grade import Grade
from pytest_llm.judges.preference import Preference
from pytest_llm.judges.rate import JudgedRate

__all__ = ["explain", "explain_grade"]

_JUDGED = (Grade, JudgedRate, Preference)
_TURNED = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "==": "==", "!=": "!="}


def explain(config: pytest.Config, op: str, left: object, right: object) -> list[str] | None:
    """Return the lines that explain a failed comparison with an expectation; None of any other."""
    if op not in ("==", "!="):
        return None
    found = _found(left, right)
    if found is None:
        return None
    claim = found.claim if op == "==" or found.unfit else f"not {found.claim}"
    lines = [claim, *found.evidence]
    if config.get_verbosity(pytest.Config.VERBOSITY_ASSERTIONS) >= 2:
        lines += found.whole
    return _coloured(config, lines)


def explain_grade(op: str, left: object, right: object) -> list[str] | None:
    """Return the lines that explain a failed comparison of what a judge gave; None of any other."""
    if op not in _TURNED:
        return None
    if isinstance(left, _JUDGED):
        return [left.claim(op, right), *left.evidence()]
    if isinstance(right, _JUDGED):
        return [right.claim(_TURNED[op], left), *right.evidence()]
    return None


def _found(left: object, right: object) -> Finding | None:
    for expected, value in ((right, left), (left, right)):
        expectation = as_expectation(expected)
        if expectation is not None:
            return expectation.found(value)
    return None


def _coloured(config: pytest.Config, lines: list[str]) -> list[str]:
    """Paint the two sides of a difference, where a person reads it and no report file does."""
    writer = config.get_terminal_writer()
    if not writer.hasmarkup or getattr(config.option, "xmlpath", None):
        return lines
    paint = {"- ": "\x1b[0m\x1b[31m", "+ ": "\x1b[0m\x1b[32m"}
    return [f"{paint[line.lstrip()[:2]]}{line}\x1b[0m" if line.lstrip()[:2] in paint else line for line in lines]
