"""Tests that may stop at any time, or at planned looks, keep the rate of false alarms that they promise."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_llm.stats.eprocess import BlockStatistics, block_e_values, crossing, wealth
from pytest_llm.stats.group_sequential import pocock_spending, stopped_at
from pytest_llm.stats.kernels import ngram_features, spectrum_gram
from pytest_llm.stats.two_sample import Block

WORDS = "the a refund order parcel is was late soon blue never store".split()


def blocks(rng: np.random.Generator, many: int, before: int, after: int, changed: float = 0.0) -> list[Block]:
    found = []
    for _ in range(many):
        texts = [" ".join(rng.choice(WORDS, 6)) for _ in range(before + after)]
        for place in range(before, before + after):
            if rng.random() < changed:
                texts[place] = "As a language model I cannot say."
        fresh = np.arange(before + after) >= before
        grams = {"wording": spectrum_gram(texts)} if before + after > 2 else {}
        found.append(Block(fresh, grams, features={"overall": ngram_features(texts)}))
    return found


def test_the_e_values_of_all_arrangements_have_mean_one() -> None:
    values = np.random.default_rng(1).normal(size=12)
    found = [block_e_values(np.roll(values, turn)) for turn in range(12)]

    assert np.mean(found, axis=0) == pytest.approx(np.ones(4))


def test_a_block_that_does_not_vary_bets_nothing() -> None:
    assert block_e_values(np.zeros(5)).tolist() == [1.0] * 4


def test_the_wealth_is_the_mean_of_running_products() -> None:
    path = wealth([np.array([2.0, 1.0]), np.array([3.0, 0.5])])

    assert path == pytest.approx([1.5, 3.25])
    assert [crossing(path, 0.4), crossing(path, 0.01)] == [2, None]


@pytest.mark.parametrize(("before", "after"), [(1, 1), (8, 1), (5, 5)])
def test_looking_after_every_block_raises_no_more_false_alarms_than_promised(before: int, after: int) -> None:
    rng = np.random.default_rng(2)
    alarms = [
        crossing(BlockStatistics(blocks(rng, 20, before, after), permutations=99, seed=run).path(range(20)), 0.05)
        for run in range(200)
    ]

    assert np.mean([alarm is not None for alarm in alarms]) <= 0.05 + 3 * (0.05 * 0.95 / 200) ** 0.5


def test_one_answer_a_side_is_decided_after_some_pairs() -> None:
    pairs = BlockStatistics(blocks(np.random.default_rng(3), 30, 1, 1, changed=1.0))

    assert crossing(pairs.path(range(30)), 0.05) == 6


def test_a_canary_that_changed_is_worth_many_pairs() -> None:
    canaries = []
    for number in range(10):
        texts = [f"The answer is {number}."] * 10 + ["I cannot say."]
        canaries.append(Block(np.arange(11) >= 10, {"wording": spectrum_gram(texts)}))

    assert crossing(BlockStatistics(canaries).path(range(10)), 0.05) == 2


def test_pocock_spending_spends_all_at_the_end_and_most_of_it_early() -> None:
    spent = [pocock_spending(fraction, 0.05) for fraction in (0.0, 0.25, 0.5, 1.0)]

    assert spent == pytest.approx([0.0, 0.0179, 0.0310, 0.05], abs=1e-4)


@pytest.mark.parametrize("ties", [False, True], ids=["distinct values", "ties"])
def test_at_planned_looks_no_more_than_alpha_of_the_exchangeable_paths_are_rejected(ties: bool) -> None:
    rng = np.random.default_rng(4)
    paths = rng.normal(size=(200, 4)).cumsum(axis=1)
    if ties:
        paths = paths.round(0)
    fractions = [0.25, 0.5, 0.75, 1.0]
    rejected = [stopped_at(np.roll(paths, turn, axis=0), fractions, 0.05) for turn in range(200)]

    assert sum(look is not None for look in rejected) <= 10
    assert ties or sum(look is not None for look in rejected) == 10


def test_a_clear_difference_stops_at_the_first_look() -> None:
    paths = np.random.default_rng(5).normal(size=(400, 3))
    paths[0] += 10

    assert stopped_at(paths, [1 / 3, 2 / 3, 1.0], 0.05) == 1
