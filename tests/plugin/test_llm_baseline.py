"""``llm_baseline``: a first sample waits for review, an accepted one is compared with; in CI nothing is written."""

from __future__ import annotations

import json

import numpy as np
import pytest
import scipy.stats

from .project import Project, errors, section
from .server import Answer, Provider

SOURCE = """
from pytest_llm import no_worse_than


def is_yes(response):
    return response.text == "yes"


def test_it(llm, llm_baseline):
    sample = sum(llm.sample(f"Question {number}", trials=1, case=f"question {number}") for number in range(12))

    assert sample == no_worse_than(llm_baseline, is_yes, margin=0.25)
"""
FILE = "__llm__/test_it/test_it.baseline.json"
PENDING = "__llm__/test_it/test_it.baseline.pending.json"


def says(provider: Provider, words: str) -> None:
    provider.script = [Answer({"y": "yes", "n": "no"}[word]) for word in words]


def accepted(project: Project, provider: Provider, words: str) -> None:
    """Record a first sample and accept it."""
    says(provider, words)
    project.write(SOURCE)
    project.run("--llm-record=once")
    assert project.run("--llm-accept").ret == 0


def test_a_first_sample_waits_and_is_accepted(project: Project, provider: Provider) -> None:
    says(provider, "y" * 12)
    project.write(SOURCE)
    first = project.run("--llm-record=once")
    pending = project.run("--llm-pending")
    accept = project.run("--llm-accept")
    replayed = project.run()

    assert errors(first)[0] == (
        "assert sample == no_worse_than(llm_baseline, is_yes, margin=0.25)  (there is none yet)"
    )
    assert section(first)[1:3] == ["1 answer not accepted:", "  1 x there is none yet"]
    assert f"  test_it.py::test_it: there is none yet  ({PENDING})" in pending.outlines
    assert f"accepted {FILE}  (there is none yet)" in accept.outlines
    replayed.assert_outcomes(passed=1)
    assert project.files == [FILE, "__llm__/test_it/test_it.cassette.json"]


def test_the_file_is_json_with_a_draw_a_line(project: Project, provider: Provider) -> None:
    accepted(project, provider, "y" * 11 + "n")
    text = project.path.joinpath(FILE).read_text("utf-8")
    content = json.loads(text)

    assert list(content) == sorted(content)
    assert (content["version"], content["test"]) == (1, "test_it.py::test_it")
    assert [one["case"] for one in content["cases"]] == [f"question {number}" for number in range(12)]
    assert [draw["text"] for one in content["cases"] for draw in one["draws"]] == ["yes"] * 11 + ["no"]
    assert text.endswith("}\n")
    assert sum('"text"' in line for line in text.splitlines()) == 12


def test_a_worse_sample_fails_and_waits(project: Project, provider: Provider) -> None:
    accepted(project, provider, "y" * 12)
    says(provider, "n" * 9 + "y" * 3)
    result = project.run("--llm-record=all")

    assert errors(result) == [
        "assert rate 0.25 no worse than 1.00 by 0.25  (FAIL at 95% confidence: -0.75, 95% CI [-0.91, -0.33], "
        "12 cases paired, McNemar p = 0.0039)",
        *[f"question {number}: 'yes' → 'no'" for number in range(6)],
        "and 3 more",
    ]
    assert "  1 x worse by 0.75 (McNemar p = 0.0039)" in section(result)
    assert PENDING in project.files


