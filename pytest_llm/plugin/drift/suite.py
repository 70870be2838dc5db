"""The suite in drift mode: every item's report taken in, all judged together, and what the run says and returns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from pytest_llm.drift.item import Looked
from pytest_llm.drift.nights import judge_night, seen_again
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
_NO_RECORDING = "No selected test has a recording. Record first: pytest --llm-record=once"
_NO_TEXT = "No selected test asks for text: of vectors nothing is compared."


class DriftSuite:
    """A plugin: it reads every report, in the process that has them all."""

    def __init__(self, config: pytest.Config) -> None:
        self.items: list[Told] = []
        self.baselines: list[Told] = []
        self.lines: list[str] = []
        self._failed: set[str] = set()
        self._silent = False
        self._config = config
        drift = config.stash[SETTINGS].drift
        assert drift is not None
        self._drift: Drift = drift

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in what an item came to."""
        if (told := getattr(report, "llm_drift", None)) is not None:
            self.items.append(told)
            if report.failed:
                self._failed.add(report.nodeid)
        if (recorded := getattr(report, "llm_baseline", None)) is not None:
            self.baselines.append(recorded)
        self._silent = self._silent or (report.when == "call" and report.skipped)

    def finish(self, session: pytest.Session) -> None:
        """Judge the items together; fail the run when the suite changed as the ini file says it may not."""
        self.lines = baseline_lines(self.baselines, self._drift.sessions)
        if not self.items:
            if session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
                self.lines.append(_NO_RECORDING)
            elif self._silent and not self.baselines and session.exitstatus == pytest.ExitCode.OK:
                self.lines.append(_NO_TEXT)
                session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED
            return
        looked = {told["nodeid"]: _looked(told) for told in self.items}
        verdicts = {name: one.verdict for name, one in looked.items()}
        probes = {name: one.probes for name, one in looked.items()}
        suite = judge_night(looked, self._drift.run_length, embed_of(self._config))
        redact = session_of(session.config).readings.redactor.text
        night = Night(session.config.rootpath, session.config.stash[RUN])
        whole = seen_again(
            suite or next(iter(verdicts.values())), probes.values(), night.before(), self._drift.run_length
        )
        together = whole if len(verdicts) > 1 else None
        verbose = session.config.get_verbosity() > 0
        above = self._failed if session.config.getoption("tbstyle", "auto") != "no" else ()
        self.lines += map(redact, drift_lines(self.items, verdicts, probes, together, above=above, verbose=verbose))
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


def _looked(told: Told) -> Looked:
    first, again = ([_probe(one) for one in told[look]] for look in ("probes", "again"))
    return Looked(_verdict(told["verdict"]), first, again)


def _verdict(told: Told) -> Verdict:
    evidence: Sequence[Told] = told["evidence"]
    return Verdict(**{**told, "evidence": tuple(Evidence(**{**one}) for one in evidence)})


def _probe(told: Told) -> Probe:
    return Probe(**{**told, **{side: tuple(map(_draw, told[side])) for side in _SIDES}})


def _draw(told: Told) -> Draw:
    return Draw(**{**told, "chosen": tuple(told["chosen"]), "likeliest": tuple(told["likeliest"])})


_SIDES = ("baseline", "fresh")
