"""Runs the trials of one test: one after another, or the bodies of a round in threads."""

from __future__ import annotations

import contextvars
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pytest_llm.plugin.deciding import Verdict, decide
from pytest_llm.plugin.outcomes import insist, noted
from pytest_llm.plugin.router import Router, playing
from pytest_llm.plugin.running import session_of
from pytest_llm.plugin.stash import TRIAL
from pytest_llm.plugin.trial import Demand, Trial
from pytest_llm.plugin.trial_answers import TrialAnswers
from pytest_llm.plugin.trial_items import again, beside, obstacle, sibling
from pytest_llm.wire.interception import install, uninstall

__all__ = ["Run"]


class Run:
    """The trials of one test, in order, until the last one or a decision."""

    def __init__(self, item: pytest.Function, demand: Demand, nextitem: pytest.Item | None) -> None:
        self.item = item
        self.demand = demand
        self.trials: list[Trial] = []
        self.verdict: Verdict | None = None
        self.session = session_of(item.config)
        self.hindered = obstacle(item) if demand.concurrent else ""
        self.answers = TrialAnswers()
        self._nextitem = nextitem
        self._recorded = 0
        self.baseline = ""
        self.seconds = 0.0  # that the bodies took, those of a round together

    def all(self) -> None:
        """Run them."""
        enough = False
        while not enough:
            trials = self._next_round()
            try:
                self._set_up(trials)
                if all(trial.ready for trial in trials):
                    started = time.perf_counter()
                    self._run_bodies(trials)
                    self.seconds += time.perf_counter() - started
            finally:
                enough = self._is_enough()
                self._tear_down([trial for trial in trials if trial.reports], last=enough)

    # -- one round --

    def _next_round(self) -> list[Trial]:
        first = len(self.trials) + 1
        if first == 1:
            self._recorded = self.session.recorded_trials(self.item)
            self.baseline = self.session.recorded_outcomes(self.item)
        size = 1
        if self.demand.concurrent and not self.hindered and first > self._recorded:
            size = min(self.session.settings.concurrency, self.demand.trials - first + 1)
        if size == 1:
            return [Trial(first, again(self.item), answers=self.answers)]
        return [Trial(first + place, beside(self.item), answers=self.answers) for place in range(size)]

    def _set_up(self, trials: Sequence[Trial]) -> None:
        from _pytest.runner import call_and_report

        for trial in trials:
            trial.item.stash[TRIAL] = trial
            self.trials.append(trial)
            report = call_and_report(trial.item, "setup", log=False)
            if len(trials) > 1:
                self._put_aside(trial)
            if not report.passed:
                break

    def _put_aside(self, trial: Trial) -> None:
        """Keep what was set up for a trial while another is set up: pytest itself has one test at a time."""
        stack = trial.item.session._setupstate.stack
        if trial.item in stack:
            trial.aside = stack.pop(trial.item)
        self.session.player = None

    def _run_bodies(self, trials: Sequence[Trial]) -> None:
        from _pytest.runner import call_and_report

        if trials[0].aside is None:
            call_and_report(trials[0].item, "call", log=False)
            return
        calls: list[pytest.CallInfo[None]] = []
        players = [trial.player for trial in trials if trial.player is not None]
        stack = self.item.session._setupstate.stack
        stack.update({trial.item: trial.aside for trial in trials})
        # The hook is called once for the round: who captures output and logs has one of each for the process.
        leader = sibling(trials[0].item)
        leader.runtest = lambda: calls.extend(_together(trials))  # type: ignore[method-assign]
        install(Router(players))
        try:
            leader.ihook.pytest_runtest_call(item=leader)
        finally:
            uninstall()
            for trial in trials:
                stack.pop(trial.item)
        for trial, call in zip(trials, calls, strict=True):
            self._report(trial, call)

    def _report(self, trial: Trial, call: pytest.CallInfo[None]) -> None:
        from _pytest.runner import check_interactive_exception

        with playing(trial.player):
            report = trial.item.ihook.pytest_runtest_makereport(item=trial.item, call=call)
            if check_interactive_exception(call, report):
                trial.item.ihook.pytest_exception_interact(node=trial.item, call=call, report=report)

    def _tear_down(self, trials: Sequence[Trial], *, last: bool) -> None:
        """Tear down in reverse, so that what trials put over one another is taken off in order."""
        from _pytest.runner import call_and_report

        session = self.item.session
        for trial in reversed(trials):
            if trial.aside is not None:
                session._setupstate.stack[trial.item] = trial.aside
            final = last and trial is trials[0]
            nextitem = self._nextitem if final else sibling(self.item)
            if final and (session.shouldfail or session.shouldstop):
                nextitem = None
            with playing(trial.player if trial.aside is not None else None):
                call_and_report(trial.item, "teardown", log=False, nextitem=nextitem)
            trial.item._request, trial.item.funcargs = False, None  # type: ignore[assignment]

    # -- what they come to --

    @property
    def outcomes(self) -> str:
        """How the trials went, as ``..F.``."""
        return "".join("." if trial.passed else "F" for trial in self.trials)

    def _is_enough(self) -> bool:
        if any(trial.ended_badly for trial in self.trials):
            return True
        outcomes = [trial.passed for trial in self.trials]
        last = len(outcomes) >= self.demand.trials
        self.verdict = decide(outcomes, self.demand, last=last)
        return last or (self.verdict is not None and len(outcomes) >= self._recorded)


def _together(trials: Sequence[Trial]) -> list[pytest.CallInfo[None]]:
    """Run bodies in threads; return what each came to."""
    with ThreadPoolExecutor(len(trials), thread_name_prefix="llm-trial") as pool:
        futures = [pool.submit(contextvars.copy_context().run, _body, trial) for trial in trials]
        return [future.result() for future in futures]


def _body(trial: Trial) -> pytest.CallInfo[None]:
    def insisting() -> None:
        before = noted(trial.player)
        try:
            trial.item.runtest()
        except BaseException as error:
            insist(trial.player, before, error)
            raise
        insist(trial.player, before, None)

    reraise: tuple[type[BaseException], ...] = (pytest.exit.Exception, KeyboardInterrupt)
    with playing(trial.player):
        call: pytest.CallInfo[Any] = pytest.CallInfo.from_call(insisting, "call", reraise)
    return call
