"""How far a judge agrees with people: its grades beside their labels, kept in a file beside the tests."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from pytest_llm.errors import ConfigurationError
from pytest_llm.judges.inputs import Inputs
from pytest_llm.judges.rubric import Rubric
from pytest_llm.paths import replace_text, shown
from pytest_llm.stats.agreement import JudgeRates, Weights, cohen_kappa, judge_rates, kappa_interval
from pytest_llm.stats.intervals import Interval

__all__ = ["SUFFIX", "Anchor", "Calibration", "digest_of", "file_name", "read_calibration"]

SUFFIX = ".calibration.json"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Anchor:
    """An answer that people have labelled, by its hash and line, with the judge's grade; None when it gave none."""

    digest: str
    line: int
    label: int
    grade: int | None
    reason: str = ""


@dataclass(frozen=True)
class Calibration:
    """A judge's grades of answers that people have labelled.

    ``served_model`` is the model that answered then; ``labels`` the path of the labels, relative to this file's folder;
    ``source`` is what the rubric was given as: a built-in name, a criterion, or a file relative to the folder;
    ``params`` are the parameters of the API.
    """

    judge: str
    served_model: str
    rubric: str
    rubric_hash: str
    scale: tuple[int, int]
    better: str
    labels: str
    date: str
    anchors: tuple[Anchor, ...]
    source: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def graded(self) -> list[tuple[int, int]]:
        """Label and grade of each answer that has both."""
        return [(anchor.label, anchor.grade) for anchor in self.anchors if anchor.grade is not None]

    @property
    def weights(self) -> Weights | None:
        """How kappa weighs a near miss: quadratically on a scale, not at all between no and yes."""
        return None if self.scale == (0, 1) else "quadratic"

    @cached_property
    def kappa(self) -> float:
        """Cohen's kappa of the judge and the people; raises ``ConfigurationError`` where it has no value."""
        labels, grades = self._columns()
        return cohen_kappa(labels, grades, weights=self.weights, categories=self._categories)

    @cached_property
    def kappa_interval(self) -> Interval:
        """The bootstrap interval of ``kappa``, over answers."""
        labels, grades = self._columns()
        return kappa_interval(labels, grades, weights=self.weights, categories=self._categories)

    def passing(self, bound: float) -> list[tuple[bool, bool]]:
        """Return for each answer whether its label passes and whether its grade does."""
        return [(passes(label, bound, self.better), passes(grade, bound, self.better)) for label, grade in self.graded]

    def rates(self, bound: float) -> JudgeRates:
        """Return how often the judge passes what people pass and fails what they fail."""
        found = self.passing(bound)
        return judge_rates([label for label, _ in found], [grade for _, grade in found])

    def _columns(self) -> tuple[list[int], list[int]]:
        return [label for label, _ in self.graded], [grade for _, grade in self.graded]

    @property
    def _categories(self) -> list[int]:
        return list(range(self.scale[0], self.scale[1] + 1))

    def write(self, path: Path) -> None:
        """Write the file, one answer a line; raises ``ConfigurationError`` when it cannot be written."""
        document: dict[str, Any] = {**asdict(self), "version": _VERSION}
        anchors = [json.dumps(anchor, sort_keys=True, ensure_ascii=False) for anchor in document.pop("anchors")]
        listed = ",\n".join(f"    {anchor}" for anchor in anchors)
        rest = json.dumps(document, sort_keys=True, ensure_ascii=False, indent=2)[2:]
        try:
            replace_text(path, f'{{\n  "anchors": [\n{listed}\n  ],\n{rest}\n')
        except OSError as error:
            raise ConfigurationError(f"{shown(path)} cannot be written: {error.strerror or error}.") from None


def passes(grade: float, bound: float, better: str) -> bool:
    """Say whether a grade is good enough."""
    return grade >= bound if better == "higher" else grade <= bound


def read_calibration(path: Path) -> Calibration:
    """Read a calibration file; raises ``ConfigurationError`` when it is none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document.pop("version") != _VERSION:
            raise ValueError("another version of the format")
        anchors = tuple(Anchor(**anchor) for anchor in document.pop("anchors"))
        return Calibration(**{**document, "scale": tuple(document["scale"])}, anchors=anchors)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ConfigurationError(
            f"{shown(path)} is no calibration of a judge ({error}). Make it anew: pytest-llm calibrate"
        ) from None


def digest_of(inputs: Inputs) -> str:
    """Return the first 16 hex digits of the SHA-256 of what a judge is shown."""
    text = json.dumps(inputs.data(), sort_keys=True, ensure_ascii=False)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def file_name(rubric: Rubric, judge: str) -> str:
    """Return the name of the calibration file of a judge on a rubric."""
    return f"{slug(rubric.name or rubric.hash)}.{slug(judge)}{SUFFIX}"


def slug(name: str) -> str:
    """Return a name as a part of a file's name."""
    return re.sub(r"[^\w.]+", "-", name.lower()).strip("-.")[:80]


def default_bound(rubric: Rubric) -> int:
    """Return the grade from which on an answer passes unless said otherwise: the first beyond the middle."""
    low, high = rubric.scale
    return (low + high) // 2 + 1 if rubric.better == "higher" else (low + high - 1) // 2
