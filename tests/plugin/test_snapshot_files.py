"""Snapshots as files: refreshed with their recordings, unused, renamed with their test, and never shared by two."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from .project import Project, errors, section
from .server import Provider

FOLDER = "__llm__/test_it"
ONE = """
    def test_it(llm, llm_snapshot):
        assert llm.ask("Name a city.") == llm_snapshot
"""
PLAIN = """
    import pytest

    @pytest.mark.parametrize("city", {cities})
    def test_city(city, llm_snapshot):
        assert city == llm_snapshot
        {then}

    class TestIt:
        def test_other(self, llm_snapshot):
            assert "other" == llm_snapshot("main")
"""
BOTH = ["Rome", "Oslo"]
WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])


def accept(project: Project, *options: str) -> pytest.RunResult:
    """Run the tests and accept what they leave."""
    project.run(*options)
    return project.run("--llm-accept")


def plain(cities: list[str] = BOTH, then: str = "") -> str:
    return PLAIN.format(cities=cities, then=then)


def unused(result: pytest.RunResult) -> list[str]:
    """Return what the summary says of unused answers."""
    lines = section(result)
    start = next((i for i, line in enumerate(lines) if line.startswith(("No test used", "Deleted"))), len(lines))
    return lines[start:]


def test_the_reason_is_kept_in_the_front_matter(project: Project) -> None:
    project.write("def test_it(llm_snapshot):\n    assert 'a' == llm_snapshot\n")
    project.run()
    project.run("--llm-accept", "--llm-reason", "agreed  with legal")
    text = project.path.joinpath(FOLDER, "test_it.snap.md").read_text()

    assert text.startswith(
        '---\ntest: test_it.py::test_it\ncomparison: exact\nreason: "agreed with legal"\nversion: 1\n---\n'
    )


@pytest.mark.parametrize("options", [(), ("--llm-reject",)], ids=["alone", "rejecting"])
def test_a_reason_goes_with_accepting_only(project: Project, options: tuple[str, ...]) -> None:
    result = project.run("--llm-reason=why", *options)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.stderr.lines[0] == (
        "ERROR: --llm-reason says why an answer is accepted: it goes with --llm-accept only."
    )


@WORKERS
def test_accepting_an_answer_of_a_refresh_adopts_its_recordings(
    project: Project, provider: Provider, workers: tuple[str, ...]
) -> None:
    project.write(
        """
        def test_changed(llm, llm_snapshot):
            assert llm.ask("Name a city.") == llm_snapshot

        def test_same(llm, llm_snapshot):
            assert llm.ask("Name a river.").text[:0] == llm_snapshot
        """
    )
    node = '"test_it.py::test_changed"'
    provider.always("Paris")
    accept(project, "--llm-record=once")
    provider.always("London")
    refreshed = project.run("--llm-record=all", *workers)
    project.run("test_it.py::test_changed").assert_outcomes(passed=1)
    waits = project.run("--llm-accept")
    after = project.run()

    refreshed.assert_outcomes(passed=1, failed=1)
    assert section(refreshed)[1:] == [
        "1 answer not accepted:",
        "  1 x only the output changed",
        "1 answer as accepted: test_it.py::test_same.",
        "Accepting an answer adopts the new recordings of its test.",
        f"Review: pytest-llm review {node}  Accept all: pytest --llm-accept {node}",
    ]
    waits.stdout.fnmatch_lines([f"accepted {FOLDER}/test_changed.snap.md *"])
    after.assert_outcomes(passed=2)
    assert project.answers("test_changed") == ["London"]
    assert [name for name in project.files if "rerecorded" in name or "pending" in name] == []


def test_in_ci_the_recordings_of_a_refused_refresh_are_told(
    project: Project, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write(ONE)
    provider.always("Paris")
    accept(project, "--llm-record=once")
    provider.always("London")
    monkeypatch.setenv("CI", "true")
    result = project.run("--llm-record=all")

    assert section(result)[1:] == [
        f"{FOLDER}/test_it.cassette.json stands as it was: test_it did not pass on the new recordings. "
        f"To adopt them: mv {FOLDER}/test_it.rerecorded.json {FOLDER}/test_it.cassette.json",
        "1 answer not accepted:",
        "  1 x only the output changed",
        'In CI nothing waits for review. Run it elsewhere: pytest "test_it.py::test_it"',
    ]


@WORKERS
def test_answers_that_no_test_compares_with_are_unused(project: Project, workers: tuple[str, ...]) -> None:
    project.write(plain())
    accept(project)
    project.write(plain(["Rome"]).replace('("main")', '("new")'))
    accept(project)
    project.path.joinpath(FOLDER, "TestIt.test_other.old.pending.md").write_text("left behind")
    project.path.joinpath(FOLDER, "test_city.old.baseline.json").write_text("left behind")
    told = [
        f"  {FOLDER}/TestIt.test_other.main.snap.md: its test no longer compares with it",
        f"  {FOLDER}/TestIt.test_other.old.pending.md: its test no longer compares with it",
        f"  {FOLDER}/test_city.old.baseline.json: its test no longer compares with it",
        f"  {FOLDER}/test_city[oslo-43152c].snap.md: its test no longer compares with it",
    ]
    warned = project.run(*workers)
    failed = project.run("--llm-unused=fail")
    deleted = project.run("--llm-unused=delete", *workers)

    assert warned.ret == 0
    assert unused(warned) == ["No test used 4 answers (pytest --llm-unused=delete):", *told]
    assert failed.ret == pytest.ExitCode.TESTS_FAILED
    assert unused(deleted) == ["Deleted 4 answers that no test used:", *told]
    assert project.files == [f"{FOLDER}/TestIt.test_other.new.snap.md", f"{FOLDER}/test_city[rome-d0d220].snap.md"]


@WORKERS
def test_answers_of_a_test_or_a_module_that_is_gone_are_unused(project: Project, workers: tuple[str, ...]) -> None:
    project.write(plain())
    project.write("def test_there(llm_snapshot):\n    assert 'a' == llm_snapshot\n", "test_gone.py")
    accept(project)
    project.path.joinpath("test_gone.py").unlink()
    project.write(plain().replace("test_other", "test_more").replace('"other"', '"more"'))
    accept(project)
    elsewhere = project.run("test_it.py::TestIt")
    result = project.run("--llm-unused=delete", *workers)

    assert unused(elsewhere) == []
    assert unused(result) == [
        "Deleted 2 answers that no test used:",
        "  __llm__/test_gone/test_there.snap.md: its test is gone",
        f"  {FOLDER}/TestIt.test_other.main.snap.md: its test is gone",
    ]


NARROWED = {
    "k": ("-k", "Rome"),
    "node id": ("test_it.py::test_city[Rome]",),
    "x": ("-x",),
    "live": ("--llm-live",),
}


@pytest.mark.parametrize("options", NARROWED.values(), ids=NARROWED)
def test_answers_of_tests_that_did_not_all_run_and_pass_are_not_unused(
    project: Project, options: tuple[str, ...]
) -> None:
    project.write(plain())
    accept(project)
    files = project.files
    fails = 'assert city != "Rome"' if options == ("-x",) else ""
    project.write(plain(then=fails).replace('== llm_snapshot("main")', "== 'other'; assert llm_snapshot"))

    result = project.run("--llm-unused=delete", *options)

    assert unused(result) == []
    assert project.files == files


MOVES = {
    "a renamed test": ("test_it.py", "test_new", f"{FOLDER}/test_new"),
    "a moved module": ("deep/test_new.py", "test_it", "deep/__llm__/test_new/test_it"),
}


@pytest.mark.parametrize(("module", "function", "target"), MOVES.values(), ids=MOVES)
@WORKERS
def test_a_renamed_test_finds_its_snapshot_and_the_summary_says_how_to_move_it(
    project: Project, module: str, function: str, target: str, workers: tuple[str, ...]
) -> None:
    suite = "def {}(llm_snapshot):\n    assert 'a' == llm_snapshot('main')\n"
    source = project.write(suite.format("test_it"))
    accept(project)
    source.unlink()
    project.write(suite.format(function), module)
    for command in ("git init -q .", "git add ."):
        subprocess.run(shlex.split(command), check=True)
    result = project.run("--llm-unused=delete", *workers)
    lines = section(result)

    result.assert_outcomes(passed=1)
    assert lines[0] == "1 answer accepted under a former name of the test. Move them:"
    assert lines[1].endswith(f"git mv {FOLDER}/test_it.main.snap.md {target}.main.snap.md")

    subprocess.run(lines[1].strip(), shell=True, check=True)
    moved = project.run("--llm-unused=fail")

    assert (moved.ret, project.files, section(moved)) == (0, [f"{target}.main.snap.md"], [])


def test_a_renamed_test_with_another_answer_does_not_take_the_snapshot(project: Project) -> None:
    project.write("def test_it(llm_snapshot):\n    assert 'a' == llm_snapshot\n")
    accept(project)
    project.write("def test_new(llm_snapshot):\n    assert 'b' == llm_snapshot\n")

    project.run().assert_outcomes(failed=1)


def test_two_tests_that_would_share_a_file_are_an_error(project: Project) -> None:
    shared = project.path / "shared"
    project.ini(llm_dir=shared.as_posix())
    suite = "def test_it(llm_snapshot):\n    assert {!r} == llm_snapshot\n"
    project.write(suite.format("a"), "a/test_it.py")
    project.write(suite.format("b"), "b/test_it.py")
    project.ini(llm_dir=shared.as_posix(), addopts="--import-mode=importlib")
    first = project.run()

    first.assert_outcomes(failed=2)
    assert [line.rpartition("SnapshotError: ")[2] for line in errors(first) if "share" in line] == [
        "a/test_it.py::test_it and b/test_it.py::test_it would share shared/test_it/test_it.snap.md. "
        "Rename one of them: their names differ by case or folder only."
    ]

    project.run("--llm-accept", "a/test_it.py")
    second = project.run()

    second.assert_outcomes(passed=1, failed=1)
    assert shared.joinpath("test_it/test_it.snap.md").read_text().endswith("\na\n")


def test_names_of_any_length_and_letters_have_files_of_their_own(project: Project) -> None:
    long = "test_" + "ä" * 60
    project.write(
        f"""
        import pytest

        @pytest.mark.parametrize("city", ["a/b", "a:b", "x" * 300, "X" * 300, "Zürich", "..", "con"])
        def test_it(city, llm_snapshot):
            assert city == llm_snapshot("a name " + "n" * 60)

        def {long}(llm_snapshot):
            assert 1 == llm_snapshot

        def {long}_2(llm_snapshot):
            assert 2 == llm_snapshot
        """
    )
    accept(project)
    result = project.run("-n", "2")
    names = [Path(name).name for name in project.files]

    result.assert_outcomes(passed=9)
    assert len({name.lower() for name in names}) == 9
    assert max(len(name.encode()) for name in names) < 250
