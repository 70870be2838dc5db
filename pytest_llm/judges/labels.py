"""What people said of answers: a JSONL file, one labelled answer a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
    "question": ("question", "input", "prompt"),
    "reference": ("reference", "ideal"),
}
_LABELS = ("labels", "label", "choice")
_YES_NO = {"true": "yes", "false": "no", "1": "yes", "0": "no", "good": "yes", "bad": "no"}


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

    A line holds ``answer`` (or ``completion``), what the rubric needs of ``question`` (or ``input``, ``prompt``),
    ``context`` and ``reference`` (or ``ideal``), and ``label`` (or ``choice``), or ``labels`` with one a rater. Of the
    ratings that a review left, good or bad on a scale of yes and no, those that are only a note are left out, and each
    reviewer's last of an answer counts. Raises ``ConfigurationError`` that names the line and what is wrong with it.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The labels {shown(path)} cannot be read: {error}.") from None
    items = [(number, _item(line, number, path)) for number, line in enumerate(lines, 1) if line.strip()]
    found = [_labelled(item, number, path, rubric) for number, item in _last_ratings(items)]
    if not found:
        raise ConfigurationError(f"{shown(path)} holds no labels.")
    raters = max(len(one.ratings) for one in found)
    return [replace(one, ratings=(*one.ratings, *[None] * (raters - len(one.ratings)))) for one in found]


def _item(line: str, number: int, path: Path) -> dict[str, object]:
    where = f"{shown(path)}, line {number}"
    try:
        item = json.loads(line)
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"{where} is no JSON: {error.msg} at column {error.colno}.") from None
    if not isinstance(item, dict):
        raise ConfigurationError(f"{where} is no JSON object.")
    return item


def _last_ratings(items: Sequence[tuple[int, dict[str, object]]]) -> list[tuple[int, dict[str, object]]]:
    """Return the items without ratings that are only a note or that their reviewer has since changed."""
    kept: dict[object, tuple[int, dict[str, object]]] = {}
    for number, item in items:
        if "reviewer" not in item:
            kept[number] = (number, item)
        elif item.get("label") is not None:
            kept[tuple(str(item.get(name)) for name in ("test", "snapshot", "answer", "reviewer"))] = (number, item)
    return list(kept.values())


def _labelled(item: Mapping[str, object], number: int, path: Path, rubric: Rubric) -> Labelled:
    where = f"{shown(path)}, line {number}"
    given = {name: _first(item, names) for name, names in _NAMES.items()}
    if not isinstance(given["answer"], str):
        raise ConfigurationError(f'{where} has no text under "answer".')
    context = item.get("context") or ()
    passages = [context] if isinstance(context, str) else context if isinstance(context, list) else []
    try:
        inputs = Inputs(
            given["answer"],
            _text(given["question"]),
            tuple(map(str, passages)),
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
        spelled = _YES_NO.get(spelled, spelled)
    if spelled not in rubric.spellings:
        valid = or_list(list(rubric.spellings))
        review = "A review's good and bad are for a rubric of yes and no: scale: yes/no."
        said = f"{where}: the label {short(repr(rating), 30)} is not on the rubric's scale: {valid}."
        raise ConfigurationError(f"{said} {review}" if spelled in _YES_NO else said)
    return rubric.spellings[spelled]
