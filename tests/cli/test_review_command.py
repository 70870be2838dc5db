"""``pytest-llm review`` in a pseudo-terminal and without one: keys, screens, files."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .pending import FOLDER, leave_three, texts

COMMAND = [sys.executable, "-c", "from pytest_llm.cli import main; raise SystemExit(main())", "review"]
# Ctrl-C reaches the process whose controlling terminal it is.
# A process that is started in the background of a script ignores interrupts, and so would this one.
ON_A_TTY = "import fcntl, signal, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
ON_A_TTY += "signal.signal(signal.SIGINT, signal.default_int_handler); "
IN_TERMINAL = [*COMMAND[:2], ON_A_TTY + COMMAND[2], "review"]
WAITING = ["test_a.pending.md", "test_b.pending.md", "test_c.pending.md"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository of Ann's, in which three answers wait."""
    leave_three(tmp_path)
    tmp_path.joinpath("gitconfig").write_text('[user]\n    name = "Ann Bee"\n')
    return tmp_path


def environment(root: Path, **more: str) -> dict[str, str]:
    plain = {name: text for name, text in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
    return {**plain, "TERM": "xterm", "HOME": str(root), "GIT_CONFIG_GLOBAL": str(root / "gitconfig"), **more}


def review(root: Path, *arguments: str, typed: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Review where there is no terminal: a line a key."""
    return subprocess.run(
        [*COMMAND, *arguments], input=typed, cwd=root, env=environment(root, **more), capture_output=True, text=True
    )


def left(root: Path) -> list[str]:
    return [name for name in texts(root) if name.endswith(".pending.md")]


def front_matter(root: Path, test: str) -> list[str]:
    return texts(root)[f"{test}.snap.md"].split("---\n")[1].splitlines()


def ratings(root: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (root / FOLDER.parent / "labels.jsonl").read_text("utf-8").splitlines()]


class Screen:
    """A pseudo-terminal in which the command runs."""

    def __init__(self, master: int, process: subprocess.Popen[bytes]) -> None:
        self._master = master
        self._unread = b""
        self.process = process

    def until(self, text: str) -> str:
        """Return what is written up to a text."""
        end = time.monotonic() + 30
        while text.encode() not in self._unread:
            assert select.select([self._master], [], [], max(0, end - time.monotonic()))[0], self._unread.decode()
            self._unread += os.read(self._master, 65536).replace(b"\r\n", b"\n")
        seen, _, self._unread = self._unread.partition(text.encode())
        return seen.decode() + text

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def resize(self, columns: int, lines: int) -> None:
        import termios

        termios.tcsetwinsize(self._master, (lines, columns))


@contextmanager
def screen(root: Path, *arguments: str, columns: int = 90, lines: int = 24, **more: str) -> Iterator[Screen]:
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (lines, columns))
    process = subprocess.Popen(
        [*IN_TERMINAL, *arguments],
        cwd=root,
        env=environment(root, **more),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Screen(master, process)
        process.wait(60)
    finally:
        process.kill()
        process.wait()
        os.close(master)


def plain(text: str) -> list[str]:
    """Return the lines of a screen without what paints and clears it."""
    return re.sub(r"\x1b\[[\d;]*[A-Za-z]", "", text).splitlines()


def test_keys_decide_rate_and_page_in_a_terminal(root: Path) -> None:
    with screen(root, "--reason", "the policy changed") as terminal:
        first = terminal.until("q quit > ")
        terminal.press("g")
        terminal.until("rated good")
        terminal.until("q quit > ")
        terminal.press("n")
        terminal.until("Note: ")
        terminal.press("says it all\n")
        terminal.until("rated good, 'says it all'")
        terminal.until("q quit > ")
        terminal.press("v")
        second = terminal.until("q quit > ")
        terminal.press("\x1b[A")
        terminal.until("'\\x1b' does nothing here.")
        terminal.until("q quit > ")
        terminal.press("r")
        third = terminal.until("q quit > ")
        terminal.press("?")
        paged = terminal.until("more: space, u up, q done --")
        terminal.press("q")
        terminal.until("q quit > ")
        terminal.press("a")
        done = terminal.until("test_c.snap.md\n")

    assert terminal.process.returncode == 0
    assert plain(first) == [
        "1 of 3  tests/test_refund.py::test_a",
        "only the output changed",
        "tests/__llm__/test_refund/test_a.pending.md  gpt-4o (served: gpt-4o-2024-11-20)",
        "-- answer",
        "- You have 30 days.",
        "+ You have 14 days.",
        "  Keep it.",
        "",
        "a accept  v variant  r reject  s skip  ? all  g good  b bad  n note  q quit > ",
    ]
    assert "\x1b[7;32m14\x1b[0m" in first
    assert r"{+" not in first
    assert plain(second)[-9:-1] == [
        "-- prompt, message 2: user",
        "- How long may I return this?",
        "+ How long may I send this back?",
        "-- answer",
        "- You have 30 days.",
        r"+ \x1b]0;owned\x07\x1b[2JYou have 14 days.",
        "- Keep it.",
        "",
    ]
    assert "owned\x07" not in second
    assert plain(third)[3:6] == ["-- answer: none is accepted yet", "+ Line 0.", "+ Line 1."]
    assert plain(third)[-3:] == [
        "… 43 more lines: ? shows all",
        "",
        "a accept  r reject  s skip  ? all  g good  b bad  n note  q quit > ",
    ]
    assert plain(paged)[:7] == [
        "-- prompt: system",
        "Be brief.",
        "-- prompt: user",
        "How long may I return this?",
        "-- answer that waits",
        "Line 0.",
        "Line 1.",
    ]
    assert [line for line in plain(done) if line] == [
        "accepted as a variant tests/__llm__/test_refund/test_a.snap.md",
        "rated good, 'says it all' in tests/__llm__/labels.jsonl",
        "rejected tests/__llm__/test_refund/test_b.pending.md",
        "accepted tests/__llm__/test_refund/test_c.snap.md",
    ]
    assert left(root) == []
    assert front_matter(root, "test_c")[-3:] == ['reviewer: "Ann Bee"', 'reason: "the policy changed"', "version: 1"]
    assert texts(root)["test_a.snap.md"].endswith(
        "<!-- answer -->\n\nYou have 30 days.\nKeep it.\n\n<!-- variant 2 -->\n\nYou have 14 days.\nKeep it.\n"
    )
    rated = ratings(root)[0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", str(rated.pop("date")))
    assert rated == {
        "test": "tests/test_refund.py::test_a",
        "snapshot": "",
        "prompt": "system: Be brief.\n\nuser: How long may I return this?",
        "answer": "You have 14 days.\nKeep it.",
        "label": "good",
        "note": "says it all",
        "reviewer": "Ann Bee",
        "model": "gpt-4o",
        "served_model": "gpt-4o-2024-11-20",
        "fingerprint": "81ef02",
        "version": 1,
    }


def test_a_terminal_that_is_resized_is_drawn_again_side_by_side_when_it_is_wide(root: Path) -> None:
    with screen(root, NO_COLOR="1") as terminal:
        narrow = terminal.until("q quit > ")
        terminal.resize(120, 30)
        wide = terminal.until("q quit > ")
        terminal.press("q")
        terminal.until("not reviewed")

    assert "- You have [-30-] days.\n+ You have {+14+} days." in "\n".join(plain(narrow))
    assert f"- {'You have [-30-] days.':57}+ You have {{+14+}} days." in plain(wide)
    assert "\x1b[3" not in wide
    assert left(root) == WAITING


def test_a_review_that_is_interrupted_keeps_what_was_rated_and_the_terminal_as_it_was(root: Path) -> None:
    with screen(root) as terminal:
        terminal.until("q quit > ")
        terminal.press("b")
        terminal.until("rated bad")
        terminal.until("q quit > ")
        terminal.press("\x03")
        said = terminal.until("not reviewed")

    assert plain(said)[-2:] == ["rated bad in tests/__llm__/labels.jsonl", "3 answers not reviewed"]
    assert [rated["label"] for rated in ratings(root)] == ["bad"]
    assert left(root) == WAITING


def test_keys_that_were_pressed_before_an_answer_was_shown_decide_nothing(root: Path) -> None:
    with screen(root) as terminal:
        terminal.until("q quit > ")
        terminal.press("saaaa")
        terminal.until("2 of 3")
        terminal.until("q quit > ")
        terminal.press("q")
        terminal.until("not reviewed")

    assert left(root) == WAITING


def test_lines_are_keys_where_there_is_no_terminal(root: Path) -> None:
    done = review(root, typed="s\nn\ntoo long\na\n")

    assert done.returncode == 0
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert done.stdout.splitlines()[-4:] == [
        "skipped tests/__llm__/test_refund/test_a.pending.md",
        "accepted tests/__llm__/test_refund/test_b.snap.md",
        "rated 'too long' in tests/__llm__/labels.jsonl",
        "1 answer not reviewed",
    ]
    assert [(rated["label"], rated["note"]) for rated in ratings(root)] == [(None, "too long")]
    assert left(root) == ["test_a.pending.md", "test_c.pending.md"]


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        pytest.param(["tests/test_refund.py::test_b"], ["test_b"], id="a node id"),
        pytest.param(["tests/test_refund.py"], ["test_a", "test_b", "test_c"], id="a module"),
        pytest.param(["tests", "tests/test_refund.py::test_b"], ["test_a", "test_b", "test_c"], id="twice the same"),
        pytest.param([f"{FOLDER}/test_c.pending.md"], ["test_c"], id="a file that waits"),
    ],
)
def test_paths_and_node_ids_say_what_is_reviewed(root: Path, arguments: list[str], shown: list[str]) -> None:
    done = review(root, *arguments, typed="s\n" * 9)

    assert re.findall(r"^\d of \d  tests/test_refund.py::(\w+)$", done.stdout, re.MULTILINE) == shown


def test_a_path_that_does_not_exist_is_an_error(root: Path) -> None:
    done = review(root, "test/test_refund.py")

    assert (done.returncode, done.stderr) == (
        2,
        "pytest-llm: 'test/test_refund.py' does not exist. Give folders, test modules or node ids.\n",
    )


def test_without_git_nobody_is_named(root: Path) -> None:
    shutil.rmtree(root / FOLDER.parent.parent / ".git", ignore_errors=True)
    review(root, typed="a\n", PATH=str(root))

    assert "reviewer" not in texts(root)["test_a.snap.md"]


def test_what_changed_since_is_told_and_not_accepted_over(root: Path) -> None:
    path = root / FOLDER / "test_a.snap.md"
    path.write_text(path.read_text().replace("30 days", "31 days"))
    done = review(root, "tests/test_refund.py::test_a", typed="a\ns\n")

    assert done.returncode == 1
    assert (
        "tests/__llm__/test_refund/test_a.snap.md has changed since tests/__llm__/test_refund/test_a.pending.md was "
        'made. Run the test again: pytest "tests/test_refund.py::test_a"'
    ) in " ".join(done.stdout.split())
    assert "31 days" in path.read_text()


def test_a_damaged_snapshot_is_told_and_the_others_are_reviewed(root: Path) -> None:
    path = root / FOLDER / "test_a.snap.md"
    path.write_text("<<<<<<< ours\n" + path.read_text() + ">>>>>>> theirs\n")
    root.joinpath(FOLDER, "test_b.pending.md").write_text("---\n---\n")
    done = review(root, typed="a\n")

    assert done.returncode == 1
    assert done.stdout.splitlines()[0].startswith("tests/__llm__/test_refund/test_b.pending.md has format version None")
    assert done.stdout.splitlines()[-2:] == [
        "tests/__llm__/test_refund/test_a.snap.md holds a merge conflict at line 1. Take either side: "
        "git checkout --ours tests/__llm__/test_refund/test_a.snap.md, or --theirs",
        "accepted tests/__llm__/test_refund/test_c.snap.md",
    ]


def test_no_secret_of_a_note_or_a_reason_reaches_a_file(root: Path) -> None:
    secret = "kanarienvogel-93c1f7e2"
    typed = f"n\nsee {secret}\na\n"
    review(root, "--reason", f"key {secret}", "tests/test_refund.py::test_a", typed=typed, SHOP_API_KEY=secret)

    assert secret not in texts(root)["test_a.snap.md"] + json.dumps(ratings(root))


def test_where_nothing_waits_that_is_said(tmp_path: Path) -> None:
    done = review(tmp_path)

    assert (done.returncode, done.stdout) == (0, "No answer waits for review.\n")
