"""Tests of hypothesis with a model: the examples are recorded, and nothing is asked twice."""

from __future__ import annotations

import json
from collections import Counter
from textwrap import dedent

import hypothesis.core
import hypothesis.internal.conjecture.engine
import hypothesis.internal.conjecture.shrinker
import pytest

from .project import Project, errors, section
from .server import Answer, Call, Provider

# As in conftest.py: what is imported here pytester does not import anew for every run.
assert hypothesis.core
PROMPT = "please tell customers when items that they bought may travel home because they asked about that"
LONG = f"{PROMPT} and {PROMPT} and {PROMPT}"

HOLDS = """
    from hypothesis import given, settings
    from pytest_llm import strategies as llm_st

    PROMPT = "How long may customers return an item they bought?"

    @settings(max_examples=10)
    @given(variant=llm_st.prompts_like(PROMPT, ["typos", "case"]))
    def test_it(llm, variant):
        assert llm.ask(variant).text == llm.ask(PROMPT).text
"""

INTERRUPT = """    if len(SEEN := globals().setdefault("SEEN", [])) == 2:
        raise KeyboardInterrupt
    SEEN.append(variant)
    assert"""

FAILS = """
    from hypothesis import given, settings
    from pytest_llm import strategies as llm_st

    PROMPT = "please tell customers when items that they bought may travel home because they asked about that"

    @settings(max_examples=20, derandomize=True)
    @given(variant=llm_st.prompts_like(PROMPT, ["typos"]))
    def test_it(llm, variant):
        assert llm.ask(PROMPT).text == llm.ask(variant).text
"""


def fragile(call: Call) -> Answer:
    """Answer otherwise when one of five words is mistyped."""
    known = {"customers", "items", "bought", "travel", "because"} <= set(call.text.split())
    return Answer("Yes." if known else "No.")


def confused(call: Call) -> Answer:
    """Answer otherwise when two words are mistyped."""
    return Answer("Yes." if changed(call.text) < 2 else "No.")


def changed(text: str) -> int:
    return sum(one != other for one, other in zip(text.split(), LONG.split(), strict=True))


def examples(project: Project) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(project.cassette().read_text("utf-8"))["examples"]
    return found


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_examples_are_recorded_and_replayed(project: Project, provider: Provider, workers: tuple[str, ...]) -> None:
    provider.always("30 days.")
    project.write(HOLDS)
    project.record()
    asked, before = list(provider.asked), project.cassette().read_bytes()

    result = project.run(*workers)

    result.assert_outcomes(passed=1)
    assert len(set(asked)) == len(asked)
    assert len(provider.asked) == len(asked)
    assert project.cassette().read_bytes() == before
    assert {json.dumps(entry["given"], sort_keys=True) for entry in examples(project)}
    assert [entry["given"]["variant"]["$variant"]["text"] in asked for entry in examples(project)] == (  # type: ignore[index]
        [True] * len(examples(project))
    )


def test_the_examples_come_from_the_cassette_whatever_hypothesis_would_draw(
    project: Project, provider: Provider
) -> None:
    provider.always("30 days.")
    project.write(HOLDS)
    project.record()
    # Another set of seeds stands for another version of hypothesis.
    project.write(HOLDS.replace("@settings(max_examples=10)", "@settings(max_examples=200)"))

    result = project.run("--llm-unused=fail")

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("they bought", "they purchased", id="another prompt"),
        pytest.param('["typos", "case"]', '["punctuation"]', id="other relations"),
    ],
)
def test_variants_of_what_is_no_longer_drawn_from_are_not_replayed(
    project: Project, provider: Provider, old: str, new: str
) -> None:
    provider.always("30 days.")
    project.write(HOLDS)
    project.record()
    project.write(HOLDS.replace(old, new))

    stale, renewed = project.run(), project.run("--llm-record=missing")

    assert section(stale)[-1] == (
        '1 test lacks a recording. Record it: pytest --llm-record=missing "test_it.py::test_it"'
    )
    assert renewed.ret == project.run().ret == 0


