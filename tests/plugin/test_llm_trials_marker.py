"""``@pytest.mark.llm_trials``: a test function run n times, one verdict."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

import pytest
import scipy.special
import scipy.stats

from .project import Project, errors, section
from .server import Answer, Call, Provider

# pytester forgets what an inner run imports first, and numpy is imported once only.
assert scipy.special
assert scipy.stats

ASK = """
    import pytest

    @pytest.mark.llm_trials({marker})
    def test_it(llm):
        assert llm.ask("Well?").text {condition}
"""


def every(number: int, then: str, otherwise: str = "Yes.") -> Callable[[Call], Answer]:
    return lambda call: Answer(then if call.number % number == 0 else otherwise)


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_trials_have_one_verdict_and_draws_of_their_own(
    project: Project, provider: Provider, workers: tuple[str, ...]
) -> None:
    provider.reply = every(10, "No.")
    project.write(ASK.format(marker="20, rate=0.9", condition="== 'Yes.'"))
    recorded = project.run("--llm-record=once", "-v", *workers)
    replayed = project.run("-v", *workers)

    for result in (recorded, replayed):
        result.assert_outcomes(passed=1)
        assert any("PASSED" in line and "(18/20, 95% CI 0.70-0.97)" in line for line in result.outlines)
    assert len(provider.calls) == 20
    entries = project.interactions()
    assert [entry.get("trial", 1) for entry in entries] == list(range(1, 21))
    assert [entry["draw"] for entry in entries] == [1] * 20
    assert section(recorded) == [
        "20 calls recorded (under $0.0001 spent).",
        "Flaky as recorded: test_it.py::test_it  18/20.",
    ]
    assert section(replayed)[0].startswith("20 calls replayed")
    assert section(replayed)[1:] == ["Flaky at baseline: test_it.py::test_it  18/20; 18/20 when recorded."]


def test_a_failing_verdict_shows_the_first_failing_trial_in_full_and_counts_the_ways(
    project: Project, provider: Provider
) -> None:
    provider.reply = lambda call: Answer({3: "No.", 4: "No.", 6: "odd"}.get(call.number, "Yes."))
    project.write("""
        import pytest

        @pytest.mark.llm_trials(10, rate=0.8)
        def test_it(llm):
            text = llm.ask("Well?").text
            print("it said", text)
            if text == "odd":
                raise ValueError("odd answer")
            assert text == "Yes."
    """)
    result = project.run("--llm-record=once")

    result.assert_outcomes(failed=1)
    assert errors(result) == [
        "rate 0.50 >= 0.80  (3 of 6 trials, 95% CI 0.19-0.81; 2 of 10 may fail)",
        "2 x test_it.py:10  assert 'No.' == 'Yes.'  (trials 3, 4)",
        "1 x test_it.py:9  ValueError: odd answer  (trial 6)",
        "AssertionError: assert 'No.' == 'Yes.'",
        "",
        "- Yes.",
        "+ No.",
    ]
    assert "Trial 3, the first that failed:" in result.outlines
    assert "it said No." in result.outlines
    assert "it said odd" not in result.outlines


CONCURRENT = """
    import threading
    import pytest

    together = []

    @pytest.fixture
    def place(request):
        yield request.node

    @pytest.mark.llm_trials(12, rate=0.5, concurrent=True)
    def test_it(llm, llm_cassette, place, tmp_path):
        together.append(threading.current_thread().name)
        first = llm.ask("Well?").text
        second = llm.ask("Well?").text if int(first) % 2 else first
        third = llm.ask(f"Sure that it is {second}?").text
        assert [one.response.text for one in llm_cassette.interactions][0] == first
        assert len(llm_cassette) == (3 if int(first) % 2 else 2)
        (tmp_path / "own.txt").write_text(third)
        assert len(list(tmp_path.iterdir())) == 1
        assert int(third) % 5
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_concurrent_trials_replay_to_the_trials_that_asked(
    project: Project, provider: Provider, workers: tuple[str, ...]
) -> None:
    provider.reply = lambda call: Answer(str(call.number))
    provider.together = 4
    project.write(CONCURRENT)
    recorded = project.run("--llm-record=once", "--llm-concurrency=4", "-v", *workers)
    bytes_ = project.cassette().read_bytes()

    replayed = project.run("-v", *workers)

    recorded.assert_outcomes(passed=1)
    replayed.assert_outcomes(passed=1)
    said = [next(line for line in one.outlines if "95% CI" in line).partition("(")[2] for one in (recorded, replayed)]
    assert said[0] == said[1]
    assert provider.most_in_flight == 4
    assert project.cassette().read_bytes() == bytes_
    assert len(project.interactions()) == len(provider.calls)


