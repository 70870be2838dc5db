"""``--llm-calibrate``: what the similarity thresholds of a suite separate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_llm.plugin.embedding import Vectors
from pytest_llm.text import plural

__all__ = ["Threshold", "calibration_lines", "thresholds"]

_OTHERS = 200  # answers of other tests that a reference is compared with; more would tell no more


@dataclass
class Threshold:
    """One threshold of the suite: the scores that its own answers came to, and the best of the others'."""

    place: str
    threshold: float
    negated: bool = False
    own: list[float] = field(default_factory=list)
    other: float | None = None
    other_test: str = ""

    @property
    def middle(self) -> float | None:
        """The threshold midway between the own answers and the others; None when they overlap."""
        if self.other is None or min(self.own) <= self.other:
            return None
        return (min(self.own) + self.other) / 2

    def __str__(self) -> str:
        low, high = f"{min(self.own):.2f}", f"{max(self.own):.2f}"
        scores = low if low == high else f"{low} to {high}"
        said = f"{self.place}  threshold {self.threshold:.2f}, {plural(len(self.own), 'score')} {scores}"
        if self.negated:
            return f"{said}, expected below: margin {self.threshold - max(self.own):+.2f}"
        said += f", margin {min(self.own) - self.threshold:+.2f}"
        if self.other is None:
            return f"{said}, no other answer to compare with"
        return f"{said}, other answers up to {self.other:.2f}"

    @property
    def warning(self) -> str:
        """What is wrong with the threshold; "" when it separates the own answers from the others."""
        if self.negated or self.other is None or self.other < self.threshold:
            return ""
        if self.middle is None:
            return f"separates nothing, and no threshold would: the answer of {self.other_test} scores {self.other:.2f}"
        return f"separates nothing: it would accept the answer of {self.other_test}; {self.middle:.2f} lies midway"


def thresholds(told: Iterable[Mapping[str, Any]], vectors: Vectors) -> list[Threshold]:
    """Return the thresholds of a suite, in order of their places, from what its comparisons told.

    An answer of another test was compared with other references: it should score below. Raises ``LLMError`` when the
    embedder cannot be loaded.
    """
    tests = sorted(told, key=lambda account: str(account["nodeid"]))  # workers finish in any order
    comparisons = [{**one, "test": account["nodeid"]} for account in tests for one in account["compared"]]
    answers = {(tuple(one["references"]), one["text"]): one["test"] for one in comparisons}
    found: dict[tuple[str, float, bool], Threshold] = {}
    for one in comparisons:
        place = (one["place"], one["threshold"], one["negated"])
        threshold = found.setdefault(place, Threshold(*place))
        threshold.own.append(min(one["scores"]) if one["by"] == "sentence" else max(one["scores"]))
        own = {text for references, text in answers if list(references) == one["references"]}
        others = {text: test for (_, text), test in answers.items() if text not in own}
        for score, test in _best(one["references"], dict(list(others.items())[:_OTHERS]), vectors):
            if threshold.other is None or score > threshold.other:
                threshold.other, threshold.other_test = score, test
    return sorted(found.values(), key=_place)


def _place(threshold: Threshold) -> tuple[str, int, float]:
    path, _, line = threshold.place.rpartition(":")
    return path, int(line or 0), threshold.threshold


def calibration_lines(found: Sequence[Threshold], embedder: str) -> Iterator[str]:
    """Yield the lines of the section."""
    yield (
        f"Similarity thresholds ({embedder}). The margin is from the threshold to the nearest score of its own "
        "answers; other answers are those of tests that expect something else."
    )
    for threshold in found:
        yield f"  {threshold}"
        if threshold.warning:
            yield f"    {threshold.warning}"


def _best(references: Sequence[str], others: Mapping[str, str], vectors: Vectors) -> Iterator[tuple[float, str]]:
    if others:
        vectors.embed([*references, *others])
        scored = (
            (vectors.similar(text, reference).score, test) for text, test in others.items() for reference in references
        )
        yield max(scored)
