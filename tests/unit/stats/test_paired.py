"""Two samples of the same cases, against scipy, statsmodels and likelihoods maximised by search."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest
import scipy.optimize
import scipy.stats
import statsmodels.api
from statsmodels.stats.contingency_tables import mcnemar as their_mcnemar

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.paired import mcnemar, no_worse, paired_difference, wilcoxon
from pytest_llm.stats.score import tango, tango_z
from pytest_llm.stats.unpaired import newcombe

SCORES = [(0.9, 0.85), (0.8, 0.82), (0.7, 0.5), (0.95, 0.9), (0.6, 0.66), (0.88, 0.7), (0.91, 0.8)]
BEFORE, AFTER = [one for one, _ in SCORES], [two for _, two in SCORES]


@pytest.mark.parametrize(("b", "c"), [(0, 0), (1, 0), (5, 5), (9, 2), (2, 9), (30, 12), (400, 350)])
def test_mcnemar_equals_those_of_scipy_and_statsmodels(b: int, c: int) -> None:
    theirs = scipy.stats.binomtest(b, b + c).pvalue if b + c else 1.0

    assert mcnemar(b, c) == pytest.approx(theirs, abs=1e-9)
    assert mcnemar(b, c) == pytest.approx(their_mcnemar([[7, b], [c, 7]], exact=True).pvalue if b + c else 1, abs=1e-9)


@pytest.mark.parametrize("n", [1, 2, 5, 12, 30, 50])
def test_wilcoxon_without_ties_equals_the_exact_one_of_scipy(n: int) -> None:
    differences = np.random.default_rng(n).normal(0.3, 1, n).tolist()

    assert wilcoxon(differences) == pytest.approx(scipy.stats.wilcoxon(differences, method="exact").pvalue, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_wilcoxon_with_ties_and_zeros_equals_all_permutations_of_signs(seed: int) -> None:
    differences = np.random.default_rng(seed).integers(-2, 4, 10).tolist()
    changed = [one for one in differences if one]
    every = scipy.stats.PermutationMethod(n_resamples=2**10)

    assert wilcoxon(differences) == pytest.approx(scipy.stats.wilcoxon(changed, method=every).pvalue, abs=1e-9)


def test_wilcoxon_of_many_cases_equals_the_approximation_of_scipy() -> None:
    differences = np.random.default_rng(1).normal(0.1, 1, 80).tolist()

    assert wilcoxon(differences) == pytest.approx(scipy.stats.wilcoxon(differences).pvalue, abs=1e-12)


def test_wilcoxon_of_no_change_is_one() -> None:
    assert wilcoxon([0.0, 0.0, 0.0]) == 1.0


@pytest.mark.parametrize(
    ("lost", "gained", "n", "difference"),
    [(5, 2, 20, -0.1), (0, 0, 20, -0.05), (1, 3, 30, 0.2), (4, 0, 10, -0.9), (0, 0, 1, 0.5), (12, 30, 100, 0.0)],
)
def test_the_score_statistic_is_that_of_the_likelihood(lost: int, gained: int, n: int, difference: float) -> None:
    def misfit(share: float) -> float:
        cells = ((lost, share), (gained, share + difference), (n - lost - gained, 1 - 2 * share - difference))
        return -sum(count * np.log(max(chance, 1e-300)) for count, chance in cells)

    bounds = (max(0.0, -difference), (1 - difference) / 2)
    share = scipy.optimize.minimize_scalar(misfit, bounds=bounds, method="bounded", options={"xatol": 1e-12}).x
    z = (gained - lost - n * difference) / np.sqrt(n * (2 * share + difference - difference**2))

    assert tango_z(lost, gained, n, difference) == pytest.approx(z, rel=1e-4)


@pytest.mark.parametrize(("lost", "gained", "n"), [(5, 2, 20), (0, 0, 20), (12, 30, 100), (0, 7, 7), (7, 0, 7)])
def test_the_score_interval_holds_what_the_statistic_does_not_reject(lost: int, gained: int, n: int) -> None:
    found = tango(lost, gained, n)

    for bound, z in ((found.low, 1.959963984540054), (found.high, -1.959963984540054)):
        assert abs(bound) == 1 or tango_z(lost, gained, n, bound) == pytest.approx(z, abs=1e-6)


def test_a_paired_difference_of_outcomes_is_tested_by_mcnemar() -> None:
    found = paired_difference([True] * 18 + [False] * 2, [True] * 9 + [False] * 9 + [True] + [False])

    assert str(found) == "-0.40 (95% CI [-0.63, -0.11], McNemar p = 0.021, n = 20)"
    assert found.p == pytest.approx(scipy.stats.binomtest(1, 10).pvalue)


def test_a_paired_difference_of_scores_is_tested_by_wilcoxon() -> None:
    found = paired_difference(BEFORE, AFTER)
    gaps = np.subtract(AFTER, BEFORE)
    low, high = scipy.stats.t.interval(0.95, 6, gaps.mean(), scipy.stats.sem(gaps))

    assert (found.mean, found.interval.low, found.interval.high) == pytest.approx((gaps.mean(), low, high), abs=1e-9)
    assert (found.test, found.p) == ("Wilcoxon", wilcoxon(gaps.tolist()))


def test_trials_of_a_case_are_clustered_as_statsmodels_does() -> None:
    cases = ["a", "a", "b", "b", "c", "c", "c"]
    groups = np.unique(cases, return_inverse=True)[1]
    gaps = np.subtract(AFTER, BEFORE)
    theirs = statsmodels.api.OLS(gaps, np.ones(7)).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    found = paired_difference(BEFORE, AFTER, clusters=cases)

    assert (found.interval.low, found.interval.high) == pytest.approx(tuple(theirs.conf_int(0.05)[0]), abs=1e-9)
    assert (found.test, found.p) == ("t", pytest.approx(theirs.pvalues[0], abs=1e-9))


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        pytest.param([1] * 60, [1] * 60, "no worse", id="enough alike"),
        pytest.param([1] * 50, [1] * 50, "undecided", id="too few alike"),
        pytest.param([1] * 60, [1] * 45 + [0] * 15, "worse", id="fell"),
        pytest.param([0.8, 0.9, 0.85, 0.7] * 2, [0.81, 0.89, 0.86, 0.7] * 2, "no worse", id="scores alike"),
        pytest.param([0.8, 0.9, 0.85, 0.7] * 2, [0.6, 0.7, 0.64, 0.5] * 2, "worse", id="scores fell"),
        pytest.param([0.8, 0.9, 0.85, 0.7], [0.6, 0.95, 0.9, 0.7], "undecided", id="scores of all sorts"),
    ],
)
def test_no_worse_has_three_verdicts(before: list[float], after: list[float], verdict: str) -> None:
    assert no_worse(before, after, margin=0.05).verdict == verdict


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(
            lambda: paired_difference([1, 0], [1]),
            "Paired values need one before and one after for each case, and there are 2 and 1. "
            "Compare them as unpaired samples instead.",
            id="lengths",
        ),
        pytest.param(
            lambda: paired_difference([0.5], [0.7]), "before must hold at least 2 values, and holds 1.", id="one"
        ),
        pytest.param(
            lambda: no_worse([1, 0], [1, 1], margin=5),
            "margin must be between 0 and 1, both excluded, and is 5. Did you mean 0.05?",
            id="percent",
        ),
        pytest.param(
            lambda: mcnemar(-1, 2),
            "b must be a whole number of discordant cases, and is -1.",
            id="negative",
        ),
        pytest.param(
            lambda: wilcoxon([0.1, float("nan")]),
            "differences[1] is nan. Leave out what has no value, and count it as an error instead.",
            id="nan",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(call: object, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        call()  # type: ignore[operator]

    assert str(caught.value) == message


Marks = dict[tuple[str, str], dict[str, bool]]


@pytest.fixture
def primes(llmdrift: Path) -> Marks:
    """Whether each question was answered right, by model and month."""
    found: Marks = {}
    with (llmdrift / "PRIME_FULL_EVAL.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            last = (re.findall(r"\[(\w+)\]", row["answer"].lower()) or [""])[-1]
            name, month = row["model"].rpartition("-")[::2]
            found.setdefault((name, month), {})[row["query"]] = last == row["ref_answer"].lower()
    return found


@pytest.fixture
def answered(llmdrift: Path) -> Marks:
    """Whether each sensitive question was answered directly, by model and month."""
    found: Marks = {}
    with (llmdrift / "SENSITIVEQ_EVAL.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name, month = row["model"].rpartition("-")[::2]
            found.setdefault((name, month), {})[row["id"]] = row["Response Rate"] == "1"
    return found


def changes(before: dict[str, bool], after: dict[str, bool]) -> tuple[int, int]:
    pairs = [(before[query], after[query]) for query in before]
    return pairs.count((True, False)), pairs.count((False, True))


def test_real_accuracies_are_those_of_the_paper_and_their_changes_significant(primes: Marks) -> None:
    shares = {key: round(sum(marks.values()) / len(marks), 3) for key, marks in primes.items()}
    gpt4 = changes(*(primes["openaichat/gpt-4", month] for month in ("0314", "0613")))
    gpt35 = changes(*(primes["openaichat/gpt-3.5-turbo", month] for month in ("0301", "0613")))

    assert shares == {
        ("openaichat/gpt-3.5-turbo", "0301"): 0.518,
        ("openaichat/gpt-3.5-turbo", "0613"): 0.68,
        ("openaichat/gpt-4", "0314"): 0.84,
        ("openaichat/gpt-4", "0613"): 0.502,
    }
    assert mcnemar(*gpt4) < 1e-40
    assert mcnemar(*gpt35) < 1e-9


def test_real_rates_of_direct_answers_are_those_of_the_paper_and_their_fall_significant(answered: Marks) -> None:
    shares = {key: round(sum(marks.values()) / len(marks), 3) for key, marks in answered.items()}
    gpt4 = changes(*(answered["openaichat/gpt-4", month] for month in ("0314", "0613")))
    gpt35 = changes(*(answered["openaichat/gpt-3.5-turbo", month] for month in ("0301", "0613")))

    assert shares == {
        ("openaichat/gpt-3.5-turbo", "0301"): 0.02,
        ("openaichat/gpt-3.5-turbo", "0613"): 0.08,
        ("openaichat/gpt-4", "0314"): 0.21,
        ("openaichat/gpt-4", "0613"): 0.05,
    }
    assert (gpt4, gpt35) == ((16, 0), (0, 6))
    assert mcnemar(*gpt4) == pytest.approx(scipy.stats.binomtest(16, 16).pvalue, abs=1e-12)
    assert mcnemar(*gpt35) == pytest.approx(scipy.stats.binomtest(0, 6).pvalue, abs=1e-12)


def test_halves_of_one_month_differ_as_rarely_as_the_rate_says(primes: Marks) -> None:
    marks = np.array(list(primes["openaichat/gpt-4", "0314"].values()))
    rng = np.random.default_rng(11)
    paired = unpaired = 0
    for _ in range(1000):
        halves = rng.permutation(marks).reshape(2, -1)
        paired += mcnemar(int((halves[0] & ~halves[1]).sum()), int((~halves[0] & halves[1]).sum())) <= 0.05
        unpaired += 0.0 not in newcombe(*((int(half.sum()), len(half)) for half in halves))

    assert max(paired, unpaired) / 1000 <= 0.05 + 2 * (0.05 * 0.95 / 1000) ** 0.5
