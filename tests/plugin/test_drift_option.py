"""``--llm-drift`` and ``--llm-baseline``: has the provider changed since its answers were recorded?"""

from __future__ import annotations

import json
import random
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_llm.drift.history import Run, runs

from .project import Project
from .server import Answer, Call, Provider

ASK = """
    def test_it(llm):
        assert "days" in llm.ask("How long?", temperature=1).text
"""
BEFORE = ["within 30 days", "30 days, as always", "you have 30 days"]
AFTER = ["never", "not in my lifetime", "ask somebody else"]


def one_of(answers: Sequence[str], **rest: Any) -> Callable[[Call], Answer]:
    """Return a provider that draws from these answers, at temperature 0 always the first."""
    rng = random.Random(0)
    return lambda call: Answer(answers[0] if call.body.get("temperature") == 0 else rng.choice(answers), **rest)


def lines(result: pytest.RunResult) -> list[str]:
    """Return our section, without what varies: p-values, what could have been seen."""
    found = result.outlines
    start = next(index for index, line in enumerate(found) if "- llm drift -" in line)
    end = next(index for index in range(start + 1, len(found)) if found[index].startswith("="))
    return found[start + 1 : end]


def recordings(project: Project) -> dict[str, bytes]:
    return {name: (project.path / name).read_bytes() for name in project.files}


def verdicts(result: pytest.RunResult) -> list[str]:
    """Return the verdict of each item, the longest words first."""
    return [line.partition("  ")[2].partition(":")[0] for line in lines(result) if line.startswith("test_it.py::")]


@pytest.fixture
def recorded(project: Project, provider: Provider) -> Project:
    """Give a project with a recorded test and a baseline of ten draws."""
    provider.reply = one_of(BEFORE)
    project.write(ASK)
    project.record()
    assert project.run("--llm-baseline").ret == 0
    provider.calls.clear()
    return project


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_provider_that_did_not_change_is_unchanged(
    recorded: Project, provider: Provider, workers: tuple[str, ...]
) -> None:
    before = recordings(recorded)

    result = recorded.run("--llm-drift", *workers)

    assert result.ret == 0
    assert verdicts(result) == ["UNCHANGED"]
    assert lines(result)[0] == "1 item: 1 UNCHANGED  (14 live calls, under $0.0001 spent)."
    assert len(provider.calls) == 14
    assert recordings(recorded) == before


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_changed_provider_fails_the_item_and_the_run(
    recorded: Project, provider: Provider, workers: tuple[str, ...]
) -> None:
    before = recordings(recorded)
    provider.reply = one_of(AFTER)

    result = recorded.run("--llm-drift", *workers)

    assert result.ret == 1
    assert verdicts(result) == ["FAIL BEHAVIOUR CHANGED"]
    said = "\n".join(lines(result))
    assert "worse: pass rate 1.000 → 0.000" in said
    assert "confirmed in a fresh session" in said
    assert "  most changed: How long?\n    - " in said
    assert "1 request asked at temperature 0 as well, which the test does not" in said
    assert "the baseline is one session, which may be what is odd where a provider's sessions differ; several: " in said
    assert recordings(recorded) == before


def test_an_item_is_named_selected_and_reported_like_a_test(recorded: Project) -> None:
    recorded.write(ASK + "    def test_other(llm):\n        llm.ask('x')\n    def test_plain():\n        pass\n")

    result = recorded.run("--llm-drift", "-v", "--junitxml=junit.xml", "test_it.py::test_it[drift]")
    result.assert_outcomes(passed=1)
    narrowed = recorded.run("--llm-drift", "-k", "other")

    assert any(re.search(r"test_it\.py::test_it\[drift\] UNCHANGED +\[100%\]", line) for line in result.outlines)
    assert '<property name="llm_drift" value="UNCHANGED"' in Path("junit.xml").read_text("utf-8")
    assert narrowed.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_the_evidence_of_a_failure_is_told_once(recorded: Project, provider: Provider) -> None:
    provider.reply = one_of(AFTER)

    whole, short = (recorded.run("--llm-drift", f"--tb={style}") for style in ("auto", "no"))

    rungs = ("identity", "greedy", "text", "behaviour")
    assert [whole.stdout.str().count(f"\n  {rung}: ") for rung in rungs] == [1, 1, 1, 1]
    assert not [line for line in lines(whole) if line.startswith("  behaviour: ")]
    assert [line.partition(":")[0].strip() for line in lines(short)[2:6]] == list(rungs)


