"""The scores of a sample by one metric: their mean, spread and interval."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from statistics import fmean, stdev
from typing import Any

from pytest_llm.errors import ConfigurationError, LLMError, UngradedError
from pytest_llm.expectations.base import LINES, limited
from pytest_llm.messages import Response
from pytest_llm.sample.outcomes import Outcome, grouped
from pytest_llm.stats.intervals import Interval, mean_interval
from pytest_llm.text import plural, short

__all__ = ["Metric", "Score", "scored"]

Metric = Callable[[Response], float]
"""A function of a response that returns a number."""
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}


@dataclass(frozen=True, eq=False, repr=False)
class Score:
    """The scores of a sample: ``assert sample.scores(length).mean < 400``, or compare it itself, by its mean.

    ``values`` holds one score a trial in the unit of the metric; a trial of which the metric raised is an error, told
    in ``outcomes``, and scores with errors meet no bound.
    """

    name: str
    outcomes: tuple[Outcome, ...]
    values: tuple[float, ...]
    cases: tuple[str, ...]
    confidence: float = 0.95
    sample: Any = None
    metric: Metric | None = None

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self.values)

    @property
    def mean(self) -> float:
        """The mean."""
        self._judged()
        return fmean(self.values)

    @property
    def spread(self) -> float:
        """The standard deviation of the trials; 0.0 of a single one."""
        return stdev(self.values) if len(self.values) > 1 else 0.0

    @property
    def errors(self) -> int:
        """The number of trials of which the metric raised."""
        return len(self.outcomes) - len(self.values)

    @property
    def interval(self) -> Interval | None:
        """Student's interval of the mean, clustered where several trials share a case; None of a single trial."""
        clusters = self.cases if 1 < len(set(self.cases)) < len(self.cases) else None
        return mean_interval(self.values, self.confidence, clusters=clusters) if len(self.values) > 1 else None

    def __float__(self) -> float:
        return self.mean

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
        return self.mean == other

    def __bool__(self) -> bool:
        raise ConfigurationError(f"{self!r} is neither true nor false by itself. Did you mean: assert score >= 0.9?")

    def __repr__(self) -> str:
        return f"mean {self.mean:.3g}  ({self._counts()})" if self.values else f"mean  ({self._counts()})"

    def claim(self, op: str, bound: object) -> str:
        """Return the claim of a comparison with the values it came to: ``mean 0.71 >= 0.8  (20 trials, ...)``."""
        if not isinstance(bound, int | float) or not self.values:
            return f"{self!r} {op} {bound!r}"
        return f"mean {self._shown(float(bound))} {op} {bound:g}  ({self._counts()})"

    def evidence(self, passing: bool = False, most: int = LINES) -> tuple[str, ...]:
        """Return the errors, then the trials of the lowest scores (of the highest when ``passing``)."""
        ranked = sorted(
            {one.said for one in self.outcomes if one.passed}, key=lambda said: float(said.partition("  ")[0])
        )
        errors = grouped(self.outcomes, lambda one: one.passed is None)
        order = {said: place for place, said in enumerate(reversed(ranked) if passing else ranked)}
        lines = grouped(self.outcomes, lambda one: bool(one.passed))
        return limited([*errors, *sorted(lines, key=lambda line: order[line.partition(": ")[2]])], most)

    def _meets(self, op: str, bound: float) -> bool:
        if isinstance(bound, bool) or not isinstance(bound, int | float):
            raise ConfigurationError(f"mean {op} {bound!r}: a score is compared with a number, and {bound!r} is none.")
        return not self.errors and _OPERATORS[op](self.mean, bound)

    def _counts(self) -> str:
        said = plural(len(self.outcomes), "trial")
        if self.errors:
            said += f", {plural(self.errors, 'error')}"
        if (interval := self.interval) is None:
            return said
        return f"{said}, spread {self.spread:.2g}, {interval}"

    def _shown(self, bound: float) -> str:
        for digits in range(3, 16):
            said = f"{self.mean:.{digits}g}"
            if (float(said) > bound, float(said) < bound) == (self.mean > bound, self.mean < bound):
                return said
        return repr(self.mean)

    def _judged(self) -> None:
        if not self.values:
            raise ConfigurationError(
                f"{self.name} raised in each of {plural(self.errors, 'trial')}: {self.outcomes[0].said}"
            )


def scored(metric: Metric, draw: Response) -> tuple[Outcome, float | None]:
    """Return a draw's score and what there is to show of it; None when the metric raised."""
    try:
        value = float(metric(draw))
    except Exception as error:  # foreign code
        if isinstance(error, LLMError) and not isinstance(error, UngradedError):
            raise
        return Outcome(None, short(f"{type(error).__name__}: {error}", 88)), None
    if not isfinite(value):
        return Outcome(None, f"the score is {value}"), None
    return Outcome(True, f"{value:.3g}  {short(draw.text, 80)!r}"), value
