"""How far raters agree: judges with people, people with each other."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any, Literal

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.intervals import Interval, bootstrap, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "Confusion",
    "JudgeRates",
    "Level",
    "Weights",
    "accuracy",
    "alpha_interval",
    "cohen_kappa",
    "confusion",
    "judge_rates",
    "kappa_interval",
    "krippendorff_alpha",
]

Weights = Literal["linear", "quadratic"]
Level = Literal["nominal", "ordinal", "interval"]


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each label (row) received each grade (column), over the same categories."""

    categories: tuple[Any, ...]
    counts: tuple[tuple[int, ...], ...]

    def __str__(self) -> str:
        width = max(len(str(cell)) for cell in (*self.categories, *(one for row in self.counts for one in row))) + 1
        rows = [("", *self.categories), *((name, *row) for name, row in zip(self.categories, self.counts, strict=True))]
        return "\n".join("".join(f"{cell!s:>{width}}" for cell in row) for row in rows)


@dataclass(frozen=True, slots=True)
class JudgeRates:
    """A yes/no judge against people: of what people pass it passes ``true_positives``, and so on for the failed."""

    true_positives: int
    positives: int
    true_negatives: int
    negatives: int
    confidence: float = 0.95

    @property
    def tpr(self) -> float:
        """The share of what people pass that the judge passes (sensitivity)."""
        return self.true_positives / self.positives

    @property
    def tnr(self) -> float:
        """The share of what people fail that the judge fails (specificity)."""
        return self.true_negatives / self.negatives

    @property
    def tpr_interval(self) -> Interval:
        """Wilson's interval of ``tpr``."""
        return wilson(self.true_positives, self.positives, self.confidence)

    @property
    def tnr_interval(self) -> Interval:
        """Wilson's interval of ``tnr``."""
        return wilson(self.true_negatives, self.negatives, self.confidence)


def accuracy(
    labels: Sequence[Hashable], grades: Sequence[Hashable], confidence: float = 0.95
) -> tuple[float, Interval]:
    """Return the share of items whose grade is their label, and its Wilson interval."""
    _check_paired(labels, grades)
    same = sum(one == other for one, other in zip(labels, grades, strict=True))
    return same / len(labels), wilson(same, len(labels), confidence)


def confusion(
    labels: Sequence[Hashable], grades: Sequence[Hashable], categories: Sequence[Hashable] | None = None
) -> Confusion:
    """Return the confusion matrix of labels and grades, over the categories in order or those that occur, sorted."""
    scale = _scale(labels, grades, categories)
    table = _table(_codes(labels, scale), _codes(grades, scale), len(scale))
    return Confusion(scale, tuple(tuple(int(count) for count in row) for row in table))


def judge_rates(labels: Sequence[bool], grades: Sequence[bool], confidence: float = 0.95) -> JudgeRates:
    """Return how often a yes/no judge agrees with people, apart for what they pass and what they fail.

    Raises ``ConfigurationError`` where people passed all items or none, for one of the rates has no data then.
    """
    _check_paired(labels, grades)
    passed = [bool(grade) for label, grade in zip(labels, grades, strict=True) if label]
    failed = [bool(grade) for label, grade in zip(labels, grades, strict=True) if not label]
    if not passed or not failed:
        raise ConfigurationError(
            f"People passed {len(passed)} of {len(labels)} items, so that one of TPR and TNR has no data. "
            "Label items of both kinds."
        )
    return JudgeRates(sum(passed), len(passed), failed.count(False), len(failed), confidence)


def cohen_kappa(
    one: Sequence[Hashable],
    other: Sequence[Hashable],
    *,
    weights: Weights | None = None,
    categories: Sequence[Hashable] | None = None,
) -> float:
    """Return the agreement of two raters beyond chance: 1 is perfect, 0 is what chance gives (Cohen 1960).

    ``weights`` forgives near misses on an ordinal scale (Cohen 1968), in proportion to the distance or its square; give
    ``categories`` then, the whole scale in order, since distances count levels that nobody used. Raises
    ``ConfigurationError`` where both raters used one and the same category throughout: chance alone explains that.
    """
    scale = _scale(one, other, categories)
    found = _kappa(_table(_codes(one, scale), _codes(other, scale), len(scale)), weights)
    if isnan(found):
        raise ConfigurationError(
            f"Both raters said {one[0]!r} for all {len(one)} items, which no kappa can tell from chance. "
            "Label items of other categories too."
        )
    return found


def kappa_interval(
    one: Sequence[Hashable],
    other: Sequence[Hashable],
    *,
    weights: Weights | None = None,
    categories: Sequence[Hashable] | None = None,
    confidence: float = 0.95,
    seed: int = 0,
    resamples: int = 9999,
) -> Interval:
    """Return the bootstrap interval of Cohen's kappa, over items."""
    scale = _scale(one, other, categories)
    codes = (_codes(one, scale), _codes(other, scale))

    def statistic(first: NDArray[Any], second: NDArray[Any]) -> float:
        found = _kappa(_table(first.astype(int), second.astype(int), len(scale)), weights)
        return 1.0 if isnan(found) else found  # a resample of one category: nobody disagrees

    return bootstrap(codes, statistic, confidence, paired=True, seed=seed, resamples=resamples)


