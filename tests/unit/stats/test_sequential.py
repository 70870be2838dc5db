"""Tests that may be looked at after every trial, against exact crossing probabilities and all paths."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.sequential import BettingTest, Decision, Sprt


def ever(
    test: type[BettingTest] | type[Sprt], settings: tuple[float, ...], rate: float, n: int
) -> dict[Decision, float]:
    """Return the exact chance of each decision within n trials, looked at after every one."""
    reached: dict[int, float] = {0: 1.0}  # by successes, of the runs that are undecided
    chances: dict[Decision, float] = {"above": 0.0, "below": 0.0, "undecided": 0.0}
    for trial in range(1, n + 1):
        following: dict[int, float] = {}
        for successes, chance in reached.items():
            for outcome, share in ((True, rate), (False, 1 - rate)):
                one = test(*settings)
                one.successes, one.failures = successes, trial - 1 - successes
                decision = one.update(outcome)
                if decision != "undecided":
                    chances[decision] += chance * share
                else:
                    following[successes + outcome] = following.get(successes + outcome, 0.0) + chance * share
        reached = following
    return chances | {"undecided": sum(reached.values())}


@pytest.mark.parametrize("bound", [0.05, 0.5, 0.9, 0.99])
def test_at_the_bound_each_wrong_decision_is_rarer_than_its_error_however_often_one_looks(bound: float) -> None:
    chances = ever(BettingTest, (bound, 0.95), bound, 120)

    assert chances["above"] + chances["below"] > 0
    assert max(chances["above"], chances["below"]) <= 0.05
    assert sum(chances.values()) == pytest.approx(1)


@pytest.mark.parametrize(("bound", "rate", "right"), [(0.9, 0.99, "above"), (0.9, 0.6, "below"), (0.1, 0.4, "above")])
def test_a_rate_far_from_the_bound_is_decided_soon(bound: float, rate: float, right: Decision) -> None:
    chances = ever(BettingTest, (bound, 0.95), rate, 80)

    assert chances[right] > 0.8


@pytest.mark.parametrize(("p0", "p1"), [(0.9, 0.99), (0.9, 0.6), (0.5, 0.7)])
def test_both_errors_of_the_sprt_are_held(p0: float, p1: float) -> None:
    for_p1: Decision = "above" if p1 > p0 else "below"
    for_p0: Decision = "below" if p1 > p0 else "above"

    assert 0 < ever(Sprt, (p0, p1, 0.05, 0.1), p0, 100)[for_p1] <= 0.05
    assert 0 < ever(Sprt, (p0, p1, 0.05, 0.1), p1, 100)[for_p0] <= 0.1


def test_the_intervals_after_all_trials_hold_the_rate_at_once() -> None:
    rng, rate, wrong = np.random.default_rng(2), 0.8, 0
    bounds = {(s, f): counted(0.5, s, f).interval() for f in range(31) for s in range(31 - f) if s + f}
    for _ in range(2000):
        successes = (rng.random(30) < rate).cumsum()
        wrong += any(rate not in bounds[int(s), n - int(s)] for n, s in enumerate(successes, 1))

    assert 0 < wrong / 2000 <= 0.05


def counted(bound: float, successes: int, failures: int) -> BettingTest:
    test = BettingTest(bound)
    test.successes, test.failures = successes, failures
    return test


@pytest.mark.parametrize(("successes", "failures"), [(10, 0), (0, 10), (15, 5), (1, 1), (300, 20)])
def test_the_bounds_of_the_interval_are_where_half_the_error_is_reached(successes: int, failures: int) -> None:
    test = counted(0.9, successes, failures)
    found = test.interval()
    # The same gamblers, on the bound itself.
    above = test._log_above(found.low) if successes else math.log(40)
    below = test._log_below(found.high) if failures else math.log(40)

    assert (above, below) == pytest.approx((math.log(40), math.log(40)), abs=1e-6)
    assert found.low < successes / (successes + failures) or successes == 0
    assert found.high > successes / (successes + failures) or failures == 0


def test_evidence_is_a_fair_game_at_the_bound() -> None:
    n, bound = 12, 0.9
    weights = [math.comb(n, s) * bound**s * (1 - bound) ** (n - s) for s in range(n + 1)]
    tests = [counted(bound, s, n - s) for s in range(n + 1)]

    assert sum(w * one.e_above for w, one in zip(weights, tests, strict=True)) == pytest.approx(1)
    assert sum(w * one.e_below for w, one in zip(weights, tests, strict=True)) == pytest.approx(1)


def test_the_first_decision_stands() -> None:
    test = BettingTest(0.9)
    for _ in range(34):
        test.update(True)
    decided = test.decision
    for _ in range(30):
        test.update(False)

    assert (decided, test.decision, test.trials) == ("above", "above", 64)
    assert test.e_above < 1 / 0.05
    assert test.e_below > 1 / 0.05


def test_the_order_of_outcomes_does_not_matter_to_the_evidence() -> None:
    one, other = BettingTest(0.7), BettingTest(0.7)
    for outcome in [True, False, True, True, False]:
        one.update(outcome)
    for outcome in [False, False, True, True, True]:
        other.update(outcome)

    assert (one.e_above, one.e_below) == (other.e_above, other.e_below)


def test_nothing_is_known_before_the_first_trial() -> None:
    test = BettingTest(0.9)

    assert (test.e_above, test.e_below, test.decision, test.trials) == (1.0, 1.0, "undecided", 0)
    assert str(test.interval()) == "95% CI 0.00-1.00"


def test_overwhelming_evidence_is_infinite_and_not_an_error() -> None:
    assert counted(0.01, 500, 0).e_above == math.inf


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: BettingTest(1.0), "bound must be between 0 and 1, both excluded, and is 1.0."),
        (lambda: BettingTest(90), "bound must be between 0 and 1, both excluded, and is 90. Did you mean 0.9?"),
        (lambda: BettingTest(0.9).update(0.5), "An outcome is True or False, and this one is 0.5."),  # type: ignore[arg-type]
        (lambda: Sprt(0.9, 0.9), "p0 and p1 are both 0.9. Name two rates that are worth telling apart."),
        (lambda: Sprt(0.9, 0.99, alpha=0.0), "alpha must be between 0 and 1, both excluded, and is 0.0."),
    ],
)
def test_what_cannot_be_tested_is_refused(call: object, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        call()  # type: ignore[operator]

    assert str(caught.value) == message


@pytest.mark.parametrize(("bound", "n"), [(0.05, 2), (0.5, 5), (0.9, 34), (0.95, 69), (0.99, 351)])
def test_the_fewest_trials_are_those_that_decide_when_all_pass(bound: float, n: int) -> None:
    test = BettingTest(bound)
    while test.update(True) == "undecided":
        pass

    assert (BettingTest(bound).least_trials, test.trials) == (n, n)
