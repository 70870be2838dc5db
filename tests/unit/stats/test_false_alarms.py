"""False alarms of the rules that are not summed over all outcomes elsewhere, in small simulations with a seed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from pytest_llm.stats.multiplicity import benjamini_hochberg, e_bh
from pytest_llm.stats.paired import mcnemar, paired_difference, wilcoxon
from pytest_llm.stats.sequential import BettingTest
from pytest_llm.stats.unpaired import rate_difference, score_difference

RUNS = 500
ALPHA = 0.05
MOST = ALPHA + 2 * (ALPHA * (1 - ALPHA) / RUNS) ** 0.5


def grades(rng: np.random.Generator) -> tuple[list[float], list[float]]:
    ease = rng.beta(5, 2, 15)
    return (1.0 + rng.binomial(4, ease)).tolist(), (1.0 + rng.binomial(4, ease)).tolist()


def trials(rng: np.random.Generator) -> tuple[list[float], list[float]]:
    ease = np.repeat(rng.beta(3, 1, 12), 4)
    return rng.binomial(1, ease).astype(float).tolist(), rng.binomial(1, ease).astype(float).tolist()


CASES = np.repeat(np.arange(12), 4).tolist()
RULES: dict[str, Callable[[np.random.Generator], float]] = {
    "wilcoxon": lambda rng: wilcoxon(np.subtract(*grades(rng)).tolist()),
    "paired pass/fail": lambda rng: paired_difference(*(rng.integers(0, 2, (2, 30)).tolist())).p,
    "clustered": lambda rng: paired_difference(*trials(rng), clusters=CASES).p,
    "Welch": lambda rng: score_difference(*grades(rng)).p,
    "Fisher": lambda rng: rate_difference(*((int(one), 30) for one in rng.binomial(30, 0.7, 2))).p,
}


@pytest.mark.parametrize("rule", RULES)
def test_a_test_with_nothing_to_find_is_significant_no_more_often_than_stated(rule: str) -> None:
    rng = np.random.default_rng(20261126)
    alarms = sum(RULES[rule](rng) <= ALPHA for _ in range(RUNS)) / RUNS

    assert 0 < alarms <= MOST


def test_discoveries_of_many_tests_are_false_no_more_often_than_stated() -> None:
    rng, shares = np.random.default_rng(1), []
    for _ in range(RUNS):
        quiet, changed = rng.multinomial(40, (0.2, 0.2, 0.6), 10), rng.multinomial(40, (0.5, 0.1, 0.4), 5)
        found = benjamini_hochberg([mcnemar(int(b), int(c)) for b, c, _ in (*quiet, *changed)], ALPHA)
        shares.append(sum(found[:10]) / max(1, sum(found)))

    assert 0 < np.mean(shares) <= ALPHA


def test_discoveries_by_e_values_that_are_stopped_at_will_are_false_no_more_often_than_stated() -> None:
    rng, shares = np.random.default_rng(1), []
    for _ in range(60):
        values = [0.0] * 12
        for place in range(12):
            test = BettingTest(0.7)
            for outcome in rng.random(30) < (0.7 if place < 8 else 0.2):
                test.update(bool(outcome))
                values[place] = test.e_below
                if values[place] >= 12 / ALPHA:
                    break
        found = e_bh(values, ALPHA)
        shares.append(sum(found[:8]) / max(1, sum(found)))

    assert sum(values[8:]) > 0
    assert np.mean(shares) <= ALPHA
