"""Did outcomes change: pass rates of two samples, paired by case or not, with the effect and its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_llm.stats.difference import Difference
from pytest_llm.stats.paired import paired_difference
from pytest_llm.stats.unpaired import rate_difference

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Change", "paired_change", "stratified_change", "unpaired_change"]

PERMUTATIONS = 9999
_BEYOND = 1e-9


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a mean outcome (a rate): what it was and is, the p-value (two-sided), the interval of the difference.

    The interval holds 0 if and only if the p-value is above one less its confidence. ``test`` names the method;
    ``detectable`` is the smallest difference that had a power of about 0.8.
    """

    before: float
    after: float
    p: float
    interval: tuple[float, float]
    test: str
    detectable: float

    @property
    def effect(self) -> float:
        """The difference, after less before."""
        return self.after - self.before


def paired_change(before: Sequence[bool], after: Sequence[bool], *, confidence: float = 0.95) -> Change:
    """Compare one pass or fail a case on each side: McNemar's exact test (1947) and the interval of Tango (1998)."""
    n = len(before)
    found = paired_difference(before, after, confidence=confidence)
    lost, won = (
        sum(one and not two for one, two in zip(*sides, strict=True)) for sides in ((before, after), (after, before))
    )
    # With one more case of each kind the error is never 0, however alike the sides (Agresti and Min 2005).
    lose, win = (lost + 1) / (n + 2), (won + 1) / (n + 2)
    error = ((lose + win - (win - lose) ** 2) / (n + 2)) ** 0.5
    return _of(found, sum(before) / n, sum(after) / n, error, confidence)


def stratified_change(
    before: Sequence[Sequence[float]], after: Sequence[Sequence[float]], *, confidence: float = 0.95, seed: int = 0
) -> Change:
    """Compare several outcomes a case, cases as strata: outcomes are permuted within their case.

    The effect is the mean over these cases of the difference of means. Its standard error comes, as the test does, from
    the outcomes within cases, with Student's t; where they are all alike a success and a failure are added to each side
    (after Agresti and Caffo 2000).
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    sides = [(np.asarray(b, float), np.asarray(a, float)) for b, a in zip(before, after, strict=True)]
    totals = np.zeros(1 + PERMUTATIONS)
    for old, new in sides:
        pool = np.concatenate([old, new])
        totals += _permuted_differences(pool, len(new), rng) / len(sides)
    p = float(np.mean(np.abs(totals) >= abs(totals[0]) - 1e-9))
    differences = np.array([new.mean() - old.mean() for old, new in sides])
    error = sum(_variance(old) + _variance(new) for old, new in sides) ** 0.5 / len(sides)
    effect, freedom = float(differences.mean()), sum(len(old) + len(new) - 2 for old, new in sides)
    return Change(
        float(np.mean([old.mean() for old, _ in sides])),
        float(np.mean([new.mean() for _, new in sides])),
        p,
        _agreeing(_interval(effect, error, confidence, max(1, freedom)), effect, p, confidence),
        "permutation within requests",
        _detectable(error, confidence),
    )


def unpaired_change(before: Sequence[bool], after: Sequence[bool], *, confidence: float = 0.95) -> Change:
    """Compare two samples of pass or fail that share no case: Fisher's exact test, Newcombe's interval (1998)."""
    (k, n), (j, m) = (sum(before), len(before)), (sum(after), len(after))
    found = rate_difference((k, n), (j, m), confidence=confidence)
    shrunk = [(count + 1) / (size + 2) for count, size in ((k, n), (j, m))]
    error = sum(rate * (1 - rate) / size for rate, size in zip(shrunk, (n, m), strict=True)) ** 0.5
    return _of(found, k / n, j / m, error, confidence)


def _of(found: Difference, before: float, after: float, error: float, confidence: float) -> Change:
    interval = _agreeing((found.interval.low, found.interval.high), after - before, found.p, confidence)
    return Change(before, after, found.p, interval, found.test, _detectable(error, confidence))


def _permuted_differences(pool: NDArray[np.float64], fresh: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return (1 + B,) differences of means, the observed one first."""
    import numpy as np

    picked = np.full(1 + PERMUTATIONS, pool[len(pool) - fresh :].sum())
    if np.isin(pool, (0.0, 1.0)).all():
        passed = int(pool.sum())
        picked[1:] = rng.hypergeometric(passed, len(pool) - passed, fresh, PERMUTATIONS)
    else:
        picked[1:] = rng.permuted(np.tile(pool, (PERMUTATIONS, 1)), axis=1)[:, len(pool) - fresh :].sum(axis=1)
    return np.asarray(picked / fresh - (pool.sum() - picked) / (len(pool) - fresh))


def _variance(values: NDArray[np.float64]) -> float:
    """Return the variance of a mean, of pass or fail with one success and one failure added so that it is never 0."""
    size = len(values)
    if size > 2 and values.std() > 0:
        return float(values.var(ddof=1) / size)
    rate = (float(values.sum()) + 1) / (size + 2)
    return rate * (1 - rate) / size


def _agreeing(interval: tuple[float, float], effect: float, p: float, confidence: float) -> tuple[float, float]:
    """Return the interval with 0 in it, or out of it, as the test says.

    What holds 0 unless an exact test rejects it covers 0 as often as promised; no bound is moved but to 0, or from
    beyond 0 to this side of it.
    """
    low, high = interval
    if p > 1 - confidence:
        return min(low, 0.0), max(high, 0.0)
    return (max(low, _BEYOND), high) if effect > 0 else (low, min(high, -_BEYOND))


def _interval(middle: float, error: float, confidence: float, freedom: int) -> tuple[float, float]:
    from scipy.stats import t

    reach = error * float(t.ppf((1 + confidence) / 2, freedom))
    return max(-1.0, middle - reach), min(1.0, middle + reach)


def _detectable(error: float, confidence: float) -> float:
    from scipy.stats import norm

    return min(1.0, error * float(norm.ppf((1 + confidence) / 2) + norm.ppf(0.8)))
