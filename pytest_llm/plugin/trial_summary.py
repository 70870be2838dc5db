"""What the summary says of tests that are run many times: flaky at baseline, or newly failing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pytest

from pytest_llm.text import plural

if TYPE_CHECKING:
    from pytest_llm.plugin.ledger import Account

__all__ = ["trial_lines", "trial_status"]

_CHANCE = 0.05
_NAMED = 8
_MOST = 12


def trial_lines(trials: Sequence[Account]) -> Iterator[str]:
    """Yield a line for each test of which trials failed, or were not decided."""
    flaky = [told for told in trials if "F" in told["outcomes"]]
    yield from (_line(told, told["outcomes"], told["baseline"]) for told in flaky[:_MOST])
    if len(flaky) > _MOST:
        yield f"and {plural(len(flaky) - _MOST, 'other test')} of which trials failed: pytest -v"
    for told in trials:
        if told["outcome"] == "undecided":
            yield f"Undecided: {told['nodeid']}  {told['claim']}"
        if told["hindered"] and told["live"]:
            yield f"One after another: {told['nodeid']} in spite of concurrent=True, for {told['hindered']}."


def trial_status(report: pytest.TestReport) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
    """Return how pytest counts and shows a verdict; None where it is the one that is expected to fail."""
    told = report.llm_trials
    if hasattr(report, "wasxfail"):
        return None
    if told["outcome"] == "undecided":
        return ("failed" if report.failed else "undecided"), "?", (f"UNDECIDED ({told['said']})", {"yellow": True})
    if report.failed:
        return "failed", "F", (f"FAILED ({told['said']})", {"red": True})
    return "passed", ".", (f"PASSED ({told['said']})", {"green": True})


def _line(told: Account, now: str, before: str) -> str:
    test = told["nodeid"]
    if not before:
        return f"Flaky as recorded: {test}  {_passed(now)}." if told["live"] else f"Flaky: {test}  {_passed(now)}."
    both = f"{test}  {_passed(now)}; {_passed(before)} when recorded"
    if not told["live"]:
        new = [place + 1 for place, (old, one) in enumerate(zip(before, now, strict=False)) if (old, one) == (".", "F")]
        return f"Newly failing: {both}: {_listed(new)} passed then." if new else f"Flaky at baseline: {both}."
    worse = now.count("F") / len(now) > before.count("F") / len(before)
    chance = _chance(now, before)
    if worse and chance < _CHANCE:
        return f"Newly failing: {both} (p = {chance:.2g})."
    if "F" in before:
        return f"Flaky at baseline: {both}."
    return f"Not more than chance: {both} (p = {chance:.2g})."


def _chance(now: str, before: str) -> float:
    from pytest_llm.stats.unpaired import rate_difference

    counts = [(one.count("."), len(one)) for one in (before, now)]
    return rate_difference(*counts).p


def _passed(outcomes: str) -> str:
    return f"{outcomes.count('.')}/{len(outcomes)}"


def _listed(numbers: Sequence[int]) -> str:
    if len(numbers) > _NAMED:
        return plural(len(numbers), "trial")
    return f"trial {numbers[0]}" if len(numbers) == 1 else f"trials {', '.join(map(str, numbers))}"
