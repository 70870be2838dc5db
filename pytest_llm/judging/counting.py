"""Grades that are shares: claims, points or passages, each judged by itself and counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pytest_llm.errors import UngradedError
from pytest_llm.fingerprint import canonical
from pytest_llm.judges.grade import Check, Grade
from pytest_llm.judges.inputs import Inputs
from pytest_llm.judges.parsing import read_list, read_verdicts
from pytest_llm.judges.prompting import chunk_prompt, list_prompt, prompt_hash, verify_prompt
from pytest_llm.judges.rubric import Rubric
from pytest_llm.judging.asking import Answered

if TYPE_CHECKING:
    from pytest_llm.judging.judge import Judge

__all__ = ["average_precision", "counted"]


def counted(judge: Judge, inputs: Inputs, rubric: Rubric) -> Grade:
    """Return the grade on a rubric whose method counts; raises ``UngradedError`` when there is nothing to count."""
    context, answer = {"context": inputs.texts}, {"answer": inputs.answer}
    match rubric.method:
        case "supported" | "unsupported":
            parts, served = _verified(judge, rubric, "claims", answer, context)
        case "recall":
            parts, served = _verified(judge, rubric, "claims", {"reference": inputs.reference}, context)
        case "coverage":
            parts, served = _verified(judge, rubric, "points", context, answer)
        case _:
            parts, served = _useful(judge, rubric, inputs)
    share = sum(part.holds for part in parts) / len(parts)
    value = {"unsupported": 1 - share, "precision": average_precision([part.holds for part in parts])}
    said = f"{sum(part.holds for part in parts)} of {len(parts)} hold"
    return Grade(
        value.get(rubric.method, share), said, rubric, judge.model, served, rubric.hash, parts, answer=inputs.text
    )


def average_precision(useful: Sequence[bool]) -> float:
    """Return the average precision of a ranking, 0 to 1: the mean of precision at k over the useful places k.

    Manning, Raghavan, Schütze (2008), "Introduction to Information Retrieval", section 8.4. 0 when none is useful.
    """
    precisions = [sum(useful[:place]) / place for place, hit in enumerate(useful, 1) if hit]
    return sum(precisions) / len(precisions) if precisions else 0.0


def _verified(
    judge: Judge, rubric: Rubric, kind: str, source: Mapping[str, object], text: Mapping[str, object]
) -> tuple[tuple[Check, ...], str]:
    claims = _listed(judge, kind, source, rubric).value
    (origin,) = source
    if not claims:
        raise UngradedError(
            f"The judge {judge.model} gave no grade on {rubric.title!r}: it finds no {kind} in the {origin}, "
            "and a share of none is no number."
        )
    (name,) = text
    answered = judge.bench.once(
        judge.key("verify", *claims, canonical(text)),
        lambda: judge.asker.ask(
            verify_prompt(name, claims, text),
            lambda said: read_verdicts(said, len(claims)),
            rubric.title,
            prompt_hash("verify"),
        ),
    )
    return tuple(Check(claim, *said) for claim, said in zip(claims, answered.value, strict=True)), answered.served


def _listed(judge: Judge, kind: str, source: Mapping[str, object], rubric: Rubric) -> Answered[list[str]]:
    (name,) = source
    return judge.bench.once(
        judge.key(kind, canonical(source)),
        lambda: judge.asker.ask(list_prompt(kind, name, source), read_list, rubric.title, prompt_hash(kind)),
    )


def _useful(judge: Judge, rubric: Rubric, inputs: Inputs) -> tuple[tuple[Check, ...], str]:
    passages = inputs.context
    data = {**inputs.data(), "context": {str(number): text for number, text in enumerate(passages, 1)}}
    if inputs.reference:
        del data["answer"]
    answered = judge.asker.ask(
        chunk_prompt(data, len(passages)), lambda text: read_verdicts(text, len(passages)), rubric.title, rubric.hash
    )
    return tuple(Check(text, *said) for text, said in zip(passages, answered.value, strict=True)), answered.served
