"""Expectations of a share of a sample's draws, supported by the data; they also tell when to stop drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_llm import host
from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import Drawn, Expectation, Finding, unfit
from pytest_llm.messages import Response
from pytest_llm.sample.demands import Side, least_any_time
from pytest_llm.sample.outcomes import Check, name_of, outcome_of
from pytest_llm.sample.rate import bound_of, confidence_of
from pytest_llm.sample.sample import Sample
from pytest_llm.stats.sequential import BettingTest
from pytest_llm.text import short

__all__ = ["Share", "Stopping", "at_least", "at_most"]


def at_least(share: float, check: Check, *, confidence: float | None = None) -> Share:
    """Expect that the data support a share of at least ``share`` (between 0 and 1) of draws that satisfy ``check``.

    ``assert sample == at_least(0.9, is_right)`` is ``sample.rate(is_right).at_least(0.9)``: it holds, fails, or is
    undecided. ``llm.sample(prompt, trials=100, until=at_least(0.9, is_right))`` draws until that is decided, by a test
    that may be looked at after every trial (Waudby-Smith & Ramdas 2024). ``confidence`` is ``llm_confidence`` unless
    given.
    """
    return _share("at least", share, check, confidence)


def at_most(share: float, check: Check, *, confidence: float | None = None) -> Share:
    """Expect that the data support a share of at most ``share`` of draws that satisfy ``check``; as ``at_least``."""
    return _share("at most", share, check, confidence)


def _share(side: Side, share: float, check: Check, confidence: float | None) -> Share:
    name = side.replace(" ", "_")
    bound = bound_of(share, f"{name}({share!r}, ...)", inner=True)
    if isinstance(check, Expectation):
        check.use()
    elif not callable(check):
        raise ConfigurationError(f"{name}({share!r}, {check!r}) takes a function of a response or an expectation.")
    confidence_of(confidence, 0.95)
    return Share(side, bound, check, confidence)


@dataclass(eq=False, repr=False)
class Share(Expectation):
    """See ``at_least``."""

    takes_samples = True

    side: Side
    bound: float
    of: Check
    given: float | None

    def __repr__(self) -> str:
        return f"{self.side.replace(' ', '_')}({self.bound:g}, {short(name_of(self.of), 60)})"

    @property
    def confidence(self) -> float:
        """The confidence asked for."""
        runner = host.current()
        return confidence_of(self.given, runner.confidence if runner is not None else 0.95)

    def finding(self, value: object) -> Finding:
        """Ask the sample's rate."""
        if not isinstance(value, Drawn):
            return unfit(f"{short(repr(value), 60)} is a sample  (its type is {type(value).__name__})")
        sample = value if isinstance(value, Sample) else Sample(value.draws)
        rate = sample.rate(self.of, confidence=self.confidence)
        verdict = rate.at_least(self.bound) if self.side == "at least" else rate.at_most(self.bound)
        return Finding(bool(verdict), verdict.claim, verdict.evidence, unfit=verdict.word != "PASS")

    def negate(self) -> None:
        """Refuse: where the data do not support a share they need not support its opposite."""
        other = "at_most" if self.side == "at least" else "at_least"
        raise ConfigurationError(f"~{self!r} says nothing when the trials are few. Use {other}({self.bound:g}, ...).")


class Stopping:
    """Says whether enough is drawn, after any number of draws.

    Raises ``ConfigurationError`` when so many trials could never decide for the demand.
    """

    def __init__(self, share: Share, trials: int) -> None:
        needed = least_any_time(share.side, share.bound, share.confidence)
        if trials < needed:
            raise ConfigurationError(
                f"llm.sample(trials={trials}, until={share!r}) can never decide for it: with a test that may stop at "
                f"any time it takes at least {needed} at {share.confidence * 100:g}% confidence: trials={needed}."
            )
        self._share = share
        self._test = BettingTest(share.bound, share.confidence)
        self._seen = 0

    def decided(self, draws: Sequence[Response]) -> bool:
        """Take the draws since the last time; say whether they decide."""
        for draw in draws[self._seen :]:
            outcome = outcome_of(self._share.of, draw)
            if outcome.passed is not None:
                self._test.update(outcome.passed)
        self._seen = len(draws)
        return self._test.decision != "undecided"
