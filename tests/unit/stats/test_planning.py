"""Sizes of samples, against exact powers and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.intervals import lower_bound
from pytest_llm.stats.paired import mcnemar
from pytest_llm.stats.planning import detectable_drop, least_trials, pairs_for_drop, trials_for_drop
from pytest_llm.stats.unpaired import newcombe


@pytest.mark.parametrize(("rate", "n"), [(0.5, 5), (0.9, 29), (0.95, 59), (0.99, 299), (0.999, 2995)])
def test_the_fewest_trials_are_those_whose_bound_reaches_the_rate(rate: float, n: int) -> None:
    assert least_trials(rate) == n
    assert lower_bound(n, n) >= rate > lower_bound(n - 1, n - 1)


def test_a_rate_that_the_bound_meets_exactly_needs_no_more() -> None:
    assert least_trials(0.5, confidence=0.75) == 2


def test_published_sizes_of_two_samples_are_found() -> None:
    assert (trials_for_drop(0.10, 0.95), trials_for_drop(0.20, 0.90)) == (141, 62)


@pytest.mark.parametrize(("rate", "drop"), [(0.95, 0.10), (0.9, 0.2), (0.6, 0.2)])
def test_the_size_of_two_samples_has_its_power_under_newcombes_interval(rate: float, drop: float) -> None:
    n = trials_for_drop(drop, rate)
    counts = np.arange(n + 1)
    before, after = (scipy.stats.binom.pmf(counts, n, share) for share in (rate, rate - drop))
    likely = [(a, b) for a in counts for b in counts if before[a] * after[b] > 1e-6]
    power = sum(before[a] * after[b] for a, b in likely if newcombe((a, n), (b, n)).high < 0)

    assert power == pytest.approx(0.8, abs=0.03)


def test_the_detectable_drop_is_the_inverse() -> None:
    drop = detectable_drop(141, 0.95)

    assert drop is not None
    assert drop == pytest.approx(0.10, abs=0.001)
    assert trials_for_drop(drop, 0.95) <= 141 < trials_for_drop(drop - 0.001, 0.95)


def test_too_few_trials_detect_no_drop() -> None:
    assert detectable_drop(2, 0.5) is None


@pytest.mark.parametrize(("drop", "discordance"), [(0.10, 0.2), (0.20, 0.3), (0.2, 0.2)])
def test_the_number_of_pairs_has_its_power_under_the_exact_mcnemar_test(drop: float, discordance: float) -> None:
    def power(n: int) -> float:
        losing = (discordance + drop) / (2 * discordance)
        shares = scipy.stats.binom.pmf(np.arange(n + 1), n, discordance)
        return float(
            sum(
                shares[m] * scipy.stats.binom.pmf(b, m, losing)
                for m in range(n + 1)
                for b in range(m // 2 + 1, m + 1)
                if mcnemar(b, m - b) <= 0.05
            )
        )

    n = pairs_for_drop(drop, discordance)

    assert power(n) >= 0.8 > power(n - 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: least_trials(95), "rate must be between 0 and 1, both excluded, and is 95. Did you mean 0.95?"),
        (lambda: least_trials(1.0), "rate must be between 0 and 1, both excluded, and is 1.0."),
        (lambda: trials_for_drop(0.9, 0.8), "drop must be between 0 and rate = 0.8, and is 0.9."),
        (lambda: pairs_for_drop(0.3, 0.2), "drop must be between 0 and discordance = 0.2, and is 0.3."),
    ],
)
def test_demands_that_cannot_be_met_are_refused(call: object, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        call()  # type: ignore[operator]

    assert str(caught.value) == message
