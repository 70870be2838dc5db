"""A rubric: what is graded, on which scale, and what each level means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Literal, get_args

from pytest_llm.errors import ConfigurationError
from pytest_llm.text import short

__all__ = ["BUILT_IN", "METHODS", "Example", "Method", "Need", "Rubric"]

Method = Literal["grade", "supported", "unsupported", "recall", "precision", "coverage"]
Need = Literal["question", "context", "reference"]

METHODS: dict[str, tuple[str, ...]] = {
    "grade": ("grade",),
    "supported": ("claims", "verify"),
    "unsupported": ("claims", "verify"),
    "recall": ("claims", "verify"),
    "precision": ("chunks",),
    "coverage": ("points", "verify"),
}
"""How a grade is come to, and the prompts that this takes."""

BUILT_IN = (
    "answer relevance",
    "bias",
    "context precision",
    "context recall",
    "correctness",
    "faithfulness",
    "goal completion",
    "hallucination",
    "harmfulness",
    "instruction following",
    "summary completeness",
    "tone",
    "tool use",
)
_WIDEST = 100


@dataclass(frozen=True, slots=True)
class Example:
    """An answer, the grade it deserves, and why."""

    answer: str
    grade: int
    reason: str


@dataclass(frozen=True, slots=True)
class Rubric:
    """What a judge grades an answer on.

    ``criterion`` is one sentence or several. ``scale`` are the lowest and the highest whole-number grade; ``(0, 1)``
    is no and yes. ``levels`` say what a grade means, ``examples`` show it. ``needs`` names what has to be given beside
    the answer: question, context, reference. ``better`` is "lower" where a high grade is bad news. ``source`` cites
    where the rubric comes from.

    With a ``method`` other than "grade" the grade is a share from 0 to 1, counted item by item: "supported" (claims of
    the answer that the context supports; "unsupported" is the rest), "recall" (claims of the reference that the context
    supports), "precision" (average precision of the useful passages of the context), "coverage" (points of the context
    that the answer covers).
    """

    criterion: str
    name: str = ""
    scale: tuple[int, int] = (1, 5)
    levels: Mapping[int, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    needs: tuple[Need, ...] = ()
    better: Literal["higher", "lower"] = "higher"
    method: Method = "grade"
    source: str = ""

    def __post_init__(self) -> None:
        called = f"The rubric {short(self.name or self.criterion, 60)!r}"
        if not self.criterion.strip():
            raise ConfigurationError("A rubric needs a criterion, and this one is empty.")
        low, high = self.scale
        if type(low) is not int or type(high) is not int or not 0 <= low < high <= _WIDEST:
            raise ConfigurationError(
                f"{called} has the scale {self.scale!r}. A scale is two whole numbers, the lower first, from 0 to 100."
            )
        if self.method not in METHODS:
            raise ConfigurationError(f"{called} has the method {self.method!r}. Valid methods: {', '.join(METHODS)}.")
        if self.better not in ("higher", "lower"):
            raise ConfigurationError(f"{called} has better={self.better!r}. Valid: higher, lower.")
        if unknown := [need for need in self.needs if need not in get_args(Need)]:
            raise ConfigurationError(f"{called} needs {unknown[0]!r}. Valid: {', '.join(get_args(Need))}.")
        graded = [*self.levels, *(example.grade for example in self.examples)]
        if outside := [grade for grade in graded if type(grade) is not int or not low <= grade <= high]:
            raise ConfigurationError(f"{called} describes the grade {outside[0]!r}, which is not on {low} to {high}.")

    def __repr__(self) -> str:
        return f"Rubric({self.title!r}, {self.range})"

    @classmethod
    def read(cls, path: str | Path) -> Rubric:
        """Read a rubric file: Markdown with front matter (docs/judges.md describes it).

        Raises ``ConfigurationError`` that names the file, the line and what is wrong.
        """
        from pytest_llm.judges.rubric_file import parse

        file = Path(path)
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"The rubric {file} cannot be read: {error}.") from None
        return parse(text, str(path), file.name.partition(".")[0])

    @classmethod
    def builtin(cls, name: str) -> Rubric:
        """Return a rubric that comes with the package; ``BUILT_IN`` lists them.

        Raises ``ConfigurationError`` that names the nearest when there is none of that name.
        """
        from pytest_llm.judges.rubric_file import parse

        spelled = " ".join(name.replace("-", " ").replace("_", " ").lower().split())
        if spelled not in BUILT_IN:
            near = get_close_matches(spelled, BUILT_IN, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise ConfigurationError(f"No rubric is called {name!r}.{hint} Built in: {', '.join(BUILT_IN)}.")
        file = f"{spelled.replace(' ', '_')}.md"
        return parse((files("pytest_llm.judges") / "rubrics" / file).read_text(encoding="utf-8"), file, spelled)

    @classmethod
    def of(cls, given: str | Path | Rubric) -> Rubric:
        """Return a rubric as it is given to a judge: itself, a file, the name of a built-in one, or a criterion."""
        if isinstance(given, Rubric):
            return given
        if isinstance(given, Path) or (isinstance(given, str) and given.endswith(".md")):
            return cls.read(given)
        if not isinstance(given, str):
            raise ConfigurationError(f"A rubric is a Rubric, a file or a criterion, and {given!r} is none.")
        text = given.strip()
        # A criterion is a sentence; one or two words are meant as a name.
        if len(text.split()) > 2 or not text:
            return cls(text)
        return cls.builtin(text)

    @property
    def title(self) -> str:
        """How a failure calls it: its name, else its criterion."""
        return self.name or short(self.criterion, 70)

    @property
    def is_share(self) -> bool:
        """Whether grades are shares from 0 to 1, counted item by item."""
        return self.method != "grade"

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest grade."""
        return (0.0, 1.0) if self.is_share else (float(self.scale[0]), float(self.scale[1]))

    @property
    def range(self) -> str:
        """The scale in words: "1 to 5", "no or yes", "a share"."""
        if self.is_share:
            return "a share"
        return "no or yes" if self.scale == (0, 1) else f"{self.scale[0]} to {self.scale[1]}"

    @property
    def spellings(self) -> dict[str, int]:
        """How the judge spells each grade, the lowest first."""
        if self.scale == (0, 1):
            return {"no": 0, "yes": 1}
        return {str(grade): grade for grade in range(self.scale[0], self.scale[1] + 1)}

    @property
    def hash(self) -> str:
        """The first 16 hex digits of SHA-256 of all that a judge is told: the rubric and the prompts it takes."""
        from pytest_llm.judges.prompting import prompt_hash

        told: dict[str, object] = {
            "criterion": self.criterion,
            "scale": list(self.scale),
            "levels": {str(grade): text for grade, text in sorted(self.levels.items())},
            "examples": [[example.answer, example.grade, example.reason] for example in self.examples],
            "method": self.method,
            "prompts": [prompt_hash(name) for name in METHODS[self.method]],
        }
        text = json.dumps(told, sort_keys=True, ensure_ascii=False)
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
