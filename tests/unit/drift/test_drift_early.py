"""Stopping early: after random orders of requests, and between planned rounds."""

from __future__ import annotations

import numpy as np

from pytest_llm.drift.early import Early, decided_after, stops
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.values import Draw, Probe

SETTINGS = Settings(permutations=199)
WORDS = "the a refund order parcel is was late soon blue never store".split()


def probes(rng: np.random.Generator, many: int, extra: str = "", draws: int = 4) -> list[Probe]:
    def answers(ending: str) -> tuple[Draw, ...]:
        return tuple(Draw(" ".join([*rng.choice(WORDS, 6), ending]), outcome=float(not ending)) for _ in range(draws))

    return [Probe(f"r{place}", answers(""), answers(extra)) for place in range(many)]


def test_how_soon_a_change_is_decided_is_said_for_texts_and_outcomes() -> None:
    found = decided_after(probes(np.random.default_rng(1), 12, "arrr"), SETTINGS, 10)

    assert [(one.rung, one.decided, one.orders, one.of) for one in found] == [
        ("text", 10, 10, 12),
        ("behaviour", 10, 10, 12),
    ]
    assert str(Early("text", 4.5, 100, 100, 12)) == (
        "text: stopping early, it is decided after 4.5 of 12 requests (median of 100 random orders, decided in 100)"
    )


def test_what_is_not_decided_says_so() -> None:
    (found, _) = decided_after(probes(np.random.default_rng(2), 4, ""), SETTINGS, 5)

    assert str(found) == "text: not decided within 4 requests in most of 5 random orders"


def test_a_clear_change_stops_after_the_first_round_and_none_does_not() -> None:
    rng = np.random.default_rng(3)

    assert stops([probes(rng, 4, "arrr matey")], 4, SETTINGS)
    assert not stops([probes(rng, 2), probes(rng, 2)], 4, SETTINGS)
    assert not stops([[]], 4, SETTINGS)


def test_over_all_rounds_there_are_no_more_false_alarms_than_promised() -> None:
    rng = np.random.default_rng(4)
    alarms = 0
    for _ in range(60):
        rounds = [probes(rng, 2, draws=3) for _ in range(3)]
        alarms += any(stops(rounds[: look + 1], 3, Settings(permutations=99)) for look in range(3))

    assert alarms / 60 <= 0.05 + 3 * (0.05 * 0.95 / 60) ** 0.5
