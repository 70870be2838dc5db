"""Progress of a long recording: calls done, money, rate."""

from __future__ import annotations

import time
from contextlib import nullcontext
from threading import current_thread, main_thread

import pytest

__all__ = ["Progress"]

_EVERY_SECONDS = 5.0


class Progress:
    """Tells, every few seconds of a long recording, the calls done, the money and the rate."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._started = self._told = time.monotonic()
        self._calls = 0
        self._spent = 0.0

    def add(self, calls: int, spent: float) -> None:
        """Count live calls; prints a line when the last one is some seconds old."""
        self._calls += calls
        self._spent += spent
        now = time.monotonic()
        if calls and now - self._told >= _EVERY_SECONDS and current_thread() is main_thread():
            self._told = now
            self._print(now - self._started)

    def _print(self, seconds: float) -> None:
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        capture = self._config.pluginmanager.get_plugin("capturemanager")
        if terminal is None:
            return
        from pytest_llm.text import money, plural

        with capture.global_and_fixture_disabled() if capture is not None else nullcontext():
            terminal.ensure_newline()
            if terminal._tw.width_of_current_line:  # dots, of which ensure_newline() knows nothing
                terminal.line("")
            terminal.write_line(
                f"llm: {plural(self._calls, 'live call')}, {money(self._spent)}, {self._calls / seconds:.1f} calls/s"
            )
