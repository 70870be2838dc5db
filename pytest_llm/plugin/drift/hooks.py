"""Hooks of ``--llm-drift`` and ``--llm-baseline``, registered only when one of them is given."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from pytest_llm.plugin.drift.items import DriftItem, as_drift_items
from pytest_llm.plugin.drift.reports import reports_of

__all__ = [
    "pytest_collection_modifyitems",
    "pytest_pycollect_makeitem",
    "pytest_report_teststatus",
    "pytest_runtest_protocol",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_pycollect_makeitem(
    collector: pytest.Module | pytest.Class, name: str
) -> Generator[None, object, list[pytest.Item | pytest.Collector] | None]:
    """Make one item of a test function with recordings."""
    made = yield
    return list(as_drift_items(collector, name, made)) or None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is no probe."""
    others = [item for item in items if not isinstance(item, DriftItem)]
    if others:
        items[:] = [item for item in items if isinstance(item, DriftItem)]
        config.hook.pytest_deselected(items=others)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Probe, and report what came of it."""
    if not isinstance(item, DriftItem):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in reports_of(item, nextitem):
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Show the verdict in place of "passed"."""
    told: dict[str, Any] | None = getattr(report, "llm_drift", None)
    if told is None:
        return None
    if told["level"] == "WARN":
        return "warned", "w", f"WARN ({told['kind']})"
    left = "unmeasured" if told["kind"] == "COULD NOT MEASURE" else "undecided"
    category, letter = {"passed": ("passed", "."), "failed": ("failed", "F"), "skipped": (left, "?")}[report.outcome]
    return category, letter, str(told["kind"])


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Judge the suite: all items together."""
    if not hasattr(session.config, "workerinput"):
        session.config.pluginmanager.getplugin("llm-regression-drift-suite").finish(session)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Tell the verdict and the evidence."""
    lines = config.pluginmanager.getplugin("llm-regression-drift-suite").lines
    if lines:
        terminalreporter.write_sep("-", "llm drift")
    for line in lines:
        terminalreporter.write_line(line)
