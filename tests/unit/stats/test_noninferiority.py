"""No worse by a margin, of the same cases and of different ones: sizes summed over all outcomes."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from pytest_llm.stats.noninferiority import paired_tails, unpaired_tails
from pytest_llm.stats.paired import no_worse
from pytest_llm.stats.planning import least_trials
from pytest_llm.stats.unpaired import no_worse_rates, no_worse_scores


@pytest.mark.parametrize(("n", "margin"), [(5, 0.2), (16, 0.1)])
def test_pairs_are_called_no_worse_or_worse_wrongly_no_more_often_than_stated(n: int, margin: float) -> None:
    cells = [(lost, gained) for lost in range(n + 1) for gained in range(n + 1 - lost)]
    tails = np.array([paired_tails(lost, gained, n, margin) for lost, gained in cells])
    sizes = []
    for share in np.linspace(margin, (1 + margin) / 2, 83):
        cell = scipy.stats.multinomial(n, [share, share - margin, max(0.0, 1 - 2 * share + margin)])
        chances = np.array([cell.pmf([lost, gained, n - lost - gained]) for lost, gained in cells])
        sizes.append([chances[tails[:, side] <= 0.05].sum() for side in (0, 1)])

    assert np.max(sizes) <= 0.0501


@pytest.mark.parametrize(("n", "margin"), [(5, 0.2), (12, 0.1)])
def test_samples_are_called_no_worse_or_worse_wrongly_no_more_often_than_stated(n: int, margin: float) -> None:
    tails = np.array([[unpaired_tails((a, n), (b, n), margin) for b in range(n + 1)] for a in range(n + 1)])
    sizes = []
    for rate in np.linspace(margin, 1, 83):
        old, new = (scipy.stats.binom.pmf(np.arange(n + 1), n, one) for one in (rate, max(0.0, rate - margin)))
        sizes.append([np.outer(old, new)[tails[:, :, side] <= 0.05].sum() for side in (0, 1)])

    assert np.max(sizes) <= 0.0501


@pytest.mark.parametrize("margin", [0.02, 0.05, 0.1])
def test_equal_outcomes_are_no_worse_from_the_fewest_trials_that_could_say_so(margin: float) -> None:
    n = least_trials(1 - margin)

    assert no_worse([1] * n, [1] * n, margin).verdict == "no worse"
    assert no_worse([1] * (n - 1), [1] * (n - 1), margin).verdict == "undecided"
    assert no_worse_rates((n, n), (n, n), margin).verdict == "no worse"
    assert no_worse_rates((n - 1, n - 1), (n - 1, n - 1), margin).verdict == "undecided"


def test_beyond_the_exact_sizes_the_normal_approximation_is_near() -> None:
    exact = paired_tails(10, 5, 250, 0.05)
    beyond = paired_tails(10, 5, 251, 0.05)

    assert beyond == pytest.approx(exact, abs=0.02)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [((190, 200), (189, 200), "no worse"), ((18, 20), (9, 20), "worse"), ((18, 20), (17, 20), "undecided")],
)
def test_rates_of_different_cases_have_three_verdicts(
    before: tuple[int, int], after: tuple[int, int], verdict: str
) -> None:
    assert no_worse_rates(before, after, 0.05).verdict == verdict


def test_scores_of_different_cases_are_no_worse_where_welch_and_mann_whitney_say_so() -> None:
    before, after = [0.8, 0.9, 0.85, 0.7, 0.8], [0.82, 0.88, 0.86, 0.75, 0.79, 0.8]
    found = no_worse_scores(before, after, 0.1)
    raised = np.add(after, 0.1)
    t = scipy.stats.ttest_ind(raised, before, equal_var=False, alternative="greater").pvalue
    ranks = scipy.stats.mannwhitneyu(raised.round(12), before, alternative="greater").pvalue

    assert found.verdict == "no worse"
    assert found.p_no_worse == pytest.approx(max(t, ranks), abs=1e-9)


def test_scores_of_the_same_cases_are_no_worse_where_t_and_signed_ranks_say_so() -> None:
    before, after = [0.8, 0.9, 0.85, 0.7, 0.81, 0.6], [0.82, 0.88, 0.86, 0.75, 0.79, 0.66]
    found = no_worse(before, after, 0.05)
    raised = np.subtract(after, before) + 0.05
    t = scipy.stats.ttest_1samp(raised, 0, alternative="greater").pvalue
    ranks = scipy.stats.wilcoxon(raised.round(12), alternative="greater", method="exact").pvalue

    assert found.verdict == "no worse"
    assert found.p_no_worse == pytest.approx(max(t, ranks), abs=1e-9)


def test_equal_falls_by_the_margin_show_nothing() -> None:
    before = [0.1, 0.3, 0.7, 0.9, 0.35, 0.6]
    found = no_worse(before, [one - 0.05 for one in before], 0.05)

    assert (found.verdict, found.p_no_worse, found.p_worse) == ("undecided", 1.0, 1.0)
