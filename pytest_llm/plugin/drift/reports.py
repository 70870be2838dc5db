"""What pytest is told of an item: a setup, a call with the verdict, a teardown."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from traceback import format_exception
from typing import Any

import pytest

from pytest_llm.errors import LLMError
from pytest_llm.plugin.drift.items import DriftItem
from pytest_llm.plugin.drift.probe import Found, compare
from pytest_llm.plugin.drift.recording import Recorded, record
from pytest_llm.plugin.running import session_of
from pytest_llm.plugin.stash import SETTINGS

__all__ = ["reports_of"]


def reports_of(item: DriftItem, nextitem: pytest.Item | None) -> Iterator[pytest.TestReport]:
    """Yield the reports of a probe; whatever goes wrong in it is its failure and leaves the others be."""
    yield _report(item, "setup", time.time())
    called = _called(item)
    yield called
    report = _torn_down(item, nextitem)
    if (told := getattr(called, "llm_drift", None)) is not None:
        report.user_properties.append(("llm_drift", told["kind"]))  # junit takes the last report's
    yield report


def _called(item: DriftItem) -> pytest.TestReport:
    drift = item.config.stash[SETTINGS].drift
    assert drift is not None
    started = time.time()
    try:
        if drift.records:
            return _of_recording(item, record(item, drift.sessions), started)
        items = sum(isinstance(one, DriftItem) for one in item.session.items)
        return _of_verdict(item, compare(item, items), started)
    except pytest.skip.Exception as error:
        return _skipped(item, started, str(error))
    except LLMError as error:
        return _report(item, "call", started, "failed", session_of(item.config).readings.redactor.text(str(error)))
    except Exception as error:  # of a file that was edited by hand, or foreign code: a dialect, an embedder
        told = "".join(format_exception(error))
        return _report(item, "call", started, "failed", session_of(item.config).readings.redactor.text(told))


def _of_verdict(item: DriftItem, found: Found, started: float) -> pytest.TestReport:
    session = session_of(item.config)
    redact, verdict = session.readings.redactor.text, found.verdict
    drift = session.settings.drift
    assert drift is not None
    sentence = redact(str(verdict))
    if verdict.kind in drift.failing and (verdict.level == "FAIL" or not verdict.changed):
        report = _report(item, "call", started, "failed", "\n".join([sentence, *map(redact, _evidence(found))]))
    elif verdict.kind in ("COULD NOT MEASURE", "NOT ENOUGH EVIDENCE"):
        report = _skipped(item, started, redact(verdict.sentence))
    else:
        report = _report(item, "call", started)
    report.llm_drift = {  # type: ignore[attr-defined]
        "nodeid": item.nodeid,
        "kind": verdict.kind,
        "level": verdict.level,
        "verdict": _plain(asdict(verdict)),
        "probes": [_plain(asdict(probe)) for probe in found.probes],
        "again": [_plain(asdict(probe)) for probe in found.again],
        "notes": [redact(note) for note in found.notes],
        "calls": found.calls,
        "spent": found.spent,
    }
    return report


def _of_recording(item: DriftItem, recorded: Recorded, started: float) -> pytest.TestReport:
    outcome = "failed" if recorded.trouble else "passed"
    report = _report(item, "call", started, outcome, recorded.trouble or None)
    report.llm_baseline = {"nodeid": item.nodeid, **asdict(recorded)}  # type: ignore[attr-defined]
    return report


def _skipped(item: DriftItem, started: float, why: str) -> pytest.TestReport:
    path, line, _ = item.location
    return _report(item, "call", started, "skipped", (path, line or 0, why))


def _evidence(found: Found) -> list[str]:
    return [f"  {one.rung}: {one}" for one in found.verdict.evidence]


def _torn_down(item: DriftItem, nextitem: pytest.Item | None) -> pytest.TestReport:
    """Tear down what the test's module and session fixtures hold, as far as the next item has no use of it."""
    started = time.time()
    teardown: Callable[[pytest.Item | None], None] = item.session._setupstate.teardown_exact
    call = pytest.CallInfo.from_call(lambda: teardown(nextitem), "teardown")
    if call.excinfo is not None:
        return pytest.TestReport.from_item_and_call(item, call)
    return _report(item, "teardown", started)


def _report(
    item: DriftItem, when: Any, started: float, outcome: Any = "passed", longrepr: Any = None
) -> pytest.TestReport:
    stopped = time.time()
    return pytest.TestReport(
        item.nodeid,
        item.location,
        dict.fromkeys(item.keywords, 1),
        outcome,
        longrepr,
        when,
        duration=stopped - started,
        start=started,
        stop=stopped,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | str) else float(value)
