"""Hooks of ``@pytest.mark.llm_trials``, registered only when a collected test bears it: n trials, one verdict."""

from __future__ import annotations

import pytest

from pytest_llm.plugin.stash import TRIAL
from pytest_llm.plugin.trial import demand_of
from pytest_llm.plugin.trial_reports import reports_of
from pytest_llm.plugin.trial_run import Run

__all__ = ["pytest_runtest_protocol"]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run the trials of a test and report what they come to together; whoever reruns failures does not see it."""
    try:
        demand = demand_of(item)
    except pytest.UsageError:
        return None  # the test's own setup tells it
    if demand is None or not isinstance(item, pytest.Function) or item.config.getoption("setuponly", False):
        return None
    hook = item.ihook
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    run = Run(item, demand, nextitem)
    try:
        run.all()
        for report in reports_of(run):
            hook.pytest_runtest_logreport(report=report)
    finally:
        if TRIAL in item.stash:
            del item.stash[TRIAL]
        item._request, item.funcargs = False, None  # type: ignore[assignment]
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
