"""Two samples of different cases, against scipy and statsmodels."""

from __future__ import annotations

import pytest
import scipy.stats
from statsmodels.stats.proportion import confint_proportions_2indep

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.unpaired import newcombe, rate_difference, score_difference

ONE, OTHER = [0.9, 0.8, 0.7, 0.95, 0.6], [0.5, 0.7, 0.4, 0.65, 0.7, 0.55, 0.6]


@pytest.mark.parametrize("before", [(0, 10), (19, 20), (100, 100), (57, 100)])
@pytest.mark.parametrize("after", [(0, 12), (14, 20), (85, 100), (30, 30)])
def test_newcombes_interval_equals_that_of_statsmodels(before: tuple[int, int], after: tuple[int, int]) -> None:
    theirs = confint_proportions_2indep(*after, *before, method="newcomb")
    found = newcombe(before, after)

    assert (found.low, found.high) == pytest.approx(theirs, abs=1e-9)


def test_a_difference_of_rates_says_which_test_it_took() -> None:
    found = rate_difference((95, 100), (85, 100))

    assert str(found) == "-0.10 (95% CI [-0.19, -0.02], Fisher p = 0.032, n = 200)"
    assert found.p == pytest.approx(scipy.stats.fisher_exact([[95, 5], [85, 15]]).pvalue, abs=1e-9)


def test_a_difference_of_scores_equals_that_of_scipy() -> None:
    theirs = scipy.stats.ttest_ind(OTHER, ONE, equal_var=False)
    interval = theirs.confidence_interval(0.95)
    found = score_difference(ONE, OTHER)

    assert (found.interval.low, found.interval.high) == pytest.approx((interval.low, interval.high), abs=1e-9)
    assert (found.test, found.p) == ("Welch", pytest.approx(theirs.pvalue, abs=1e-9))


def test_a_sample_of_one_score_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"^after must hold at least 2 values, and holds 1.$"):
        score_difference(ONE, [0.5])