def test_in_continuous_integration_nothing_is_written(
    project: Project, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(provider, "y" * 12)
    project.write(SOURCE)
    project.run("--llm-record=once")
    project.path.joinpath(PENDING).unlink()
    monkeypatch.setenv("CI", "true")
    result = project.run()

    result.assert_outcomes(failed=1)
    assert project.files == ["__llm__/test_it/test_it.cassette.json"]


def test_few_cases_leave_it_undecided(project: Project, provider: Provider) -> None:
    accepted(project, provider, "y" * 11 + "n")
    project.ini(llm_undecided="fail")
    says(provider, "y" * 10 + "nn")
    result = project.run("--llm-record=all")

    assert errors(result)[0] == (
        "assert rate 0.83 no worse than 0.92 by 0.25  (UNDECIDED at 95% confidence: -0.083, 95% CI [-0.35, +0.18], "
        "12 cases paired, McNemar p = 1)"
    )
    assert PENDING not in project.files


def test_a_damaged_baseline_says_how_to_restore_it(project: Project, provider: Provider) -> None:
    accepted(project, provider, "y" * 12)
    project.path.joinpath(FILE).write_text('{"version": 1}', encoding="utf-8")
    result = project.run()

    assert errors(result)[0] == (
        f"pytest_llm.errors.SnapshotError: {FILE} is no baseline: 'cases' is missing. "
        f"Restore it: git checkout -- {FILE}"
    )


def test_no_secret_reaches_a_baseline(project: Project, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_API_KEY", "s3cr3t-s3cr3t-s3cr3t")
    provider.always('say "s3cr3t-s3cr3t-s3cr3t"')
    project.write(SOURCE)
    project.run("--llm-live")
    text = project.path.joinpath(PENDING).read_text("utf-8")

    assert "s3cr3t" not in text
    assert json.loads(text)["cases"][0]["draws"][0]["text"] == 'say "[REDACTED]"'


def test_what_is_worse_has_to_be_said(project: Project, provider: Provider) -> None:
    provider.always("yes")
    project.write(
        """
        from pytest_llm import no_worse_than

        def test_it(llm, llm_baseline):
            assert llm.sample("Hi", trials=2) == no_worse_than(llm_baseline)
        """
    )
    result = project.run("--llm-record=once")

    assert errors(result)[0] == (
        "pytest_llm.errors.ConfigurationError: no_worse_than(llm_baseline) does not say what is worse. Give it a "
        "predicate, an expectation or a metric: no_worse_than(llm_baseline, is_right) or no_worse_than(llm_baseline, "
        "scores=metric)."
    )


def test_many_comparisons_are_told_with_their_false_discovery_rate(project: Project, provider: Provider) -> None:
    provider.reply = lambda call: Answer("yes" if "good" in call.text else "no")
    project.write(
        """
        import pytest

        from pytest_llm import Sample, no_worse_than

        @pytest.mark.parametrize("kind", ["good", "bad", "good too"])
        def test_it(llm, kind):
            before = Sample(["yes"] * 9)
            assert llm.sample(kind, trials=9) == no_worse_than(before, lambda one: one.text == "yes", margin=0.5)
        """
    )
    result = project.run("--llm-record=once", "-n", "2")

    result.assert_outcomes(passed=2, failed=1)
    assert section(result)[-1] == (
        "3 samples compared with a baseline: 1 lower at p <= 0.05, of which Benjamini-Hochberg upholds 1 at a false "
        "discovery rate of 5%."
    )


def test_a_renamed_test_finds_its_baseline_and_the_summary_says_how_to_move_it(
    project: Project, provider: Provider
) -> None:
    accepted(project, provider, "y" * 11 + "n")
    project.write(SOURCE.replace("def test_it", "def test_new"))
    renamed = project.run("--llm-unused=delete")

    renamed.assert_outcomes(passed=1)
    assert section(renamed)[-2:] == [
        "1 answer accepted under a former name of the test. Move them:",
        f"  git mv {FILE} __llm__/test_it/test_new.baseline.json",
    ]
    assert FILE in project.files


# -- power --


def mcnemar_power(n: int, drop: float, discordance: float) -> float:
    """Return the chance that a sign test of the changed among n cases calls a fall one, over all numbers of them."""
    changed = np.arange(1, n + 1)
    gains = np.arange(n + 1)[:, None]
    told = (scipy.stats.binom.cdf(gains, changed, 0.5) <= 0.025) & (gains <= changed)
    falls = scipy.stats.binom.pmf(gains, changed, (discordance - drop) / (2 * discordance)) * told
    return float((scipy.stats.binom.pmf(changed, n, discordance) * falls.sum(axis=0)).sum())


@pytest.mark.parametrize(
    ("now", "changed", "drop", "enough"),
    [
        pytest.param("y" * 28 + "n" * 12, 0.3, 0.24, 975, id="some change"),
        pytest.param("y" * 40, 0.15, None, 498, id="none changes"),
        pytest.param("yyyn", 0.5, None, 1606, id="few cases"),
    ],
)
def test_power_of_paired_cases_is_that_of_their_mcnemar_test(
    project: Project, provider: Provider, now: str, changed: float, drop: float | None, enough: int
) -> None:
    says(provider, now)
    project.ini(filterwarnings="default")
    project.write(
        f"""
        from pytest_llm import Sample, no_worse_than

        def test_it(llm):
            cases = [f"question {{number}}" for number in range({len(now)})]
            after = sum(llm.sample(case, trials=1, case=case) for case in cases)
            before = Sample(["yes"] * len(cases), cases)
            assert after == no_worse_than(before, lambda one: one.text == "yes", margin=0.6)
        """
    )
    result = project.run("--llm-record=once", "--llm-power")

    assert section(result)[-2:] == [
        "Drops that the samples would show at 80% power and 95% confidence:",
        f"  test_it.py::test_it: {len(now)} cases paired, of which {changed:.0%} change, show "
        f"{f'a drop of {drop:.2f}' if drop else 'no drop'}; a drop of 0.05 takes {enough:,} cases",
    ]
    assert mcnemar_power(enough, 0.05, changed) >= 0.8 > mcnemar_power(enough - 2, 0.05, changed)
    assert mcnemar_power(len(now), drop + 0.005 if drop else changed, changed) >= 0.8 or drop is None
    assert mcnemar_power(len(now), drop - 0.01 if drop else changed, changed) < 0.8
