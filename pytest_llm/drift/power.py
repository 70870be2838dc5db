"""What a comparison could have seen, and the calls it would take to see what it should."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, log

from pytest_llm.drift.settings import Settings
from pytest_llm.drift.values import Evidence, Probe
from pytest_llm.text import and_list

__all__ = ["could_see", "is_enough", "needed_calls"]

_MOST = 1000


def could_see(evidence: Sequence[Evidence]) -> str:
    """Return in one clause what would have been seen with probability 0.8; empty when there was no test."""
    said = [clause for one in evidence if (clause := _clause(one))]
    return f"with power 0.8 it sees {and_list(said)}" if said else ""


def is_enough(evidence: Sequence[Evidence], settings: Settings) -> bool:
    """Say whether a change of the size that ``settings.detect`` asks for would have been seen by some rung."""
    return any(_sees(one, settings) for one in evidence)


def needed_calls(probes: Sequence[Probe], evidence: Sequence[Evidence], settings: Settings) -> int | None:
    """Return how many fresh calls a request would have to take; None when the baseline has too few draws for any.

    The share of replaced answers that is seen goes with the root of 1/N + 1/M, for N baseline and M fresh draws.
    """
    both = [probe for probe in probes if probe.measured] or list(probes)
    base = sum(len(probe.baseline) for probe in both) / len(both)
    fresh = max(1.0, sum(len(probe.fresh) for probe in both) / len(both))
    shares = [one.detectable for one in evidence if one.rung in ("text", "greedy") and one.detectable is not None]
    if base < 2 and not shares:
        return None
    aim = (settings.detect / min(shares)) ** 2 * (1 / base + 1 / fresh) if shares else float("inf")
    return next((m for m in range(1, _MOST) if 1 / base + 1 / m <= aim and _resolves(base, m, both, settings)), None)


def _resolves(base: float, fresh: int, probes: Sequence[Probe], settings: Settings) -> bool:
    return len(probes) * log(comb(round(base) + fresh, fresh)) >= -log(settings.alpha)


def _sees(one: Evidence, settings: Settings) -> bool:
    if one.p is None or one.smallest > settings.alpha:
        return False
    if one.rung == "log-probabilities":
        return True
    return one.detectable is not None and one.detectable <= settings.detect


def _clause(one: Evidence) -> str:
    if one.rung == "behaviour" and one.detectable is not None:
        return f"a pass rate that moves by {one.detectable:.2f}"
    if one.detectable is None or one.detectable > 1:
        return ""
    what = "greedy answers" if one.rung == "greedy" else "answers"
    return f"{one.detectable:.0%} of the {what} replaced by unlike ones"
