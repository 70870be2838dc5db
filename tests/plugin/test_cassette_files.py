"""Cassettes that people edit, rename, break, or that cannot be written."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from .project import Project, section
from .server import Provider

FOLDER = "__llm__/test_it"
CASSETTE = f"{FOLDER}/test_it.cassette.json"
ONE = """
    def test_it(llm):
        assert llm.ask("Say hello.").text == {answer!r}
"""


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_response_that_was_edited_by_hand_is_replayed(project: Project) -> None:
    project.write(ONE.format(answer="answer 1"))
    project.record()
    edit(project.cassette(), "answer 1", "Grüß Gott")
    project.write(ONE.format(answer="Grüß Gott"))

    result = project.run()

    result.assert_outcomes(passed=1)


def test_a_request_that_was_edited_by_hand_is_found_by_what_it_says_now(project: Project) -> None:
    project.write(ONE.format(answer="answer 1"))
    project.record()
    edit(project.cassette(), "Say hello.", "Say hello, politely.")
    project.write(ONE.format(answer="answer 1").replace("hello.", "hello, politely."))

    result = project.run()

    result.assert_outcomes(passed=1)


def test_a_cassette_formatted_by_another_tool_replays(project: Project) -> None:
    project.write(ONE.format(answer="answer 1"))
    project.record()
    document = json.loads(project.cassette().read_text("utf-8"))
    project.cassette().write_text(json.dumps(document, indent=8, sort_keys=True), encoding="utf-8")

    result = project.run()

    result.assert_outcomes(passed=1)


MOVES = {
    "a renamed test": ("test_it.py", "test_new", "test_it/test_new"),
    "a moved module": ("test_new.py", "test_it", "test_new/test_it"),
    "a module moved into a folder": ("deep/test_new.py", "test_it", "test_new/test_it"),
}


@pytest.mark.parametrize(("module", "function", "target"), MOVES.values(), ids=MOVES)
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_recordings_follow_their_test_and_the_summary_says_how_to_move_them(
    project: Project, module: str, function: str, target: str, workers: tuple[str, ...]
) -> None:
    source = project.write(ONE.format(answer="answer 1"))
    project.record()
    source.unlink()
    project.write(ONE.format(answer="answer 1").replace("test_it", function), module)
    for command in ("git init -q .", "git add ."):
        subprocess.run(shlex.split(command), check=True)

    result = project.run(*workers)

    result.assert_outcomes(passed=1)
    lines = section(result)
    folder = f"{Path(module).parent.as_posix()}/".removeprefix("./")
    new = f"{folder}__llm__/{target}.cassette.json"
    parent = "" if project.path.joinpath(new).parent.exists() else f"mkdir -p {os.path.dirname(new)} && "
    assert re.sub(r"\(saved .*\)", "(saved)", lines[0]) == "1 call replayed (saved)."
    assert lines[1:] == [
        "1 test replayed recordings made under a former name. Move them:",
        f"  {parent}git mv {CASSETTE} {new}",
    ]

    subprocess.run(lines[2].strip(), shell=True, check=True)

    assert project.files == [new]
    moved = project.run()
    moved.assert_outcomes(passed=1)
    assert len(section(moved)) == 1


def test_a_new_test_that_asks_what_another_asks_does_not_take_its_recordings(project: Project) -> None:
    project.write(ONE.format(answer="answer 1"))
    project.record()
    project.write("""
        def test_it(llm):
            assert llm.ask("Say hello.").text == "answer 1"

        def test_other(llm):
            assert llm.ask("Say hello.").text == "answer 1"
    """)

    result = project.run()

    result.assert_outcomes(passed=1, failed=1)


CONFLICT = """{
  "interactions": [
<<<<<<< HEAD
    {"dialect": "openai-chat"}
=======
    {"dialect": "openai-chat", "draw": 1}
>>>>>>> feature
  ],
  "version": 1
}
"""
RESTORE = f"Restore it: git checkout -- {CASSETTE}"
BROKEN = {
    "truncated": (
        lambda text: text[:-80],
        f"{CASSETTE} is cut short: its JSON ends in the middle, at line *. {RESTORE}",
    ),
    "empty": (lambda text: "", f"{CASSETTE} is cut short: its JSON ends in the middle, at line 1. {RESTORE}"),
    "a bad line": (
        lambda text: text.replace('"path":', '"path";'),
        f"{CASSETTE} is not JSON: Expecting ':' delimiter at line 7, column 13, near '\"path\"; *'. "
        f"Mend that line, or restore the file: git checkout -- {CASSETTE}",
    ),
    "a merge conflict": (
        lambda text: CONFLICT,
        f"{CASSETTE} holds a merge conflict between lines 3 and 7. "
        f"Take either side: git checkout --ours {CASSETTE}, or --theirs; then record what is missing.",
    ),
    "a newer version": (
        lambda text: text.replace('"version": 1', '"version": 2'),
        f"{CASSETTE} has format version 2, and this pytest-llm-regression reads 1. "
        "Upgrade it: pip install --upgrade pytest-llm-regression",
    ),
    "no version": (
        lambda text: text.replace('"version": 1', '"about": 1'),
        f"{CASSETTE} is no cassette: it has no 'version'. {RESTORE}",
    ),
    "a list": (lambda text: "[]", f"{CASSETTE} is no cassette: it has no 'version'. {RESTORE}"),
    "no interactions": (lambda text: '{"version": 1}', f"{CASSETTE} is no cassette: 'interactions' is not a list."),
    "an interaction without test": (
        lambda text: text.replace('"test": "test_it"', '"tset": "test_it"'),
        f"{CASSETTE}: interaction 1 has no 'test'. {RESTORE}",
    ),
}


@pytest.mark.parametrize("damage", BROKEN)
@pytest.mark.parametrize("mode", ["none", "all"])
def test_a_broken_cassette_is_told_by_its_test_and_left_alone(
    project: Project, provider: Provider, damage: str, mode: str
) -> None:
    project.write(ONE.format(answer="answer 1"))
    project.record()
    change, message = BROKEN[damage]
    before = change(project.cassette().read_text("utf-8"))
    project.cassette().write_text(before, encoding="utf-8")

    result = project.run(f"--llm-record={mode}")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ERROR at setup of test_it*", message.replace("[", "[[]"), "*short test summary*"])
    assert project.cassette().read_text("utf-8") == before
    assert (project.files, len(provider.calls)) == ([CASSETTE], 1)


def test_a_cassette_that_is_not_utf_8_is_told_by_its_test_and_left_alone(project: Project) -> None:
    project.write(ONE.format(answer="answer 1"))
    project.record()
    before = project.cassette().read_bytes().replace(b"answer", b"\xff\xfe")
    project.cassette().write_bytes(before)

    result = project.run("--llm-record=all")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"{CASSETTE} is no cassette: byte * is not UTF-8. {RESTORE}"])
    assert project.cassette().read_bytes() == before


def test_the_other_tests_run_beside_a_broken_cassette(project: Project) -> None:
    source = """
        def test_it(llm):
            llm.ask("Say hello.")

        def test_other(llm):
            llm.ask("Say hello.")
    """
    project.write(source)
    project.record()
    project.cassette().write_text("{", encoding="utf-8")

    result = project.run()

    result.assert_outcomes(errors=1, passed=1)


def test_nothing_is_called_when_the_folder_cannot_be_made(project: Project, provider: Provider) -> None:
    project.write(ONE.format(answer="answer 1"))
    project.path.joinpath("__llm__").write_text("a file where the folder should be", encoding="utf-8")

    result = project.run("--llm-record=once")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*Nothing can be recorded in {FOLDER}: Not a directory. Nothing was called."])
    assert provider.calls == []


def test_nothing_is_called_when_the_error_of_the_folder_is_swallowed(project: Project, provider: Provider) -> None:
    project.write("""
        def test_it(llm):
            try:
                llm.ask("Say hello.")
            except Exception:
                pass
    """)
    project.path.joinpath("__llm__").write_text("a file where the folder should be", encoding="utf-8")

    result = project.run("--llm-record=once")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"Nothing can be recorded in {FOLDER}: Not a directory. Nothing was called."])
    assert provider.calls == []


FULL = """
    import errno
    import os

    import pytest

    real = os.write
    limit = {limit}

    def write(handle, data):
        global limit
        name = os.readlink(f"/proc/self/fd/{{handle}}") if os.path.exists("/proc/self/fd") else ""
        if not name.endswith(".journal"):
            return real(handle, data)
        if limit <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = real(handle, data[:limit])
        limit -= written
        return written

    os.write = write

    @pytest.fixture(autouse=True)
    def small_disk():
        global limit
        yield
        if {cleared}:
            limit = 10 ** 6
