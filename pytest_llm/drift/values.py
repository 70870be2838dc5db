"""What is compared and what comes of it: draws, probes, evidence, verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["CHANGED", "RUNGS", "Draw", "Evidence", "Kind", "Level", "Probe", "Rung", "Verdict"]

Rung = Literal["identity", "log-probabilities", "greedy", "text", "behaviour"]
RUNGS: tuple[Rung, ...] = ("identity", "log-probabilities", "greedy", "text", "behaviour")
Kind = Literal[
    "UNCHANGED",
    "IDENTITY CHANGED",
    "BEHAVIOUR CHANGED",
    "DISTRIBUTION CHANGED",
    "NOT ENOUGH EVIDENCE",
    "COULD NOT MEASURE",
]
CHANGED: tuple[Kind, ...] = ("BEHAVIOUR CHANGED", "IDENTITY CHANGED", "DISTRIBUTION CHANGED")
Level = Literal["PASS", "WARN", "FAIL"]


@dataclass(frozen=True, slots=True)
class Draw:
    """One answer to a request, with what the API said of it.

    ``category`` is what an answer amounts to (a label, an extracted value) where that is known; ``top`` are the most
    likely first tokens with their natural-log probabilities, ``chosen`` those of the tokens that were drawn,
    ``likeliest`` those of the likeliest tokens in their places (empty where these are not known);
    ``headers`` are response headers that name a version; ``session`` names the burst of calls it was made in;
    ``outcome`` is what the test says of it, from 0 (fails) to 1 (passes), None when nothing was asserted.
    """

    text: str
    category: str | None = None
    top: Mapping[str, float] = field(default_factory=dict, repr=False)
    chosen: tuple[float, ...] = field(default=(), repr=False)
    served_model: str = ""
    system_fingerprint: str = ""
    prompt_tokens: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    session: str = ""
    outcome: float | None = None
    likeliest: tuple[float, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Probe:
    """One request and its draws: those of the baseline, and fresh ones.

    ``name`` is how sentences call the request; ``greedy`` says that it is asked at temperature 0; ``errors`` are the
    fresh calls that brought no answer.
    """

    name: str
    baseline: tuple[Draw, ...] = field(default=(), repr=False)
    fresh: tuple[Draw, ...] = field(default=(), repr=False)
    prompt: str = ""
    greedy: bool = False
    errors: int = 0

    @property
    def measured(self) -> bool:
        """Whether there is something to compare."""
        return bool(self.baseline and self.fresh)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one rung of the ladder found, with the sentence that says so.

    A fact (identity) has ``changed`` and no p-value. ``p`` permutes calls; ``session_p`` permutes whole sessions, None
    with fewer than two on the baseline's side. ``effect`` is a difference of rates (fresh less baseline) with its
    ``interval``. ``detectable`` is what would have been seen with probability 0.8: for behaviour a
    difference of rates, for texts the share of answers replaced by unlike ones (above 1: more draws are needed; None:
    nothing varies); ``smallest`` and ``smallest_session_p`` are the least p-values that
    so few calls and sessions can give.
    """

    rung: Rung
    sentence: str
    changed: bool | None = None
    p: float | None = None
    session_p: float | None = None
    effect: float | None = None
    interval: tuple[float, float] | None = None
    detectable: float | None = None
    smallest: float = 0.0
    smallest_session_p: float | None = None
    calls: int = 0

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the evidence amounts to, for one item or for the suite.

    ``level`` is WARN while only calls were permuted, FAIL once fresh sessions confirmed it (or it is a fact).
    ``p`` is corrected for the rungs (and, in a suite, for nothing else); ``direction`` is "worse", "better" or "".
    ``needed`` is the number of fresh calls per request that NOT ENOUGH EVIDENCE lacks, None when the baseline lacks
    draws too.
    """

    kind: Kind
    sentence: str
    level: Level = "PASS"
    direction: Literal["", "better", "worse"] = ""
    evidence: tuple[Evidence, ...] = ()
    p: float | None = None
    power: str = ""
    needed: int | None = None
    calls: int = 0

    @property
    def changed(self) -> bool:
        """Whether something did change."""
        return self.kind in CHANGED

    @property
    def waits(self) -> bool:
        """Whether this is a warning, which fresh draws of another session may confirm."""
        return self.changed and self.level == "WARN"

    def __str__(self) -> str:
        return f"{self.kind}: {self.sentence}"
