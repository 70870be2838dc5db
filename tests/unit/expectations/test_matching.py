"""Pairs are as many as can be, in any order and in order: against every assignment of small random cases."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations
from random import Random

import pytest

from pytest_llm.expectations.matching import Fits, paired, paired_in_order


def cases() -> Iterator[Fits]:
    random = Random(11)
    for _ in range(300):
        rows, columns, density = random.randrange(1, 5), random.randrange(0, 5), random.random()
        yield [[random.random() < density for _ in range(columns)] for _ in range(rows)]


def most(fits: Fits, *, ordered: bool) -> int:
    rows, columns = range(len(fits)), range(len(fits[0]))
    return max(
        size
        for size in range(min(len(rows), len(columns)) + 1)
        for chosen in combinations(rows, size)
        for places in (combinations(columns, size) if ordered else permutations(columns, size))
        if all(fits[row][place] for row, place in zip(chosen, places, strict=True))
    )


@pytest.mark.parametrize("ordered", [False, True])
def test_pairs_fit_stand_alone_and_are_as_many_as_can_be(ordered: bool) -> None:
    for fits in cases():
        pairs = (paired_in_order if ordered else paired)(fits)

        assert all(fits[row][place] for row, place in pairs.items())
        assert len(set(pairs.values())) == len(pairs) == most(fits, ordered=ordered)
        assert not ordered or sorted(pairs.items()) == list(zip(sorted(pairs), sorted(pairs.values()), strict=True))


def test_a_long_chain_of_exchanges_is_no_recursion() -> None:
    size = 1500
    fits = [[place in (row, row + 1) for place in range(size)] for row in range(size - 1)] + [
        [True] + [False] * (size - 1)
    ]

    assert len(paired(fits)) == size


def test_nothing_is_paired_with_nothing() -> None:
    assert paired([]) == paired_in_order([]) == paired([[]]) == paired_in_order([[]]) == {}
