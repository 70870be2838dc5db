"""The strengths of more than two contestants from who beat whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.checks import check_probability
from pytest_llm.stats.intervals import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BradleyTerry", "bradley_terry"]

_CLOSE = 1e-10
_STEPS = 100


@dataclass(frozen=True, slots=True)
class BradleyTerry:
    """Log-strengths with a mean of 0 and their Wald intervals: ``a`` beats ``b`` at odds of ``exp(a - b)``."""

    strengths: Mapping[str, float]
    intervals: Mapping[str, Interval]

    @property
    def ranking(self) -> tuple[str, ...]:
        """The contestants, the strongest first."""
        return tuple(sorted(self.strengths, key=lambda name: -self.strengths[name]))


def bradley_terry(
    games: Iterable[tuple[str, str, float]], *, prior: float = 0.0, confidence: float = 0.95
) -> BradleyTerry:
    """Return the maximum-likelihood strengths of contestants (Bradley & Terry 1952) from games (a, b, score of a).

    The score is 1 where a wins, 0 where b wins, 0.5 for a tie. ``prior`` adds that many wins each way between each two
    contestants, which keeps strengths finite where some are never beaten. Without it ``ConfigurationError`` is raised
    where the likelihood has no greatest value (Ford 1957): some never lost to the others, or never met them.
    """
    check_probability("confidence", confidence)
    names, wins = _wins(games)
    wins = wins + prior
    for place in range(len(names)):
        wins[place, place] = 0.0
    _check_connected(names, wins)
    strengths, covariance = _fit(wins)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    halves = [z * float(covariance[place, place]) ** 0.5 for place in range(len(names))]
    found = {name: float(strength) for name, strength in zip(names, strengths, strict=True)}
    bounds = {
        name: Interval(found[name] - half, found[name] + half, confidence)
        for name, half in zip(names, halves, strict=True)
    }
    return BradleyTerry(found, bounds)


def _wins(games: Iterable[tuple[str, str, float]]) -> tuple[list[str], NDArray[Any]]:
    import numpy as np

    played = list(games)
    for a, b, score in played:
        if a == b or not 0 <= score <= 1:
            raise ConfigurationError(f"({a!r}, {b!r}, {score!r}) is not a game of two with a score from 0 to 1.")
    names = sorted({name for a, b, _ in played for name in (a, b)})
    if len(names) < 2:
        raise ConfigurationError("Strengths need two contestants that met, and there are no games.")
    places = {name: place for place, name in enumerate(names)}
    wins = np.zeros((len(names), len(names)))
    for a, b, score in played:
        wins[places[a], places[b]] += score
        wins[places[b], places[a]] += 1 - score
    return names, wins


def _check_connected(names: list[str], wins: NDArray[Any]) -> None:
    from scipy.sparse.csgraph import connected_components

    count, groups = connected_components(wins > 0, directed=True, connection="strong")
    if count == 1:
        return
    for group in range(count):
        inside = groups == group
        if not (wins[~inside][:, inside] > 0).any():
            mine = ", ".join(name for name, one in zip(names, inside, strict=True) if one)
            met = "never lost to" if (wins[inside][:, ~inside] > 0).any() else "never met"
            raise ConfigurationError(
                f"{mine} {met} the others, so that their strength has no greatest likelihood. "
                "Play more games, or give prior=0.5 to add half a win each way between each two."
            )


def _fit(wins: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return strengths and their covariance by Newton's method, on contrasts with a mean of 0."""
    import numpy as np

    games = wins + wins.T
    strengths = np.zeros(len(wins))
    for _ in range(_STEPS):
        chances = 1 / (1 + np.exp(strengths[None, :] - strengths[:, None]))
        gradient = wins.sum(axis=1) - (games * chances).sum(axis=1)
        weights = games * chances * chances.T
        information = np.diag(weights.sum(axis=1)) - weights
        covariance = np.linalg.pinv(information, hermitian=True)
        step = covariance @ gradient
        strengths = strengths + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))
        if np.abs(step).max() < _CLOSE:
            break
    return strengths, covariance