def test_while_a_failure_shrinks_only_what_is_simpler_is_asked_and_nothing_twice(
    project: Project, provider: Provider
) -> None:
    provider.reply = confused
    project.write(FAILS.replace(PROMPT, LONG))

    result = project.run("--llm-record=once")

    result.assert_outcomes(failed=1)
    regression = [entry for entry in examples(project) if entry.get("failed")]
    words = [changed(text) for text in provider.asked if text != LONG]
    found = next(place for place, count in enumerate(words) if count > 1)
    assert [count for count in Counter(provider.asked).values() if count > 1] == []
    assert max(words[found + 1 :]) < words[found]
    assert [changed(entry["given"]["variant"]["$variant"]["text"]) for entry in regression] == [2]  # type: ignore[index]


def test_the_failing_example_is_replayed_without_shrinking_and_without_a_call(
    project: Project, provider: Provider
) -> None:
    provider.reply = fragile
    project.write(FAILS)
    project.run("--llm-record=once")
    calls, files = len(provider.calls), project.cassette().read_bytes()

    result = project.run()

    result.assert_outcomes(failed=1)
    assert "AssertionError: assert 'Yes.' == 'No.'" in errors(result)
    assert len(provider.calls) == calls
    assert project.cassette().read_bytes() == files


def test_a_property_counts_into_the_robustness_table_beside_relations(project: Project, provider: Provider) -> None:
    provider.always("30 days.")
    project.write(HOLDS)
    project.write(
        """
        from pytest_llm import strategies as llm_st

        @llm_st.metamorphic(invariant="case", of="May I return it?", variants=2, again=2)
        def test_other(llm, original, variant):
            assert llm.ask(variant).text == llm.ask(original).text
        """,
        "test_other.py",
    )
    recorded = project.record()
    drawn = [entry["given"]["variant"]["$variant"]["relation"] for entry in examples(project)]  # type: ignore[index]
    case, typos = 2 + drawn.count("case"), drawn.count("typos")

    result = project.run("-n", "2")

    table = [line for line in section(result) if "hold" in line]
    assert [line for line in section(recorded) if "hold" in line] == table
    assert [line.partition(" (")[0].split() for line in table] == [
        ["Robustness", "of", "2", "tests,", "variants", "for", "which", "each", "relation", "holds:"],
        ["case", f"{case}/{case}", "hold"],
        ["typos", f"{typos}/{typos}", "hold"],
        ["asked", "again", "2/2", "hold"],
    ]


def test_a_property_that_fails_counts_up_to_its_failure_and_tells_no_interval(
    project: Project, provider: Provider
) -> None:
    provider.reply = fragile
    project.write(FAILS)
    recorded = section(project.run("--llm-record=once"))
    count = len(examples(project))

    replayed = section(project.run())

    assert (
        [line for line in recorded if "hold" in line]
        == [line for line in replayed if "hold" in line]
        == [
            "Robustness of 1 test, variants for which each relation holds:",
            f"  typos        {count - 1}/{count} hold (1 test stopped at a failure)",
        ]
    )


def test_an_error_of_the_test_itself_is_no_flip(project: Project, provider: Provider) -> None:
    provider.always("30 days.")
    project.write("""
        from hypothesis import Phase, given, settings
        from pytest_llm import strategies as llm_st

        PROMPT = "How long may customers return an item they bought?"
        seen = []

        @settings(max_examples=10, derandomize=True, phases=[Phase.generate])
        @given(variant=llm_st.prompts_like(PROMPT, ["typos"]))
        def test_it(llm, variant):
            llm.ask(variant)
            seen.append(variant)
            if len(set(seen)) > 2:
                raise KeyError(variant)
    """)

    result = project.run("--llm-record=once")

    assert "  typos        2/2 hold (1 test stopped at a failure)" in section(result)


def test_the_budget_may_end_while_a_failure_is_made_smaller(project: Project, provider: Provider) -> None:
    provider.reply = confused
    project.write(FAILS.replace(PROMPT, LONG))
    project.run("--llm-live")
    needed = len(provider.calls)

    result = project.run("--llm-record=once", f"--llm-max-calls={needed - 1}")

    result.assert_outcomes(failed=1)
    assert section(result)[-1] == (
        "test_it.py::test_it failed, and the budget of live calls was used up while the failing example was made "
        "smaller: an even smaller one may fail too."
    )


def test_without_recorded_examples_a_property_is_unrecorded(project: Project) -> None:
    project.write(HOLDS)

    result = project.run()

    result.assert_outcomes(failed=1)
    assert section(result) == ['1 test lacks a recording. Record it: pytest --llm-record=once "test_it.py::test_it"']