def test_fixtures_and_instances_are_fresh_in_every_trial(project: Project) -> None:
    project.write("""
        import pytest

        log = []

        @pytest.fixture(scope="module")
        def once():
            log.append("module")
            yield
            log.append("module gone")

        @pytest.fixture
        def each(once):
            log.append("made")
            yield []
            log.append("gone")

        class TestIt:
            @pytest.mark.llm_trials(2)
            @pytest.mark.parametrize("number", [1, 2])
            def test_it(self, each, number, tmp_path, capsys):
                assert not hasattr(self, "number") and not each and not list(tmp_path.iterdir())
                self.number = number
                each.append(number)
                (tmp_path / "file").touch()
                print("out")
                assert capsys.readouterr().out == "out\\n"

        def test_log():
            assert log == ["module"] + ["made", "gone"] * 4
    """)
    result = project.run("-v")

    result.assert_outcomes(passed=3)
    assert [line.partition("::")[2].partition(" [")[0].strip() for line in result.outlines if "::test_it" in line] == [
        "TestIt::test_it[1] PASSED (2/2, 95% CI 0.34-1.00)",
        "TestIt::test_it[2] PASSED (2/2, 95% CI 0.34-1.00)",
    ]


def test_a_fixture_that_fails_is_an_error_and_no_low_rate(project: Project) -> None:
    project.write("""
        import pytest

        made = []

        @pytest.fixture
        def each():
            made.append(1)
            if len(made) == 3:
                raise RuntimeError("no database")

        @pytest.mark.llm_trials(5, rate=0.1)
        def test_it(each):
            assert len(made) == 1
    """)
    result = project.run()

    result.assert_outcomes(errors=1)
    assert errors(result) == ["RuntimeError: no database"]
    assert "Trial 3 of 5, after 2 trials of which 1 passed. What is no answer counts for no rate." in result.outlines


def test_a_teardown_that_fails_is_an_error_beside_the_verdict(project: Project) -> None:
    project.write("""
        import pytest

        made = []

        @pytest.fixture
        def each():
            made.append(1)
            yield
            assert len(made) != 2, "left open"

        @pytest.mark.llm_trials(3)
        def test_it(each):
            pass
    """)
    result = project.run("-v")

    result.assert_outcomes(passed=1, errors=1)
    assert "left open" in result.stdout.str()
    assert any("PASSED (3/3" in line for line in result.outlines)


def test_a_trial_that_is_not_recorded_is_unrecorded_with_its_command(project: Project, provider: Provider) -> None:
    project.write(ASK.format(marker="2", condition=""))
    project.record()
    project.write(ASK.format(marker="3", condition=""))

    result = project.run()

    result.assert_outcomes(failed=1)
    assert errors(result)[0] == (
        "pytest_llm.errors.CassetteMissError: No recording of trial 3 in __llm__/test_it/test_it.cassette.json "
        "(2 trials recorded). It asks gpt-4o-mini: 'Well?'."
    )
    assert "UNRECORDED" in project.run("-v").stdout.str()
    assert section(result)[1:] == [
        '1 test lacks a recording. Record it: pytest --llm-record=missing "test_it.py::test_it"',
    ]
    project.record(mode="missing")
    assert len(provider.calls) == 3


def test_a_test_recorded_once_is_its_own_first_trial(project: Project, provider: Provider) -> None:
    project.write(ASK.replace("@pytest.mark.llm_trials({marker})\n", "\n").format(condition=""))
    project.record()
    project.write(ASK.format(marker="2", condition=""))

    project.record(mode="missing")

    assert len(provider.calls) == 2
    assert project.answers() == ["answer 1", "answer 2"]
    assert project.run("--llm-unused=fail").ret == 0


def test_a_provider_in_trouble_is_no_bad_score(project: Project, provider: Provider) -> None:
    provider.reply = lambda call: Answer("Yes.") if call.number < 3 else Answer(status=500, error="overloaded")
    project.write("""
        import pytest

        def answer(client):
            try:
                return client.chat.completions.create(
                    model="gpt-4o-mini", messages=[{"role": "user", "content": "Well?"}]
                ).choices[0].message.content
            except Exception:
                return "Something went wrong."

        @pytest.mark.llm_trials(10, rate=0.1)
        def test_it(openai_client):
            assert answer(openai_client.with_options(max_retries=0)) == "Yes."
    """)
    result = project.run("--llm-record=once")

    result.assert_outcomes(failed=1)
    assert len(provider.calls) == 3
    assert "Trial 3 of 10, after 2 trials of which 2 passed. What is no answer counts for no rate." in result.outlines


SKIPS = """
    import pytest

    runs = []

    @pytest.mark.llm_trials(3)
    def test_it():
        runs.append(1)
        if len(runs) == {number}:
            pytest.skip("not today")
"""


