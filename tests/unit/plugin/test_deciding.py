"""What the outcomes of trials come to: the rule's false alarms, and where it stops."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from pytest_llm.plugin.deciding import Verdict, decide, least
from pytest_llm.plugin.trial import Demand


def verdict(demand: Demand, outcomes: list[bool]) -> Verdict:
    """Return the first verdict when trials are looked at one by one."""
    for done in range(1, demand.trials + 1):
        found = decide(outcomes[:done], demand, last=done == demand.trials)
        if found is not None:
            return found
    raise AssertionError("no verdict on all trials")


@pytest.mark.parametrize(
    ("passed", "failed", "rate", "expected"),
    [
        (18, 2, 0.9, "passed"),
        (17, 3, 0.9, "failed"),
        (20, 0, 1.0, "passed"),
        (7, 3, 0.7, "passed"),  # 0.7 x 10 is 7.000000000000001 in floats
        (29, 71, 0.29, "passed"),
    ],
)
def test_without_confidence_the_share_meets_the_rate_or_not(
    passed: int, failed: int, rate: float, expected: str
) -> None:
    outcomes = [True] * passed + [False] * failed

    assert verdict(Demand(len(outcomes), rate), outcomes).outcome == expected


def test_a_demand_fails_when_the_rest_cannot_make_up_for_the_failures() -> None:
    found = verdict(Demand(20, 0.9), [True, False, False, True, False] + [True] * 15)

    assert (found.outcome, found.passed, found.trials) == ("failed", 2, 5)
    assert found.claim(Demand(20, 0.9)) == ("rate 0.40 >= 0.90  (2 of 5 trials, 95% CI 0.12-0.77; 2 of 20 may fail)")


def test_the_least_number_of_trials_can_show_the_rate_and_one_less_cannot() -> None:
    needed = least(0.9, 0.95)

    assert needed == 36
    assert verdict(Demand(needed, 0.9, 0.95), [True] * needed).outcome == "passed"
    assert verdict(Demand(needed - 1, 0.9, 0.95), [True] * (needed - 1)).outcome == "undecided"


@pytest.mark.parametrize(("trials", "rate"), [(20, 0.5), (60, 0.9)])
def test_at_the_rate_itself_a_demand_with_confidence_is_decided_wrongly_in_at_most_its_error(
    trials: int, rate: float
) -> None:
    rng = random.Random(20)
    runs = 1000
    outcomes = [[rng.random() < rate for _ in range(trials)] for _ in range(runs)]

    counts = Counter(verdict(Demand(trials, rate, 0.95), one).outcome for one in outcomes)

    # Each side has an error of 5 %; three standard errors of 1 000 runs are 2 points.
    assert counts["passed"] / runs <= 0.05 + 0.02
    assert counts["failed"] / runs <= 0.05 + 0.02
    assert counts["undecided"] / runs >= 0.85