def test_each_of_three_items_of_one_request_sees_another_provider(project: Project, provider: Provider) -> None:
    provider.reply = one_of(BEFORE)
    project.write("".join(ASK.replace("test_it", f"test_{name}").replace("long", name) for name in ("a", "b", "c")))
    project.record()
    project.run("--llm-baseline")
    provider.reply = one_of(AFTER)
    result = project.run("--llm-drift")

    assert [line.split("  ")[1].partition(":")[0] for line in lines(result) if line.startswith("test_it.py")] == [
        "FAIL BEHAVIOUR CHANGED"
    ] * 3
    assert result.ret == 1


def test_the_tests_are_run_on_some_draws_of_every_session(project: Project, provider: Provider) -> None:
    provider.reply = one_of(BEFORE)
    project.write(ASK)
    project.record()
    for _ in range(3):
        project.run("--llm-baseline", "--llm-baseline-sessions=3")
    provider.reply = one_of(AFTER)
    result = project.run("--llm-drift")

    (behaviour,) = (line for line in result.outlines if line.startswith("  behaviour: "))
    assert "by session = 0.25" in behaviour  # of three sessions and a fresh one
    assert "20 + " in behaviour


def test_the_evidence_of_what_did_not_change_is_told_with_v(recorded: Project) -> None:
    quiet, verbose = (lines(recorded.run("--llm-drift", *options)) for options in ((), ("-v",)))

    assert [line.partition(":")[0] for line in quiet[2:]] == [
        "  1 request asked at temperature 0 as well, which the test does not"
    ]
    assert [line.partition(":")[0] for line in verbose[2:]] == [
        "  identity",
        "  greedy",
        "  text",
        "  behaviour",
        "  1 request asked at temperature 0 as well, which the test does not",
    ]


def test_items_without_a_verdict_are_told_and_fail_nothing_beside_others(recorded: Project, provider: Provider) -> None:
    answer = one_of(BEFORE)
    recorded.write(ASK + "    def test_other(llm):\n        llm.ask('x')\n")
    recorded.record()
    provider.reply = lambda call: answer(call) if call.text == "How long?" else Answer(status=500)

    result = recorded.run("--llm-drift")

    assert lines(result)[1].startswith(
        "The suite: COULD NOT MEASURE: 1 of 2 items could not be measured; no difference"
    )
    assert verdicts(result) == ["UNCHANGED", "COULD NOT MEASURE"]
    assert lines(result)[-1] == (
        "1 of 2 items not measured, which is not UNCHANGED: to fail such a run, add unmeasured to llm_drift_fail_on."
    )
    assert result.ret == 0


def test_parameters_are_one_item_and_what_is_not_recorded_is_left_out(project: Project, provider: Provider) -> None:
    provider.reply = one_of(BEFORE)
    project.write(
        """
        import pytest

        @pytest.mark.parametrize("what", ["a", "b"])
        def test_it(llm, what):
            assert llm.ask(what).text

        class TestMore:
            @pytest.mark.asyncio
            async def test_in_class(self, async_llm):
                assert (await async_llm.ask("c")).text

        def test_plain():
            pass
        """
    )
    project.record()

    result = project.run("--llm-drift", "--collect-only", "-q")

    assert result.outlines[:2] == ["test_it.py::test_it[drift]", "test_it.py::TestMore::test_in_class[drift]"]
    assert project.run("--llm-baseline").ret == 0
    assert {entry["test"] for entry in baseline(project)} == {"test_it[a]", "test_it[b]"}
    both = [*baseline(project), *baseline(project, "TestMore.test_in_class")]
    assert len({entry["session"] for entry in both}) == 1


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
@pytest.mark.parametrize("option", ["--llm-drift", "--llm-baseline"])
def test_tests_without_a_recording_are_told_how_to_get_one(
    project: Project, option: str, workers: tuple[str, ...]
) -> None:
    project.write(ASK)

    result = project.run(option, *workers)

    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert lines(result) == ["No selected test has a recording. Record first: pytest --llm-record=once"]


