"""Intervals of rates, means and statistics, against scipy and statsmodels."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
import scipy.stats
import statsmodels.api
from statsmodels.stats.proportion import proportion_confint

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.intervals import (
    Interval,
    bootstrap,
    clopper_pearson,
    lower_bound,
    mean_interval,
    upper_bound,
    wilson,
)

COUNTS = [(k, n) for n in (1, 2, 5, 20, 100, 1000) for k in sorted({0, 1, n // 2, n - 1, n})]
SCORES = [0.91, 0.85, 0.4, 0.77, 0.93, 0.88, 0.62, 0.95]


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
@pytest.mark.parametrize(("k", "n"), COUNTS)
def test_intervals_of_rates_equal_those_of_scipy_and_statsmodels(k: int, n: int, confidence: float) -> None:
    ours = {"wilson": wilson(k, n, confidence), "beta": clopper_pearson(k, n, confidence)}

    for method, found in ours.items():
        low, high = proportion_confint(k, n, alpha=1 - confidence, method=method)

        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)
    for method, name in (("wilson", "wilson"), ("exact", "beta")):
        interval = scipy.stats.binomtest(k, n).proportion_ci(confidence, method=method)

        assert (ours[name].low, ours[name].high) == pytest.approx(tuple(interval), abs=1e-9)


@pytest.mark.parametrize(("k", "n"), COUNTS)
def test_one_sided_bounds_equal_those_of_scipy(k: int, n: int) -> None:
    low = scipy.stats.binomtest(k, n, alternative="greater").proportion_ci(0.95).low
    high = scipy.stats.binomtest(k, n, alternative="less").proportion_ci(0.95).high

    assert (lower_bound(k, n), upper_bound(k, n)) == pytest.approx((low, high), abs=1e-9)


def test_the_interval_of_a_mean_equals_that_of_scipy() -> None:
    found = mean_interval(SCORES, 0.9)
    low, high = scipy.stats.t.interval(0.9, len(SCORES) - 1, np.mean(SCORES), scipy.stats.sem(SCORES))

    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


def test_the_clustered_interval_of_a_mean_equals_that_of_statsmodels() -> None:
    cases = ["a", "a", "a", "b", "b", "c", "d", "d"]
    groups = np.unique(cases, return_inverse=True)[1]
    fitted = statsmodels.api.OLS(SCORES, np.ones(8)).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    low, high = fitted.conf_int(0.05)[0]
    found = mean_interval(SCORES, clusters=cases)

    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


def test_clusters_of_one_value_each_are_no_clusters() -> None:
    one_each = mean_interval(SCORES, clusters=range(len(SCORES)))
    plain = mean_interval(SCORES)

    assert (one_each.low, one_each.high) == pytest.approx((plain.low, plain.high), abs=1e-12)


def test_the_bootstrap_equals_that_of_scipy() -> None:
    theirs = scipy.stats.bootstrap((SCORES,), np.mean, n_resamples=999, rng=np.random.default_rng(7))
    found = bootstrap(SCORES, np.mean, seed=7, resamples=999)

    assert (found.low, found.high) == tuple(theirs.confidence_interval)
    assert found == bootstrap(SCORES, np.mean, seed=7, resamples=999)


def test_the_paired_bootstrap_resamples_cases_and_not_samples() -> None:
    others = [score + 0.1 for score in SCORES]

    def gain(one: object, two: object, axis: int = -1) -> object:
        return np.mean(two, axis=axis) - np.mean(one, axis=axis)

    paired = bootstrap((SCORES, others), gain, paired=True, resamples=499)
    unpaired = bootstrap((SCORES, others), gain, resamples=499)

    assert (paired.low, paired.high) == pytest.approx((0.1, 0.1))
    assert unpaired.low < -0.05
    assert unpaired.high > 0.2


@pytest.mark.parametrize("values", [[0.5, 0.5, 0.5], [0.1] * 30])
def test_the_bootstrap_of_equal_values_is_a_point_and_not_nan(values: list[float]) -> None:
    found = bootstrap(values, np.mean, resamples=99)

    assert (found.low, found.high) == pytest.approx((values[0], values[0]))


@pytest.mark.parametrize(
    ("interval", "shown"),
    [
        pytest.param(wilson(13, 20), "95% CI 0.43-0.82", id="two decimals"),
        pytest.param(wilson(20, 20), "95% CI 0.84-1.00", id="a bound that is one"),
        pytest.param(wilson(9990, 10000), "95% CI 0.998-0.999", id="would close at two decimals"),
        pytest.param(Interval(0.9, 0.9961), "95% CI 0.900-0.996", id="would reach one"),
        pytest.param(Interval(0.003, 0.3, 0.999), "99.9% CI 0.003-0.300", id="would reach nought"),
        pytest.param(Interval(-0.09, 0.021), "95% CI [-0.09, +0.02]", id="a difference"),
        pytest.param(Interval(-0.2, 0.0), "95% CI [-0.20, +0.00]", id="a difference up to nought"),
        pytest.param(Interval(0.82, 0.82), "95% CI 0.82-0.82", id="a point"),
    ],
)
def test_an_interval_is_shown_as_short_as_it_can_be(interval: Interval, shown: str) -> None:
    assert str(interval) == shown


def test_a_difference_has_signs() -> None:
    assert Interval(0.04, 0.11, 0.9).signed() == "90% CI [+0.04, +0.11]"


def test_an_interval_contains_its_bounds() -> None:
    found = Interval(0.4, 0.8)

    assert [value in found for value in (0.39, 0.4, 0.8, 0.81, math.nan)] == [False, True, True, False, False]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(
            lambda: wilson(0, 0),
            "A rate needs at least one trial, and n is 0. Take trials before asking for a rate.",
            id="no trial",
        ),
        pytest.param(
            lambda: clopper_pearson(21, 20),
            "successes must be a whole number from 0 to n = 20, and is 21.",
            id="more successes than trials",
        ),
        pytest.param(
            lambda: lower_bound(2.5, 20),  # type: ignore[arg-type]
            "successes must be a whole number from 0 to n = 20, and is 2.5.",
            id="half a success",
        ),
        pytest.param(
            lambda: wilson(1, 2, 95),
            "confidence must be between 0 and 1, both excluded, and is 95. Did you mean 0.95?",
            id="percent",
        ),
        pytest.param(
            lambda: wilson(1, 2, math.nan),
            "confidence must be between 0 and 1, both excluded, and is nan.",
            id="nan confidence",
        ),
        pytest.param(
            lambda: mean_interval([0.5, math.nan]),
            "values[1] is nan. Leave out what has no value, and count it as an error instead.",
            id="nan",
        ),
        pytest.param(lambda: mean_interval([0.5]), "values must hold at least 2 values, and holds 1.", id="one value"),
        pytest.param(
            lambda: mean_interval([0.5, 0.6], clusters=["a"]),
            "clusters must hold one label a value: 1 labels, 2 values.",
            id="labels",
        ),
        pytest.param(
            lambda: mean_interval([0.5, 0.6], clusters=["a", "a"]),
            "All values are of one cluster, which tells nothing of others. Give two or more cases.",
            id="one cluster",
        ),
    ],
)
def test_what_has_no_interval_is_refused_with_the_value(call: object, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        call()  # type: ignore[operator]

    assert str(caught.value) == message


def test_wilson_imports_neither_numpy_nor_scipy() -> None:
    script = "import sys; from pytest_llm.stats.intervals import wilson; wilson(3, 4)\n"
    script += "assert not {'numpy', 'scipy'} & set(sys.modules), 'imported'"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
