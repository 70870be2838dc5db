"""The suite in drift mode: every item's report taken in, all judged together, and what the run says and returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from pytest_llm.drift.confirmation import alpha_per_run, confirm
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.suite import judge_suite
from pytest_llm.drift.values import Draw, Evidence, Probe, Verdict
from pytest_llm.errors import LLMError
from pytest_llm.plugin.drift.lines import baseline_lines, closing_lines, drift_lines
from pytest_llm.plugin.drift.meaning import embed_of
from pytest_llm.plugin.drift.night import Night
from pytest_llm.plugin.drift.options import Drift
from pytest_llm.plugin.running import session_of
from pytest_llm.plugin.stash import RUN, SETTINGS

__all__ = ["DriftSuite", "Told"]

Told = dict[str, Any]


class DriftSuite:
    """A plugin: it reads every report, in the process that has them all."""

    def __init__(self, config: pytest.Config) -> None:
        self.items: list[Told] = []
        self.baselines: list[Told] = []
        self.lines: list[str] = []
        self._config = config
        drift = config.stash[SETTINGS].drift
        assert drift is not None
        self._drift: Drift = drift

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in what an item came to."""
        if (told := getattr(report, "llm_drift", None)) is not None:
            self.items.append(told)
        if (recorded := getattr(report, "llm_baseline", None)) is not None:
            self.baselines.append(recorded)

    def finish(self, session: pytest.Session) -> None:
        """Judge the items together; fail the run when the suite changed as the ini file says it may not."""
        self.lines = baseline_lines(self.baselines)
        if not self.items:
            return
        verdicts = {told["nodeid"]: _verdict(told["verdict"]) for told in self.items}
        probes = {told["nodeid"]: [_probe(one) for one in told["probes"]] for told in self.items}
        suite = self._judged(verdicts, probes)
        redact = session_of(session.config).readings.redactor.text
        whole = suite or next(iter(verdicts.values()))
        night = Night(session.config.rootpath, session.config.stash[RUN])
        if _waits(whole) and night.saw(probes):
            whole = replace(whole, level="FAIL", sentence=f"{whole.sentence}; the run before saw it too")
        together = whole if len(verdicts) > 1 else None
        verbose = session.config.get_verbosity() > 0
        self.lines += map(redact, drift_lines(self.items, verdicts, probes, together, verbose=verbose))
        if suite is None and whole.level != next(iter(verdicts.values())).level:
            self.lines.append(redact(f"{whole.level} {whole}"))
        try:
            night.keep(whole, probes, self.items, redact)
        except (LLMError, OSError) as error:
            self.lines.append(redact(str(error)))
        calls = session.config.stash[SETTINGS].max_calls
        self.lines += closing_lines([one.kind for one in verdicts.values()], self._drift.failing, calls)
        if session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = self._exit_code(whole, verdicts)

    def _exit_code(self, whole: Verdict, verdicts: dict[str, Verdict]) -> pytest.ExitCode:
        """Return 1 for a change that fails the run; 5, as for a run without a test, where nothing was measured."""
        if whole.kind in self._drift.failing and whole.level == "FAIL":
            return pytest.ExitCode.TESTS_FAILED
        nothing = all(one.kind == "COULD NOT MEASURE" for one in verdicts.values())
        return pytest.ExitCode.NO_TESTS_COLLECTED if nothing and self._drift.failing else pytest.ExitCode.OK

    def _judged(self, verdicts: dict[str, Verdict], probes: dict[str, list[Probe]]) -> Verdict | None:
        """Return the verdict on all requests together; None for one item, whose own it is.

        A warning is confirmed by the second sessions that items took.
        """
        measured = {name: found for name, found in probes.items() if any(one.measured for one in found)}
        if len(measured) < 2:
            return None
        settings = Settings(alpha_per_run(self._drift.run_length), embed=embed_of(self._config))
        found = judge_suite(measured, settings).verdict
        if not found.changed or found.level == "FAIL":
            return found
        again = [_probe(one) for told in self.items for one in told["again"]]
        if any(one.level == "FAIL" for one in verdicts.values()):
            return replace(found, level="FAIL")
        if not any(one.measured for one in again):
            return found
        first = [one for probes in measured.values() for one in probes]
        return confirm(first, again, replace(settings, alpha=settings.alpha / 2))


def _waits(found: Verdict) -> bool:
    return found.changed and found.level == "WARN"


def _verdict(told: Told) -> Verdict:
    evidence: Sequence[Told] = told["evidence"]
    return Verdict(**{**told, "evidence": tuple(Evidence(**{**one}) for one in evidence)})


def _probe(told: Told) -> Probe:
    return Probe(**{**told, **{side: tuple(map(_draw, told[side])) for side in _SIDES}})


def _draw(told: Told) -> Draw:
    return Draw(**{**told, "chosen": tuple(told["chosen"]), "likeliest": tuple(told["likeliest"])})


_SIDES = ("baseline", "fresh")
