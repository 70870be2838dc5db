"""The pytest plugin: hook functions that hand over. Nothing heavy is imported before a test asks for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache
from threading import RLock
from typing import Any

import pytest

from pytest_llm import host
from pytest_llm.plugin.fixtures import (
    async_llm,
    async_openai_client,
    llm,
    llm_baseline,
    llm_cassette,
    llm_embedder,
    llm_judge,
    llm_prompt,
    llm_snapshot,
    openai_client,
)
from pytest_llm.plugin.ledger import Ledger
from pytest_llm.plugin.options import REVIEWS, add_options, read_settings
from pytest_llm.plugin.ours import is_ours
from pytest_llm.plugin.progress import Progress
from pytest_llm.plugin.stash import DESELECTED, HOST, LEDGER, RUN, SESSION, SETTINGS

__all__ = [
    "async_llm",
    "async_openai_client",
    "llm",
    "llm_baseline",
    "llm_cassette",
    "llm_embedder",
    "llm_judge",
    "llm_prompt",
    "llm_snapshot",
    "openai_client",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    add_options(parser)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the hooks through which others extend the plugin."""
    from pytest_llm import hookspecs

    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers and read the options, so that a wrong one is a usage error before any test."""
    config.addinivalue_line("markers", "llm(model=, record=, cassette=): this test's model calls use its cassette")
    config.addinivalue_line(
        "markers",
        "llm_trials(n, rate=1.0, confidence=None, concurrent=False): run the test n times; a share of rate must pass",
    )
    config.addinivalue_line("markers", "llm_live: this test calls the provider; it runs under --llm-live only")
    config.stash[SETTINGS] = read_settings(config)
    if _reviews(config):
        # A review is done here, also when the ini file asks for workers.
        config.option.dist, config.option.tx, config.option.numprocesses = "no", [], 0
    ledger = config.stash[LEDGER] = Ledger(Progress(config))
    config.pluginmanager.register(ledger, "llm-regression-ledger")
    config.stash[RUN] = getattr(config, "workerinput", {}).get("llm_run") or os.urandom(6).hex()
    _share(config)
    if config.stash[SETTINGS].drift is not None:
        from pytest_llm.plugin.drift import hooks
        from pytest_llm.plugin.drift.suite import DriftSuite

        config.pluginmanager.register(DriftSuite(config), "llm-regression-drift-suite")
        config.pluginmanager.register(hooks, "llm-regression-drift")
    made, lock = cache(lambda: _host(config)), RLock()

    def run() -> host.Host:
        with lock:  # the first expectations of a run may be those of trials that run at the same time
            return made()

    config.stash[HOST] = run
    host.enter(run)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave expectations to the run around this one, if any."""
    if HOST in config.stash:
        host.leave(config.stash[HOST])


def _host(config: pytest.Config) -> host.Host:
    from pytest_llm.plugin.hosting import RunHost

    return RunHost(config)


def _reviews(config: pytest.Config) -> bool:
    return any(config.getoption(f"llm_{action}") for action in REVIEWS)


def _share(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and getattr(config.option, "dist", "no") != "no":
        from pytest_llm.plugin.xdist import Sharing

        config.pluginmanager.register(Sharing(config), "llm-regression-xdist")


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Note the tests that do not run."""
    if items:
        items[0].config.stash.setdefault(DESELECTED, []).extend(items)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Review instead of running: list, accept or reject what waits, of the tests that were selected."""
    if _reviews(config):
        from pytest_llm.plugin.review import review

        review(config, items)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Refuse a number of trials that can never pass."""
    if metafunc.definition.get_closest_marker("llm_trials") is not None:
        from pytest_llm.plugin.trial import refuse

        refuse(metafunc.definition)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Register the hooks around each test when one of them is ours."""
    manager = session.config.pluginmanager
    if any(map(is_ours, session.items)):
        from pytest_llm.plugin import running

        manager.register(running, "llm-regression-running")
        if session.config.stash[SETTINGS].attribute:
            from pytest_llm.plugin import attribution

            manager.register(attribution, "llm-regression-attribution")
    if any(item.get_closest_marker("llm_trials") is not None for item in session.items):
        from pytest_llm.plugin import trials

        manager.register(trials, "llm-regression-trials")


def pytest_assertrepr_compare(config: pytest.Config, op: str, left: object, right: object) -> list[str] | None:
    """Explain a failed comparison with an expectation."""
    if "pytest_llm.judges.grade" in sys.modules:
        from pytest_llm.plugin.explaining import explain_grade

        if (said := explain_grade(op, left, right)) is not None:
            return said
    if "pytest_llm.expectations.base" not in sys.modules:
        return None
    from pytest_llm.plugin.explaining import explain

    lines = explain(config, op, left, right)
    if lines is not None and (run := config.pluginmanager.getplugin("llm-regression-expectations")) is not None:
        run.explained = True
    return lines


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str | tuple[str, dict[str, bool]]] | None:
    """Show a test without a recording as UNRECORDED, and beside a verdict on trials how many passed."""
    if hasattr(report, "llm_trials"):
        from pytest_llm.plugin.trial_summary import trial_status

        return trial_status(report)
    if getattr(report, "llm_ungraded", False):
        return "failed", "G", "UNGRADED"
    return ("failed", "U", "UNRECORDED") if getattr(report, "llm_unrecorded", False) else None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fold, count, and look for unused recordings, if a test was ours; a review that was done is a success."""
    if _reviews(session.config) and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        failed = session.config.stash[LEDGER].review_failed
        session.exitstatus = pytest.ExitCode.TESTS_FAILED if failed else pytest.ExitCode.OK
    if session.config.stash[LEDGER].accounts or SESSION in session.config.stash:
        from pytest_llm.plugin.finishing import finish

        finish(session)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what was replayed, recorded, spent and missed."""
    ledger = config.stash[LEDGER]
    for line in ledger.reviewed:
        terminalreporter.write_line(line)
    settings = config.stash[SETTINGS]
    told = ledger.accounts or ledger.scores or ledger.samples or ledger.trials
    if told or settings.calibrate or settings.power:
        from pytest_llm.plugin.finishing import summarise

        summarise(terminalreporter, config)
