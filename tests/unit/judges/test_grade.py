"""Grades compare with numbers on their scale, explain themselves, and have no truth of their own."""

from __future__ import annotations

import operator
from collections.abc import Callable
from math import log

import pytest

from pytest_llm import Grade, Rubric
from pytest_llm.errors import ConfigurationError
from pytest_llm.judges.grade import Check, Checklist
from pytest_llm.judges.weighing import grade_probabilities
from pytest_llm.judging.counting import average_precision
from pytest_llm.messages import TokenLogprob

RUBRIC = Rubric("Is it right?", name="right")


def grade(value: float, rubric: Rubric = RUBRIC) -> Grade:
    return Grade(value, "It is so.", rubric, "judge-1", "judge-1-june", rubric.hash, answer="Paris")


def test_a_grade_compares_with_numbers_and_grades_on_the_same_rubric() -> None:
    assert grade(4) >= 4
    assert not grade(4) > 4
    assert grade(4) == 4
    assert grade(4) != 3
    assert 3 < grade(4) <= 4.5
    assert grade(4) > grade(3)
    assert float(grade(3.5)) == 3.5


@pytest.mark.parametrize(
    ("compare", "bound", "said"),
    [
        (operator.ge, 1, "grade >= 1 can never fail"),
        (operator.ge, 6, "grade >= 6 can never pass"),
        (operator.gt, 5, "grade > 5 can never pass"),
        (operator.gt, 0.5, "grade > 0.5 can never fail"),
        (operator.le, 5, "grade <= 5 can never fail"),
        (operator.le, 0, "grade <= 0 can never pass"),
        (operator.lt, 1, "grade < 1 can never pass"),
        (operator.lt, 7, "grade < 7 can never fail"),
        (operator.eq, 0, "grade == 0 can never pass"),
    ],
)
def test_a_comparison_that_says_nothing_is_refused(
    compare: Callable[[object, object], bool], bound: float, said: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        compare(grade(4), bound)

    assert str(raised.value) == f"{said}: 'right' is graded from 1 to 5."


@pytest.mark.parametrize("other", [True, "4", float("nan"), None])
def test_a_grade_is_compared_with_numbers_only(other: object) -> None:
    with pytest.raises(ConfigurationError, match=r"^A grade is compared with a number, not with "):
        assert grade(4) >= other


def test_grades_on_different_rubrics_do_not_compare() -> None:
    with pytest.raises(ConfigurationError, match="their rubrics differ"):
        assert grade(4) >= grade(3, Rubric("Is it polite?"))


def test_a_grade_has_no_truth_of_its_own() -> None:
    with pytest.raises(ConfigurationError, match=r"not even 1\. Did you mean: assert grade >= 3\?$"):
        assert grade(1)


def test_a_claim_has_as_many_digits_as_it_takes() -> None:
    assert grade(3.9999).claim(">=", 4) == "grade 3.9999 >= 4  (right, on 1 to 5, judge judge-1 (judge-1-june))"
    assert grade(3.4).claim(">=", 4) == "grade 3.40 >= 4  (right, on 1 to 5, judge judge-1 (judge-1-june))"


def test_a_checklist_is_true_when_all_hold() -> None:
    yes, no = Check("It is right.", True, "Yes."), Check("It is short.", False, "Four lines.")
    some, every = Checklist((yes, no), "judge-1"), Checklist((yes,), "judge-1")

    assert every
    assert not some
    assert (len(some), some[1], list(some.failed)) == (2, no, [no])
    assert repr(some) == "<checklist: 1 of 2 criteria hold  (judge judge-1)>"
    assert some.evidence() == ["no   It is short.  (Four lines.)", "yes  It is right.  (Yes.)", "got ''"]


def tokens(*texts: str, top: dict[str, float]) -> list[TokenLogprob]:
    """Return tokens of which the one that is a number has these candidates with their probabilities."""
    candidates = tuple((text, log(share)) for text, share in top.items())
    return [TokenLogprob(text, -0.1, candidates if text.strip().isdigit() else ()) for text in texts]


def test_a_weighted_grade_is_the_mean_over_the_grades_of_the_scale() -> None:
    said = tokens(
        '{"reason": "Of 3', ' facts.", ', '"grade', '": ', "4", "}", top={"4": 0.5, "5": 0.25, "x": 0.2, "9": 0.05}
    )

    assert dict(grade_probabilities(said, RUBRIC)) == pytest.approx({4: 2 / 3, 5: 1 / 3})
    assert grade_probabilities([], RUBRIC) == ()
    assert grade_probabilities(tokens("4", top={"4": 1.0}), RUBRIC) == ()


def test_spellings_of_one_grade_add_up() -> None:
    said = [
        TokenLogprob('{"grade": "', -0.1),
        TokenLogprob("yes", -0.7, (("yes", log(0.4)), ("Yes", log(0.2)), ("no", log(0.2)))),
    ]

    assert dict(grade_probabilities(said, Rubric("Is it right?", scale=(0, 1)))) == pytest.approx({0: 0.25, 1: 0.75})


@pytest.mark.parametrize(
    ("useful", "precision"),
    [
        ([True, True], 1.0),
        ([True, False, True], (1 + 2 / 3) / 2),
        ([False, True], 0.5),
        ([False, False], 0.0),
    ],
)
def test_average_precision_is_that_of_scikit_learn(useful: list[bool], precision: float) -> None:
    from sklearn.metrics import average_precision_score

    assert average_precision(useful) == pytest.approx(precision)
    if any(useful):
        ranked = [len(useful) - place for place in range(len(useful))]
        assert average_precision(useful) == pytest.approx(average_precision_score(useful, ranked))