def test_a_test_that_skips_is_skipped(project: Project) -> None:
    project.write(SKIPS.format(number=1))

    project.run().assert_outcomes(skipped=1)


def test_a_trial_that_skips_after_others_did_not_is_refused(project: Project) -> None:
    project.write(SKIPS.format(number=2))

    result = project.run()

    result.assert_outcomes(failed=1)
    assert "Trial 2 of 3 skipped after 1 trial that did not." in result.stdout.str()


@pytest.mark.parametrize(
    ("mark", "fails", "outcome"),
    [
        pytest.param("xfail", True, {"xfailed": 1}, id="fails"),
        pytest.param("xfail", False, {"xpassed": 1}, id="passes"),
        pytest.param("xfail(strict=True)", False, {"failed": 1}, id="passes-strict"),
        pytest.param("xfail(raises=ValueError)", True, {"failed": 1}, id="fails-otherwise"),
        pytest.param("skip", True, {"skipped": 1}, id="skip"),
    ],
)
def test_what_is_expected_of_a_test_is_expected_of_the_verdict(
    project: Project, mark: str, fails: bool, outcome: dict[str, int]
) -> None:
    project.write(f"""
        import pytest

        runs = []

        @pytest.mark.{mark}
        @pytest.mark.llm_trials(4, rate=0.7)
        def test_it():
            runs.append(1)
            assert len(runs) not in ({"2, 3" if fails else "3, "})
    """)
    project.run().assert_outcomes(**outcome)


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("10, rate=0.95, confidence=0.95", "can never pass: 10 of 10 passing trials do not show a rate of 0.95 at 95%"),
        ("10, rate=1.5", "rate=1.5 is not a rate that a test can fail: above 0, at most 1."),
        ("10, rate=0", "rate=0 is not a rate that a test can fail: above 0, at most 1."),
        ("0", "n=0 is not a number of trials: a whole number of at least 1."),
        ("5, rate=0.5, confidence=95", "confidence=95 is not a confidence: from 0.5 to below 1, as 0.95."),
        ("5, rate=1.0, confidence=0.95", "rate must be between 0 and 1"),
        ("5, often=True", "does not take often. Its arguments: n, rate, confidence, concurrent."),
        ("5, concurrent=4", "concurrent=4 is neither True nor False."),
        ("", "n=None is not a number of trials: a whole number of at least 1."),
    ],
)
def test_a_demand_that_cannot_be_met_is_refused_at_collection(project: Project, marker: str, message: str) -> None:
    project.write(ASK.format(marker=marker, condition=""))

    result = project.run()

    result.assert_outcomes(errors=1)
    said = result.stdout.str()
    assert message in said
    assert "test_it.py::test_it: @pytest.mark.llm_trials(" in said
    if "can never pass" in message:
        assert "It takes at least n=72." in said


def test_the_option_overrides_n_and_leaves_the_other_recordings_alone(project: Project, provider: Provider) -> None:
    project.write(ASK.format(marker="5", condition=""))
    project.record()

    fewer = project.run("--llm-trials=2", "--llm-unused=fail", "-v")

    fewer.assert_outcomes(passed=1)
    assert any("PASSED (2/2" in line for line in fewer.outlines)
    project.write(ASK.format(marker="2", condition=""))
    unused = section(project.run("--llm-unused=fail"))
    assert unused[1] == "The run fails: no test used recordings in 1 file (pytest --llm-unused=delete):"
    assert unused[2].count(", trial ") == 3


def test_a_demand_with_confidence_stops_as_soon_as_the_data_decide(project: Project, provider: Provider) -> None:
    provider.always("Yes.")
    project.write(ASK.format(marker="60, rate=0.5, confidence=0.95", condition="== 'Yes.'"))
    recorded = project.run("--llm-record=once", "-v")

    replayed = project.run("-v")

    asked = len(provider.calls)
    assert asked < 12
    for result in (recorded, replayed):
        result.assert_outcomes(passed=1)
        assert f"PASSED ({asked}/{asked}," in result.stdout.str()


@pytest.mark.parametrize("action", ["warn", "fail"])
def test_what_the_data_do_not_decide_is_undecided(project: Project, provider: Provider, action: str) -> None:
    project.ini(llm_undecided=action)
    provider.reply = every(2, "No.")
    project.write(ASK.format(marker="8, rate=0.5, confidence=0.95", condition="== 'Yes.'"))

    result = project.run("--llm-record=once", "-v")

    said = "UNDECIDED (4/8, 95% CI 0.22-0.78)"
    assert said in result.stdout.str()
    assert result.ret == (pytest.ExitCode.OK if action == "warn" else pytest.ExitCode.TESTS_FAILED)
    assert section(result)[2] == (
        "Undecided: test_it.py::test_it  rate 0.50 >= 0.50 at 95% confidence  (4 of 8 trials, 95% CI 0.22-0.78; "
        "the trials show neither this rate nor a lower one)"
    )


