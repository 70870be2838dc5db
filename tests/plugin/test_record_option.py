"""``--llm-record``: which mode holds, and what each mode reads and writes."""

from __future__ import annotations

import json

import pytest

from .project import Project, section
from .server import Answer, Provider

ONE = """
    def test_it(llm):
        assert llm.ask("Say hello.").text
"""
NOT_A_MODE = "is not a record mode. Valid modes: none, once, missing, all."


def marked(mode: str) -> str:
    return f"""
        import pytest

        @pytest.mark.llm(record={mode!r})
        def test_it(llm):
            assert llm.ask("Say hello.").text
    """


def test_nothing_is_recorded_unless_asked_for(project: Project, provider: Provider) -> None:
    project.write(ONE)

    result = project.run()

    assert result.ret == 1
    assert (provider.calls, project.files) == ([], [])


@pytest.mark.parametrize("mode", ["once", "missing", "all"])
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_every_recording_mode_records_an_absent_cassette_that_replays(
    project: Project, provider: Provider, mode: str, workers: tuple[str, ...]
) -> None:
    project.write(ONE)

    recorded = project.run(f"--llm-record={mode}", *workers)
    provider.shutdown()
    replayed = project.run()

    recorded.assert_outcomes(passed=1)
    replayed.assert_outcomes(passed=1)
    assert project.files == ["__llm__/test_it/test_it.cassette.json"]
    assert project.answers() == ["answer 1"]
    assert len(provider.calls) == 1


def test_once_records_every_request_of_a_test_without_cassette(project: Project) -> None:
    project.write("""
        def test_it(llm):
            assert [llm.ask("Roll a die.").text for _ in range(3)] == ["answer 1", "answer 2", "answer 3"]
            assert llm.ask("Say hello.").text == "answer 4"
    """)
    project.record(mode="once")

    result = project.run()

    result.assert_outcomes(passed=1)
    assert [entry["draw"] for entry in project.interactions()] == [1, 2, 3, 1]


def test_once_records_all_parameters_of_a_function_without_cassette(project: Project) -> None:
    project.write("""
        import pytest

        @pytest.mark.parametrize("city", ["Rome", "Oslo"])
        def test_it(llm, city):
            assert llm.ask(city).text
    """)
    project.record(mode="once")

    result = project.run()

    result.assert_outcomes(passed=2)
    assert [entry["test"] for entry in project.interactions()] == ["test_it[Rome]", "test_it[Oslo]"]


def test_once_does_not_add_parameters_to_a_cassette(project: Project, provider: Provider) -> None:
    source = """
        import pytest

        @pytest.mark.parametrize("city", {cities})
        def test_it(llm, city):
            assert llm.ask(city).text
    """
    project.write(source.format(cities=["Rome"]))
    project.record(mode="once")
    project.write(source.format(cities=["Rome", "Oslo"]))

    result = project.run("--llm-record=once")

    result.assert_outcomes(passed=1, failed=1)
    assert provider.asked == ["Rome"]


def test_missing_adds_what_is_not_there_and_calls_nothing_else(project: Project, provider: Provider) -> None:
    project.write(ONE)
    project.record()
    before = project.interactions()
    project.write("""
        def test_it(llm):
            assert llm.ask("Say hello.").text == "answer 1"
            assert llm.ask("Say goodbye.").text == "answer 2"
            assert llm.ask("Say hello.").text == "answer 3"
    """)

    project.record(mode="missing")

    assert provider.asked == ["Say hello.", "Say goodbye.", "Say hello."]
    assert project.interactions()[0] == before[0]
    assert project.answers() == ["answer 1", "answer 2", "answer 3"]
    project.run().assert_outcomes(passed=1)


def test_all_records_anew_and_forgets_what_is_no_longer_asked(project: Project, provider: Provider) -> None:
    project.write("""
        def test_it(llm):
            llm.ask("Say hello.")
            llm.ask("Say goodbye.")
    """)
    project.record()
    project.write(ONE)

    project.record(mode="all")

    assert project.answers() == ["answer 3"]


def test_all_leaves_the_bytes_untouched_when_the_answers_are_the_same(project: Project, provider: Provider) -> None:
    provider.always("Hello.")
    project.write("""
        def test_it(llm):
            llm.ask("Say hello.")
            list(llm.stream("Say it slowly."))
    """)
    project.record()
    before = project.cassette().read_bytes()

    project.record(mode="all")

    assert len(provider.calls) == 4
    assert project.cassette().read_bytes() == before


