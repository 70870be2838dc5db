"""Sessions of one side that differ: the rate of false alarms, and what is seen."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_llm.stats.between import sessions_differ
from pytest_llm.stats.two_sample import Block

SESSIONS = ("a", "b", "c", "fresh d", "fresh e")
DRAWS = 5


def blocks(rng: np.random.Generator, effect: float, moved: float = 0.0, many: int = 2) -> list[Block]:
    """Return blocks of draws that are numbers; ``effect`` is how sessions differ, ``moved`` how the sides do."""
    names = [name for name in SESSIONS for _ in range(DRAWS)]
    fresh = np.array([name.startswith("fresh") for name in names])
    found = []
    for _ in range(many):
        own = {name: rng.normal() * effect for name in SESSIONS}
        values = np.array([[own[name] + rng.normal() + moved * new] for name, new in zip(names, fresh, strict=True)])
        found.append(Block(fresh, {"number": values @ values.T}, features={"number": values}, sessions=names))
    return found


@pytest.mark.parametrize("moved", [0.0, 2.0])
def test_sessions_that_are_alike_differ_as_rarely_as_promised_however_the_sides_do(moved: float) -> None:
    rng = np.random.default_rng(1)
    found = np.array([sessions_differ(blocks(rng, 0.0, moved), permutations=99, seed=run) for run in range(300)])

    for level in (0.05, 0.25):
        assert (found <= level).mean() <= level + 3 * (level * (1 - level) / 300) ** 0.5


def test_sessions_that_differ_are_seen_by_kernels_and_by_features() -> None:
    rng = np.random.default_rng(2)
    found = blocks(rng, 2.0)
    featured = [Block(one.fresh, features=one.features, sessions=one.sessions) for one in found]

    assert sessions_differ(found) <= 0.01
    assert sessions_differ(featured) == sessions_differ(found)


def test_one_session_a_side_tells_nothing() -> None:
    block = Block(np.array([False, False, True, True]), {"k": np.eye(4)}, sessions=["a", "a", "b", "b"])

    assert sessions_differ([block]) == 1.0
    assert sessions_differ([]) == 1.0
