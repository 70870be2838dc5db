"""``pytest-llm review`` in a real terminal, tmux: what its screen shows after each key, and what the keys did."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .pending import leave_three, texts

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed (apt-get install tmux)")
COMMAND = [sys.executable, "-c", "from pytest_llm.cli import main; raise SystemExit(main())", "review"]


class Tmux:
    """A terminal of 80 columns and 16 lines."""

    def __init__(self, root: Path, command: str) -> None:
        self._socket = str(root / "tmux")
        plain = {name: text for name, text in os.environ.items() if name not in ("TMUX", "NO_COLOR")}
        self._environment = {**plain, "LC_ALL": "C.UTF-8", "HOME": str(root), "TERM": "xterm"}
        self.run("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "16", "-c", str(root), command)

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", self._socket, *arguments], env=self._environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def press(self, *keys: str) -> None:
        self.run("send-keys", *keys)

    def screen(self, shows: Callable[[str], bool]) -> list[str]:
        """Return the screen's lines, without the empty ones at the end, when it shows something."""
        end = time.monotonic() + 30
        while True:
            text = self.run("capture-pane", "-p")
            if shows(text):
                return text.rstrip("\n").split("\n")
            assert time.monotonic() < end, text
            time.sleep(0.05)


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    leave_three(tmp_path)
    terminal = Tmux(tmp_path, f"{shlex.join(COMMAND)}; echo exit $?; cat")
    yield terminal
    terminal.run("kill-server")


def asks(place: str) -> Callable[[str], bool]:
    """Say that the screen shows an answer and waits for a key."""
    return lambda text: text.startswith(f"{place} of 3") and text.rstrip().endswith("q quit >")


def test_the_screen_shows_an_answer_at_a_time_and_keys_decide_it(tmux: Tmux, tmp_path: Path) -> None:
    first = tmux.screen(asks("1"))
    painted = tmux.run("capture-pane", "-p", "-e")
    tmux.press("a")
    second = tmux.screen(asks("2"))
    title = tmux.run("display-message", "-p", "#{pane_title}").strip()
    tmux.press("r")
    third = tmux.screen(asks("3"))
    tmux.run("resize-window", "-x", "120", "-y", "40")
    wide = tmux.screen(lambda text: asks("3")(text) and "+ Line 29." in text)
    tmux.press("g")
    tmux.screen(lambda text: "rated good" in text)
    tmux.press("s")
    done = tmux.screen(lambda text: "exit" in text)

    assert first == [
        "1 of 3  tests/test_refund.py::test_a",
        "only the output changed",
        "tests/__llm__/test_refund/test_a.pending.md  gpt-4o (served: gpt-4o-2024-11-20)",
        "-- answer",
        "- You have 30 days.",
        "+ You have 14 days.",
        "  Keep it.",
        "",
        "a accept  v variant  r reject  s skip  ? all  g good  b bad  n note  q quit >",
    ]
    assert "\x1b[7m14" in painted
    assert second[3:-2] == [
        "-- prompt, message 2: user",
        "- How long may I return this?",
        "+ How long may I send this back?",
        "-- answer",
        "- You have 30 days.",
        r"+ \x1b]0;owned\x07\x1b[2JYou have 14 days.",
        "- Keep it.",
    ]
    assert title != "owned"
    assert third[-4:] == [
        "+ Line 8.",
        "… 51 more lines: ? shows all",
        "",
        "a accept  r reject  s skip  ? all  g good  b bad  n note  q quit >",
    ]
    assert len(third) <= 16 < len(wide) <= 40
    assert done == [
        "accepted tests/__llm__/test_refund/test_a.snap.md",
        "rejected tests/__llm__/test_refund/test_b.pending.md",
        "skipped tests/__llm__/test_refund/test_c.pending.md",
        "rated good in tests/__llm__/labels.jsonl",
        "exit 0",
    ]
    assert list(texts(tmp_path)) == ["test_a.snap.md", "test_b.snap.md", "test_c.pending.md"]
    assert "You have 14 days." in texts(tmp_path)["test_a.snap.md"]
    assert "You have 30 days." in texts(tmp_path)["test_b.snap.md"]