def test_all_changes_only_the_interaction_whose_answer_changed(project: Project, provider: Provider) -> None:
    provider.always("Hello.")
    project.write("""
        def test_it(llm):
            llm.ask("Say hello.")
            llm.ask("Say goodbye.")
    """)
    project.record()
    before = project.interactions()
    provider.reply = lambda call: Answer("Bye." if "bye" in call.text else "Hello.")

    project.record(mode="all")

    assert project.interactions()[0] == before[0]
    assert project.answers() == ["Hello.", "Bye."]


def test_all_of_one_parameter_keeps_the_others(project: Project) -> None:
    project.write("""
        import pytest

        @pytest.mark.parametrize("city", ["Rome", "Oslo"])
        def test_it(llm, city):
            assert llm.ask(city).text
    """)
    project.record()

    project.record("test_it.py::test_it[Oslo]", mode="all")

    assert project.answers() == ["answer 1", "answer 3"]


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_all_with_a_failing_test_keeps_the_old_cassette_and_says_how_to_adopt_the_new_one(
    project: Project, provider: Provider, workers: tuple[str, ...]
) -> None:
    project.write("""
        def test_it(llm):
            assert llm.ask("Say hello.").text == "answer 1"
    """)
    project.record()
    before = project.cassette().read_bytes()

    result = project.run("--llm-record=all", *workers)

    result.assert_outcomes(failed=1)
    folder = "__llm__/test_it"
    assert section(result) == [
        "1 call recorded (under $0.0001 spent).",
        f"{folder}/test_it.cassette.json stands as it was: test_it did not pass on the new recordings. "
        f"To adopt them: mv {folder}/test_it.rerecorded.json {folder}/test_it.cassette.json",
    ]
    assert project.cassette().read_bytes() == before
    project.run().assert_outcomes(passed=1)

    project.path.joinpath(folder, "test_it.rerecorded.json").rename(project.cassette())

    assert project.answers() == ["answer 2"]
    project.run().assert_outcomes(failed=1)
    assert len(provider.calls) == 2


def test_all_interrupted_keeps_the_old_cassette(project: Project, provider: Provider) -> None:
    source = """
        def test_it(llm):
            assert llm.ask("Say hello.").text
            {then}
            assert llm.ask("Say goodbye.").text
    """
    project.write(source.format(then="pass"))
    project.record()
    before = project.cassette().read_bytes()
    project.write(source.format(then="raise KeyboardInterrupt"))

    result = project.run("--llm-record=all", subprocess=True)

    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert project.cassette().read_bytes() == before
    project.write(source.format(then="pass"))
    project.run().assert_outcomes(passed=1)


def test_what_was_recorded_before_an_interruption_is_kept(project: Project, provider: Provider) -> None:
    project.write("""
        def test_it(llm):
            assert llm.ask("Say hello.").text
            raise KeyboardInterrupt
    """)
    project.run("--llm-record=once", subprocess=True)
    project.write(ONE)

    result = project.run()

    result.assert_outcomes(passed=1)
    assert len(provider.calls) == 1


def test_a_failed_test_keeps_what_it_recorded_first(project: Project, provider: Provider) -> None:
    project.write("""
        def test_it(llm):
            assert llm.ask("Say hello.").text == "something else"
    """)

    result = project.run("--llm-record=once")

    result.assert_outcomes(failed=1)
    assert project.answers() == ["answer 1"]


def test_live_neither_reads_nor_writes(project: Project, provider: Provider) -> None:
    project.write(ONE)
    project.record()
    before = project.cassette().read_bytes()
    project.write("""
        def test_it(llm):
            assert llm.ask("Say hello.").text == "answer 2"

        def test_new(llm):
            assert llm.ask("Say hello.").text == "answer 3"
    """)

    result = project.run("--llm-live")

    result.assert_outcomes(passed=2)
    assert section(result) == ["2 calls live (under $0.0001 spent)."]
    assert project.cassette().read_bytes() == before
    assert project.files == ["__llm__/test_it/test_it.cassette.json"]


@pytest.mark.parametrize(
    ("ini", "option", "marker", "recorded"),
    [
        pytest.param("", "", "", False, id="default"),
        pytest.param("once", "", "", True, id="ini over default"),
        pytest.param("none", "--llm-record=once", "", True, id="command line over ini"),
        pytest.param("once", "--llm-record=none", "", False, id="command line none over ini"),
        pytest.param("none", "--llm-record=none", "once", True, id="marker over command line"),
        pytest.param("once", "--llm-record=once", "none", False, id="marker none over command line"),
    ],
)
def test_marker_wins_over_command_line_over_ini_over_default(
    project: Project, ini: str, option: str, marker: str, recorded: bool
) -> None:
    if ini:
        project.ini(llm_record=ini)
    project.write(marked(marker) if marker else ONE)

    project.run(*filter(None, [option]))

    assert bool(project.files) is recorded


