"""Contrasts of rates: equal to Newcombe's interval for two, and covering what they claim for four."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.contrasts import Effect, contrast, factorial
from pytest_llm.stats.intervals import Interval
from pytest_llm.stats.unpaired import newcombe


@pytest.mark.parametrize(("before", "after"), [((56, 70), (48, 80)), ((9, 10), (3, 10)), ((10, 10), (0, 20))])
def test_a_contrast_of_two_rates_is_the_difference_of_newcombe(before: tuple[int, int], after: tuple[int, int]) -> None:
    found = contrast([before, after], [-1, 1])

    assert found.estimate == pytest.approx(after[0] / after[1] - before[0] / before[1])
    assert (found.interval.low, found.interval.high) == pytest.approx(
        (newcombe(before, after).low, newcombe(before, after).high)
    )


def test_the_interval_of_newcombe_is_that_of_statsmodels() -> None:
    from statsmodels.stats.proportion import confint_proportions_2indep

    found = contrast([(48, 80), (56, 70)], [-1, 1])

    assert (found.interval.low, found.interval.high) == pytest.approx(
        confint_proportions_2indep(56, 70, 48, 80, method="newcomb"), abs=1e-9
    )


def test_the_effects_of_a_design_are_told_apart() -> None:
    found = factorial((90, 100), (87, 100), (69, 100), (66, 100))

    assert str(found.first) == "-3 points [-11, +5]"
    assert str(found.second) == "-21 points [-29, -13]"
    assert found.interaction.estimate == pytest.approx(0)
    assert str(Effect(0.0, Interval(-0.1, 0.1))) == "+0 points [-10, +10]"


def test_a_contrast_refuses_weights_that_do_not_fit_and_cells_without_trials() -> None:
    with pytest.raises(ConfigurationError, match="2 cells, 1 weights"):
        contrast([(1, 2), (1, 2)], [1])
    with pytest.raises(ConfigurationError, match="at least one trial"):
        contrast([(0, 0), (1, 2)], [-1, 1])


@pytest.mark.parametrize("n", [10, 40])
@pytest.mark.parametrize("rates", [(0.9, 0.9, 0.9, 0.9), (0.95, 0.8, 0.5, 0.2), (0.99, 0.99, 0.6, 0.6), (1, 1, 1, 0.5)])
def test_the_intervals_cover_the_true_effects_as_often_as_they_claim(rates: tuple[float, ...], n: int) -> None:
    rng = np.random.default_rng(7)
    runs = 1500
    neither, first, second, both = rates
    truth = (
        (first - neither + both - second) / 2,
        (second - neither + both - first) / 2,
        both - second - first + neither,
    )
    covered = np.zeros(3)
    for draw in rng.binomial(n, rates, size=(runs, 4)):
        found = factorial(*((int(one), n) for one in draw))
        effects = (found.first, found.second, found.interaction)
        covered += [
            effect.interval.low - 1e-9 <= true <= effect.interval.high + 1e-9
            for effect, true in zip(effects, truth, strict=True)
        ]

    # Nominally 95 %; an interval of this kind may fall short by a point or two at the edges.
    assert (covered / runs >= 0.925).all(), covered / runs
