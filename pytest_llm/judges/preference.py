"""Which of two answers a judge prefers, asked in both orders; of a sample, how often; of several, their strengths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.bradley_terry import BradleyTerry
from pytest_llm.stats.preferences import Choice, Preferences, Winner, preferences, winner
from pytest_llm.text import plural, short

__all__ = ["Contest", "Preference", "Ranking"]


@dataclass(frozen=True, slots=True, eq=False)
class Preference:
    """Which of two answers is better: ``assert llm_judge.prefer(new, old, "...") == "a"``.

    ``winner`` is "a", "b" or "tie": only who wins in both orders wins. ``flipped`` says that the choice went with the
    order, which is a tie too. ``asked`` and ``swapped`` are the choices with a and with b shown first, ``reasons`` the
    judge's.
    """

    asked: Choice
    swapped: Choice
    reasons: tuple[str, str]
    criterion: str
    judge: str
    served_model: str = ""
    answers: tuple[str, str] = field(default=("", ""), repr=False)

    @property
    def winner(self) -> Winner:
        """Who wins in both orders: "a", "b" or "tie"."""
        return winner(self.asked, self.swapped)

    @property
    def flipped(self) -> bool:
        """Whether the order decided."""
        return self.winner == "tie" and (self.asked, self.swapped) != ("tie", "tie")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, str):
            return NotImplemented
        if other not in ("a", "b", "tie"):
            raise ConfigurationError(f"{other!r} is no winner. Valid ones: a, b, tie.")
        return self.winner == other

    def __hash__(self) -> int:
        return hash((self.asked, self.swapped, self.criterion, self.answers))

    def __bool__(self) -> bool:
        raise ConfigurationError(
            "A preference is neither true nor false by itself. Did you mean: assert preference == 'a'?"
        )

    def claim(self, op: str, other: object) -> str:
        """Return what was asserted with the measured values, as it reads after "assert"."""
        how = "the order decides" if self.flipped else "in both orders"
        return f"preference {self.winner!r} {op} {other!r}  ({how}, {short(self.criterion, 60)!r}, judge {self.judge})"

    def evidence(self) -> list[str]:
        """Return the lines below the claim: the reasons, and the answers."""
        return [
            f"a first: {self.asked}  ({short(self.reasons[0], 90)})",
            f"b first: {self.swapped}  ({short(self.reasons[1], 90)})",
            f"a {short(self.answers[0], 90)!r}",
            f"b {short(self.answers[1], 90)!r}",
        ]


@dataclass(frozen=True, slots=True, repr=False)
class Contest:
    """Preferences over a sample of pairs: the win rate of a with its interval, flips, and the bias of the position."""

    pairs: tuple[Preference, ...]
    confidence: float = 0.95

    def __repr__(self) -> str:
        return f"<contest: {self!s}>"

    def __iter__(self) -> Iterator[Preference]:
        return iter(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def stats(self) -> Preferences:
        """The counts, with ``win_rate``, ``interval``, ``position_bias``, ``position_interval`` and ``consistency``."""
        return preferences([one.asked for one in self.pairs], [one.swapped for one in self.pairs], self.confidence)

    @property
    def win_rate(self) -> float:
        """The share of pairs that a wins, a tie being half a win."""
        return self.stats.win_rate

    @property
    def flips(self) -> int:
        """How many pairs the order decided."""
        return self.stats.flips

    def __str__(self) -> str:
        found = self.stats
        return (
            f"a wins {found.win_rate:.2f} of {plural(found.n, 'pair')} ({found.wins} won, {found.losses} lost, "
            f"{found.ties} tied, {found.interval}), {plural(found.flips, 'flip')}, position bias "
            f"{found.position_bias:+.2f} ({found.position_interval})"
        )


@dataclass(frozen=True, slots=True)
class Ranking:
    """Several contestants compared pair by pair; iterating gives their names, the strongest first.

    ``strengths`` are on the log scale of Bradley and Terry (1952) with mean 0, each with its interval.
    """

    found: BradleyTerry
    contests: Mapping[tuple[str, str], Contest] = field(repr=False)

    def __iter__(self) -> Iterator[str]:
        return iter(self.found.ranking)

    def __str__(self) -> str:
        return "\n".join(
            f"{name} {self.found.strengths[name]:+.2f} ({self.found.intervals[name]})" for name in self.found.ranking
        )

    @property
    def strengths(self) -> Mapping[str, float]:
        """The log-strength of each contestant."""
        return self.found.strengths
