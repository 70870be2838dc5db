"""What people said of answers: a JSONL file, one labelled answer a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from pytest_llm.errors import ConfigurationError
from pytest_llm.judges.inputs import Inputs
from pytest_llm.judges.rubric import Rubric
from pytest_llm.paths import shown
from pytest_llm.text import or_list, short

__all__ = ["Labelled", "read_labels"]

_NAMES = {
    "answer": ("answer", "completion", "output"),
    "question": ("question", "input"),
    "reference": ("reference", "ideal"),
}
_LABELS = ("labels", "label", "choice")


@dataclass(frozen=True, slots=True)
class Labelled:
    """An answer with the grades that people gave it, one a rater, None where one gave none."""

    line: int
    inputs: Inputs
    ratings: tuple[int | None, ...]

    @property
    def label(self) -> int | None:
        """The grade in the middle of theirs; None when they tie between two grades, or nobody gave one."""
        given = [rating for rating in self.ratings if rating is not None]
        middle = median(given) if given else 0.5
        return int(middle) if middle == int(middle) else None


def read_labels(path: Path, rubric: Rubric) -> list[Labelled]:
    """Read the labelled answers of a file.

    A line holds ``answer`` (or ``completion``), what the rubric needs of ``question`` (or ``input``), ``context`` and
    ``reference`` (or ``ideal``), and ``label`` (or ``choice``), or ``labels`` with one a rater. Raises
    ``ConfigurationError`` that names the line and what is wrong with it.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The labels {shown(path)} cannot be read: {error}.") from None
    found = [_labelled(line, number, path, rubric) for number, line in enumerate(lines, 1) if line.strip()]
    if not found:
        raise ConfigurationError(f"{shown(path)} holds no labels.")
    if len({len(one.ratings) for one in found}) > 1:
        raise ConfigurationError(
            f'{shown(path)}: each line needs as many "labels" as there are raters, null where one gave none.'
        )
    return found


def _labelled(line: str, number: int, path: Path, rubric: Rubric) -> Labelled:
    where = f"{shown(path)}, line {number}"
    try:
        item = json.loads(line)
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"{where} is no JSON: {error.msg} at column {error.colno}.") from None
    if not isinstance(item, dict):
        raise ConfigurationError(f"{where} is no JSON object.")
    given = {name: _first(item, names) for name, names in _NAMES.items()}
    if not isinstance(given["answer"], str):
        raise ConfigurationError(f'{where} has no text under "answer".')
    context = item.get("context") or ()
    try:
        inputs = Inputs(
            given["answer"],
            _text(given["question"]),
            (context,) if isinstance(context, str) else tuple(map(str, context)),
            _text(given["reference"]),
        )
        inputs.check(rubric)
    except ConfigurationError as error:
        raise ConfigurationError(f"{where}: {error}") from None
    labels = _first(item, _LABELS)
    ratings = labels if isinstance(labels, list) else [labels]
    return Labelled(number, inputs, tuple(_rating(rating, rubric, where) for rating in ratings))


def _first(item: Mapping[str, object], names: Sequence[str]) -> object:
    return next((item[name] for name in names if name in item), None)


def _text(given: object) -> str | None:
    return None if given is None else str(given[0] if isinstance(given, list) and given else given)


def _rating(rating: object, rubric: Rubric, where: str) -> int | None:
    if rating is None:
        return None
    spelled = str(rating).strip().lower()
    if rubric.scale == (0, 1):
        spelled = {"true": "yes", "false": "no", "1": "yes", "0": "no"}.get(spelled, spelled)
    if spelled not in rubric.spellings:
        valid = or_list(list(rubric.spellings))
        raise ConfigurationError(f"{where}: the label {short(repr(rating), 30)} is not on the rubric's scale: {valid}.")
    return rubric.spellings[spelled]
