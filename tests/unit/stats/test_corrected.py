"""The true rate behind a judge's: by hand, against a regression, and by simulation of coverage."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.agreement import JudgeRates
from pytest_llm.stats.corrected import CorrectedRate, prediction_powered, rogan_gladen
from pytest_llm.stats.intervals import wilson

GOOD = JudgeRates(true_positives=95, positives=100, true_negatives=90, negatives=100)


def test_the_corrected_rate_is_that_of_rogan_and_gladen() -> None:
    found = rogan_gladen(234, 300, GOOD)

    assert found.rate == pytest.approx((0.78 + 0.90 - 1) / (0.95 + 0.90 - 1))
    assert str(found) == "0.80 (95% CI 0.73-0.88, Rogan-Gladen; the judge's own rate is 0.78)"


def test_a_rate_that_errors_alone_explain_is_nought_and_not_less() -> None:
    found = rogan_gladen(5, 300, GOOD)

    assert (found.rate, found.interval.low) == (0.0, 0.0)


def test_a_judge_near_chance_is_refused() -> None:
    with pytest.raises(ConfigurationError) as caught:
        rogan_gladen(50, 100, JudgeRates(true_positives=11, positives=20, true_negatives=10, negatives=20))

    assert str(caught.value) == (
        "The judge passes 11 of 20 items that people pass and 10 of 20 that they fail: TPR + TNR - 1 is 0.05 "
        "(95% CI [-0.24, +0.33]), so that its rate cannot be corrected. Label more items, or use a better judge."
    )


def test_prediction_powered_inference_is_that_of_its_paper() -> None:
    rng = np.random.default_rng(8)
    labels, rest = rng.random(60) < 0.7, rng.random(500) < 0.65
    graded = np.where(rng.random(60) < 0.85, labels, ~labels)
    y, f, others = (one.astype(float) for one in (labels, graded, rest))
    weight = np.cov(y, f)[0, 1] / ((1 + 60 / 500) * np.var([*f, *others], ddof=1))

    found = prediction_powered(y.tolist(), f.tolist(), others.tolist())

    assert 0 < weight < 1
    assert found.rate == pytest.approx(weight * others.mean() + (y - weight * f).mean())
    assert found.raw == pytest.approx(np.mean([*f, *others]))
    assert found.rate in found.interval


def test_a_judge_that_always_passes_adds_nothing_to_the_labels() -> None:
    labels = [1.0] * 18 + [0.0] * 12
    found = prediction_powered(labels, [1.0] * 30, [1.0] * 200)

    assert found.rate == pytest.approx(0.6)


def test_labels_all_alike_leave_an_interval_and_not_a_point() -> None:
    found = prediction_powered([1.0] * 20, [1.0] * 20, [1.0] * 100)

    assert found.rate == 1.0
    assert str(found.interval) == "95% CI 0.80-1.00"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: prediction_powered([1, 0], [1], [1]),
            "Paired values need one before and one after for each case, and there are 2 and 1. "
            "Compare them as unpaired samples instead.",
        ),
        (
            lambda: prediction_powered([5, 3], [4, 3], [1]),
            "A label or grade is 5.0. Bring the scale to 0 to 1 first.",
        ),
        (lambda: prediction_powered([1, 0], [1, 0], []), "others must hold at least 1 values, and holds 0."),
        (
            lambda: rogan_gladen(5, 0, GOOD),
            "A rate needs at least one trial, and n is 0. Take trials before asking for a rate.",
        ),
    ],
)
def test_what_cannot_be_corrected_is_refused(call: object, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        call()  # type: ignore[operator]

    assert str(caught.value) == message


@pytest.mark.parametrize(("tpr", "tnr"), [(0.6, 0.6), (0.8, 0.6), (0.95, 0.9)])
def test_corrected_intervals_hold_the_truth_at_their_rate_and_raw_ones_do_not(tpr: float, tnr: float) -> None:
    rng, rate, runs, held = np.random.default_rng(4), 0.8, 400, [0, 0, 0]
    for _ in range(runs):
        truth = rng.random(450) < rate
        grades = np.where(truth, rng.random(450) < tpr, rng.random(450) >= tnr)
        judge = JudgeRates(int(rng.binomial(150, tpr)), 150, int(rng.binomial(150, tnr)), 150)
        passed = int(grades[150:].sum())
        found: list[CorrectedRate | None] = [None, None]
        with suppress(ConfigurationError):
            found[0] = rogan_gladen(passed, 300, judge)
        y, f, others = (one.astype(float).tolist() for one in (truth[:150], grades[:150], grades[150:]))
        found[1] = prediction_powered(y, f, others)
        held[0] += rate in wilson(passed, 300)
        for place, one in enumerate(found, 1):
            held[place] += one is None or rate in one.interval
    raw, rogan, ppi = (one / runs for one in held)

    assert raw < 0.9
    assert min(rogan, ppi) >= 0.95 - 2 * (0.95 * 0.05 / runs) ** 0.5
