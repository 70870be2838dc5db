"""``@pytest.mark.llm_trials``: a test function run n times, one verdict."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from .project import Project, errors, section
from .server import Answer, Call, Provider

ASK = """
    import pytest

    @pytest.mark.llm_trials({marker})
    def test_it(llm):
        assert llm.ask("Well?").text {condition}
"""


def every(number: int, then: str, otherwise: str = "Yes.") -> object:
    return lambda call: Answer(then if call.number % number == 0 else otherwise)


def verdicts(result: pytest.RunResult) -> list[str]:
    """Return the lines of verbose output that tell of tests, without their names' module and the percentage."""
    lines = [line.rpartition(" [")[0].strip() or line for line in result.outlines if "::" in line and "[" in line]
    return [" ".join(line.split()) for line in lines]


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
    provider.seconds = 0.02
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
