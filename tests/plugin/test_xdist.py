"""Under pytest-xdist the run says and writes what it would alone."""

from __future__ import annotations

import pytest

from .project import Project, section
from .server import Provider

MANY = """
    import pytest

    @pytest.mark.parametrize("number", range({count}))
    def test_it(llm, number):
        assert llm.ask(f"Question {{number}}.").text
"""
THREE = """
    def test_one(llm):
        assert llm.ask("One.").text

    def test_two(llm):
        assert llm.ask("Two.").text == "{two}"

    def test_three(llm):
        assert llm.ask("Three.").text
"""


def test_workers_recording_into_one_cassette_lose_nothing_and_duplicate_nothing(
    project: Project, provider: Provider
) -> None:
    project.write(MANY.format(count=200))

    recorded = project.run("-n", "2", "--llm-record=once")

    recorded.assert_outcomes(passed=200)
    assert sorted(provider.asked) == sorted(f"Question {number}." for number in range(200))
    tests = [entry["test"] for entry in project.interactions()]
    assert sorted(tests) == sorted(f"test_it[{number}]" for number in range(200))
    assert project.files == ["__llm__/test_it/test_it.cassette.json"]
    assert section(recorded) == ["200 calls recorded ($0.0009 spent)."]
    project.run().assert_outcomes(passed=200)


def test_workers_that_record_what_is_missing_add_to_one_cassette(project: Project, provider: Provider) -> None:
    project.write(MANY.format(count=4))
    project.record()
    project.write(MANY.format(count=12))

    result = project.run("-n", "2", "--llm-record=missing")

    result.assert_outcomes(passed=12)
    assert len(provider.calls) == 12
    assert len(project.interactions()) == 12


def test_a_refresh_by_workers_that_changes_nothing_leaves_the_bytes(project: Project, provider: Provider) -> None:
    provider.always("Yes.")
    project.write(MANY.format(count=12))
    project.record()
    before = project.cassette().read_bytes()

    project.record("-n", "2", mode="all")

    assert len(provider.calls) == 24
    assert project.cassette().read_bytes() == before


def test_workers_replay(project: Project, provider: Provider) -> None:
    project.write(MANY.format(count=6))
    project.record()

    result = project.run("-n", "2")

    result.assert_outcomes(passed=6)
    assert section(result)[0].startswith("6 calls replayed (saved ")
    assert len(provider.calls) == 6


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_only_the_selected_tests_record(project: Project, provider: Provider, workers: tuple[str, ...]) -> None:
    project.write(THREE.format(two="answer 1"))

    result = project.run("--llm-record=once", "-k", "two", *workers)

    result.assert_outcomes(passed=1, deselected=0 if workers else 2)
    assert provider.asked == ["Two."]
    assert project.files == ["__llm__/test_it/test_two.cassette.json"]


def test_the_last_failed_run_again(project: Project, provider: Provider) -> None:
    project.write(THREE.format(two="no"))
    project.pytester.runpytest_inprocess("--llm-record=once")
    project.write(THREE.format(two="answer 2"))

    result = project.run("--lf", "-n", "2")

    result.assert_outcomes(passed=1)
    assert len(provider.calls) == 3


def test_a_run_that_stops_early_keeps_what_it_recorded(project: Project, provider: Provider) -> None:
    project.write(THREE.format(two="no"))

    result = project.run("--llm-record=once", "-x")

    result.assert_outcomes(passed=1, failed=1)
    assert project.answers("test_one") == ["answer 1"]
    assert project.answers("test_two") == ["answer 2"]
    assert provider.asked == ["One.", "Two."]


def test_workers_that_stop_early_keep_what_they_recorded(project: Project, provider: Provider) -> None:
    project.write("def test_it(llm):\n    assert llm.ask('One.').text == 'no'\n")

    result = project.run("--llm-record=once", "-x", "-n", "2")

    result.assert_outcomes(failed=1)
    assert project.answers() == ["answer 1"]


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_conftests_in_several_folders_do_no_harm(project: Project, workers: tuple[str, ...]) -> None:
    for folder in ("one", "two"):
        project.write("", f"{folder}/conftest.py")
        project.write(f"def test_it(llm):\n    assert llm.ask('{folder}').text\n", f"{folder}/test_{folder}.py")

    project.record(*workers)

    assert project.files == [
        "one/__llm__/test_one/test_it.cassette.json",
        "two/__llm__/test_two/test_it.cassette.json",
    ]


def test_a_worker_that_dies_loses_nothing_that_was_answered(project: Project, provider: Provider) -> None:
    project.write("""
        import os

        def test_it(llm):
            assert llm.ask("One.").text
            os._exit(1)
    """)
    project.run("-n", "1", "--llm-record=once", "--max-worker-restart=0")
    project.write("""
        def test_it(llm):
            assert llm.ask("One.").text
    """)

    result = project.run()

    result.assert_outcomes(passed=1)
    assert len(provider.calls) == 1
