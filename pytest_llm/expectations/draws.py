"""An expectation of a sample: every draw has to meet it."""

from __future__ import annotations

from pytest_llm import host
from pytest_llm.expectations.base import LINES, Drawn, Expectation, Finding, limited
from pytest_llm.sample.outcomes import grouped, outcome_of
from pytest_llm.sample.rate import Rate
from pytest_llm.sample.sample import Sample
from pytest_llm.text import plural, short

__all__ = ["of_each", "of_none"]


def of_each(expectation: Expectation, sample: Drawn) -> Finding:
    """Return whether every draw meets an expectation, and which do not.

    Where some draws do and others do not, neither the expectation nor its opposite holds of the sample.
    """
    outcomes = tuple(outcome_of(expectation, draw) for draw in sample.draws)
    met = sum(one.passed is True for one in outcomes)
    errors = sum(one.passed is None for one in outcomes)
    failing = len(outcomes) - met - errors
    claim = f"every draw == {short(repr(expectation), 60)}"
    if isinstance(sample, Sample) and (runner := host.current()) is not None and not expectation.negated:
        rate = Rate(repr(expectation), outcomes, sample.cases, runner.confidence, False, sample, expectation)
        runner.judged(rate, f"{claim}  ({met} of {len(outcomes)})", met == len(outcomes))
    if met == len(outcomes):
        return Finding(True, f"{claim}  (all {met} draws do)")
    counts = f"{failing} of {plural(len(outcomes), 'draw')} {_do(failing)} not"
    counts += f", {plural(errors, 'error')}" if errors else ""
    lines = grouped(outcomes, lambda one: one.passed is None) + grouped(outcomes, lambda one: one.passed is False)
    return Finding(False, f"{claim}  ({counts})", limited(lines, LINES), unfit=met > 0 or errors > 0)


def of_none(expectation: Expectation, sample: Drawn) -> Finding:
    """Return what there is to say where no draw should meet an expectation: which do."""
    outcomes = tuple(outcome_of(expectation, draw) for draw in sample.draws)
    met, errors = (sum(one.passed is word for one in outcomes) for word in (True, None))
    counts = f"{met} of {plural(len(outcomes), 'draw')} {_do(met)}"
    counts += f", {plural(errors, 'error')}" if errors else ""
    lines = grouped(outcomes, lambda one: one.passed is None) + grouped(outcomes, lambda one: one.passed is True)
    claim = f"no draw == {short(repr(expectation), 60)}  ({counts})"
    return Finding(False, claim, limited(lines, LINES), unfit=True)


def _do(count: int) -> str:
    return "does" if count == 1 else "do"
