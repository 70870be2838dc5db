"""The judge: a model that grades answers on rubrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from pytest_llm.client import Client
from pytest_llm.errors import ConfigurationError
from pytest_llm.fingerprint import canonical
from pytest_llm.judges.calibration import digest_of
from pytest_llm.judges.grade import Check, Checklist, Grade
from pytest_llm.judges.inputs import Inputs
from pytest_llm.judges.parsing import read_grade, read_verdicts
from pytest_llm.judges.preference import Contest, Preference, Ranking
from pytest_llm.judges.prompting import check_prompt, grade_prompt, prompt_hash
from pytest_llm.judges.rate import JudgedRate, judged_rate
from pytest_llm.judges.rubric import Rubric
from pytest_llm.judges.weighing import grade_probabilities
from pytest_llm.judging.asking import Asker
from pytest_llm.judging.bench import Bench, together
from pytest_llm.judging.counting import counted
from pytest_llm.judging.jury import By, Jury
from pytest_llm.judging.pairing import contest, preference, prepared, ranking
from pytest_llm.judging.subjects import inputs_of
from pytest_llm.judging.trust import require

__all__ = ["Judge"]

Criterion = str | Path | Rubric
"""A criterion in a sentence, the name of a built-in rubric, a rubric file, or a rubric."""


@dataclass(frozen=True, slots=True)
class Judge:
    """A model that grades answers, as the fixture ``llm_judge`` gives it.

    A grade comes with its reason, or not at all: an answer that is malformed twice, contradicts itself, is cut off or
    refuses raises ``UngradedError``. What is judged is shown to the model as data. The same question is asked once.
    """

    client: Client
    bench: Bench = field(repr=False)
    weighted: bool = False
    structured: bool = True
    params: Mapping[str, Any] = field(default_factory=dict)
    min_kappa: float | None = None

    def __repr__(self) -> str:
        return f"Judge({self.model!r})"

    @property
    def model(self) -> str:
        """The model that is asked."""
        return self.client.model

    def using(
        self,
        model: str | None = None,
        *,
        weighted: bool | None = None,
        structured: bool | None = None,
        min_kappa: float | None = None,
        **params: Any,
    ) -> Judge:
        """Return this judge with another model or other settings.

        ``weighted`` grades by the probabilities of the grade's tokens (G-Eval); ``structured=False`` asks in words
        alone; ``min_kappa`` refuses to grade on a rubric where the judge is not calibrated to agree with people as far
        as that (``pytest-llm calibrate``); ``params`` go to the API (``temperature`` is 0 unless given; None leaves one
        out).
        """
        return replace(
            self,
            client=self.client if model is None else self.bench.client_for(model),
            weighted=self.weighted if weighted is None else weighted,
            structured=self.structured if structured is None else structured,
            params={**self.params, **params},
            min_kappa=self.min_kappa if min_kappa is None else min_kappa,
        )

    def grade(
        self,
        answer: object,
        rubric: Criterion,
        *,
        question: object = None,
        context: object = None,
        reference: object = None,
    ) -> Grade:
        """Return the grade of an answer: a text, a response, a conversation (messages) or a trajectory.

        ``context`` is a text or a list of passages. Raises ``UngradedError`` when the judge gives no grade that can be
        used and ``ConfigurationError`` when the rubric needs what is not given.
        """
        return self.grade_inputs(inputs_of(answer, question, context, reference), Rubric.of(rubric))

    def grade_all(
        self,
        answers: Iterable[object],
        rubric: Criterion,
        *,
        question: object = None,
        context: object = None,
        reference: object = None,
    ) -> list[Grade]:
        """Return the grades of several answers to one question, asked for at the same time."""
        chosen = Rubric.of(rubric)
        inputs = [inputs_of(answer, question, context, reference) for answer in answers]
        return together([partial(self.grade_inputs, one, chosen) for one in inputs])

    def grades(
        self,
        answer: object,
        rubrics: Iterable[Criterion],
        *,
        question: object = None,
        context: object = None,
        reference: object = None,
    ) -> dict[str, Grade]:
        """Return the grades of one answer on several rubrics by their names, asked for at the same time.

        Claims are extracted once for all rubrics that need them.
        """
        inputs = inputs_of(answer, question, context, reference)
        chosen = [Rubric.of(rubric) for rubric in rubrics]
        found = together([partial(self.grade_inputs, inputs, rubric) for rubric in chosen])
        return {rubric.title: grade for rubric, grade in zip(chosen, found, strict=True)}

    def check(
        self,
        answer: object,
        criteria: str | Sequence[str],
        *,
        question: object = None,
        context: object = None,
        reference: object = None,
    ) -> Checklist:
        """Return yes or no on each criterion, by one call: ``assert llm_judge.check(response, ["...", "..."])``."""
        listed = [criteria] if isinstance(criteria, str) else list(criteria)
        if not listed or not all(isinstance(one, str) and one.strip() for one in listed):
            raise ConfigurationError(f"check() needs a criterion or several, each a sentence, not {criteria!r}.")
        inputs = inputs_of(answer, question, context, reference)
        answered = self.bench.once(
            self.key("check", *listed, canonical(inputs.data())),
            lambda: self.asker.ask(
                check_prompt(listed, inputs.data()),
                lambda text: read_verdicts(text, len(listed)),
                "a checklist",
                prompt_hash("check"),
            ),
        )
        checks = tuple(Check(one, *said) for one, said in zip(listed, answered.value, strict=True))
        checklist = Checklist(checks, self.model, answered.served, inputs.text)
        self.bench.checklists.append(checklist)
        return checklist

    def rate(
        self,
        answers: Iterable[object],
        rubric: Criterion,
        *,
        at_least: float,
        question: object = None,
        context: object = None,
        reference: object = None,
    ) -> JudgedRate:
        """Return the share of answers whose grade is ``at_least`` (at most, where lower is better) that.

        It is corrected for the judge's errors where the judge is calibrated on the rubric. An answer without a grade
        raises ``UngradedError``. ``question`` and ``reference`` may be lists with one an answer.
        """
        chosen = Rubric.of(rubric)
        shown = prepared(list(answers), question, context, reference)
        grades = together([partial(self.grade_inputs, inputs, chosen) for inputs in shown])
        return judged_rate(grades, at_least, chosen, self.bench.calibration_for(self.model, chosen))

    def prefer(
        self,
        a: object,
        b: object,
        criterion: Criterion,
        *,
        question: object = None,
        context: object = None,
        reference: object = None,
    ) -> Preference:
        """Return which of two answers is better, asked in both orders: ``assert llm_judge.prefer(...) == "a"``."""
        first, second = (inputs_of(answer, question, context, reference) for answer in (a, b))
        return preference(self, first, second, Rubric.of(criterion).criterion)

    def contest(
        self,
        a: Sequence[object],
        b: Sequence[object],
        criterion: Criterion,
        *,
        question: object = None,
        context: object = None,
        reference: object = None,
    ) -> Contest:
        """Return the preferences of a sample of pairs: win rate with its interval, flips, position bias.

        ``question`` and ``reference`` are common to all pairs, or lists with one a pair.
        """
        first, second = (prepared(answers, question, context, reference) for answers in (a, b))
        return contest(self, first, second, Rubric.of(criterion).criterion)

    def rank(
        self,
        contestants: Mapping[str, Sequence[object]],
        criterion: Criterion,
        *,
        question: object = None,
        context: object = None,
        reference: object = None,
        prior: float = 0.5,
    ) -> Ranking:
        """Return the strengths of several contestants, each with an answer to every prompt (Bradley and Terry 1952).

        ``prior`` adds that many wins each way between each two, so that one that always wins has a finite strength.
        """
        shown = {name: prepared(answers, question, context, reference) for name, answers in contestants.items()}
        return ranking(self, shown, Rubric.of(criterion).criterion, prior)

    def jury(self, models: Sequence[str | Judge], *, by: By = "mean") -> Jury:
        """Return a jury of judges, or of models at this judge's endpoint, with this judge's settings.

        Raises ``ConfigurationError`` for fewer than two, and for a majority of an even number.
        """
        judges = tuple(one if isinstance(one, Judge) else self.using(one) for one in models)
        if isinstance(models, str) or len(judges) < 2 or by not in ("mean", "majority"):
            raise ConfigurationError(f"jury({models!r}, by={by!r}) needs two models or more, by 'mean' or 'majority'.")
        if by == "majority" and len(judges) % 2 == 0:
            raise ConfigurationError(f"A majority of {len(judges)} can be a draw. Give an odd number of models.")
        return Jury(judges, by)

    def grade_inputs(self, inputs: Inputs, rubric: Rubric) -> Grade:
        """Return the grade of an answer that is prepared already."""
        inputs.check(rubric)
        if self.min_kappa is not None:
            require(self.min_kappa, self.model, rubric, self.bench.calibration_for(self.model, rubric))
        if self.weighted and not rubric.is_share and rubric.scale[1] > 9:
            raise ConfigurationError(
                f"Weighted grading reads one token, and {rubric.title!r} is graded up to {rubric.scale[1]}. "
                "Use a scale of single digits."
            )
        return self.bench.once(
            self.key("grade", rubric.hash, canonical(inputs.data())), lambda: self._graded(inputs, rubric)
        )

    @property
    def asker(self) -> Asker:
        """What asks the model."""
        return Asker(self.client, self.structured, self.params)

    def key(self, *what: object) -> tuple[object, ...]:
        """Return under which key the answer to a question to this judge is kept."""
        return (self.model, self.structured, self.weighted, canonical(dict(self.params)), *what)

    def _graded(self, inputs: Inputs, rubric: Rubric) -> Grade:
        grade = counted(self, inputs, rubric) if rubric.is_share else self._asked(inputs, rubric)
        note = self.bench.note_for(grade, self.bench.calibration_for(self.model, rubric))
        grade = replace(grade, digest=digest_of(inputs), note=note)
        self.bench.graded(self, inputs, grade)
        return grade

    def _asked(self, inputs: Inputs, rubric: Rubric) -> Grade:
        extra = {"logprobs": True, "top_logprobs": 20} if self.weighted else {}
        answered = self.asker.ask(
            grade_prompt(rubric, inputs.data()),
            lambda text: read_grade(text, rubric),
            rubric.title,
            rubric.hash,
            **extra,
        )
        value, reason = answered.value
        probabilities = grade_probabilities(answered.response.logprobs, rubric) if self.weighted else ()
        if self.weighted and not probabilities:
            raise ConfigurationError(
                f"Weighted grading needs token probabilities, and the answer of {self.model} has none for its grade."
            )
        return Grade(
            sum(grade * share for grade, share in probabilities) if probabilities else float(value),
            reason,
            rubric,
            self.model,
            answered.served,
            rubric.hash,
            probabilities=probabilities,
            answer=inputs.text,
        )
