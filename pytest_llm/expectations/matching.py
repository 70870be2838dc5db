"""Pairing what is expected with what was done: as many pairs as can be, in any order or in order."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["paired", "paired_in_order"]

Fits = Sequence[Sequence[bool]]
"""``fits[i][j]`` says whether the i-th expected fits the j-th done."""


def paired(fits: Fits) -> dict[int, int]:
    """Return a maximum matching, expected to done: by augmenting paths (Kuhn 1955; Berge 1957)."""
    pairs: dict[int, int] = {}
    taken: dict[int, int] = {}
    for expected in range(len(fits)):
        reached: dict[int, int] = {}
        end = _free(fits, expected, taken, reached)
        while end is not None:
            at = reached[end]
            taken[end], before = at, pairs.get(at)
            pairs[at], end = end, before
    return pairs


def _free(fits: Fits, expected: int, taken: dict[int, int], reached: dict[int, int]) -> int | None:
    """Return a free place that an alternating path leads to, noting in ``reached`` from where each was reached."""
    frontier = [expected]
    for at in frontier:
        for done, fit in enumerate(fits[at]):
            if fit and done not in reached:
                reached[done] = at
                if done not in taken:
                    return done
                frontier.append(taken[done])
    return None


def paired_in_order(fits: Fits) -> dict[int, int]:
    """Return as many pairs as can be when both sides keep their order: the longest common subsequence."""
    rows, columns = len(fits), len(fits[0]) if fits else 0
    best = [[0] * (columns + 1) for _ in range(rows + 1)]
    for row in reversed(range(rows)):
        for column in reversed(range(columns)):
            skipped = max(best[row + 1][column], best[row][column + 1])
            best[row][column] = best[row + 1][column + 1] + 1 if fits[row][column] else skipped
    pairs: dict[int, int] = {}
    row = column = 0
    while row < rows and column < columns:
        if fits[row][column]:
            pairs[row] = column
            row, column = row + 1, column + 1
        elif best[row + 1][column] >= best[row][column + 1]:
            row += 1
        else:
            column += 1
    return pairs