def test_the_budget_ends_the_exploring(project: Project, provider: Provider) -> None:
    provider.always("30 days.")
    project.write(HOLDS)

    result = project.run("--llm-record=once", "--llm-max-calls=4")

    result.assert_outcomes(passed=1)
    assert len(provider.calls) == 4
    assert section(result)[-1] == (
        "test_it.py::test_it tried 3 of up to 10 examples, then the budget of live calls was used up. To try all, give "
        'it more: pytest --llm-record=missing "test_it.py::test_it"'
    )
    project.run().assert_outcomes(passed=1)

    project.record(mode="missing")

    count = len(provider.calls)
    assert 4 < count == len(set(provider.asked)) <= 11  # the prompt, and up to ten examples

    project.record(mode="missing")

    assert len(provider.calls) == count


def test_an_interrupted_property_keeps_its_examples_and_goes_on(project: Project, provider: Provider) -> None:
    provider.always("30 days.")
    project.write(dedent(HOLDS).replace("    assert", INTERRUPT))

    project.run("--llm-record=once", subprocess=True)  # what a process that lives has not filed is its own
    before = len(provider.calls)
    project.write(HOLDS)
    project.record(mode="missing")

    assert before == 3
    assert 3 < len(provider.calls) == len(set(provider.asked)) <= 11


def test_a_property_that_pytest_fails_is_shrunk_and_recorded_as_any(project: Project, provider: Provider) -> None:
    provider.reply = fragile
    differs = "if llm.ask(PROMPT).text != llm.ask(variant).text: pytest.fail('differs')"
    test, _, _ = dedent(FAILS).rpartition("assert")
    project.write(f"import pytest\n{test}{differs}")

    recorded, count = project.run("--llm-record=once"), len(provider.calls)
    replayed = project.run()

    assert errors(recorded)[0] == errors(replayed)[0] == "Failed: differs"
    assert len(provider.calls) == count <= 15
    assert json.loads(project.cassette().read_text("utf-8"))["examples"][-1]["failed"]


def test_live_nothing_is_asked_twice_and_nothing_is_written(project: Project, provider: Provider) -> None:
    provider.always("30 days.")
    project.write(HOLDS)

    result = project.run("--llm-live")

    result.assert_outcomes(passed=1)
    assert [count for count in Counter(provider.asked).values() if count > 1] == []
    assert project.files == []


def test_a_refresh_tries_what_failed_before_it_explores(project: Project, provider: Provider) -> None:
    provider.reply = fragile
    project.write(FAILS)
    project.run("--llm-record=once")
    failed = [entry["given"]["variant"]["$variant"]["text"] for entry in examples(project) if entry.get("failed")]  # type: ignore[index]
    provider.calls.clear()
    provider.always("Yes.")

    project.record(mode="all")

    assert provider.asked[:2] == [PROMPT, *failed]


def test_examples_that_json_cannot_hold_are_drawn_again_from_the_recorded_seed(
    project: Project, provider: Provider
) -> None:
    provider.always("30 days.")
    project.write("""
        from hypothesis import given, settings, strategies as st

        @settings(max_examples=5, derandomize=False)  # which hypothesis' profile of a CI turns on
        @given(letters=st.frozensets(st.characters(codec="ascii", categories=["Lu"]), min_size=4))
        def test_it(llm, letters):
            assert llm.ask("".join(sorted(letters))).text
    """)
    project.record()
    first = list(provider.asked)

    replayed = project.run()
    project.record(mode="all")

    replayed.assert_outcomes(passed=1)
    assert len(first) == len(set(first)) > 1
    assert set(first) != set(provider.asked[len(first) :])
    assert [sorted(entry) for entry in examples(project)] == [["seed", "test"]]


def test_each_trial_has_examples_of_its_own(project: Project, provider: Provider) -> None:
    provider.always("30 days.")
    project.write("import pytest\n" + dedent(HOLDS).replace("@settings", "@pytest.mark.llm_trials(2)\n@settings"))
    project.record()
    asked = len(provider.asked)

    result = project.run()

    result.assert_outcomes(passed=1)
    assert len(provider.asked) == asked
    assert {entry.get("trial") for entry in examples(project)} == {None, 2}


def test_a_property_without_a_model_is_left_alone(project: Project) -> None:
    project.write("""
        from hypothesis import given, settings, strategies as st

        @settings(max_examples=5)
        @given(number=st.integers())
        def test_it(number):
            assert number == number
    """)

    project.run().assert_outcomes(passed=1)
    assert project.files == []
