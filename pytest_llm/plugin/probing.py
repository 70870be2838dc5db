"""``--llm-judge-probe``: how far grades move where they must not, asked live after the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from pytest_llm.errors import BudgetExceededError, LLMError, UngradedError
from pytest_llm.judges.grade import Grade
from pytest_llm.judges.inputs import Inputs
from pytest_llm.judges.probes import Moved, Probe, padded, probe_lines, probes
from pytest_llm.judges.rubric import Example, Rubric
from pytest_llm.judging.bench import Bench, together
from pytest_llm.judging.judge import Judge
from pytest_llm.plugin.judges import live_bench
from pytest_llm.text import plural

if TYPE_CHECKING:
    from pytest_llm.plugin.session import Session

__all__ = ["probe", "told"]

_ANSWERS = 3  # of each rubric, those with the worst grades, which have the most to gain
_NAME = "--llm-judge-probe"


def told(judge: Judge, inputs: Inputs, grade: Grade) -> dict[str, Any]:
    """Return a graded answer as plain values, which xdist can pass on."""
    settings = {"weighted": judge.weighted, "structured": judge.structured, "params": dict(judge.params)}
    return {
        "judge": judge.model,
        "settings": settings,
        "rubric": asdict(grade.rubric),
        "hash": grade.rubric_hash,
        "inputs": asdict(inputs),
        "value": grade.value,
    }


def probe(session: Session, cases: Sequence[Mapping[str, Any]]) -> list[str]:
    """Probe the judges of a run live, on the worst answers of each rubric, and return what to say of it."""
    import openai

    if not cases:
        return [f"{_NAME} found no grade of a text in the tests that ran."]
    lines: list[str] = []
    try:
        with live_bench(session, _NAME) as bench:
            for _, same in groupby(sorted(cases, key=_kind), key=_kind):
                lines += _probed(bench, list(same))
    except BudgetExceededError as error:
        lines.append(f"{_NAME} ends here: {error}")
    except (LLMError, openai.OpenAIError) as error:
        lines.append(f"{_NAME} cannot ask the judge: {error}")
    return lines


def _kind(case: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(case["judge"]), str(case["hash"]), repr(case["settings"])


def _probed(bench: Bench, cases: list[Mapping[str, Any]]) -> Iterator[str]:
    rubric = _rubric(cases[0]["rubric"])
    settings = cases[0]["settings"]
    judge = Judge(bench.client_for(cases[0]["judge"]), bench, **settings)
    cases.sort(key=lambda case: case["value"] if rubric.better == "higher" else -case["value"])
    answers = list({repr(case["inputs"]): Inputs(**case["inputs"]) for case in cases}.values())[:_ANSWERS]
    firsts = together([partial(_grade, judge, rubric, inputs) for inputs in answers])
    graded = [(inputs, before) for inputs, before in zip(answers, firsts, strict=True) if before is not None]
    tasks = [
        partial(_moved, judge, rubric, inputs, before, changed)
        for inputs, before in graded
        for changed in probes(str(inputs.answer), rubric)
    ]
    moved = together(tasks)
    yield (
        f"Probed {judge.model} on {rubric.title!r} ({rubric.range}) with {plural(len(graded), 'answer')} of the suite, "
        f"graded {', '.join(f'{before:g}' for _, before in graded) or 'not at all'}:"
    )
    yield from (f"  {line}" for line in probe_lines(moved))
    yield f"  {_order(judge, rubric, [inputs for inputs, _ in graded])}"


def _grade(judge: Judge, rubric: Rubric, inputs: Inputs) -> float | None:
    try:
        return judge.grade_inputs(inputs, rubric).value
    except UngradedError:
        return None


def _moved(judge: Judge, rubric: Rubric, inputs: Inputs, before: float, changed: Probe) -> Moved:
    return Moved(rubric, changed, before, _grade(judge, rubric, replace(inputs, answer=changed.text)))


def _order(judge: Judge, rubric: Rubric, answers: Sequence[Inputs]) -> str:
    """Ask for a preference between each answer and itself with padding, in both orders."""
    found = together([partial(_flips, judge, rubric, inputs) for inputs in answers])
    asked = [flipped for flipped in found if flipped is not None]
    ungraded = f", {len(found) - len(asked)} ungraded" if len(asked) < len(found) else ""
    return f"swapped order: {sum(asked)} of {plural(len(found), 'preference')} follow the order{ungraded}"


def _flips(judge: Judge, rubric: Rubric, inputs: Inputs) -> bool | None:
    given = {"question": inputs.question, "context": inputs.context, "reference": inputs.reference}
    try:
        return judge.prefer(inputs.answer, padded(str(inputs.answer)), rubric, **given).flipped
    except UngradedError:
        return None


def _rubric(given: Mapping[str, Any]) -> Rubric:
    plain = {**given, "scale": tuple(given["scale"]), "needs": tuple(given["needs"])}
    return Rubric(**{**plain, "examples": tuple(Example(**example) for example in given["examples"])})
