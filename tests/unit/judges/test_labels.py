"""What people said of answers: which lines count, how labels are spelled, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_llm.errors import ConfigurationError
from pytest_llm.judges.labels import read_labels
from pytest_llm.judges.rubric import Rubric

RIGHT = Rubric("The answer is right.", scale=(0, 1))
GRADED = Rubric("The answer is right.")


def labels(path: Path, *items: object) -> Path:
    file = path / "labels.jsonl"
    file.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    return file


def rating(label: str | None, reviewer: str = "Ada", answer: str = "Thirty days.") -> dict[str, object]:
    return {
        "test": "test_it.py::test_it",
        "snapshot": "",
        "prompt": "How long?",
        "answer": answer,
        "label": label,
        "reviewer": reviewer,
    }


def test_of_a_reviewers_ratings_of_an_answer_the_last_counts_and_notes_do_not(tmp_path: Path) -> None:
    file = labels(
        tmp_path, rating("bad"), rating("good"), rating(None), rating("bad", "Bob"), rating("bad", answer="90 days.")
    )
    found = [(one.line, one.inputs.answer, one.inputs.question, one.ratings) for one in read_labels(file, RIGHT)]

    assert found == [
        (2, "Thirty days.", "How long?", (1,)),
        (4, "Thirty days.", "How long?", (0,)),
        (5, "90 days.", "How long?", (0,)),
    ]


def test_lines_of_one_label_and_of_several_raters_stand_in_one_file(tmp_path: Path) -> None:
    file = labels(tmp_path, {"answer": "a", "label": 1}, {"answer": "b", "labels": [5, 4, None]})
    found = [(one.ratings, one.label) for one in read_labels(file, GRADED)]

    assert found == [((1, None, None), 1), ((5, 4, None), None)]


def test_a_review_is_no_grade_on_a_longer_scale(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as told:
        read_labels(labels(tmp_path, rating("good")), GRADED)

    assert str(told.value).endswith(
        "line 1: the label 'good' is not on the rubric's scale: 1, 2, 3, 4 or 5. "
        "A review's good and bad are for a rubric of yes and no: scale: yes/no."
    )


def test_a_file_of_notes_alone_holds_no_labels(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"labels\.jsonl holds no labels\.$"):
        read_labels(labels(tmp_path, rating(None)), RIGHT)
