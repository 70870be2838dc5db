"""Permuting whole sessions keeps its promise where permuting calls does not."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_llm.stats.kernels import energy_gram
from pytest_llm.stats.sessions import sessions_needed, smallest_p, two_sample_by_session
from pytest_llm.stats.two_sample import Block, two_sample


def night(rng: np.random.Generator, sessions: tuple[int, int], effect: float, moved: float = 0.0) -> list[Block]:
    """Four prompts, five draws a session; each session moves all of its draws by its own amount."""
    names = [f"session {number}" for number in range(sum(sessions)) for _ in range(5)]
    fresh = np.arange(len(names)) >= 5 * sessions[0]
    blocks = []
    for _ in range(4):
        offsets = np.repeat(rng.normal(scale=effect, size=(sum(sessions), 3)), 5, axis=0)
        points = rng.normal(size=(len(names), 3)) + offsets + moved * fresh[:, None]
        blocks.append(Block(fresh, {"meaning": energy_gram(points)}, sessions=names))
    return blocks


def test_the_smallest_p_value_is_one_over_the_arrangements() -> None:
    assert [smallest_p(8, 1), smallest_p(8, 3)] == [1 / 9, 1 / 165]
    assert [sessions_needed(8, 0.05), sessions_needed(3, 0.05), sessions_needed(1, 0.05)] == [2, 4, 19]
    assert sessions_needed(1, 0.001) is None


def test_sessions_that_differ_alarm_the_test_of_calls_and_not_that_of_sessions() -> None:
    rng = np.random.default_rng(1)
    nights = [night(rng, (6, 3), 0.5) for _ in range(120)]
    calls = np.mean([two_sample(blocks, permutations=199).p <= 0.05 for blocks in nights])
    sessions = np.mean([two_sample_by_session(blocks).p <= 0.05 for blocks in nights])

    assert calls > 0.4
    assert sessions <= 0.05 + 3 * (0.05 * 0.95 / 120) ** 0.5


def test_a_change_larger_than_the_sessions_differ_is_found_by_sessions() -> None:
    rng = np.random.default_rng(2)

    assert two_sample_by_session(night(rng, (6, 3), 0.2, moved=2.0)).p == pytest.approx(1 / 84)


def test_with_one_fresh_session_the_p_value_cannot_be_small() -> None:
    found = two_sample_by_session(night(np.random.default_rng(3), (6, 1), 0.0, moved=5.0))

    assert (found.p, found.smallest) == (1 / 7, 1 / 7)
