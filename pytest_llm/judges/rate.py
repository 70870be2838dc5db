"""A judged rate: the share of answers whose grade is good enough, corrected for the judge's errors."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_llm.errors import ConfigurationError
from pytest_llm.judges.calibration import Calibration, passes
from pytest_llm.judges.grade import Grade
from pytest_llm.judges.rubric import Rubric
from pytest_llm.stats.corrected import CorrectedRate, prediction_powered, rogan_gladen
from pytest_llm.stats.intervals import Interval, wilson
from pytest_llm.text import short

__all__ = ["JudgedRate", "judged_rate"]

_SHOWN = 5


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class JudgedRate:
    """The share of answers that pass: ``assert llm_judge.rate(answers, "...", at_least=4) >= 0.9``.

    ``rate`` and ``interval`` are corrected for the judge's errors where it is calibrated on this rubric, else they are
    the judge's own (``corrected`` is None), which a weak judge gets wrong. It compares by ``rate``.
    """

    grades: tuple[Grade, ...]
    bound: float
    rubric: Rubric
    corrected: CorrectedRate | None = None
    why_not: str = field(default="")

    __hash__ = None  # type: ignore[assignment]

    @property
    def passed(self) -> int:
        """How many answers pass by the judge's grades."""
        return sum(passes(grade.value, self.bound, self.rubric.better) for grade in self.grades)

    @property
    def raw(self) -> float:
        """The judge's own rate."""
        return self.passed / len(self.grades)

    @property
    def rate(self) -> float:
        """The corrected rate, or the judge's own."""
        return self.corrected.rate if self.corrected else self.raw

    @property
    def interval(self) -> Interval:
        """The interval of ``rate``."""
        return self.corrected.interval if self.corrected else wilson(self.passed, len(self.grades))

    def __float__(self) -> float:
        return self.rate

    def __ge__(self, bound: float) -> bool:
        return self.rate >= _bound(bound, ">=")

    def __gt__(self, bound: float) -> bool:
        return self.rate > _bound(bound, ">")

    def __le__(self, bound: float) -> bool:
        return self.rate <= _bound(bound, "<=")

    def __lt__(self, bound: float) -> bool:
        return self.rate < _bound(bound, "<")

    def __bool__(self) -> bool:
        raise ConfigurationError("A rate is neither true nor false by itself. Did you mean: assert rate >= 0.9?")

    def __repr__(self) -> str:
        return f"rate {self.rate:.2f}  ({self._counts()})"

    def claim(self, op: str, other: object) -> str:
        """Return what was asserted with the measured values, as it reads after "assert"."""
        return f"rate {self.rate:.2f} {op} {other}  ({self._counts()})"

    def evidence(self) -> list[str]:
        """Return the lines below the claim: whose grades, and the answers that do not pass."""
        first = self.grades[0]
        sign = ">=" if self.rubric.better == "higher" else "<="
        lines = [f"grade {sign} {self.bound:g} on {self.rubric.title!r}, judge {first.judge}{self.why_not}"]
        failing = [grade for grade in self.grades if not passes(grade.value, self.bound, self.rubric.better)]
        lines += [f"grade {grade.said}  {short(grade.answer, 60)!r}  ({short(grade.reason, 60)})" for grade in failing]
        return lines if len(lines) <= _SHOWN else [*lines[: _SHOWN - 1], f"and {len(lines) - _SHOWN + 1} more"]

    def _counts(self) -> str:
        said = f"{self.passed} of {len(self.grades)} answers, {self.interval}"
        if self.corrected is None:
            return f"{said}, not corrected"
        return f"{said}, corrected by {self.corrected.method} from {self.raw:.2f}"


def judged_rate(grades: list[Grade], bound: float, rubric: Rubric, calibration: Calibration | None) -> JudgedRate:
    """Return the rate, corrected where a calibration allows it.

    By Rogan and Gladen's estimate; where the labelled answers are among those that are graded, by PPI++, for which they
    need be a random share of them. What cannot be corrected says why.
    """
    if not grades:
        raise ConfigurationError("A rate needs answers, and there are none.")
    low, high = rubric.bounds
    if not low <= bound <= high:
        raise ConfigurationError(f"at_least={bound!r} is not on the scale of {rubric.title!r}, {low:g} to {high:g}.")
    if calibration is None:
        return JudgedRate(tuple(grades), bound, rubric, why_not=", not calibrated")
    try:
        corrected = _corrected(grades, bound, rubric, calibration)
    except ConfigurationError as error:
        return JudgedRate(tuple(grades), bound, rubric, why_not=f"; {error}")
    return JudgedRate(tuple(grades), bound, rubric, corrected)


def _corrected(grades: list[Grade], bound: float, rubric: Rubric, calibration: Calibration) -> CorrectedRate:
    labelled = {anchor.digest: anchor.label for anchor in calibration.anchors if anchor.grade is not None}
    mine = [(labelled.get(grade.digest), passes(grade.value, bound, rubric.better)) for grade in grades]
    known = [(passes(label, bound, rubric.better), passed) for label, passed in mine if label is not None]
    others = [passed for label, passed in mine if label is None]
    if len(known) >= 2 and others:
        return prediction_powered([one for one, _ in known], [one for _, one in known], others)
    return rogan_gladen(sum(passed for _, passed in mine), len(mine), calibration.rates(bound))


def _bound(bound: object, op: str) -> float:
    if isinstance(bound, bool) or not isinstance(bound, int | float) or not 0 <= bound <= 1:
        raise ConfigurationError(f"rate {op} {bound!r}: a rate is compared with a number from 0 to 1.")
    if (op, bound) in ((">=", 0), ("<=", 1), (">", 1), ("<", 0)):
        raise ConfigurationError(f"rate {op} {bound:g} can never {'fail' if '=' in op else 'pass'}.")
    return float(bound)