"""
TWICE = """
    import conftest

    def test_it(llm):
        assert llm.ask("Say hello.").text
        {then}
        assert llm.ask("Say goodbye.").text
"""


def test_a_full_disk_is_told_and_what_it_could_not_take_is_written_when_there_is_room(
    project: Project, provider: Provider
) -> None:
    project.write(FULL.format(limit=100, cleared=True), "conftest.py")
    project.write(TWICE.format(then="conftest.limit = 10 ** 6"))

    result = project.run("--llm-record=once", subprocess=True)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            f"1 recording kept in memory: {FOLDER}/.test_it.cassette.json.*.journal cannot be written: No space left "
            "on device. Make room while the run goes on; the next write tries again."
        ]
    )
    project.path.joinpath("conftest.py").unlink()
    project.write(TWICE.format(then="").replace("import conftest", ""))
    project.run().assert_outcomes(passed=1)
    assert len(provider.calls) == 2


def test_a_disk_that_stays_full_loses_nothing_that_was_written_before(project: Project, provider: Provider) -> None:
    project.write(FULL.format(limit=10**6, cleared=False), "conftest.py")
    project.write(TWICE.format(then="conftest.limit = 60"))

    result = project.run("--llm-record=once", subprocess=True)

    assert result.ret == 1
    assert "No space left on device" in result.stdout.str()
    assert project.answers() == ["answer 1"]


def test_a_cassette_that_cannot_be_replaced_stands_and_the_journal_stays(project: Project, provider: Provider) -> None:
    project.write(
        """
        import errno
        import os
        import pytest

        @pytest.fixture(autouse=True, scope="session")
        def full_disk():
            patch = pytest.MonkeyPatch()
            def replace(*_, **__):
                raise OSError(errno.ENOSPC, "No space left on device")
            patch.setattr(os, "replace", replace)
        """,
        "conftest.py",
    )
    project.write(ONE.format(answer="answer 1"))

    result = project.run("--llm-record=once", subprocess=True)

    assert section(result)[-1] == (
        f"{CASSETTE} cannot be written: No space left on device. "
        "The recordings stay in the journals beside it until it can be."
    )
    assert [name for name in project.files if not name.endswith(".journal")] == []

    project.path.joinpath("conftest.py").unlink()
    after = project.run()

    after.assert_outcomes(passed=1)
    assert project.answers() == ["answer 1"]
    assert len(provider.calls) == 1


def test_a_function_name_of_any_length_has_a_cassette_that_is_found_again(project: Project) -> None:
    longest, longer = "test_" + "a" * 207, "test_" + "ä" * 150
    body = "(llm):\n    llm.ask('Name a city.')\n\n"
    project.write(f"def {longest}{body}def {longer}{body}def {longer}_too{body}")
    project.record()
    files = project.files
    replayed = project.run("--llm-unused=fail")

    replayed.assert_outcomes(passed=3)
    assert len(files) == 3
    assert f"__llm__/test_it/{longest}.cassette.json" in files
    assert max(len(Path(file).name.encode()) for file in files) <= 255
