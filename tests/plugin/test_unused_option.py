"""``--llm-unused``: recordings count as unused only where a whole test function ran and passed."""

from __future__ import annotations

import pytest

from .project import Project, section

CASSETTE = "__llm__/test_it/test_it.cassette.json"
TWO = """
    def test_it(llm):
        llm.ask("One.")
        llm.ask("Two.")
"""
ONE = """
    def test_it(llm):
        llm.ask("One.")
"""
CITIES = """
    import pytest

    @pytest.mark.parametrize("city", {cities})
    def test_it(llm, city):
        llm.ask(city)
        {then}

    def test_other(llm):
        llm.ask("Hi")
"""
WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])


def unused(result: pytest.RunResult) -> list[str]:
    """Return what the summary says of unused recordings."""
    lines = section(result)
    start = next((i for i, line in enumerate(lines) if line.startswith(("No test used", "Deleted"))), len(lines))
    return lines[start:]


@WORKERS
def test_warn_names_the_file_and_changes_nothing(project: Project, workers: tuple[str, ...]) -> None:
    project.write(TWO)
    project.record()
    project.write(ONE)

    result = project.run(*workers)

    assert result.ret == 0
    assert unused(result) == [
        "No test used recordings in 1 file (pytest --llm-unused=delete):",
        f"  {CASSETTE}: 1 recording (draw 1 of 8c3ab042 in test_it)",
    ]
    assert len(project.interactions()) == 2


@WORKERS
def test_fail_fails_the_run(project: Project, workers: tuple[str, ...]) -> None:
    project.write(TWO)
    project.record()
    project.write(ONE)

    result = project.run("--llm-unused=fail", *workers)

    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert len(project.interactions()) == 2


@WORKERS
def test_delete_deletes_them_and_nothing_else(project: Project, workers: tuple[str, ...]) -> None:
    project.write(TWO)
    project.record()
    kept = project.interactions()[0]
    project.write(ONE)

    result = project.run("--llm-unused=delete", *workers)

    assert result.ret == 0
    assert unused(result) == [
        "Deleted the recordings that no test used in 1 file:",
        f"  {CASSETTE}: 1 recording (draw 1 of 8c3ab042 in test_it)",
    ]
    assert project.interactions() == [kept]
    assert unused(project.run()) == []


def test_delete_of_the_last_recording_deletes_the_file(project: Project) -> None:
    project.write(TWO)
    project.record()
    project.write("def test_it(llm):\n    pass\n")

    project.run("--llm-unused=delete")

    assert project.files == []


def test_a_used_cassette_is_not_mentioned(project: Project) -> None:
    project.write(TWO)
    project.record()

    result = project.run("--llm-unused=fail")

    assert result.ret == 0
    assert unused(result) == []


def test_the_cassette_of_a_test_that_is_gone_is_unused(project: Project) -> None:
    project.write(CITIES.format(cities=["Rome"], then=""))
    project.record()
    project.write("def test_other(llm):\n    llm.ask('Hi')\n")

    result = project.run("--llm-unused=delete")

    assert unused(result) == ["Deleted the recordings that no test used in 1 file:", f"  {CASSETTE}: its test is gone"]
    assert project.files == ["__llm__/test_it/test_other.cassette.json"]


def test_the_cassettes_of_a_module_that_is_gone_are_unused(project: Project) -> None:
    project.write(ONE)
    project.write(ONE, "test_gone.py")
    project.record()
    project.path.joinpath("test_gone.py").unlink()

    result = project.run()

    assert unused(result) == [
        "No test used recordings in 1 file (pytest --llm-unused=delete):",
        "  __llm__/test_gone/test_it.cassette.json: its test is gone",
    ]


def test_a_parameter_that_is_gone_is_unused(project: Project) -> None:
    project.write(CITIES.format(cities=["Rome", "Oslo"], then=""))
    project.record()
    project.write(CITIES.format(cities=["Rome"], then=""))

    result = project.run("--llm-unused=delete")

    assert unused(result)[1:] == [f"  {CASSETTE}: 1 recording (draw 1 of 0857669e in test_it[Oslo])"]
    assert [entry["test"] for entry in project.interactions()] == ["test_it[Rome]"]


NARROWED = {
    "k": ("-k", "Rome"),
    "k of another test": ("-k", "other"),
    "deselect": ("--deselect", "test_it.py::test_it[Oslo]"),
    "node id": ("test_it.py::test_it[Rome]",),
    "node id of another test": ("test_it.py::test_other",),
    "x": ("-x",),
    "maxfail": ("--maxfail=1",),
    "collect only": ("--collect-only",),
}


@pytest.mark.parametrize("options", NARROWED.values(), ids=NARROWED)
@WORKERS
def test_recordings_of_tests_that_did_not_run_are_not_unused(
    project: Project, options: tuple[str, ...], workers: tuple[str, ...]
) -> None:
    project.write(CITIES.format(cities=["Rome", "Oslo"], then=""))
    project.record()
    before = project.cassette().read_bytes()
    if options[0] in ("-x", "--maxfail=1"):
        project.write(CITIES.format(cities=["Rome", "Oslo"], then='assert city != "Rome"'))

    result = project.run("--llm-unused=delete", *options, *workers)

    assert unused(result) == []
    assert project.cassette().read_bytes() == before
    assert len(project.files) == 2


ENDS = {
    "failed": "assert False",
    "skipped": "import pytest; pytest.skip('later')",
    "xfailed": "import pytest; pytest.xfail('later')",
}


@pytest.mark.parametrize("then", ENDS.values(), ids=ENDS)
def test_recordings_of_tests_that_did_not_pass_are_not_unused(project: Project, then: str) -> None:
    project.write(TWO)
    project.record()
    project.write(f"def test_it(llm):\n    {then}\n    llm.ask('One.')\n")

    result = project.run("--llm-unused=delete")

    assert unused(result) == []
    assert len(project.interactions()) == 2


def test_a_test_skipped_by_its_marker_keeps_its_recordings(project: Project) -> None:
    project.write(TWO)
    project.record()
    project.write("""
        import pytest

        @pytest.mark.skip
        def test_it(llm):
            llm.ask("One.")

        def test_other(llm_cassette):
            pass
    """)

    result = project.run("--llm-unused=delete")

    assert unused(result) == []
    assert len(project.interactions()) == 2


def test_other_modules_are_not_looked_at_when_one_is_asked_for(project: Project) -> None:
    project.write(ONE)
    project.write(ONE, "test_gone.py")
    project.record()
    project.path.joinpath("test_gone.py").unlink()

    result = project.run("test_it.py")

    assert unused(result) == []


def test_a_live_run_finds_nothing_unused(project: Project) -> None:
    project.write(TWO)
    project.record()
    project.write(ONE)

    result = project.run("--llm-live", "--llm-unused=delete")

    assert unused(result) == []
    assert len(project.interactions()) == 2


def test_the_setting_may_stand_in_the_ini_file(project: Project) -> None:
    project.write(TWO)
    project.record()
    project.write(ONE)
    project.ini(llm_unused="fail")

    assert project.run().ret == pytest.ExitCode.TESTS_FAILED
    assert project.run("--llm-unused=warn").ret == 0
