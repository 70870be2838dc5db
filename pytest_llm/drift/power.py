"""What a comparison could have seen, and the calls it would take to see what it should."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, comb, log

from pytest_llm.drift.settings import Settings
from pytest_llm.drift.values import Evidence, Probe
from pytest_llm.text import and_list, plural

__all__ = ["Needed", "could_see", "is_enough", "needed"]

_MOST = 1000
_POWER = 0.8
_FEWEST = 3  # baseline draws that tell how unlike the draws of one request are


def could_see(evidence: Sequence[Evidence]) -> str:
    """Return in one clause what would have been seen with probability 0.8; empty when there was no test."""
    said = [clause for one in evidence if (clause := _clause(one))]
    return f"with power 0.8 it sees {and_list(said)}" if said else ""


def is_enough(evidence: Sequence[Evidence], settings: Settings) -> bool:
    """Say whether a change of the size that ``settings.detect`` asks for would have been seen by some rung."""
    return any(_sees(one, settings) for one in evidence)


@dataclass(frozen=True, slots=True)
class Needed:
    """What a request lacks: so many fresh calls, and so many baseline draws; None of the latter where there are enough.

    ``fresh`` is None when more than 1 000 of both are needed.
    """

    fresh: int | None
    baseline: int | None = None

    def __str__(self) -> str:
        if self.fresh is None:
            return f"it takes more than {_MOST:,} baseline draws and fresh calls a request"
        calls = f"{plural(self.fresh, 'fresh call')} a request"
        if self.baseline is None:
            return f"it takes {calls}"
        draws = plural(self.baseline, "baseline draw")
        return f"the baseline has too few draws: it takes at least {draws} and {calls}"


def needed(probes: Sequence[Probe], evidence: Sequence[Evidence], settings: Settings) -> Needed:
    """Return the fresh calls a request would have to take, or when none are enough the baseline draws as well.

    The share of replaced answers that is seen goes with the root of 1/N + 1/M, for N baseline and M fresh draws. Where
    no share is known, as from one draw, it is reckoned as if all draws of a request were alike, the least it takes.
    """
    both = [probe for probe in probes if probe.measured] or list(probes)
    base = sum(len(probe.baseline) for probe in both) / len(both)
    fresh = max(1.0, sum(len(probe.fresh) for probe in both) / len(both))
    shares = [one.detectable for one in evidence if one.rung in ("text", "greedy") and one.detectable]
    known = shares and base >= _FEWEST
    aim = (settings.detect / min(shares)) ** 2 * (1 / base + 1 / fresh) if known else None

    def enough(n: float, m: int) -> bool:
        seen = 1 / n + 1 / m <= aim if aim is not None else _sees_among_alike(n, m, len(both), settings)
        return seen and _resolves(n, m, both, settings)

    counts, now = range(1, _MOST + 1), round(fresh)
    if found := next((m for m in counts if enough(base, m)), None):
        return Needed(found)
    more = next((n for n in counts if n > base and enough(n, now)), None)
    both_more = next((m for m in counts if m > base and enough(m, m)), None)
    if more is not None and (both_more is None or more + now <= 2 * both_more):
        return Needed(now, more)
    return Needed(both_more, both_more)


def _sees_among_alike(base: float, fresh: int, requests: int, settings: Settings) -> bool:
    """Say whether replaced draws, as many as a binomial says, are too many to be all fresh by chance."""
    from scipy.special import bdtrc

    if base < 2:
        return False
    least = ceil(log(settings.alpha) / log(fresh / (base + fresh)))
    return bool(bdtrc(least - 1, fresh * requests, settings.detect) >= _POWER)


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
