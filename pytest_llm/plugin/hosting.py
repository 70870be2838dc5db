"""The run as expectations see it: it watches that they are compared, and knows the scores of texts."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from functools import cached_property
from typing import Any

import pytest

from pytest_llm.expectations.base import Expectation
from pytest_llm.host import Similarity
from pytest_llm.plugin.watch import Watch

__all__ = ["RunHost"]


class RunHost:
    """Made when a run's first expectation is. A plugin: it sees each test's end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self._watch = Watch()
        config.pluginmanager.register(self, "llm-regression-expectations")

    @cached_property
    def _items(self) -> dict[str, pytest.Item]:
        session = self.config.pluginmanager.getplugin("session")
        return {item.nodeid: item for item in getattr(session, "items", ())}

    @property
    def item(self) -> pytest.Item | None:
        """The test that runs now; None while tests are collected."""
        name = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0]
        if not name or not getattr(self.config.pluginmanager.getplugin("session"), "items", ()):
            return None
        return self._items.get(name)

    def made(self, expectation: Expectation) -> None:
        """Watch an expectation that a test makes."""
        if self.item is not None:
            self._watch.made.append(expectation)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[Any]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Fail a test that passed without comparing an expectation it made."""
        if call.when == "call" and call.excinfo is None and (trouble := self._watch.trouble()):
            call.excinfo = _failure(trouble)
        if call.when == "teardown":
            self._watch = Watch()
        report = yield
        return report

    def similarities(self, text: str, references: Sequence[str], by: str = "text") -> list[Similarity]:
        """Return how alike the text and each reference are, recorded or by the configured embedder."""
        raise NotImplementedError

    def compared(self, expectation: Expectation, scores: Sequence[Similarity], text: str) -> None:
        """Take note of the scores that a comparison came to, for calibration."""

    def entails(self, premise: str, hypothesis: str) -> bool | None:
        """Return what a plugged-in inference model says of two texts; None when there is none."""
        return None


def _failure(message: str) -> pytest.ExceptionInfo[BaseException]:
    try:
        pytest.fail(message, pytrace=False)
    except pytest.fail.Exception as failure:
        return pytest.ExceptionInfo.from_exception(failure)