DRAWN = """
    from hypothesis import given, settings
    from pytest_llm import strategies as llm_st

    @settings(max_examples=3, deadline=None)
    @given(variant=llm_st.prompts_like("How long may it take?", ["typos"]))
    def test_it(llm, variant):
        llm.ask("How long?", temperature=1)
        assert "days" in llm.ask(variant, temperature=1).text
"""
RELATED = """
    from pytest_llm import strategies as llm_st

    @llm_st.metamorphic(invariant=["typos", "case"], of=["How long may it take?"], variants=2)
    def test_it(llm, original, variant):
        assert ("days" in llm.ask(variant).text) == ("days" in llm.ask(original).text) == True
"""


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        pytest.param(DRAWN, "BEHAVIOUR", id="hypothesis"),
        pytest.param(RELATED, "DISTRIBUTION", id="relations"),  # asks its original thrice a run: too few outcomes
    ],
)
def test_a_property_is_tried_with_its_recorded_examples(
    project: Project, provider: Provider, code: str, kind: str
) -> None:
    provider.reply = one_of(BEFORE)
    project.write(code)
    project.record()
    assert project.run("--llm-baseline").ret == 0
    asked = {entry["request"]["messages"][-1]["content"] for entry in project.interactions()}
    before = recordings(project)
    provider.calls.clear()

    same = project.run("--llm-drift")
    probed = {call.text for call in provider.calls}
    provider.reply = one_of(AFTER)
    changed = project.run("--llm-drift")

    assert probed == asked
    assert verdicts(same) == ["UNCHANGED"]
    assert verdicts(changed) == [f"FAIL {kind} CHANGED"]
    assert "  behaviour: pass rate 1.000 → 0.000" in changed.stdout.str()
    assert recordings(project) == before


def baseline(project: Project, test: str = "test_it") -> list[dict[str, Any]]:
    path = project.path / "__llm__" / "test_it" / f"{test}.drift.json"
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["interactions"]
    return found


def test_a_baseline_holds_draws_of_each_request_and_of_its_greedy_twin(project: Project, provider: Provider) -> None:
    provider.reply = one_of(BEFORE, top={"30": -0.1, "you": -2.5})
    project.write(ASK)
    project.record()
    before = project.cassette().read_bytes()

    result = project.run("--llm-baseline", "--llm-trials=4")

    assert lines(result) == [
        "__llm__/test_it/test_it.drift.json: 8 draws of 1 request, 1 of them at temperature 0 as well recorded; "
        "1 session stands there (8 calls, under $0.0001 spent)."
    ]
    assert [(entry["request"]["temperature"], entry.get("probe", "")) for entry in baseline(project)] == [
        *[(1, "")] * 4,
        *[(0, "greedy")] * 4,
    ]
    assert all(entry["request"]["logprobs"] for entry in baseline(project))
    assert {json.dumps(entry["logprobs"]) for entry in baseline(project)} == {
        '{"top": {"30": -0.1, "you": -2.5}, "chosen": [-0.1], "likeliest": [-0.1]}'
    }
    assert all("logprobs" not in json.dumps(entry["response"]) for entry in baseline(project))
    assert len({entry["session"] for entry in baseline(project)}) == 1
    assert project.cassette().read_bytes() == before


def test_an_endpoint_without_log_probabilities_is_asked_for_them_once(project: Project, provider: Provider) -> None:
    provider.reply = lambda call: Answer("30 days", status=400 if "logprobs" in call.body else 200)
    project.write(ASK)
    project.record()
    provider.calls.clear()

    project.run("--llm-baseline", "--llm-trials=3")

    assert ["logprobs" in call.body for call in provider.calls] == [True, *[False] * 6]
    assert len(baseline(project)) == 6


