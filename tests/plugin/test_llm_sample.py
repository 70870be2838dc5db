"""``llm.sample``: asked concurrently, recorded in order, replayed, stopped early; what its failures say."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import chain, combinations

import pytest

from .project import Project, errors, section
from .server import Answer, Provider

SAMPLE = """
from pathlib import Path

def test_it(llm):
    sample = llm.sample("Hi", trials=12)
    with Path("texts.txt").open("a") as file:
        print(*sample.texts, sep=",", file=file)
"""
ASYNC = """
from pathlib import Path

import pytest


@pytest.mark.asyncio
async def test_it(async_llm):
    sample = await async_llm.sample("Hi", trials=12)
    with Path("texts.txt").open("a") as file:
        print(*sample.texts, sep=",", file=file)
"""
YES_OR_NO = """
from pytest_llm import at_least, contains_all


def is_yes(response):
    return response.text == "yes"


def brittle(response):
    return {"yes": True, "no": False}[response.text]


def test_it(llm):
"""


def texts(project: Project) -> list[list[str]]:
    return [line.split(",") for line in project.path.joinpath("texts.txt").read_text("utf-8").splitlines()]


def told(result: pytest.RunResult) -> list[str]:
    """Return what the summary says of samples that did not meet a demand."""
    lines = section(result)
    start = next(at for at, line in enumerate(lines) if "did not meet a demand" in line)
    return lines[start : start + 2]


def says(provider: Provider, words: str) -> None:
    """Let the provider answer with these words, in the order of its calls."""
    provider.script = [Answer({"y": "yes", "n": "no", "?": "maybe"}[word]) for word in words]


def body(project: Project, *lines: str) -> None:
    project.path.joinpath("test_it.py").write_text(
        YES_OR_NO + "".join(f"    {line}\n" for line in lines), encoding="utf-8"
    )


@pytest.mark.parametrize("source", [pytest.param(SAMPLE, id="threads"), pytest.param(ASYNC, id="tasks")])
def test_draws_are_asked_concurrently_and_replay_in_the_order_of_the_sample(
    project: Project, provider: Provider, source: str
) -> None:
    provider.together = 4
    project.write(source)
    project.record("--llm-concurrency=4")
    result = project.run()
    again = project.run("-n", "2")
    live, replayed, parallel = texts(project)

    result.assert_outcomes(passed=1)
    again.assert_outcomes(passed=1)
    assert provider.most_in_flight == 4
    assert sorted(live) == sorted(f"answer {number}" for number in range(1, 13))
    assert live == replayed == parallel
    assert sorted(entry["draw"] for entry in project.interactions()) == list(range(1, 13))
    assert section(result) == [section(again)[0]]
    assert re.fullmatch(r"12 calls replayed \(saved under \$0\.0001 and \d+\.\d s\)\.", section(result)[0])


def test_trials_are_overridden_on_the_command_line_and_in_the_ini_file(project: Project, provider: Provider) -> None:
    project.write(SAMPLE)
    project.ini(llm_trials="3")
    project.record()
    project.run("--llm-trials=2")

    assert [len(one) for one in texts(project)] == [3, 2]


def test_fewer_trials_than_are_recorded_leave_no_recording_unused(project: Project) -> None:
    project.write(SAMPLE)
    project.record()
    result = project.run("--llm-trials=2", "--llm-unused=delete")

    assert len(section(result)) == 1
    assert len(project.interactions()) == 12


@pytest.mark.parametrize("trials", ["0", "-3", "many", "1.5"])
def test_a_number_of_trials_that_is_none_is_a_usage_error(project: Project, trials: str) -> None:
    project.write(SAMPLE)
    result = project.run(f"--llm-trials={trials}")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --llm-trials={trials!r} is not a whole number of at least 1."])


def test_one_trial_more_than_recorded_is_a_miss_that_names_the_draw(project: Project, provider: Provider) -> None:
    project.write(SAMPLE)
    project.record("--llm-trials=5")
    result = project.run()
    added = project.run("--llm-record=missing")

    assert errors(result)[0].startswith(
        "pytest_llm.errors.CassetteMissError: No draw 6 of this request in __llm__/test_it/test_it.cassette.json: "
        "it was asked once more than its 5 recorded draws"
    )
    added.assert_outcomes(passed=1)
    assert len(provider.calls) == 12


def test_a_failing_call_keeps_what_was_paid_for_and_no_other_begins(project: Project, provider: Provider) -> None:
    provider.script = [Answer("one"), Answer("two"), Answer(status=400, error="too long")]
    project.write(SAMPLE)
    result = project.run("--llm-record=once", "--llm-concurrency=1")

    result.assert_outcomes(failed=1)
    assert "BadRequestError: Error code: 400" in "\n".join(errors(result))
    assert [entry["status"] for entry in project.interactions()] == [200, 200, 400]


def test_calls_in_flight_when_another_fails_are_recorded(project: Project, provider: Provider) -> None:
    provider.together = 8
    provider.script = [*[Answer("fine")] * 7, Answer(status=400, error="too long")]
    project.write(SAMPLE)
    result = project.run("--llm-record=once", "--llm-concurrency=8")

    result.assert_outcomes(failed=1)
    assert sorted(entry["status"] for entry in project.interactions())[:7] == [200] * 7


def test_calls_that_were_tried_again_replay(project: Project, provider: Provider) -> None:
    # Two, for the SDK asks twice more: whichever calls meet them, each is answered in the end.
    provider.script = [Answer(status=429, headers={"retry-after-ms": "1"}) for _ in range(2)]
    project.write(SAMPLE)
    project.record("--llm-concurrency=8")
    result = project.run()
    live, replayed = texts(project)

    result.assert_outcomes(passed=1)
    assert live == replayed
    assert len(live) == 12


def test_a_budget_ends_a_sample(project: Project, provider: Provider) -> None:
    project.write(SAMPLE)
    result = project.run("--llm-record=once", "--llm-max-calls=5")

    assert "5 of 5 live calls are used up" in errors(result)[0]
    assert len(project.interactions()) == 5


# -- stopping early --


def test_a_sample_stops_when_the_demand_is_decided_and_replays_as_it_stopped(
    project: Project, provider: Provider
) -> None:
    says(provider, "y" * 100)
    body(
        project,
        "mostly = at_least(0.7, is_yes)",
        "sample = llm.sample('Hi', trials=100, until=mostly)",
        "assert sample == mostly",
        "assert len(sample) == 16",
    )
    project.record("--llm-concurrency=3")
    result = project.run("--llm-concurrency=100")

    result.assert_outcomes(passed=1)
    assert len(provider.calls) == 16


def test_a_sample_that_stops_for_a_failure_says_so(project: Project, provider: Provider) -> None:
    says(provider, "n" * 100)
    body(
        project,
        "mostly = at_least(0.9, is_yes)",
        "sample = llm.sample('Hi', trials=100, until=mostly)",
        "assert sample == mostly",
    )
    result = project.run("--llm-record=once")

    assert errors(result) == [
        "assert rate 0.00 is at least 0.9  (FAIL at 95% confidence: 0 of 8 trials, 95% CI 0.00-0.55 at any time)",
        "trials 1-6 and 2 more: 'no'",
    ]
    assert len(provider.calls) == 8


def test_a_demand_that_stops_a_sample_and_is_never_compared_fails(project: Project, provider: Provider) -> None:
    says(provider, "y" * 100)
    body(project, "llm.sample('Hi', trials=100, until=at_least(0.7, is_yes))")
    result = project.run("--llm-record=once")

    assert "at_least(0.7, is_yes) was never compared." in result.stdout.str()


def test_too_few_trials_to_ever_decide_are_refused_before_any_call(project: Project, provider: Provider) -> None:
    body(project, "llm.sample('Hi', trials=20, until=at_least(0.95, is_yes))")
    result = project.run("--llm-record=once")

    assert re.match(
        r"pytest_llm\.errors\.ConfigurationError: llm\.sample\(trials=20, until=at_least\(0\.95, is_yes\)\) can never "
        r"decide for it: with a test that may stop at any time it takes at least \d+ at 95% confidence: trials=\d+\.",
        errors(result)[0],
    )
    assert provider.calls == []


# -- what failures say --


def test_a_rate_below_its_bound_names_the_trials_that_fail(project: Project, provider: Provider) -> None:
    says(provider, "yyyyyyyyyynnnyyynn?n")
    body(project, "sample = llm.sample('Hi', trials=20)", "assert sample.rate(is_yes) >= 0.95")
    result = project.run("--llm-record=once", "--llm-concurrency=1")

    assert errors(result) == [
        "assert rate 0.65 >= 0.95  (13 of 20 trials, 95% CI 0.43-0.82)",
        "trials 11-13, 17, 18, 20: 'no'",
        "trial 19: 'maybe'",
    ]


def test_a_rate_above_its_bound_names_the_trials_that_pass(project: Project, provider: Provider) -> None:
    says(provider, "yn")
    body(project, "sample = llm.sample('Hi', trials=2)", "assert 0.1 > sample.rate(is_yes)")
    result = project.run("--llm-record=once", "--llm-concurrency=1")

    assert errors(result) == ["assert rate 0.50 < 0.10  (1 of 2 trials, 95% CI 0.09-0.91)", "trial 1: 'yes'"]


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_demand_that_fails_says_its_claim_and_the_trials_that_fail_alone(
    project: Project, provider: Provider, workers: tuple[str, ...]
) -> None:
    says(provider, "y" * 5 + "n" * 15)
    body(project, "sample = llm.sample('Hi', trials=20)", "assert sample.rate(is_yes).at_least(0.8)")
    result = project.run("--llm-record=once", "--llm-concurrency=1", *workers)

    assert errors(result) == [
        "assert rate 0.25 is at least 0.8  (FAIL at 95% confidence: 5 of 20 trials, which show at most 0.456)",
        "trials 6-11 and 9 more: 'no'",
    ]


def test_a_predicate_that_raises_makes_the_trial_an_error(project: Project, provider: Provider) -> None:
    says(provider, "yy?n")
    body(project, "sample = llm.sample('Hi', trials=4)", "assert sample.rate(brittle) >= 0.5")
    result = project.run("--llm-record=once", "--llm-concurrency=1")

    assert errors(result) == [
        "assert rate 0.67 >= 0.50  (2 of 3 trials, 1 error, 95% CI 0.21-0.94)",
        "trial 3: KeyError: 'maybe'",
        "trial 4: 'no'",
    ]


def test_an_expectation_that_some_draws_miss_names_them(project: Project, provider: Provider) -> None:
    says(provider, "yyyn")
    body(project, "sample = llm.sample('Hi', trials=4)", "assert sample == contains_all('yes')")
    result = project.run("--llm-record=once", "--llm-concurrency=1")

    assert errors(result) == [
        "assert every draw == contains_all('yes')  (1 of 4 draws does not)",
        "trial 4: contains 'yes'  got 'no'",
    ]


def test_an_expectation_that_some_draws_meet_fails_its_opposite(project: Project, provider: Provider) -> None:
    says(provider, "yyyn")
    body(project, "sample = llm.sample('Hi', trials=4)", "assert sample != contains_all('no')")
    result = project.run("--llm-record=once", "--llm-concurrency=1")

    assert errors(result) == [
        "assert no draw == contains_all('no')  (1 of 4 draws does)",
        "trial 4: contains 'no'  got 'no'",
    ]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        pytest.param(
            "trials=0", "llm.sample(trials=0): a sample takes a whole number of trials, at least 1.", id="none"
        ),
        pytest.param(
            "trials=4, n=3",
            "llm.sample(n=3) asks one call for several choices, and an n of choices from one call is not n calls: they "
            "share what the provider routes, caches and batches. Use trials= alone.",
            id="choices",
        ),
        pytest.param(
            "trials=4, seed=7",
            "llm.sample(seed=7) makes the 4 trials copies of one draw, which tell nothing of the next. Leave seed out.",
            id="seed",
        ),
    ],
)
def test_what_gives_no_draws_is_refused_before_any_call(
    project: Project, provider: Provider, call: str, said: str
) -> None:
    body(project, f"llm.sample('Hi', {call})")
    result = project.run("--llm-record=once")

    assert errors(result) == [f"pytest_llm.errors.ConfigurationError: {said}"]
    assert provider.calls == []


# -- undecided, confidence --


def test_an_undecided_demand_warns_and_the_ini_file_makes_it_fail(project: Project, provider: Provider) -> None:
    says(provider, "y" * 29 + "n")
    body(project, "sample = llm.sample('Hi', trials=30)", "assert sample == at_least(0.9, is_yes)")
    project.ini(filterwarnings="default")
    recorded = project.record()
    project.ini(llm_undecided="fail")
    result = project.run()
    project.ini(llm_undecided="perhaps")
    wrong = project.run()

    said = "rate 0.97 is at least 0.9  (UNDECIDED at 95% confidence: 29 of 30 trials, which show at least 0.851; "
    recorded.assert_outcomes(passed=1, warnings=1)
    recorded.stdout.fnmatch_lines(["*test_it.py:*: UndecidedWarning: " + said + "*"])
    assert errors(result)[0].startswith(f"assert {said}")
    wrong.stderr.fnmatch_lines(["ERROR: llm_undecided='perhaps' is not an action. Valid actions: warn, fail."])


def test_the_ini_file_gives_the_confidence(project: Project, provider: Provider) -> None:
    says(provider, "ynyn")
    body(project, "sample = llm.sample('Hi', trials=4)", "assert repr(sample.rate(is_yes)) == ''")
    project.ini(llm_confidence="0.8")
    result = project.run("--llm-record=once")
    project.ini(llm_confidence="80")
    wrong = project.run()

    assert "80% CI" in result.stdout.str()
    wrong.stderr.fnmatch_lines(
        ["ERROR: llm_confidence='80' is not a confidence: a number from 0.5 to below 1, as 0.95."]
    )


# -- many at once --


def wealth(stakes: Sequence[float], failures: int, bound: float) -> float:
    """Return what bets of fixed shares on a failure come to when each trial is one, at the fair odds of the bound."""
    return sum(math.prod([1 + stake * bound / (1 - bound)] * failures) for stake in stakes) / len(stakes)


def upheld(e_values: Sequence[float], alpha: float) -> int:
    """Return the size of the largest set that is self-consistent: each of it at least m / (alpha x its size)."""
    sets = chain.from_iterable(combinations(e_values, size) for size in range(len(e_values) + 1))
    return max(len(one) for one in sets if all(e >= len(e_values) / (alpha * len(one)) for e in one))


@pytest.mark.parametrize(
    ("bounds", "failed", "stand"),
    [
        pytest.param({"no, never": 0.9, "no": 0.5, "yes": 0.5}, 2, 1, id="one of two among three"),
        pytest.param({"no, never": 0.9, "no": 0.5}, 2, 2, id="both of two"),
        pytest.param({"no": 0.5, "yes": 0.5}, 1, 0, id="none"),
    ],
)
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_failures_of_samples_drawn_until_decided_are_told_with_what_e_bh_upholds(
    project: Project, provider: Provider, workers: tuple[str, ...], bounds: dict[str, float], failed: int, stand: int
) -> None:
    provider.reply = lambda call: Answer(call.text)
    project.write(
        f"""
        import pytest

        from pytest_llm import at_least

        BOUNDS = {bounds!r}

        @pytest.mark.parametrize("kind", BOUNDS)
        def test_it(llm, kind):
            mostly = at_least(BOUNDS[kind], lambda one: one.text == "yes")
            assert llm.sample(kind, trials=100, until=mostly) == mostly
        """
    )
    result = project.run("--llm-record=once", *workers)
    # The stakes of the side away from the nearer end of [0, 1]: 1 - sqrt(1 - place), in twenty places.
    stakes = [1 - math.sqrt(1 - (place + 0.5) / 20) for place in range(20)]
    e_values = [0.0 if kind == "yes" else wealth(stakes, 8, bound) for kind, bound in bounds.items()]

    assert section(result)[-1] == (
        f"{len(bounds)} samples drawn until decided: {failed} failed, of which e-BH upholds {stand} at a false "
        "discovery rate of 5%."
    )
    assert upheld(e_values, 0.05) == stand


# -- flaky or newly failing --


def test_the_summary_tells_what_the_recorded_draws_did_too(project: Project, provider: Provider) -> None:
    says(provider, "yyyynnnnnn")
    body(project, "sample = llm.sample('Hi', trials=10)", "assert sample.rate(is_yes) >= 0.9")
    project.run("--llm-record=once", "--llm-concurrency=1")
    replayed = project.run()
    says(provider, "n" * 10)
    anew = project.run("--llm-record=all")

    assert told(replayed) == [
        "1 sample did not meet a demand:",
        "  test_it.py::test_it: flaky at baseline: rate 0.40 >= 0.90, and these are the recorded draws",
    ]
    assert told(anew) == [
        "1 sample did not meet a demand:",
        "  test_it.py::test_it: flaky at baseline: rate 0.00 >= 0.90; 4 of 10 recorded draws passed (Fisher p = 0.087)",
    ]


@pytest.mark.parametrize("options", [("--llm-record=all",), ("--llm-live",), ("--llm-record=all", "-n", "2")])
def test_what_the_recorded_draws_did_not_is_newly_failing(
    project: Project, provider: Provider, options: tuple[str, ...]
) -> None:
    says(provider, "y" * 10)
    body(project, "sample = llm.sample('Hi', trials=10)", "assert sample.rate(is_yes) >= 0.9")
    project.record()
    says(provider, "nnnnnyyyyy")
    result = project.run(*options)

    assert told(result) == [
        "1 sample did not meet a demand:",
        "  test_it.py::test_it: newly failing: rate 0.50 >= 0.90; 10 of 10 recorded draws passed (Fisher p = 0.033)",
    ]


def test_a_new_prompt_has_no_recorded_draws(project: Project, provider: Provider) -> None:
    provider.reply = lambda call: Answer("yes" if call.text == "Hi" else "no")
    body(project, "sample = llm.sample('Hi', trials=4)", "assert sample.rate(is_yes) >= 0.9")
    project.record()
    body(project, "sample = llm.sample('Ho', trials=4)", "assert sample.rate(is_yes) >= 0.9")
    result = project.run("--llm-record=missing")

    assert told(result) == [
        "1 sample did not meet a demand:",
        "  test_it.py::test_it: rate 0.00 >= 0.90; no recorded draws to compare with",
    ]


def test_power_says_what_the_trials_would_show(project: Project, provider: Provider) -> None:
    says(provider, "yyyyyyyyyn")
    body(project, "sample = llm.sample('Hi', trials=10)", "assert sample.rate(is_yes) >= 0.5")
    project.record()
    result = project.run("--llm-power")

    assert section(result)[1:] == [
        "Drops that the samples would show at 80% power and 95% confidence:",
        "  test_it.py::test_it: 10 trials a side near rate 0.83 show a drop of 0.59; a drop of 0.05 takes 972",
    ]


def test_power_without_a_sample_says_so(project: Project) -> None:
    project.write("def test_it():\n    pass\n")
    result = project.run("--llm-power")

    assert section(result) == ["--llm-power found no sample in the tests that ran."]


def test_the_mean_similarity_of_a_sample_is_recorded(project: Project, provider: Provider) -> None:
    project.write(
        """
        class Embedder:
            def embed(self, texts):
                return [[1.0, 0.0] if text == "yes" else [0.6, 0.8] for text in texts]

        def pytest_llm_embedder(config, name):
            return Embedder()
        """,
        "conftest.py",
    )
    says(provider, "yyn")
    body(
        project,
        "sample = llm.sample('Hi', trials=3)",
        "assert round(sample.similarity(), 6) == round((1 + 0.6 + 0.6) / 3, 6)",
    )
    project.record()
    project.path.joinpath("conftest.py").unlink()
    result = project.run()

    result.assert_outcomes(passed=1)