@pytest.mark.parametrize(
    ("ini", "option", "marker", "recorded"),
    [
        pytest.param("once", "", "", False, id="ini is ignored"),
        pytest.param("", "", "once", False, id="marker is ignored"),
        pytest.param("", "--llm-record=once", "", True, id="command line wins"),
    ],
)
def test_in_ci_only_the_command_line_records(
    project: Project, monkeypatch: pytest.MonkeyPatch, ini: str, option: str, marker: str, recorded: bool
) -> None:
    monkeypatch.setenv("CI", "true")
    if ini:
        project.ini(llm_record=ini)
    project.write(marked(marker) if marker else ONE)

    project.run(*filter(None, [option]))

    assert bool(project.files) is recorded


@pytest.mark.parametrize("value", ["false", "0", ""])
def test_a_false_ci_variable_is_no_ci(project: Project, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CI", value)
    project.ini(llm_record="once")
    project.write(ONE)

    project.run().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--llm-record=always", f"--llm-record='always' {NOT_A_MODE}"),
        ("--llm-unused=drop", "--llm-unused='drop' is not an action. Valid actions: warn, fail, delete."),
        ("--llm-max-calls=many", "--llm-max-calls='many' is not a whole number of at least 0."),
        ("--llm-max-calls=-1", "--llm-max-calls='-1' is not a whole number of at least 0."),
        ("--llm-max-cost=free", "--llm-max-cost='free' is not a number of at least 0."),
        ("--llm-max-cost=nan", "--llm-max-cost='nan' is not a number of at least 0."),
        ("--llm-concurrency=0", "--llm-concurrency='0' is not a whole number of at least 1."),
    ],
)
def test_a_wrong_value_is_a_usage_error_that_says_what_is_valid(project: Project, option: str, message: str) -> None:
    project.write(ONE)

    result = project.run(option)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert [line for line in result.errlines if line] == [f"ERROR: {message}"]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("llm_record", "always", f"llm_record='always' in the ini file {NOT_A_MODE}"),
        ("llm_max_age", "old", "llm_max_age='old' is not an age. Valid ages: 90d, 12w, 6m, 1y."),
    ],
)
def test_a_wrong_value_in_the_ini_file_is_a_usage_error_that_names_the_ini_option(
    project: Project, name: str, value: str, message: str
) -> None:
    project.ini(**{name: value})

    result = project.run()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert [line for line in result.errlines if line] == [f"ERROR: {message}"]


def test_a_wrong_mode_of_a_marker_is_told_by_its_test_alone(project: Project) -> None:
    project.write(marked("always"))

    result = project.run()

    result.stdout.fnmatch_lines(
        ["*ERROR at setup of test_it*", f"@pytest.mark.llm(record='always') {NOT_A_MODE}", "*short test summary*"]
    )
    assert result.ret != 0


@pytest.mark.parametrize("option", ["--llm-max-calls=5", "--llm-max-cost=1", "--llm-concurrency=2"])
def test_an_option_may_stand_in_the_ini_file(project: Project, option: str) -> None:
    name, _, value = option.removeprefix("--").partition("=")
    project.ini(**{name.replace("-", "_"): value})
    project.write(ONE)

    project.run("--llm-record=once").assert_outcomes(passed=1)


def test_the_cassette_reads_as_a_few_lines_of_json(project: Project) -> None:
    project.write(ONE)

    project.record()

    text = project.cassette().read_text("utf-8")
    assert json.loads(text)["version"] == 1
    assert text.endswith("}\n")
    assert len(text.splitlines()) < 25
    assert max(map(len, text.splitlines())) <= 120


def test_an_error_that_fails_its_test_is_recorded_and_said_to_be(project: Project, provider: Provider) -> None:
    project.write(ONE)
    provider.reply = lambda call: Answer(status=500, headers={"retry-after": "0"}, error="overloaded")
    result = project.run("--llm-record=once")

    result.assert_outcomes(failed=1)
    assert section(result) == [
        "3 calls recorded ($0.00 spent).",
        "1 test failed on calls that the provider answered with 500. These are recorded too; to ask again: "
        'pytest --llm-record=all "test_it.py::test_it"',
    ]


def test_an_error_that_a_retry_mends_is_not_mentioned(project: Project, provider: Provider) -> None:
    project.write(ONE)
    provider.script = [Answer(status=500, headers={"retry-after": "0"}, error="overloaded"), Answer("Hello.")]
    result = project.run("--llm-record=once")

    result.assert_outcomes(passed=1)
    assert section(result) == ["2 calls recorded (under $0.0001 spent)."]