def test_changed_log_probabilities_are_seen_where_texts_are_the_same(project: Project, provider: Provider) -> None:
    provider.reply = one_of(BEFORE[:1], top={"30": -0.1, "you": -2.5})
    project.write(ASK)
    project.record()
    project.run("--llm-baseline")
    provider.reply = one_of(BEFORE[:1], top={"30": -0.3, "you": -1.5})

    result = project.run("--llm-drift")

    assert verdicts(result) == ["FAIL DISTRIBUTION CHANGED"]
    assert "  log-probabilities: first-token log-probabilities differ" in result.stdout.str()
    assert result.ret == 1


def test_another_served_model_is_a_fact(recorded: Project, provider: Provider) -> None:
    provider.reply = one_of(BEFORE, model="gpt-5-nano")

    result = recorded.run("--llm-drift")

    assert verdicts(result) == ["FAIL IDENTITY CHANGED"]
    assert "the served model changed: gpt-4o-mini → gpt-5-nano" in "\n".join(lines(result))


def test_sessions_are_added_one_a_run_until_there_are_enough(project: Project, provider: Provider) -> None:
    provider.reply = one_of(BEFORE)
    project.write(ASK)
    project.record()
    added = ("--llm-baseline", "--llm-baseline-sessions=2", "--llm-trials=3")
    first = project.run(*added)
    project.run(*added)
    provider.calls.clear()

    result = project.run(*added)

    assert provider.calls == []
    assert "recorded; 1 of 2 sessions stands there, 1 more run to go (" in lines(first)[0]
    assert lines(result) == ["__llm__/test_it/test_it.drift.json: 2 sessions stand there; nothing was asked."]
    assert len({entry["session"] for entry in baseline(project)}) == 2
    assert len(baseline(project)) == 12


def test_recordings_are_the_baseline_where_there_is_none(project: Project, provider: Provider) -> None:
    provider.reply = one_of(BEFORE)
    project.write(ASK)
    project.record()

    result = project.run("--llm-drift")

    assert verdicts(result) == ["NOT ENOUGH EVIDENCE"]
    assert lines(result)[-2:] == [
        "  the recordings are the baseline; a better one: pytest --llm-baseline",
        "1 of 1 item undecided, which is not UNCHANGED: to fail such a run, add not-enough to llm_drift_fail_on.",
    ]
    assert result.ret == 0


# -- trouble with the provider --


def test_a_third_of_failing_calls_changes_no_verdict(recorded: Project, provider: Provider) -> None:
    answer, rng = one_of(BEFORE), random.Random(3)
    provider.reply = lambda call: Answer(status=rng.choice([429, 500])) if rng.random() < 0.3 else answer(call)
    before = recordings(recorded)

    result = recorded.run("--llm-drift")

    assert verdicts(result)[0] in ("UNCHANGED", "NOT ENOUGH EVIDENCE")
    assert recordings(recorded) == before


@pytest.mark.parametrize(
    ("answers", "status", "why"),
    [
        pytest.param(0, 401, "the provider answers 401", id="wrong key"),
        pytest.param(3, 500, "the provider answers 500", id="dies half-way"),
    ],
)
def test_a_provider_of_no_use_is_never_unchanged(
    recorded: Project, provider: Provider, answers: int, status: int, why: str
) -> None:
    answer = one_of(BEFORE)
    provider.reply = lambda call: answer(call) if call.number <= answers else Answer(status=status)
    before = recordings(recorded)

    result = recorded.run("--llm-drift", "--llm-concurrency=2")

    assert verdicts(result) == ["COULD NOT MEASURE"]
    assert why in "\n".join(lines(result))
    assert "calls failed" not in "\n".join(lines(result))  # draws that were never sent are no calls
    assert lines(result)[-1] == (
        "Nothing was measured: this run says nothing of the provider (exit code 5; see llm_drift_fail_on)."
    )
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert recordings(recorded) == before


