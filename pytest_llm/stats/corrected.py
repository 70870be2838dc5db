"""The true rate behind a judge's rate, from what people said of some items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, fmean
from typing import Literal

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.agreement import JudgeRates
from pytest_llm.stats.checks import check_counts, check_pairs, check_probability, check_values
from pytest_llm.stats.intervals import Interval
from pytest_llm.stats.student import half_width
from pytest_llm.stats.unpaired import newcombe

__all__ = ["CorrectedRate", "prediction_powered", "rogan_gladen"]

_ADDED_LABELS, _ADDED_GRADES = (1.0, 1.0, 0.0, 0.0), (1.0, 0.0, 1.0, 0.0)


@dataclass(frozen=True, slots=True)
class CorrectedRate:
    """The rate that people would find, estimated from the judge's, with its interval and the judge's own rate."""

    rate: float
    interval: Interval
    raw: float
    method: Literal["Rogan-Gladen", "PPI++"]

    def __str__(self) -> str:
        return f"{self.rate:.2f} ({self.interval}, {self.method}; the judge's own rate is {self.raw:.2f})"


def rogan_gladen(passed: int, n: int, judge: JudgeRates, confidence: float = 0.95) -> CorrectedRate:
    """Return the true rate behind a judge that passes ``passed`` of n items, from its TPR and TNR on labelled items.

    ``(raw + TNR - 1) / (TPR + TNR - 1)`` (Rogan & Gladen 1978), with the interval of Lang & Reiczigel (2014) that
    carries the uncertainty of all three samples. It needs a judge that errs on these items as on the labelled ones; the
    share of passes may differ. Raises ``ConfigurationError`` where the labels do not show, at ``confidence``, that the
    judge passes more of what people pass than of what they fail: TPR + TNR is near 1 then, and its rate says nothing
    of theirs.
    """
    check_counts(passed, n)
    check_probability("confidence", confidence)
    false_positives = judge.negatives - judge.true_negatives
    skill = newcombe((false_positives, judge.negatives), (judge.true_positives, judge.positives), confidence)
    if skill.low <= 0:
        raise ConfigurationError(
            f"The judge passes {judge.true_positives} of {judge.positives} items that people pass and "
            f"{false_positives} of {judge.negatives} that they fail: TPR + TNR - 1 is {judge.tpr + judge.tnr - 1:.2f} "
            f"({skill.signed()}), so that its rate cannot be corrected. Label more items, or use a better judge."
        )
    raw = passed / n
    rate = min(1.0, max(0.0, (raw + judge.tnr - 1) / (judge.tpr + judge.tnr - 1)))
    return CorrectedRate(rate, _lang_reiczigel(passed, n, judge, confidence), raw, "Rogan-Gladen")


def _lang_reiczigel(passed: int, n: int, judge: JudgeRates, confidence: float) -> Interval:
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    trials, raw = n + z * z, (passed + z * z / 2) / (n + z * z)
    positives, tpr = judge.positives + 2, (judge.true_positives + 1) / (judge.positives + 2)
    negatives, tnr = judge.negatives + 2, (judge.true_negatives + 1) / (judge.negatives + 2)
    skill = tpr + tnr - 1
    rate = min(1.0, max(0.0, (raw + tnr - 1) / skill))
    of_tpr, of_tnr = tpr * (1 - tpr) / positives, tnr * (1 - tnr) / negatives
    shift = 2 * z * z * (rate * of_tpr - (1 - rate) * of_tnr)
    half = z * sqrt(raw * (1 - raw) / trials + rate**2 * of_tpr + (1 - rate) ** 2 * of_tnr) / skill
    return Interval(max(0.0, rate + shift - half), min(1.0, rate + shift + half), confidence)


def prediction_powered(
    labels: Sequence[float], graded: Sequence[float], others: Sequence[float], confidence: float = 0.95
) -> CorrectedRate:
    """Return the mean that people would find, from the judge's grades of all items and their labels of some.

    ``graded`` are the judge's grades of the labelled items, ``others`` those of the rest; all from 0 to 1. The labelled
    items must be a random share of the same items. ``lambda * mean(others) + mean(labels - lambda * graded)``, lambda
    tuned for the least variance and kept within 0 and 1 (PPI++; Angelopoulos, Duchi & Zrnic 2023): a judge that is no
    use is not used, and none makes the interval much wider than labels alone. The interval is Student's, of the labels
    and four more, one of each label with each grade, without which rates near 0 and 1 are covered far too rarely (the
    reason of Agresti & Coull 1998 for one rate). Raises ``ConfigurationError`` for less than two labels, and for values
    outside 0 to 1.
    """
    check_probability("confidence", confidence)
    y, f = check_pairs(labels, graded, least=2)
    rest = check_values("others", others)
    for value in (*y, *f, *rest):
        if not 0 <= value <= 1:
            raise ConfigurationError(f"A label or grade is {value!r}. Bring the scale to 0 to 1 first.")
    weight = _tuned(y, f, rest)
    rate = min(1.0, max(0.0, _ppi(weight, y, f, rest)[0]))
    estimate, error = _ppi(weight, [*y, *_ADDED_LABELS], [*f, *_ADDED_GRADES], rest)
    half = half_width(error, len(y) + len(_ADDED_LABELS) - 1, confidence)
    interval = Interval(max(0.0, min(rate, estimate - half)), min(1.0, max(rate, estimate + half)), confidence)
    return CorrectedRate(rate, interval, fmean([*f, *rest]), "PPI++")


def _ppi(weight: float, y: list[float], f: list[float], rest: list[float]) -> tuple[float, float]:
    """Return the estimate and its standard error."""
    corrections = [label - weight * grade for label, grade in zip(y, f, strict=True)]
    error = sqrt(weight**2 * _variance(rest) / len(rest) + _variance(corrections) / len(y))
    return weight * fmean(rest) + fmean(corrections), error


def _tuned(y: list[float], f: list[float], rest: list[float]) -> float:
    spread = _variance([*f, *rest])
    if not spread:
        return 0.0
    middle_y, middle_f = fmean(y), fmean(f)
    covariance = sum((a - middle_y) * (b - middle_f) for a, b in zip(y, f, strict=True)) / (len(y) - 1)
    return min(1.0, max(0.0, covariance / ((1 + len(y) / len(rest)) * spread)))


def _variance(values: list[float]) -> float:
    mean = fmean(values)
    return sum((value - mean) ** 2 for value in values) / max(1, len(values) - 1)
