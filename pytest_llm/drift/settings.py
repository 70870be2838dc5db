"""By which rules drift is judged."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_llm.drift.blocks import Embed
from pytest_llm.errors import ConfigurationError

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The rules of a comparison.

    ``alpha`` is the false-alarm rate of one run. ``detect`` is the share of answers whose replacement by unlike ones
    must be seen with probability 0.8, or else "unchanged" is not said. ``embed`` adds the distance of meanings.
    ``items`` is how many items the suite corrects for, so that small p-values are resolved.
    """

    alpha: float = 0.05
    permutations: int = 1999
    detect: float = 0.5
    seed: int = 0
    items: int = 1
    embed: Embed | None = None

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 1:
            raise ConfigurationError(f"alpha={self.alpha:g} is no false-alarm rate. Valid: a number between 0 and 1.")
        if self.permutations * self.alpha < 1:
            raise ConfigurationError(
                f"permutations={self.permutations} can give no p-value of {self.alpha:g}. "
                f"At least {int(1 / self.alpha)} are needed."
            )
        if not 0 < self.detect <= 1:
            raise ConfigurationError(f"detect={self.detect:g} is no share of answers. Valid: above 0, at most 1.")
        if self.seed < 0:
            raise ConfigurationError(f"seed={self.seed} is no seed. Valid: 0 and above.")

    @property
    def at_most(self) -> int:
        """How many permutations a p-value near its floor may take: enough for one item of a hundred to survive."""
        return min(20_000, max(self.permutations, int(8 * self.items / self.alpha)))