def test_a_server_that_is_gone_could_not_be_measured(recorded: Project, provider: Provider) -> None:
    recorded.ini(llm_base_url="http://127.0.0.1:9/v1")

    result = recorded.run("--llm-drift")

    assert verdicts(result) == ["COULD NOT MEASURE"]
    assert "COULD NOT MEASURE: 127.0.0.1:9 does not answer: " in "\n".join(lines(result))
    assert provider.calls == []


def test_a_budget_that_is_used_up_is_kept_and_told(recorded: Project, provider: Provider) -> None:
    result = recorded.run("--llm-drift", "--llm-max-calls=3")
    none = recorded.run("--llm-drift", "--llm-max-calls=0")

    assert len(provider.calls) <= 3
    assert verdicts(result) == ["NOT ENOUGH EVIDENCE"]
    assert verdicts(none) == ["COULD NOT MEASURE"]
    assert "0 of 0 live calls are used up" in "\n".join(lines(none))
    assert lines(result)[-1] == (
        "1 of 1 item undecided within --llm-max-calls=3, which is not UNCHANGED: to fail such a run, "
        "add not-enough to llm_drift_fail_on."
    )
    assert [result.ret, none.ret] == [pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED]


def test_a_provider_that_wants_to_rest_for_long_is_not_waited_for(recorded: Project, provider: Provider) -> None:
    recorded.write(ASK + ASK.replace("test_it", "test_other"))
    recorded.record()
    provider.calls.clear()
    provider.reply = lambda call: Answer(status=429, headers={"retry-after": "3600"})

    result = recorded.run("--llm-drift")

    assert verdicts(result) == ["COULD NOT MEASURE", "COULD NOT MEASURE"]
    assert "\n".join(lines(result)).count("the provider answers 429 and wants to rest for 3,600 s; ") == 2
    assert len(provider.calls) <= 4


