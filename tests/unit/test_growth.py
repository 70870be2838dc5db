"""Quadratic work is told from work in proportion, on any machine."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from growth import LIMIT, growth, repeated


def walk(size: int) -> None:
    for _ in range(size):
        pass


def walk_squared(size: int) -> None:
    for _ in range(size):
        walk(size)


@pytest.mark.parametrize(
    "work", [walk, lambda size: walk(50 * size), lambda size: None], ids=["fast", "slow", "constant"]
)
def test_work_in_proportion_stays_below_the_limit(work: Callable[[int], object]) -> None:
    assert growth(work, int) < LIMIT


def test_quadratic_work_does_not_and_is_measured_anew_on_other_inputs() -> None:
    sizes: list[int] = []

    def work(size: int) -> None:
        sizes.append(size)
        walk_squared(size)

    assert growth(work, int, 1_000) > LIMIT
    assert len(set(sizes)) == len(sizes)


def test_pieces_are_whole() -> None:
    assert repeated("never ", after="Say ")(20) == "Say never never never "
