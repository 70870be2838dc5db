"""Changes of pass rates against statsmodels, and their intervals and false alarms by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import confint_proportions_2indep

from pytest_llm.stats.outcomes import paired_change, stratified_change, unpaired_change


def test_mcnemars_exact_test_is_that_of_statsmodels() -> None:
    before = [True] * 50 + [False] * 20
    after = [True] * 35 + [False] * 15 + [True] * 4 + [False] * 16
    found = paired_change(before, after)

    assert found.p == pytest.approx(mcnemar([[35, 15], [4, 16]], exact=True).pvalue)
    assert (found.before, found.after, found.test) == (50 / 70, 39 / 70, "McNemar")


def test_no_discordant_case_is_no_evidence() -> None:
    found = paired_change([True] * 10, [True] * 10)

    assert (found.p, found.effect) == (1.0, 0.0)
    assert found.interval[0] < -0.1


def test_newcombes_interval_is_that_of_statsmodels() -> None:
    found = unpaired_change([True] * 45 + [False] * 5, [True] * 28 + [False] * 12)

    assert found.interval == pytest.approx(confint_proportions_2indep(28, 40, 45, 50, method="newcomb"), abs=1e-6)


@pytest.mark.parametrize("shape", [(60, 1, 1), (12, 6, 4), (1, 20, 20)])
def test_intervals_cover_and_false_alarms_are_as_many_as_promised(shape: tuple[int, int, int]) -> None:
    rng = np.random.default_rng(1)
    cases, old, new = shape
    covered, alarms = [], []
    for run in range(200):
        rates = rng.beta(4, 2, size=cases)
        before = [rng.binomial(1, rate, old).tolist() for rate in rates]
        after = [rng.binomial(1, rate, new).tolist() for rate in rates]
        if old == 1:
            found = paired_change([one[0] == 1 for one in before], [one[0] == 1 for one in after])
        else:
            found = stratified_change(before, after, seed=run)
        covered.append(found.interval[0] <= 0 <= found.interval[1])
        alarms.append(found.p <= 0.05)

    assert np.mean(covered) > 0.95 - 3 * (0.05 * 0.95 / 200) ** 0.5
    assert np.mean(alarms) < 0.05 + 3 * (0.05 * 0.95 / 200) ** 0.5


@pytest.mark.parametrize("confidence", [0.95, 0.99])
@pytest.mark.parametrize(
    ("rates", "shift"),
    [([0.9], -0.3), ([0.97] * 4, -0.3), ([1.0, 1.0, 0.9, 0.4], -0.2), ([0.95] * 8, -0.1), ([0.5] * 4, 0.0)],
    ids=["one", "high", "unlike", "small", "none"],
)
def test_intervals_of_a_real_change_cover_it_and_hold_zero_only_where_the_test_does(
    rates: list[float], shift: float, confidence: float
) -> None:
    rng = np.random.default_rng(2)
    after_rates = np.clip(np.array(rates) + shift, 0, 1)
    true, covered = float(np.mean(after_rates - rates)), []
    for run in range(300):
        before = [rng.binomial(1, rate, 10).tolist() for rate in rates]
        after = [rng.binomial(1, rate, 4).tolist() for rate in after_rates]
        found = stratified_change(before, after, confidence=confidence, seed=run)
        low, high = found.interval
        covered.append(low - 1e-9 <= true <= high + 1e-9)

        assert (low <= 0 <= high) == (found.p > 1 - confidence)

    assert np.mean(covered) > confidence - 3 * (confidence * (1 - confidence) / 300) ** 0.5


def test_mcnemars_and_fishers_intervals_hold_zero_where_their_tests_do() -> None:
    rng = np.random.default_rng(3)
    for _ in range(300):
        before, after = (rng.random(12) < rate for rate in (0.9, 0.5))
        for change in (paired_change, unpaired_change):
            found = change(before.tolist(), after.tolist())
            low, high = found.interval

            assert (low <= 0 <= high) == (found.p > 0.05)


def test_a_drop_in_several_outcomes_a_case_is_found_with_its_size() -> None:
    found = stratified_change([[1, 1, 1, 0, 1]] * 8, [[0, 1, 0, 0, 0]] * 8)

    assert (round(found.effect, 3), found.p < 0.001) == (-0.6, True)
    assert found.interval == pytest.approx((-0.79, -0.41), abs=0.03)