def test_reports_are_those_of_one_test(project: Project, provider: Provider) -> None:
    provider.reply = every(2, "No.")
    project.write(ASK.format(marker="4", condition="== 'Yes.'") + "\n    def test_after():\n        pass\n")

    result = project.run("--llm-record=once", "--junit-xml=junit.xml", "-x")

    result.assert_outcomes(failed=1)
    cases = ElementTree.parse(project.path / "junit.xml").getroot().findall(".//testcase")
    assert [case.get("name") for case in cases] == ["test_it"]
    failure = cases[0].find("failure")
    assert failure is not None
    assert failure.get("message") == "rate 0.50 >= 1.00  (1 of 2 trials, 95% CI 0.09-0.91; none of 4 may fail)"
    properties = {one.get("name"): one.get("value") for one in cases[0].iter("property")}
    assert properties == {"llm_trials": "1/2, 95% CI 0.09-0.91"}


def test_the_last_failed_run_again(project: Project, provider: Provider) -> None:
    provider.reply = every(2, "No.")
    project.write(ASK.format(marker="2", condition="== 'Yes.'") + "\n    def test_other():\n        pass\n")
    project.pytester.runpytest_inprocess("--llm-record=once").assert_outcomes(passed=1, failed=1)

    result = project.run("--lf")

    result.assert_outcomes(failed=1)
    assert len(provider.calls) == 2


def test_a_rate_that_fails_newly_is_told_from_one_that_failed_when_recorded(
    project: Project, provider: Provider
) -> None:
    provider.reply = every(4, "No.")
    project.write(ASK.format(marker="8, rate=0.5", condition="== 'Yes.'"))
    project.record()
    project.write(ASK.format(marker="8, rate=0.5", condition="== 'Yes.' and llm.model == 'another'"))

    result = project.run()

    result.assert_outcomes(failed=1)
    assert section(result)[1] == (
        "Newly failing: test_it.py::test_it  0/8; 6/8 when recorded: trials 1, 2, 3, 5, 6, 7 passed then."
    )


@pytest.mark.parametrize("present", [True, False], ids=["present", "absent"])
def test_a_plugin_that_reruns_failures_reruns_no_verdict(project: Project, present: bool) -> None:
    project.write("""
        import pytest

        runs = []

        @pytest.mark.llm_trials(4, rate=0.7)
        def test_it():
            runs.append(1)
            assert len(runs) > 3

        def test_runs():
            assert len(runs) == 2
    """)
    result = project.run(*(["--reruns=2"] if present else ["-p", "no:rerunfailures"]))

    result.assert_outcomes(failed=1, passed=1)


def test_asynchronous_tests_have_trials(project: Project, provider: Provider) -> None:
    project.write("""
        import pytest

        @pytest.mark.asyncio
        @pytest.mark.llm_trials(4, concurrent=True)
        async def test_asyncio(async_llm, llm_cassette):
            assert (await async_llm.ask("Well?")).text == (await async_llm.ask("Why?")).text.replace("y", "n")
            assert len(llm_cassette) == 2

        @pytest.mark.anyio
        @pytest.mark.llm_trials(2, concurrent=True)
        async def test_anyio(async_llm):
            await async_llm.ask("Well?")

        @pytest.fixture
        def anyio_backend():
            return "asyncio"
    """)
    provider.always("answer")
    recorded = project.run("--llm-record=once", "--llm-concurrency=4")

    replayed = project.run()

    recorded.assert_outcomes(passed=2)
    replayed.assert_outcomes(passed=2)
    assert len(provider.calls) == 10
    assert section(recorded)[1] == (
        "One after another: test_it.py::test_anyio in spite of concurrent=True, for its trials share an event loop."
    )


def test_a_thread_of_the_test_s_own_cannot_be_told_to_belong_to_a_concurrent_trial(
    project: Project, provider: Provider
) -> None:
    project.write("""
        import threading
        import pytest

        def quietly(call):
            try:
                call()
            except BaseException:
                pass

        @pytest.mark.llm_trials(2, concurrent=True)
        def test_it(llm):
            thread = threading.Thread(target=quietly, args=(lambda: llm.ask("Well?"),))
            thread.start()
            thread.join()
    """)
    result = project.run("--llm-record=once")

    result.assert_outcomes(failed=1)
    assert not provider.calls
    assert "from a thread of its own" in errors(result)[0]
