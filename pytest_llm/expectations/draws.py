"""An expectation of a sample: every draw has to meet it."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_llm.expectations.base import LINES, Expectation, Finding, limited
from pytest_llm.messages import Response
from pytest_llm.sample.outcomes import grouped, outcome_of
from pytest_llm.text import plural, short

__all__ = ["of_each"]


def of_each(expectation: Expectation, draws: Sequence[Response]) -> Finding:
    """Return whether every draw meets an expectation, and which do not.

    Where some draws do and others do not, neither the expectation nor its opposite holds of the sample.
    """
    outcomes = [outcome_of(expectation, draw) for draw in draws]
    met = sum(one.passed is True for one in outcomes)
    errors = sum(one.passed is None for one in outcomes)
    failing = len(outcomes) - met - errors
    claim = f"every draw == {short(repr(expectation), 60)}"
    if met == len(outcomes):
        return Finding(True, f"{claim}  (all {met} draws do)")
    counts = f"{failing} of {plural(len(outcomes), 'draw')} {'does' if failing == 1 else 'do'} not"
    counts += f", {plural(errors, 'error')}" if errors else ""
    lines = grouped(outcomes, lambda one: one.passed is None) + grouped(outcomes, lambda one: one.passed is False)
    return Finding(False, f"{claim}  ({counts})", limited(lines, LINES), unfit=met > 0 or errors > 0)
