"""How often relations hold for variants that share prompts, and whether they flip more than asking again does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import comb, sqrt
from statistics import NormalDist
from typing import Any

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.checks import check_counts
from pytest_llm.stats.intervals import Interval

__all__ = ["held_interval", "more_flips", "shown"]

Counts = tuple[int, int]
"""Of one prompt: for how many variants the relation held, and how many there were."""


def shown(prompts: Sequence[Counts]) -> str:
    """Say how often a relation held, with its interval: ``4/6 hold (95% CI 0.21-0.94)``."""
    held, asked = (sum(counts) for counts in zip(*prompts, strict=True))
    return f"{held}/{asked} hold ({held_interval(prompts)})"


def held_interval(prompts: Sequence[Counts], confidence: float = 0.95) -> Interval:
    """Return the interval of the share that holds, for prompts like these: Wilson's (1927), with prompts as its n.

    Variants of one prompt may all hold or fail together, so that they count as one; where they do not it is wider than
    need be. Prompts with differing numbers of variants count as Kish's (1965) effective number of equal ones.
    """
    held, asked = (sum(counts) for counts in zip(*prompts, strict=True))
    check_counts(held, asked)
    share, n = held / asked, asked**2 / sum(count**2 for _, count in prompts)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = 0.0 if held == 0 else max(0.0, middle - half)
    return Interval(low, 1.0 if held == asked else min(1.0, middle + half), confidence)


def more_flips(relation: Mapping[Any, Counts], again: Mapping[Any, Counts]) -> float | None:
    """Return the one-sided p-value of a relation that flips no more answers than asking the same prompt again does.

    Both hold (held, asked) for each prompt, and the prompts of both are compared. Without an effect each flip of a
    prompt is as likely among the variants as among the repetitions, whatever the rate of that prompt and the answer
    that all are compared with: the flips among the variants are hypergeometric, and their sum over the prompts has this
    exact conditional distribution (Mehta, Patel & Gray 1985). Returns None when no flip could tell: no prompt is in
    both, or none flips at all. Raises ``ConfigurationError`` for more held than asked.
    """
    flips, chances = 0, [1.0]
    for prompt in relation.keys() & again.keys():
        (held, asked), (held_again, asked_again) = relation[prompt], again[prompt]
        if not (0 <= held <= asked and 0 <= held_again <= asked_again):
            raise ConfigurationError(f"Of {prompt!r} more hold than were asked: {relation[prompt]}, {again[prompt]}.")
        flips += asked - held
        of_prompt = _hypergeometric(asked, asked_again, asked - held + asked_again - held_again)
        chances = _summed(chances, of_prompt)
    if len([one for one in chances if one]) == 1:
        return None
    return min(1.0, sum(chances[flips:]))


def _hypergeometric(asked: int, asked_again: int, flips: int) -> list[float]:
    """Return the chances of 0, 1, ... of the flips among the variants."""
    total = comb(asked + asked_again, flips)
    return [comb(asked, one) * comb(asked_again, flips - one) / total for one in range(min(asked, flips) + 1)]


def _summed(one: Sequence[float], other: Sequence[float]) -> list[float]:
    """Return the chances of the sum of two independent counts."""
    found = [0.0] * (len(one) + len(other) - 1)
    for place, chance in enumerate(one):
        for step, its in enumerate(other):
            found[place + step] += chance * its
    return found
