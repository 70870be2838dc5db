"""The expectations that a test made: each has to be compared."""

from __future__ import annotations

import ast
import linecache
from pathlib import Path

from pytest_llm.expectations.base import Expectation
from pytest_llm.text import short

__all__ = ["Watch", "source_of"]


class Watch:
    """The expectations that the running test made."""

    def __init__(self) -> None:
        self.made: list[Expectation] = []

    def trouble(self, root: Path) -> str:
        """Return what to say of the first expectation that was never compared; "" when there is none."""
        left = [one for one in self.made if not one.compared and not one.absorbed]
        if not left:
            return ""
        done = {_statement(one) for one in self.made if one.compared}
        for one in left:
            if _statement(one) not in done:
                said = short(repr(one), 70)
                return (
                    f"{said} was never compared. Did you mean: assert response == {said}?\n"
                    f"It is made at {source_of(one, root)}."
                )
        return ""


def _statement(expectation: Expectation) -> tuple[str, int, int]:
    """Return the place of the statement that made an expectation: what ``any()`` did not reach stands with others."""
    if expectation.made_at is None:
        return "", id(expectation), 0
    code, _ = expectation.made_at
    line, column = _position(expectation)
    source = "".join(linecache.getlines(code.co_filename))
    around = [(line, column)]
    if source:
        statements = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt))
        around = [
            (node.lineno, node.col_offset)
            for node in statements
            if (node.lineno, node.col_offset) <= (line, column) < (node.end_lineno or 0, node.end_col_offset or 0)
        ]
    return code.co_filename, *max(around, default=(line, column))


def _position(expectation: Expectation) -> tuple[int, int]:
    """Return the line and the column of the call that made an expectation."""
    if expectation.made_at is None:
        return 0, 0
    code, instruction = expectation.made_at
    line, _, column, _ = list(code.co_positions())[instruction // 2]
    return line or 0, column or 0


def source_of(expectation: Expectation, root: Path) -> str:
    """Return where an expectation was made, as ``tests/test_x.py:12``."""
    if expectation.made_at is None:
        return ""
    path = Path(expectation.made_at[0].co_filename)
    return f"{path.relative_to(root) if path.is_relative_to(root) else path.name}:{_position(expectation)[0]}"
