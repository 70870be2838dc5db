"""``Score``: mean, spread and interval of a metric over a sample."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest
from scipy import stats

from pytest_llm import Response, Sample
from pytest_llm.errors import ConfigurationError

TEXTS = ["a", "bb", "ccc", "dddd", "dddd"]


def length(response: Response) -> float:
    return len(response.text)


def test_it_is_the_mean_with_its_spread_and_students_interval() -> None:
    score = Sample(TEXTS).scores(length)
    values = np.array([1, 2, 3, 4, 4])
    low, high = stats.t.interval(0.95, 4, values.mean(), stats.sem(values))

    assert score.values == (1.0, 2.0, 3.0, 4.0, 4.0)
    assert (score.mean, score.spread) == pytest.approx((2.8, values.std(ddof=1)), abs=1e-12)
    assert score.interval is not None
    assert (score.interval.low, score.interval.high) == pytest.approx((low, high), abs=1e-9)
    assert repr(score) == "mean 2.8  (5 trials, spread 1.3, 95% CI 1.18-4.42)"


def test_it_compares_by_the_mean() -> None:
    score = Sample(TEXTS).scores(length)

    assert score >= 2.8
    assert score > 2
    assert score <= 3
    assert score < 3
    assert score == pytest.approx(2.8) or float(score) == pytest.approx(2.8)
    assert score.claim(">=", 3) == "mean 2.8 >= 3  (5 trials, spread 1.3, 95% CI 1.18-4.42)"


def test_its_evidence_are_the_lowest_or_highest_scores() -> None:
    score = Sample(TEXTS).scores(length)

    assert score.evidence() == ("trial 1: 1  'a'", "trial 2: 2  'bb'", "trial 3: 3  'ccc'", "trials 4, 5: 4  'dddd'")
    assert score.evidence(passing=True)[0] == "trials 4, 5: 4  'dddd'"


def test_what_a_metric_raises_or_no_number_is_an_error() -> None:
    def odd(response: Response) -> float:
        return {"a": nan, "bb": 1 / (len(response.text) - 2) if response.text == "bb" else 0}.get(response.text, 2.0)

    score = Sample(TEXTS).scores(odd)

    assert (score.errors, score.values) == (2, (2.0, 2.0, 2.0))
    assert not score >= 1
    assert score.evidence()[:2] == ("trial 1: the score is nan", "trial 2: ZeroDivisionError: division by zero")


def test_a_single_trial_has_no_interval() -> None:
    score = Sample(["abc"]).scores(length)

    assert score.interval is None
    assert repr(score) == "mean 3  (1 trial)"


def test_a_score_is_no_truth_value() -> None:
    with pytest.raises(ConfigurationError, match=r"Did you mean: assert score >= 0\.9\?$"):
        assert Sample(TEXTS).scores(length)
