"""Several judges at once: the majority or the mean of their grades, with how they disagree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import fmean
from typing import TYPE_CHECKING, Literal

from pytest_llm.errors import UngradedError
from pytest_llm.judges.grade import Check, Checklist, Grade, Vote
from pytest_llm.judges.inputs import Inputs
from pytest_llm.judges.rubric import Rubric
from pytest_llm.judging.bench import together
from pytest_llm.judging.subjects import inputs_of

if TYPE_CHECKING:
    from pytest_llm.judging.judge import Criterion, Judge

__all__ = ["By", "Jury"]

By = Literal["mean", "majority"]


@dataclass(frozen=True, slots=True)
class Jury:
    """Judges that grade together, asked at the same time; ``llm_judge.jury([...])`` makes one.

    By "mean" the grade is the mean of theirs; by "majority" the one that more than half give. Where there is none, or
    one of them gives no grade, ``UngradedError`` is raised.
    """

    judges: tuple[Judge, ...]
    by: By = "mean"

    def __repr__(self) -> str:
        return f"Jury({[judge.model for judge in self.judges]}, by={self.by!r})"

    @property
    def model(self) -> str:
        """How a failure calls it."""
        return f"the {self.by} of {len(self.judges)}"

    def grade(
        self,
        answer: object,
        rubric: Criterion,
        *,
        question: object = None,
        context: object = None,
        reference: object = None,
    ) -> Grade:
        """Return the common grade of an answer, with the ``votes`` of each."""
        return self._grade(inputs_of(answer, question, context, reference), Rubric.of(rubric))

    def grade_all(
        self,
        answers: Iterable[object],
        rubric: Criterion,
        *,
        question: object = None,
        context: object = None,
        reference: object = None,
    ) -> list[Grade]:
        """Return the common grades of several answers to one question."""
        chosen = Rubric.of(rubric)
        return [self._grade(inputs_of(answer, question, context, reference), chosen) for answer in answers]

    def check(
        self,
        answer: object,
        criteria: str | Sequence[str],
        *,
        question: object = None,
        context: object = None,
        reference: object = None,
    ) -> Checklist:
        """Return for each criterion what more than half of the judges say, whatever the grades are made by."""
        given = {"question": question, "context": context, "reference": reference}
        lists = together([partial(judge.check, answer, criteria, **given) for judge in self.judges])
        checks = tuple(self._common([checks[place] for checks in lists]) for place in range(len(lists[0])))
        checklist = Checklist(checks, self.model, answer=lists[0].answer)
        self.judges[0].bench.checklists.append(checklist)
        return checklist

    def _grade(self, inputs: Inputs, rubric: Rubric) -> Grade:
        grades = together([partial(judge.grade_inputs, inputs, rubric) for judge in self.judges])
        votes = tuple(Vote(grade.judge, grade.value, grade.reason) for grade in grades)
        value = fmean(vote.value for vote in votes) if self.by == "mean" else self._majority(votes, rubric)
        reason = next(vote.reason for vote in sorted(votes, key=lambda vote: abs(vote.value - value)))
        return Grade(value, reason, rubric, self.model, "", rubric.hash, votes=votes, answer=inputs.text)

    def _majority(self, votes: Sequence[Vote], rubric: Rubric) -> float:
        value, count = Counter(vote.value for vote in votes).most_common(1)[0]
        if count * 2 > len(votes):
            return value
        said = ", ".join(f"{vote.judge} {vote.value:g}" for vote in votes)
        raise UngradedError(f"The jury gave no grade on {rubric.title!r}: there is no majority.\nIt said: {said}")

    def _common(self, checks: Sequence[Check]) -> Check:
        holding = [check for check in checks if check.holds]
        if len(holding) * 2 == len(checks):
            raise UngradedError(f"The jury gave no verdict on {checks[0].text!r}: there is no majority.")
        holds = len(holding) * 2 > len(checks)
        reason = next(check.reason for check in checks if check.holds == holds)
        return Check(checks[0].text, holds, f"{len(holding)} of {len(checks)} say yes: {reason}")
