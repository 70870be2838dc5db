"""Pairs that were asked in both orders: who wins, how often, and how much the place decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.checks import check_probability
from pytest_llm.stats.intervals import Interval
from pytest_llm.stats.score import tango

__all__ = ["Choice", "Preferences", "Winner", "preferences", "winner"]

Choice = Literal["first", "second", "tie"]
Winner = Literal["a", "b", "tie"]


@dataclass(frozen=True, slots=True)
class Preferences:
    """The pairs of a sample, each judged with a first and with b first; ties are flips or were said to be ties."""

    wins: int
    losses: int
    ties: int
    flips: int
    firsts: int
    seconds: int
    confidence: float = 0.95

    @property
    def n(self) -> int:
        """The number of pairs."""
        return self.wins + self.losses + self.ties

    @property
    def win_rate(self) -> float:
        """The share of pairs that a wins, a tie being half a win."""
        return (self.wins + self.ties / 2) / self.n

    @property
    def interval(self) -> Interval:
        """The score interval of ``win_rate`` (Tango 1998, of wins - losses): Wilson's where nothing is tied."""
        found = tango(self.losses, self.wins, self.n, self.confidence)
        return Interval((1 + found.low) / 2, (1 + found.high) / 2, self.confidence)

    @property
    def position_bias(self) -> float:
        """The share of choices for the answer shown first, less the half that is due: 0.5 is always, -0.5 never."""
        return (self.firsts - self.seconds) / (4 * self.n)

    @property
    def position_interval(self) -> Interval:
        """The score interval of ``position_bias`` (Tango 1998), over pairs; a judge that does not flip has none."""
        steady = self.wins + self.losses  # each has one choice of either place
        found = tango((self.seconds - steady) / 2, (self.firsts - steady) / 2, self.n, self.confidence)
        return Interval(found.low / 2, found.high / 2, self.confidence)

    @property
    def consistency(self) -> float:
        """The share of pairs for which both orders gave the same winner (or twice a tie)."""
        return (self.n - self.flips) / self.n


def winner(asked: Choice, swapped: Choice) -> Winner:
    """Return who wins a pair from the choice with a shown first and the choice with b shown first.

    Only a winner in both orders wins: a choice that follows the place (a flip) is a tie, and so is a tie on one side.
    """
    for choice in (asked, swapped):
        if choice not in ("first", "second", "tie"):
            raise ConfigurationError(f"{choice!r} is not a choice. Valid ones: first, second, tie.")
    if (asked, swapped) == ("first", "second"):
        return "a"
    return "b" if (asked, swapped) == ("second", "first") else "tie"


def preferences(asked: Sequence[Choice], swapped: Sequence[Choice], confidence: float = 0.95) -> Preferences:
    """Return what pairs say that were asked with a first (``asked``) and with b first (``swapped``), in the same order.

    Raises ``ConfigurationError`` for no pairs, or where a pair was asked in one order only.
    """
    if len(asked) != len(swapped) or not asked:
        raise ConfigurationError(
            f"Each pair must be asked in both orders, and there are {len(asked)} and {len(swapped)} choices."
        )
    check_probability("confidence", confidence)
    pairs = list(zip(asked, swapped, strict=True))
    winners = [winner(*pair) for pair in pairs]
    choices = [*asked, *swapped]
    return Preferences(
        wins=winners.count("a"),
        losses=winners.count("b"),
        ties=winners.count("tie"),
        flips=sum(_is_flip(*pair) for pair in pairs),
        firsts=choices.count("first"),
        seconds=choices.count("second"),
        confidence=confidence,
    )


def _is_flip(asked: Choice, swapped: Choice) -> bool:
    return winner(asked, swapped) == "tie" and (asked, swapped) != ("tie", "tie")
