"""Linear contrasts of independent rates: the effects of two changes and of both together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.intervals import Interval, wilson

__all__ = ["Effect", "Factorial", "contrast", "factorial"]


@dataclass(frozen=True, slots=True)
class Effect:
    """A difference of rates, in -1 to 1 (an interaction in -2 to 2), and its interval."""

    estimate: float
    interval: Interval

    def __str__(self) -> str:
        low, high = (f"{100 * bound:+.0f}" for bound in (self.interval.low, self.interval.high))
        return f"{100 * self.estimate:+.0f} points [{low}, {high}]"


@dataclass(frozen=True, slots=True)
class Factorial:
    """What two changes did to a rate: each by itself, averaged over the other, and their interaction."""

    first: Effect
    second: Effect
    interaction: Effect


def contrast(cells: Sequence[tuple[int, int]], weights: Sequence[float], confidence: float = 0.95) -> Effect:
    """Return the weighted sum of independent rates, each cell as (successes, n).

    The interval recovers the variances from the Wilson bounds of each rate (Zou, Huang & Zhang 2009, "A note on
    confidence interval estimation for a linear function of binomial proportions"); with the weights -1 and 1 it is
    Newcombe's (1998, method 10). Raises ``ConfigurationError`` for a cell without trials, and for too many or too few
    weights.
    """
    if len(cells) != len(weights):
        raise ConfigurationError(f"A contrast needs a weight a cell: {len(cells)} cells, {len(weights)} weights.")
    estimate = below = above = 0.0
    for (successes, n), weight in zip(cells, weights, strict=True):
        rate, bounds = successes / max(n, 1), wilson(successes, n, confidence)
        low, high = (bounds.low, bounds.high) if weight > 0 else (bounds.high, bounds.low)
        estimate += weight * rate
        below += (weight * (rate - low)) ** 2
        above += (weight * (high - rate)) ** 2
    return Effect(estimate, Interval(estimate - sqrt(below), estimate + sqrt(above), confidence))


def factorial(
    neither: tuple[int, int],
    first: tuple[int, int],
    second: tuple[int, int],
    both: tuple[int, int],
    confidence: float = 0.95,
) -> Factorial:
    """Return the effects of two changes and their interaction, from the counts under neither, either and both.

    A main effect is the mean of the differences that a change made without and with the other; the interaction is the
    second of these less the first (Montgomery, Design and Analysis of Experiments, section 6.2, where it is halved).
    """
    cells = (neither, first, second, both)
    return Factorial(
        contrast(cells, (-0.5, 0.5, -0.5, 0.5), confidence),
        contrast(cells, (-0.5, -0.5, 0.5, 0.5), confidence),
        contrast(cells, (1, -1, -1, 1), confidence),
    )
