"""The run as expectations see it: it watches that they are compared, and takes note of what they ask."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Generator, Sequence
from functools import cached_property
from typing import Any

import pytest

from pytest_llm.errors import CassetteError
from pytest_llm.expectations.base import Expectation
from pytest_llm.host import Similarity
from pytest_llm.player import Player
from pytest_llm.plugin.outcomes import as_outcome, plain, tell
from pytest_llm.plugin.router import current
from pytest_llm.plugin.scoring import Scoring
from pytest_llm.plugin.stash import LEDGER, SESSION, SETTINGS
from pytest_llm.plugin.watch import Watch
from pytest_llm.prompts.filled import FilledPrompt

__all__ = ["RunHost"]


class RunHost:
    """Made when a run's first expectation is. A plugin: it sees each test's end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.settings = config.stash[SETTINGS]
        self.scoring = Scoring(config, lambda: self.item)
        self.prompts: dict[tuple[str, str], FilledPrompt] = {}
        self._watches: defaultdict[Player | None, Watch] = defaultdict(Watch)  # one for each trial that runs
        self._samples: list[dict[str, Any]] = []
        self._refused: dict[str, Sequence[str]] = {}
        self.explained = False  # whether the running test's failure is one of an expectation
        # Made within a test, it was not here when that began.
        self._running = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0] if self._collected else ""
        config.pluginmanager.register(self, "llm-regression-expectations")

    @property
    def _watch(self) -> Watch:
        return self._watches[current.get()]

    @property
    def _collected(self) -> Sequence[pytest.Item]:
        items: Sequence[pytest.Item] = getattr(self.config.pluginmanager.getplugin("session"), "items", ())
        return items

    @cached_property
    def _items(self) -> dict[str, pytest.Item]:
        return {item.nodeid: item for item in self._collected}

    @property
    def item(self) -> pytest.Item | None:
        """The test that runs now; None while tests are collected."""
        return self._items.get(self._running) if self._running else None

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note which test runs; the environment variable that says so may be cleared by the test."""
        self._running = nodeid

    def pytest_runtest_logfinish(self) -> None:
        """Note that no test runs."""
        self._running = ""

    # -- samples --

    @property
    def confidence(self) -> float:
        """The confidence of intervals, unless one is given."""
        return float(self.settings.confidence)

    @property
    def undecided(self) -> str:
        """What a demand that the trials do not decide does."""
        return str(self.settings.undecided)

    def judged(self, rate: Any, claim: str, holds: bool, alarm: float | None = None) -> None:
        """Take note of a demand on a rate, for the summary."""
        from pytest_llm.plugin.sampling import note_of_rate

        if self.item is not None:
            session = self.config.stash.get(SESSION, None)
            self._samples.append(note_of_rate(self.item, session, rate, claim, holds, alarm))

    def refused(self, claim: str, evidence: Sequence[str]) -> None:
        """Take note of a demand that does not hold: no hook of pytest explains the truth value of an object."""
        self._refused[claim] = evidence
        self.explained = True

    def prompted(self, prompt: FilledPrompt) -> None:
        """Take note of a prompt that was filled from a file, the latest last."""
        key = (str(prompt.file), str(prompt))
        self.prompts.pop(key, None)
        self.prompts[key] = prompt

    def compared_samples(self, word: str, found: Any, rates: bool) -> None:
        """Take note of a sample that was compared with another, for the summary."""
        from pytest_llm.plugin.sampling import note_of_comparison

        if self.item is not None:
            self._samples.append(note_of_comparison(self.item, word, found, rates))

    # -- that they are compared --

    def made(self, expectation: Expectation) -> None:
        """Watch an expectation that a test makes; one made before is embedded with the first batch."""
        if self.item is not None:
            self._watch.made.append(expectation)
        else:
            self.scoring.foresee(expectation)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[Any]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Fail a test that passed without comparing an expectation it made; tell a score that is not recorded."""
        if self.explained and call.excinfo is not None:
            call.excinfo = plain(call.excinfo, self._refused)
        if call.when == "call" and call.excinfo is None and (trouble := self._watch.trouble(self.config.rootpath)):
            call.excinfo = _failure(trouble)
        missed = call.excinfo is not None and call.excinfo.value in self.scoring.missed
        as_outcome(call, self.config.rootpath)
        report = yield
        if missed and call.excinfo is not None:
            tell(report, call.excinfo.value, str(call.excinfo.value).partition("\n")[0])
        if call.when == "call" and report.passed:
            self.scoring.book.passed(item)
        if call.when == "teardown":
            self._end(item, report)
        return report

    def _end(self, item: pytest.Item, report: pytest.TestReport) -> None:
        if told := self.scoring.end():
            report.llm_scores = {"nodeid": item.nodeid, **told}  # type: ignore[attr-defined]
        if self._samples:
            report.llm_samples = self._samples  # type: ignore[attr-defined]
        self._watches.pop(current.get(), None)
        self._samples, self._refused, self.explained = [], {}, False

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Write the scores that are to be recorded."""
        try:
            self.scoring.book.write()
        except CassetteError as error:
            self.config.stash[LEDGER].trouble.append(str(error))

    # -- scores --

    def similarities(self, text: str, references: Sequence[str], by: str = "text") -> list[Similarity]:
        """Return how alike the text and each reference are, recorded or by the configured embedder."""
        return self.scoring.similarities(text, references, by)

    def compared(self, expectation: Expectation, scores: Sequence[Similarity], text: str) -> None:
        """Take note of the scores that a comparison came to, for calibration."""
        self.scoring.compared(expectation, scores, text)

    def infers(self, premise: str, hypothesis: str) -> str | None:
        """Return what a plugged-in inference model says of two texts; None without one."""
        return self.scoring.infers(premise, hypothesis)


def _failure(message: str) -> pytest.ExceptionInfo[BaseException]:
    try:
        pytest.fail(message, pytrace=False)
    except pytest.fail.Exception as failure:
        return pytest.ExceptionInfo.from_exception(failure)