@pytest.fixture
def ctrl_c() -> Iterator[Callable[[], None]]:
    """Give what interrupts this process as Ctrl-C does, also where its parent ignores interrupts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield lambda: signal.raise_signal(signal.SIGINT)
    signal.signal(signal.SIGINT, before)


def test_what_a_baseline_that_is_interrupted_has_paid_for_is_kept_beside_the_old_one(
    recorded: Project, provider: Provider, ctrl_c: Callable[[], None]
) -> None:
    answer, before = one_of(BEFORE), baseline(recorded)
    recorded.run("--llm-baseline")
    assert len(baseline(recorded)) == len(before)
    provider.calls.clear()

    def interrupting(call: Call) -> Answer:
        if call.number == 30:
            ctrl_c()
        return answer(call)

    provider.reply = interrupting
    result = recorded.run("--llm-baseline", "--llm-trials=99")

    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "Interrupted: Ctrl-C; what was answered is kept" in result.stdout.str()
    assert len(baseline(recorded)) == len(before) + len(provider.calls)
    assert len(provider.calls) < 99


def test_a_baseline_that_fails_in_part_stands_beside_the_old_one(recorded: Project, provider: Provider) -> None:
    answer, before = one_of(BEFORE), len(baseline(recorded))
    provider.reply = lambda call: answer(call) if call.number <= 4 else Answer(status=401)

    result = recorded.run("--llm-baseline")
    partly = len(baseline(recorded))
    provider.reply = answer
    recorded.run("--llm-baseline")

    assert result.ret == 1
    assert "4 draws of 1 request recorded; 2 sessions stand there (" in "\n".join(lines(result))
    assert partly == before + 4
    assert len(baseline(recorded)) == before


def test_a_test_that_asks_something_else_could_not_be_measured(recorded: Project, provider: Provider) -> None:
    recorded.write(ASK.replace("How long?", "For how many days?"))

    result = recorded.run("--llm-drift")

    assert lines(result)[1] == (
        "test_it.py::test_it[drift]  COULD NOT MEASURE: No recording of this request in "
        "__llm__/test_it/test_it.cassette.json (1 interaction): prompt, message 1 (user): How long? → "
        'For how many days?. Record it: pytest --llm-record=missing "test_it.py::test_it"'
    )
    assert provider.calls == []


def test_a_run_without_a_terminal_is_judged_too(recorded: Project) -> None:
    assert recorded.run("--llm-drift", "-p", "no:terminal").ret == 0


def test_requests_that_the_baseline_does_not_hold_are_told(recorded: Project) -> None:
    recorded.write(ASK + '        llm.ask("And returns?", temperature=1)\n')
    recorded.record(mode="missing")

    told = lines(recorded.run("--llm-drift"))

    assert (
        "  of 1 request that the baseline does not hold its recording is compared; record the baseline anew: "
        "pytest --llm-baseline"
    ) in told


def test_a_fixture_that_asks_once_for_a_module_says_nothing_of_the_test(project: Project, provider: Provider) -> None:
    provider.reply = one_of(BEFORE)
    project.write(
        """
        import openai
        import pytest

        @pytest.fixture(scope="module")
        def said():
            asked = [{"role": "user", "content": "How long?"}]
            client = openai.OpenAI(base_url="URL", api_key="k")
            return client.chat.completions.create(model="gpt-4o", messages=asked).choices[0].message.content

        @pytest.mark.llm
        def test_it(said):
            assert "days" in said
        """.replace("URL", provider.url)
    )
    project.record()
    project.run("--llm-baseline")
    provider.reply = one_of(AFTER)

    result = project.run("--llm-drift")

    assert verdicts(result) == ["FAIL DISTRIBUTION CHANGED"]
    assert "the tests hold" not in result.stdout.str()
    assert "  whether the test passes on the fresh answers is not known: " in result.stdout.str()


@pytest.mark.parametrize("option", ["--llm-baseline", "--llm-drift"])
def test_a_test_that_asks_for_vectors_alone_is_skipped(recorded: Project, provider: Provider, option: str) -> None:
    vectors = """
    import openai
    import pytest

    @pytest.mark.llm
    def test_vectors():
        client = openai.OpenAI(base_url="URL", api_key="k")
        assert client.embeddings.create(model="text-embedding-3-small", input="a").data
    """
    recorded.write(ASK + vectors.replace("URL", provider.url))
    recorded.record()

    both, alone = recorded.run(option, "-rs"), recorded.run(option, "-k", "vectors")

    both.assert_outcomes(passed=1, skipped=1)
    assert any(re.fullmatch(r"SKIPPED \[1\] test_it.py:\d+: the test asks for no text", line) for line in both.outlines)
    assert both.ret == 0
    assert alone.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert lines(alone) == ["No selected test asks for text: of vectors nothing is compared."]


def test_a_baseline_that_was_edited_by_hand_fails_its_item_alone(recorded: Project) -> None:
    recorded.write(ASK + ASK.replace("test_it", "test_other"))
    recorded.record()
    path = recorded.path / "__llm__" / "test_it" / "test_it.drift.json"
    document = json.loads(path.read_text("utf-8"))
    document["interactions"][0]["logprobs"] = {}
    path.write_text(json.dumps(document), encoding="utf-8")

    result = recorded.run("--llm-drift")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "KeyError: 'top'" in result.outlines
    assert verdicts(result) == ["NOT ENOUGH EVIDENCE"]


def test_no_snapshot_is_left_for_review(project: Project, provider: Provider) -> None:
    provider.reply = one_of(BEFORE)
    project.write(
        """
        def test_it(llm, llm_snapshot):
            assert llm.ask("How long?", temperature=0) == llm_snapshot
        """
    )
    project.run("--llm-record=once")
    project.run("--llm-accept")
    project.run("--llm-baseline")
    before = recordings(project)
    provider.reply = one_of(AFTER)

    result = project.run("--llm-drift")

    assert verdicts(result)[0].endswith("BEHAVIOUR CHANGED")
    assert recordings(project) == before


# -- what fails the run, and what is refused --


@pytest.mark.parametrize(
    ("failing", "ret"), [("never", 0), ("identity", 0), ("behaviour", 1)], ids=["never", "other", "this"]
)
def test_the_ini_file_says_which_verdicts_fail_the_run(
    recorded: Project, provider: Provider, failing: str, ret: int
) -> None:
    recorded.ini(llm_drift_fail_on=failing)
    provider.reply = one_of(AFTER)

    assert recorded.run("--llm-drift").ret == ret


def test_a_verdict_of_too_little_evidence_may_fail_the_run_too(project: Project, provider: Provider) -> None:
    project.ini(llm_drift_fail_on="unmeasured, not-enough")
    provider.reply = one_of(BEFORE)
    project.write(ASK)
    project.record()

    assert project.run("--llm-drift").ret == 1


@pytest.mark.parametrize(
    ("ini", "options", "message"),
    [
        pytest.param(
            {"llm_drift_fail_on": "worse"},
            ["--llm-drift"],
            "llm_drift_fail_on='worse': 'worse' is no verdict. Valid ones: behaviour, identity, distribution, "
            "not-enough, unmeasured; or never alone.",
            id="verdict",
        ),
        pytest.param(
            {"llm_drift_run_length": "1"},
            ["--llm-drift"],
            "llm_drift_run_length='1' is not a number of runs from 2 to 1000.",
            id="run length",
        ),
        pytest.param(
            {},
            ["--llm-drift", "--llm-baseline"],
            "--llm-baseline records what --llm-drift compares with: give one of the two.",
            id="both",
        ),
        pytest.param(
            {},
            ["--llm-drift", "--llm-record=all"],
            "--llm-drift runs no test and touches no cassette: it does not go with --llm-record.",
            id="record",
        ),
        pytest.param(
            {},
            ["--llm-baseline-sessions=3"],
            "--llm-baseline-sessions says how many sessions --llm-baseline records: it needs that.",
            id="sessions alone",
        ),
        pytest.param(
            {},
            ["--llm-baseline", "--llm-baseline-sessions=many"],
            "--llm-baseline-sessions='many' is not a whole number of at least 1.",
            id="sessions",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(
    project: Project, ini: dict[str, str], options: list[str], message: str
) -> None:
    project.ini(**ini)

    result = project.run(*options)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: {message}" in result.errlines


# -- night after night --


def nights(project: Project) -> list[Run]:
    return runs(project.path / ".llm" / "drift.sqlite")


def test_each_run_is_kept_in_the_history(recorded: Project, provider: Provider) -> None:
    recorded.run("--llm-drift")
    provider.reply = one_of(AFTER)
    recorded.run("--llm-drift")

    first, second = nights(recorded)
    assert (first.kind, first.level, first.calls) == ("UNCHANGED", "PASS", 14)
    assert second.kind == "BEHAVIOUR CHANGED"
    twin = next(name for name in second.distances if name.endswith("at temperature 0"))
    assert second.distances[twin] > first.distances[twin] + 0.5
    assert (recorded.path / ".llm" / ".gitignore").read_text("utf-8") == "*\n"


def without_a_second_session(project: Project, provider: Provider, runs: int) -> list[pytest.RunResult]:
    """Return runs whose provider answers otherwise, and no more after four answers."""
    answer, found = one_of(AFTER), []
    provider.reply = lambda call: answer(call) if call.number <= 4 else Answer(status=401)
    for _ in range(runs):
        provider.calls.clear()
        found.append(project.run("--llm-drift"))
    return found


def test_a_warning_of_three_runs_against_eight_sessions_fails_the_third(project: Project, provider: Provider) -> None:
    provider.reply = one_of(BEFORE)
    project.write(ASK)
    project.record()
    for _ in range(8):
        project.run("--llm-baseline", "--llm-baseline-sessions=8", "--llm-trials=3")

    results = without_a_second_session(project, provider, 3)

    assert [result.ret for result in results] == [0, 0, 1]
    assert [run.level for run in nights(project)] == ["WARN", "WARN", "FAIL"]
    assert "the 2 runs before saw it too" in "\n".join(lines(results[-1]))
    assert "not confirmed in a fresh session: the provider answers 401" in "\n".join(lines(results[0]))


def test_a_baseline_of_one_session_may_be_what_is_odd_however_many_runs_warn(
    recorded: Project, provider: Provider
) -> None:
    results = without_a_second_session(recorded, provider, 3)

    assert [result.ret for result in results] == [0, 0, 0]
    assert [run.level for run in nights(recorded)] == ["WARN", "WARN", "WARN"]


def test_a_history_that_cannot_be_read_is_told_and_spoils_no_verdict(recorded: Project) -> None:
    path = recorded.path / ".llm" / "drift.sqlite"
    path.parent.mkdir()
    path.write_text("not a database, but long enough to be looked at as one" * 40, encoding="utf-8")

    result = recorded.run("--llm-drift")

    assert verdicts(result) == ["UNCHANGED"]
    assert "cannot be used as the history of drift" in lines(result)[-1]


def test_two_backends_behind_one_name_raise_no_alarm_against_a_baseline_of_several_sessions(
    project: Project, provider: Provider
) -> None:
    backends = [one_of(BEFORE), one_of(["a month, so 30 days", "thirty days it is", "a full 30 days"])]
    provider.reply = backends[0]
    project.write(ASK)
    project.record()
    project.run("--llm-baseline", "--llm-trials=6")
    provider.reply = backends[1]
    of_one_session = project.run("--llm-drift", "--llm-trials=6")
    (project.path / ".llm" / "drift.sqlite").unlink()
    for session in range(1, 4):
        provider.reply = backends[session % 2]
        project.run("--llm-baseline", "--llm-baseline-sessions=4", "--llm-trials=6")

    of_several = project.run("--llm-drift", "--llm-trials=6")

    assert verdicts(of_one_session)[0].endswith("DISTRIBUTION CHANGED")
    assert verdicts(of_several)[0] in ("UNCHANGED", "NOT ENOUGH EVIDENCE")
    assert of_several.ret == 0


MEANS = """
    from random import Random

    class Parity:
        def embed(self, texts):
            return [[1.0, 0.0] if sum(map(int, text)) % 2 else [0.0, 1.0] for text in texts]

    def pytest_llm_embedder(config, name):
        return Parity() if name == "parity:digits" else None
