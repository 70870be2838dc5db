"""Many tests at once, against statsmodels, and e-BH by its definition."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.multiplicity import adjusted, benjamini_hochberg, e_bh


@pytest.mark.parametrize("m", [1, 2, 7, 50])
def test_benjamini_hochberg_equals_that_of_statsmodels(m: int) -> None:
    p_values = np.random.default_rng(m).beta(0.3, 2, m).tolist()
    rejected, values, _, _ = multipletests(p_values, 0.05, method="fdr_bh")

    assert adjusted(p_values) == pytest.approx(tuple(values), abs=1e-9)
    assert benjamini_hochberg(p_values) == tuple(rejected.tolist())


@pytest.mark.parametrize(
    ("p_values", "expected"),
    [
        pytest.param([1, 1], (1.0, 1.0), id="ones"),
        pytest.param([0, 1, 1], (0.0, 1.0, 1.0), id="a zero among ones"),
    ],
)
def test_p_values_may_be_whole_numbers(p_values: list[int], expected: tuple[float, ...]) -> None:
    assert adjusted(p_values) == expected


@pytest.mark.parametrize(
    ("e_values", "rejected"),
    [
        pytest.param([], (), id="none"),
        pytest.param([19.9], (False,), id="one below 1 / alpha"),
        pytest.param([20.0], (True,), id="one at 1 / alpha"),
        pytest.param([30.0, 27.0, 10.0, 30.0], (True, True, False, True), id="three together"),
        pytest.param([79.0, 1.0, 1.0, 1.0], (False,) * 4, id="one alone of four needs 80"),
        pytest.param([80.0, 1.0, 1.0, 1.0], (True, False, False, False), id="one alone of four"),
        pytest.param([20.0] * 4, (True,) * 4, id="all"),
    ],
)
def test_e_bh_rejects_the_most_that_its_bars_allow(e_values: list[float], rejected: tuple[bool, ...]) -> None:
    assert e_bh(e_values) == rejected


def test_nothing_is_adjusted_to_nothing() -> None:
    assert (adjusted([]), benjamini_hochberg([])) == ((), ())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: adjusted([0.1, 1.5]), "p_values[1] is 1.5, and a p-value is from 0 to 1."),
        (lambda: benjamini_hochberg([float("nan")]), "p_values[0] is nan, and a p-value is from 0 to 1."),
        (lambda: e_bh([-1.0]), "e_values[0] is -1.0, and an e-value is 0 or more."),
        (lambda: e_bh([1.0], alpha=5), "alpha must be between 0 and 1, both excluded, and is 5. Did you mean 0.05?"),
    ],
)
def test_values_that_cannot_be_are_refused(call: object, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        call()  # type: ignore[operator]

    assert str(caught.value) == message
