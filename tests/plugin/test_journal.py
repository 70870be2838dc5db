"""The journal: what was answered is kept, however the run ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from .project import Project, section
from .server import Answer, Call, Provider

MANY = """
    def test_it(llm):
        for number in range(200):
            llm.ask(f"Question {number}.")
"""


def journals(project: Project) -> list[Path]:
    return sorted(project.path.rglob("*.journal"))


def killed_while_recording(project: Project, calls: int) -> None:
    """Record in a process of its own, and kill it when so many calls were answered and the next is in flight."""
    asked, killed = threading.Event(), threading.Event()

    def reply(call: Call) -> Answer:
        if call.number == calls + 1:
            asked.set()
            killed.wait(60)
        return Answer(f"answer {call.number}")

    project.provider.reply = reply
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--llm-record=once"]
    process = subprocess.Popen(command, cwd=project.path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert asked.wait(60)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        killed.set()


def test_everything_answered_before_a_kill_is_replayed_afterwards(project: Project, provider: Provider) -> None:
    project.write(MANY)
    killed_while_recording(project, 60)

    result = project.run("--llm-record=missing")

    result.assert_outcomes(passed=1)
    assert len(provider.calls) == 61 + 140
    assert f"60 recordings of an interrupted run recovered into {project.files[0]}" in "\n".join(section(result))
    assert len(project.interactions()) == 200
    assert journals(project) == []
    project.run().assert_outcomes(passed=1)


def test_a_journal_is_recovered_by_a_run_that_only_replays(project: Project, provider: Provider) -> None:
    project.write(MANY)
    killed_while_recording(project, 30)
    project.write(MANY.replace("200", "30"))

    result = project.run()

    result.assert_outcomes(passed=1)
    assert section(result)[1] == (
        "30 recordings of an interrupted run recovered into __llm__/test_it/test_it.cassette.json."
    )


def recorded_in_a_journal(project: Project, asks: int) -> Path:
    """Leave a journal as a crash would: the lines of a finished recording, and no cassette."""
    project.write(MANY.replace("200", str(asks)))
    project.record()
    lines = [json.dumps({**entry, "_session": "gone", "_mode": "once"}) for entry in project.interactions()]
    project.cassette().unlink()
    journal = project.cassette().with_name(".test_it.cassette.json.main-1.journal")
    journal.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return journal


def test_a_torn_last_line_is_left_out_and_said(project: Project) -> None:
    journal = recorded_in_a_journal(project, 3)
    journal.write_bytes(journal.read_bytes()[:-40])
    project.write(MANY.replace("200", "2"))

    result = project.run()

    result.assert_outcomes(passed=1)
    assert section(result)[1] == (
        "2 recordings of an interrupted run recovered into __llm__/test_it/test_it.cassette.json "
        "(its last line was torn and is left out)."
    )
    assert journals(project) == []


def test_a_damaged_line_costs_only_itself_and_the_journal_is_kept(project: Project) -> None:
    journal = recorded_in_a_journal(project, 3)
    lines = journal.read_text("utf-8").splitlines()
    journal.write_text("\n".join([lines[0], lines[1][: len(lines[1]) // 2], lines[2], ""]), encoding="utf-8")
    project.write("""
        def test_it(llm):
            llm.ask("Question 0.")
            llm.ask("Question 2.")
    """)

    result = project.run()

    result.assert_outcomes(passed=1)
    assert section(result)[1:] == [
        "2 recordings of an interrupted run recovered into __llm__/test_it/test_it.cassette.json.",
        "1 line is damaged in a journal beside __llm__/test_it/test_it.cassette.json; it is kept as *.damaged.",
    ]
    assert [name.rpartition("/")[2] for name in project.files] == [
        ".test_it.cassette.json.main-1.journal.damaged",
        "test_it.cassette.json",
    ]


def test_a_journal_beside_a_cassette_adds_to_it(project: Project) -> None:
    journal = recorded_in_a_journal(project, 2)
    first, second = journal.read_text("utf-8").splitlines()
    entry = {key: value for key, value in json.loads(first).items() if not key.startswith("_")}
    project.cassette().write_text(json.dumps({"interactions": [entry], "version": 1}), encoding="utf-8")
    journal.write_text(f"{first}\n{second}\n", encoding="utf-8")

    result = project.run()

    result.assert_outcomes(passed=1)
    assert len(project.interactions()) == 2


def test_the_journal_of_a_living_process_is_left_alone(project: Project) -> None:
    fcntl = pytest.importorskip("fcntl")
    journal = recorded_in_a_journal(project, 1)
    with journal.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)

        result = project.run()

    result.assert_outcomes(failed=1)
    assert journals(project) == [journal]


def test_no_journal_is_left_by_a_run_that_ended(project: Project) -> None:
    project.write(MANY.replace("200", "2"))

    project.record()

    assert project.files == ["__llm__/test_it/test_it.cassette.json"]
