"""Strengths of contestants, against a logistic regression of statsmodels and two players by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.bradley_terry import bradley_terry

NAMES = ["gemma", "llama", "qwen", "smol"]
TRUE = [0.5, 0.2, 0.0, -0.7]


def tournament() -> list[tuple[str, str, float]]:
    rng = np.random.default_rng(3)
    pairs = [(a, b) for a in range(4) for b in range(a) for _ in range(30)]
    return [(NAMES[a], NAMES[b], float(rng.random() < 1 / (1 + math.exp(TRUE[b] - TRUE[a])))) for a, b in pairs]


def test_strengths_equal_those_of_a_logistic_regression() -> None:
    games = tournament()
    design = np.array([[(name == a) - (name == b) for name in NAMES[1:]] for a, b, _ in games], dtype=float)
    fitted = statsmodels.api.Logit([score for _, _, score in games], design).fit(disp=0, tol=1e-12)
    strengths = np.array([0.0, *fitted.params])
    found = bradley_terry(games)
    gaps = np.eye(4)[1:] - np.eye(4)[0]

    assert list(found.strengths.values()) == pytest.approx(list(strengths - strengths.mean()), abs=1e-7)
    # The error of a difference does not depend on where the strengths are centred.
    centred = np.linalg.pinv(gaps) @ fitted.cov_params() @ np.linalg.pinv(gaps).T
    halves = 1.959963984540054 * np.sqrt(np.diag(centred))
    assert [one.high - one.low for one in found.intervals.values()] == pytest.approx(list(2 * halves), abs=1e-6)


def test_two_contestants_differ_by_the_odds() -> None:
    found = bradley_terry([("a", "b", 1.0)] * 3 + [("a", "b", 0.0)])

    assert found.strengths["a"] - found.strengths["b"] == pytest.approx(math.log(3))
    assert found.ranking == ("a", "b")


def test_a_tie_is_half_a_win_each() -> None:
    ties = bradley_terry([("a", "b", 0.5)] * 2 + [("a", "b", 1.0)] * 2)

    assert ties.strengths["a"] - ties.strengths["b"] == pytest.approx(math.log(3))


@pytest.mark.parametrize(
    ("games", "message"),
    [
        pytest.param(
            [("a", "b", 1.0), ("b", "c", 1.0), ("c", "b", 1.0)],
            "a never lost to the others, so that their strength has no greatest likelihood. "
            "Play more games, or give prior=0.5 to add half a win each way between each two.",
            id="never beaten",
        ),
        pytest.param(
            [("a", "b", 0.5), ("c", "d", 0.5)],
            "a, b never met the others, so that their strength has no greatest likelihood. "
            "Play more games, or give prior=0.5 to add half a win each way between each two.",
            id="never met",
        ),
        pytest.param([], "Strengths need two contestants that met, and there are no games.", id="no games"),
        pytest.param(
            [("a", "a", 1.0)], "('a', 'a', 1.0) is not a game of two with a score from 0 to 1.", id="against itself"
        ),
    ],
)
def test_games_without_a_greatest_likelihood_are_refused(games: list[tuple[str, str, float]], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        bradley_terry(games)

    assert str(caught.value) == message


def test_a_prior_keeps_the_never_beaten_finite() -> None:
    found = bradley_terry([("a", "b", 1.0)] * 4, prior=0.5)

    assert found.strengths["a"] - found.strengths["b"] == pytest.approx(math.log(4.5 / 0.5))