def krippendorff_alpha(ratings: Sequence[Sequence[Any]], level: Level = "nominal") -> float:
    """Return Krippendorff's alpha of any number of raters, one row of ratings each, with None where one is missing.

    ``level`` says what differences mean: "nominal" (any is as bad), "ordinal" (ranks between), "interval" (squared
    distance). From "Computing Krippendorff's Alpha-Reliability" (Krippendorff 2011). Raises ``ConfigurationError``
    where no item has two ratings, or where all ratings are alike.
    """
    items = _items(ratings)
    found = _alpha(_unit_counts(items, values := _values(items)), values, level)
    if isnan(found):
        raise ConfigurationError(
            f"All ratings are {values[0]!r}, which no alpha can tell from chance. Rate items of other kinds too."
        )
    return found


def alpha_interval(
    ratings: Sequence[Sequence[Any]],
    level: Level = "nominal",
    *,
    confidence: float = 0.95,
    seed: int = 0,
    resamples: int = 9999,
) -> Interval:
    """Return the bootstrap interval of Krippendorff's alpha, over items."""
    items = _items(ratings)
    values = _values(items)
    counts = _unit_counts(items, values)

    def statistic(places: NDArray[Any]) -> float:
        found = _alpha(counts[places.astype(int)], values, level)
        return 1.0 if isnan(found) else found

    return bootstrap(range(len(items)), statistic, confidence, seed=seed, resamples=resamples)


def _check_paired(one: Sequence[object], other: Sequence[object]) -> None:
    if len(one) != len(other) or not one:
        raise ConfigurationError(
            f"Agreement needs two ratings of each item, and there are {len(one)} and {len(other)}. "
            "Leave out items that only one side has rated."
        )


def _scale(one: Sequence[Any], other: Sequence[Any], categories: Sequence[Any] | None) -> tuple[Any, ...]:
    _check_paired(one, other)
    if categories is None:
        return tuple(sorted({*one, *other}))
    strange = sorted({*one, *other} - set(categories), key=str)
    if strange:
        raise ConfigurationError(f"{strange[0]!r} is not one of the categories {list(categories)!r}.")
    return tuple(categories)


def _codes(ratings: Sequence[Any], scale: Sequence[Any]) -> list[int]:
    places = {category: place for place, category in enumerate(scale)}
    return [places[rating] for rating in ratings]


def _table(one: Sequence[int] | NDArray[Any], other: Sequence[int] | NDArray[Any], size: int) -> NDArray[Any]:
    import numpy as np

    return np.bincount(np.asarray(one) * size + np.asarray(other), minlength=size * size).reshape(size, size)


def _kappa(table: NDArray[Any], weights: Weights | None) -> float:
    """Return one minus the observed over the expected disagreement; nan where none is expected."""
    import numpy as np

    places = np.arange(len(table))
    distances = np.abs(places[:, None] - places[None, :])
    costs = {None: distances > 0, "linear": distances, "quadratic": distances**2}[weights]
    expected = np.outer(table.sum(axis=0), table.sum(axis=1)) / table.sum()
    most = float(np.sum(costs * expected))
    return 1 - float(np.sum(costs * table)) / most if most else float("nan")


def _items(ratings: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Return the ratings of each item that has two or more."""
    if len({len(row) for row in ratings}) > 1:
        lengths = ", ".join(str(len(row)) for row in ratings)
        raise ConfigurationError(f"Each rater needs one entry an item, None where it is missing; there are {lengths}.")
    items = [[one for one in item if one is not None] for item in zip(*ratings, strict=True)]
    items = [item for item in items if len(item) > 1]
    if not items:
        raise ConfigurationError("No item has been rated twice, so that nothing can agree. Let raters share items.")
    return items


def _values(items: list[list[Any]]) -> list[Any]:
    return sorted({one for item in items for one in item})


def _unit_counts(items: list[list[Any]], values: list[Any]) -> NDArray[Any]:
    """Return how many raters gave each value to each item, of shape (items, values)."""
    import numpy as np

    return np.array([[item.count(value) for value in values] for item in items], dtype=float)


def _alpha(counts: NDArray[Any], values: list[Any], level: Level) -> float:
    import numpy as np

    raters = counts.sum(axis=1)
    coincidences = (counts / (raters - 1)[:, None]).T @ counts - np.diag((counts / (raters - 1)[:, None]).sum(axis=0))
    totals = coincidences.sum(axis=0)
    differences = _differences(totals, values, level)
    expected = float(totals @ differences @ totals)
    return 1 - (totals.sum() - 1) * float((coincidences * differences).sum()) / expected if expected else float("nan")


def _differences(totals: NDArray[Any], values: list[Any], level: Level) -> NDArray[Any]:
    """Return the squared difference of each two values."""
    import numpy as np

    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level == "interval":
        numbers = np.array(values, dtype=float)
        return np.asarray((numbers[:, None] - numbers[None, :]) ** 2)
    if level != "ordinal":
        raise ConfigurationError(f"level={level!r} is no level of measurement. Valid ones: nominal, ordinal, interval.")
    # The ranks between two values: all ratings up to and with the middle of each.
    ranks = np.cumsum(totals) - totals / 2
    return np.asarray((ranks[:, None] - ranks[None, :]) ** 2)