"""


def digits(odd: int) -> Callable[[Call], Answer]:
    """Return a provider of random numbers whose cross sums are all odd or all even; at temperature 0 always one."""
    rng = random.Random(odd)

    def number() -> str:
        text = str(rng.randrange(10**7, 10**8))
        return text if sum(map(int, text)) % 2 == odd else number()

    return lambda call: Answer("10000000" if call.body.get("temperature") == 0 else number())


@pytest.mark.parametrize(
    ("options", "verdict", "evidence"),
    [
        ((), "UNCHANGED", "no difference is seen"),
        (("--llm-embedder=parity:digits",), "FAIL DISTRIBUTION CHANGED", "the meaning differs"),
    ],
    ids=["without", "with"],
)
def test_a_named_embedder_sees_what_only_meaning_tells(
    project: Project, provider: Provider, options: tuple[str, ...], verdict: str, evidence: str
) -> None:
    provider.reply = digits(0)
    project.write(MEANS, "conftest.py")
    project.write("def test_it(llm):\n    assert llm.ask('A number?', temperature=1).text.isdecimal()")
    project.record()
    assert project.run("--llm-baseline").ret == 0
    provider.reply = digits(1)

    result = project.run("--llm-drift", *options)

    assert verdicts(result) == [verdict]
    assert evidence in "\n".join(lines(result))


def test_an_embedder_that_cannot_be_loaded_is_said_before_anything_is_asked(
    recorded: Project, provider: Provider
) -> None:
    result = recorded.run("--llm-drift", "--llm-embedder=parity:digits")

    assert result.ret == 1
    assert provider.calls == []
    assert "--llm-embedder=parity:digits is of no known kind" in "\n".join(result.outlines)
