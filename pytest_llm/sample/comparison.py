"""A sample against the one before: how much its rate or mean differs, by the method that the cases allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from pytest_llm.sample.rate import Rate
from pytest_llm.sample.score import Score
from pytest_llm.sample.verdict import Word
from pytest_llm.stats.difference import Difference, NoWorse
from pytest_llm.stats.paired import no_worse, paired_difference
from pytest_llm.stats.unpaired import no_worse_rates, no_worse_scores, score_difference
from pytest_llm.text import plural

__all__ = ["Compared", "compared"]

_WORDS: dict[str, Word] = {"no worse": "PASS", "worse": "FAIL", "undecided": "UNDECIDED"}
ByCase = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Compared:
    """The verdict, the difference that it rests on, and what was compared with what.

    ``paired`` is the number of paired cases, 0 of two samples, and ``changed`` the share of them whose mean changed;
    ``before`` is the mean of what was before, ``trials`` the number of trials, or cases, a side at the least.
    """

    word: Word
    difference: Difference
    matter: str
    paired: int
    changed: float
    before: float
    trials: int


def compared(before: Rate | Score, after: Rate | Score, margin: float, confidence: float) -> Compared:
    """Return whether the after is worse than the before by no more than ``margin``: a test of non-inferiority.

    PASS when the data rule out, at one-sided ``confidence``, a greater fall; FAIL when they rule out a lesser one.
    Cases of the same name are paired: with one trial each by the statistic of Tango (1998), beside it McNemar's exact
    p-value, with several by the differences of the cases' means, so that trials of a case count as one (Miller 2024).
    The trials of one case, or of cases without a counterpart, are two samples: Agresti and Caffo (2000) with Newcombe's
    interval (1998), Welch's t for scores.
    """
    old, new = _by_case(before), _by_case(after)
    common = [case for case in new if case in old]
    paired = len(common) if len(common) > 1 else 0
    units = _units(old, common), _units(new, common)
    tested = _tested(units, margin, confidence, paired=bool(paired))
    return Compared(
        _WORDS[tested.verdict],
        tested.difference,
        _matter(old, new, common),
        paired,
        fmean([one != two for one, two in zip(*units, strict=True)]) if paired else 0.0,
        fmean(units[0]),
        min(map(len, units)),
    )


def _tested(units: tuple[list[float], list[float]], margin: float, confidence: float, *, paired: bool) -> NoWorse:
    before, after = units
    if {*before, *after} <= {0.0, 1.0} and margin < 1:
        if paired:
            return no_worse(before, after, margin, confidence)
        return no_worse_rates(_counts(before), _counts(after), margin, confidence)
    # Both tests are of rates, or of scores in units of their own; none of them depends on the unit.
    unit = 2 * margin
    small = [one / unit for one in before], [one / unit for one in after]
    if paired:
        found = no_worse(*small, 0.5, confidence)
        return replace(found, difference=paired_difference(before, after, confidence=confidence))
    found = no_worse_scores(*small, 0.5, confidence)
    return replace(found, difference=score_difference(before, after, confidence=confidence))


def _counts(outcomes: list[float]) -> tuple[int, int]:
    return int(sum(outcomes)), len(outcomes)


def _units(values: ByCase, common: Sequence[str]) -> list[float]:
    """Return what is independent: the trials of a single case, else one mean a case, in the order of what is common."""
    if len(common) == 1:
        return list(values[common[0]])
    if common:
        return [fmean(values[case]) for case in common]
    if len(values) == 1:
        return list(next(iter(values.values())))
    return [fmean(trials) for trials in values.values()]


def _matter(old: ByCase, new: ByCase, common: Sequence[str]) -> str:
    if len(common) > 1:
        left = len(new) - len(common)
        alone = f" of {len(new)}" if left else ""
        return f"{len(common)}{alone} cases paired"
    counts = [sum(map(len, values.values())) for values in (new, old)]
    if len(common) == 1:
        counts = [len(values[common[0]]) for values in (new, old)]
    return f"{plural(counts[0], 'trial')} against {counts[1]}"


def _by_case(figure: Rate | Score) -> dict[str, list[float]]:
    values = [float(bool(one.passed)) for one in figure.outcomes] if isinstance(figure, Rate) else figure.values
    found: dict[str, list[float]] = {}
    for case, value in zip(figure.cases, values, strict=True):
        found.setdefault(case, []).append(value)
    return found
