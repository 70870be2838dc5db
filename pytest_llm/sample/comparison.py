"""A sample against the one before: how much its rate or mean differs, by the method that the cases allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from pytest_llm.sample.rate import Rate
from pytest_llm.sample.score import Score
from pytest_llm.sample.verdict import Word
from pytest_llm.stats.paired import Difference, paired_difference
from pytest_llm.stats.unpaired import rate_difference, score_difference
from pytest_llm.text import plural

__all__ = ["Compared", "compared"]

ByCase = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Compared:
    """The verdict, the difference that it rests on, and what was compared with what."""

    word: Word
    difference: Difference
    matter: str


def compared(before: Rate | Score, after: Rate | Score, margin: float, confidence: float) -> Compared:
    """Return whether the after is worse than the before by no more than ``margin``: a test of non-inferiority.

    PASS when the data rule out, at one-sided ``confidence``, a greater fall; FAIL when they rule out a lesser one.
    Cases of the same name are paired: with one trial each by McNemar's exact test and the interval of Tango (1998),
    with several by the differences of the cases' means, so that trials of a case count as one (Miller 2024). The trials
    of one case, or of cases without a counterpart, are two samples: Newcombe (1998) and Fisher's test, Welch's for
    scores.
    """
    old, new = _by_case(before), _by_case(after)
    common = [case for case in new if case in old]
    inner = max(2 * confidence - 1, 1e-9)  # the two-sided interval of which each end is the one-sided bound
    tested = _difference(old, new, common, isinstance(after, Rate), inner)
    word: Word = "UNDECIDED"
    if tested.interval.low >= -margin:
        word = "PASS"
    elif tested.interval.high < -margin:
        word = "FAIL"
    said = _difference(old, new, common, isinstance(after, Rate), confidence)
    return Compared(word, said, _matter(old, new, common))


def _difference(old: ByCase, new: ByCase, common: Sequence[str], rates: bool, confidence: float) -> Difference:
    if len(common) > 1:
        pairs = [(fmean(old[case]), fmean(new[case])) for case in common]
        return paired_difference([one for one, _ in pairs], [two for _, two in pairs], confidence=confidence)
    before, after = _units(old, common), _units(new, common)
    if rates and {*before, *after} <= {0.0, 1.0}:
        counts = [(int(sum(values)), len(values)) for values in (before, after)]
        return rate_difference(counts[0], counts[1], confidence=confidence)
    return score_difference(before, after, confidence=confidence)


def _units(values: ByCase, common: Sequence[str]) -> list[float]:
    """Return what is independent: the trials of a single case, else one mean a case."""
    if len(common) == 1:
        return list(values[common[0]])
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
