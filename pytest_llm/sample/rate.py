"""The share of trials that satisfy a predicate, with its interval."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pytest_llm import host
from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import LINES, limited
from pytest_llm.sample.demands import Side, decided, decided_any_time, unreachable
from pytest_llm.sample.outcomes import Check, Outcome, grouped
from pytest_llm.sample.verdict import Verdict
from pytest_llm.stats.intervals import Interval, mean_interval, wilson
from pytest_llm.text import plural

__all__ = ["Rate", "bound_of", "confidence_of"]

Op = Literal[">=", ">", "<=", "<"]
_OPERATORS: dict[Op, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
_ALWAYS = {(">=", 0.0), ("<=", 1.0)}
_NEVER = {(">", 1.0), ("<", 0.0)}


@dataclass(frozen=True, eq=False, repr=False)
class Rate:
    """The share of a sample's trials that pass: ``assert sample.rate(is_right) >= 0.9``.

    Compares with numbers from 0 to 1 by the share that was observed, and shows its interval at ``confidence``. A trial
    of which the predicate raised is an error: it counts neither way, and a rate with errors meets no bound.
    ``any_time`` says that the sample was stopped by what it showed, so that only the anytime-valid test may judge it;
    ``sample`` and ``check`` are what it is the rate of.
    """

    name: str
    outcomes: tuple[Outcome, ...]
    cases: tuple[str, ...]
    confidence: float = 0.95
    any_time: bool = False
    sample: Any = None
    check: Check | None = None

    __hash__ = None  # type: ignore[assignment]

    @property
    def passed(self) -> int:
        """The number of trials that pass."""
        return sum(one.passed is True for one in self.outcomes)

    @property
    def errors(self) -> int:
        """The number of trials of which the predicate raised."""
        return sum(one.passed is None for one in self.outcomes)

    @property
    def trials(self) -> int:
        """The number of trials that pass or fail."""
        return len(self.outcomes) - self.errors

    def __float__(self) -> float:
        self._judged()
        return self.passed / self.trials

    @property
    def interval(self) -> Interval:
        """The rates that the trials do not rule out: Wilson's interval, clustered where several trials share a case.

        For several trials of several cases by the clustered standard error of Miller (2024), within [0, 1].
        """
        self._judged()
        if not self._clustered:
            return wilson(self.passed, self.trials, self.confidence)
        values, labels = self._values()
        if len(set(values)) == 1:  # no spread to estimate one from: the cases are all there is
            cases = len(set(labels))
            return wilson(cases if self.passed else 0, cases, self.confidence)
        found = mean_interval(values, self.confidence, clusters=labels)
        return Interval(max(0.0, found.low), min(1.0, found.high), self.confidence)

    def at_least(self, bound: float, *, confidence: float | None = None) -> Verdict:
        """Ask that the data support a rate of at least ``bound`` (between 0 and 1): PASS, FAIL or UNDECIDED.

        PASS when the exact one-sided bound (Clopper & Pearson 1934) is at or above it, FAIL when the rate is below it
        at the same confidence, which is ``llm_confidence`` unless given. Raises ``ConfigurationError`` when this many
        trials could never pass, and says how many could.
        """
        return self._verdict("at least", bound, confidence)

    def at_most(self, bound: float, *, confidence: float | None = None) -> Verdict:
        """Ask that the data support a rate of at most ``bound``; as ``at_least``."""
        return self._verdict("at most", bound, confidence)

    def _verdict(self, side: Side, bound: float, confidence: float | None) -> Verdict:
        asked = bound_of(bound, f"rate.{side.replace(' ', '_')}({bound!r})", inner=True)
        sure = confidence_of(confidence, self.confidence)
        if not self.any_time:
            unreachable(side, asked, sure, self._units)
        said = f"rate {self._shown(asked)} is {side} {asked:g}"
        if self.errors:
            return Verdict("FAIL", f"{said}  ({self._counts()})", self.evidence(side == "at most"))
        if self.any_time:
            word, why = decided_any_time(side, asked, sure, [one.passed is True for one in self.outcomes])
        else:
            word, why = decided(side, asked, sure, self.passed, self.trials, self._cases())
        claim = f"{said}  ({word} at {sure * 100:g}% confidence: {self.passed} of {self.trials} trials, {why})"
        return Verdict(word, claim, self.evidence(side == "at most"))

    # -- comparing --

    def __ge__(self, bound: float) -> bool:
        return self._meets(">=", bound)

    def __gt__(self, bound: float) -> bool:
        return self._meets(">", bound)

    def __le__(self, bound: float) -> bool:
        return self._meets("<=", bound)

    def __lt__(self, bound: float) -> bool:
        return self._meets("<", bound)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, bool) or not isinstance(other, int | float):
            return NotImplemented
        return float(self) == other

    def __bool__(self) -> bool:
        raise ConfigurationError(f"{self!r} is neither true nor false by itself. Did you mean: assert rate >= 0.9?")

    def _meets(self, op: Op, bound: float) -> bool:
        if isinstance(bound, Rate):
            raise ConfigurationError(
                "Two rates differ by chance too. To compare them: assert sample == no_worse_than(llm_baseline, ...)"
            )
        asked = bound_of(bound, f"rate {op} {bound!r}")
        if (op, asked) in _ALWAYS | _NEVER:
            what = "always holds" if (op, asked) in _ALWAYS else "can never hold"
            raise ConfigurationError(f"rate {op} {asked:g} {what}, so it checks nothing.")
        self._judged()
        holds = not self.errors and _OPERATORS[op](self.passed / self.trials, asked)
        if (runner := host.current()) is not None:
            runner.judged(self, op, asked, holds)
        return holds

    # -- telling --

    def __repr__(self) -> str:
        if not self.trials:
            return f"rate  ({self._counts()})"
        return f"rate {self.passed / self.trials:.2f}  ({self._counts()})"

    def claim(self, op: str, bound: object) -> str:
        """Return the claim of a comparison with its values: ``rate 0.65 >= 0.95  (13 of 20 trials, ...)``."""
        if not isinstance(bound, int | float):
            return f"{self!r} {op} {bound!r}"
        return f"rate {self._shown(bound)} {op} {_number(bound)}  ({self._counts()})"

    def evidence(self, passing: bool = False, most: int = LINES) -> tuple[str, ...]:
        """Return the trials that stand in the way: the errors, and those that fail, or pass where few should."""
        errors = grouped(self.outcomes, lambda one: one.passed is None)
        return limited([*errors, *grouped(self.outcomes, lambda one: one.passed is passing)], most)

    def _counts(self) -> str:
        said = f"{self.passed} of {plural(self.trials, 'trial')}"
        if self._clustered:
            said += f" of {len(set(self.cases))} cases"
        if self.errors:
            said += f", {plural(self.errors, 'error')}"
        return f"{said}, {self.interval}" if self.trials else said

    def _shown(self, bound: float) -> str:
        """Return the rate with as many digits as it takes to see on which side of the bound it lies."""
        if not self.trials:
            return "unknown"
        rate = self.passed / self.trials
        for digits in range(2, 15):
            said = f"{rate:.{digits}f}"
            if (float(said) > bound, float(said) < bound) == (rate > bound, rate < bound):
                return said
        return repr(rate)

    def _judged(self) -> None:
        if not self.trials:
            first = next(one.said for one in self.outcomes if one.passed is None)
            raise ConfigurationError(f"{self.name} raised in each of {plural(self.errors, 'trial')}: {first}.")

    # -- cases --

    @property
    def _clustered(self) -> bool:
        return 1 < len(set(self.cases)) < len(self.cases)

    @property
    def _units(self) -> int:
        """The number of independent trials: that of the cases where several trials share one."""
        return len(set(self.cases)) if self._clustered else len(self.outcomes)

    def _values(self) -> tuple[list[float], list[str]]:
        kept = [
            (float(one.passed), case)
            for one, case in zip(self.outcomes, self.cases, strict=True)
            if one.passed is not None
        ]
        return [value for value, _ in kept], [case for _, case in kept]

    def _cases(self) -> tuple[list[float], list[str]] | None:
        return self._values() if self._clustered else None


def bound_of(bound: object, said: str, *, inner: bool = False) -> float:
    """Return a bound of a rate as a float; refuses what is none, and 0 and 1 too where they must be ``inner``."""
    if isinstance(bound, bool) or not isinstance(bound, int | float):
        raise ConfigurationError(f"{said}: a rate is compared with a number from 0 to 1, and {bound!r} is none.")
    if not 0 <= bound <= 1:
        hint = f" Did you mean {bound / 100:g}?" if 1 < bound <= 100 else ""
        raise ConfigurationError(f"{said}: a rate lies from 0 to 1, and {bound!r} does not.{hint}")
    if inner and bound in (0, 1):
        raise ConfigurationError(
            f"{said}: no number of trials shows that, for the next one may differ. To ask it of the draws at hand: "
            f"assert sample.rate(...) == {bound:g}"
        )
    return float(bound)


def confidence_of(given: float | None, default: float) -> float:
    """Return the confidence to use; refuses one below 0.5 or not below 1."""
    if given is None:
        return default
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0.5 <= given < 1:
        hint = f" Did you mean {given / 100:g}?" if isinstance(given, int | float) and 50 <= given < 100 else ""
        raise ConfigurationError(f"confidence={given!r} is not a confidence: from 0.5 to below 1, as 0.95.{hint}")
    return float(given)


def _number(bound: float) -> str:
    return f"{bound:.2f}" if round(bound, 2) == bound else f"{bound:g}"
