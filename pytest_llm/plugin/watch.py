"""The expectations that a test made: each has to be compared."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from pathlib import Path

from pytest_llm.expectations.base import Expectation
from pytest_llm.text import short

__all__ = ["Watch", "source_of"]


class Watch:
    """The expectations that the running test made."""

    def __init__(self) -> None:
        self.made: list[Expectation] = []

    def trouble(self) -> str:
        """Return what to say of the first expectation that was never compared; "" when there is none."""
        left = [one for one in self.made if not one.used]
        if not left:
            return ""
        done = {place for one in self.made if one.used for place in _statements(one)}
        for one in left:
            if not done.intersection(_statements(one)):
                said = short(repr(one), 70)
                return f"{said} was never compared. Did you mean: assert response == {said}?"
        return ""


def _statements(expectation: Expectation) -> Iterator[tuple[str, int]]:
    """Yield the statement in which an expectation was made: one that `any()` did not reach stands with others."""
    if expectation.made_at is None:
        return
    code, instruction = expectation.made_at
    positions = list(code.co_positions())
    line = positions[instruction // 2][0] if instruction // 2 < len(positions) else None
    if line is None:
        return
    yield code.co_filename, _first_line(code.co_filename, line)


def _first_line(path: str, line: int) -> int:
    source = "".join(linecache.getlines(path))
    if not source:
        return line
    statements = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)]
    around = [node.lineno for node in statements if node.lineno <= line <= (node.end_lineno or node.lineno)]
    return max(around, default=line)


def source_of(expectation: Expectation, root: Path) -> str:
    """Return where an expectation was made, as ``tests/test_x.py:12``."""
    if expectation.made_at is None:
        return ""
    code, instruction = expectation.made_at
    line = list(code.co_positions())[instruction // 2][0]
    path = Path(code.co_filename)
    return f"{path.relative_to(root) if path.is_relative_to(root) else path.name}:{line}"
