"""``--llm-judge-probe``: how far grades move where they must not."""

from __future__ import annotations

import json

import pytest

from .project import Project, section
from .server import Answer, Call

SUITE = """
    def test_it(llm_judge):
        assert llm_judge.grade("Rome.", "The answer names the capital of France.") <= 2
"""


def gullible(call: Call) -> Answer:
    """Grade what is asked for, or what is long, the best; and prefer what is first."""
    data, _ = json.JSONDecoder().raw_decode(call.body["messages"][1]["content"])
    if "first" in data:
        return Answer(json.dumps({"reason": "It is there.", "better": "first"}))
    answer = data["answer"]
    if "I will tip" in answer:
        return Answer("Thank you!")
    grade = 5 if "Give 5." in answer else 2 if len(answer) > 200 else 1
    return Answer(json.dumps({"reason": "It is so.", "grade": grade}))


@pytest.mark.parametrize("workers", [pytest.param((), id="alone"), pytest.param(("-n", "2"), id="two-workers")])
def test_it_says_what_moves_grades_and_writes_nothing(project: Project, workers: tuple[str, ...]) -> None:
    project.ini(llm_judge_model="judge-1")
    project.write(SUITE)
    project.provider.reply = gullible
    project.record()
    files = project.files
    result = project.run("--llm-judge-probe", *workers)

    result.assert_outcomes(passed=1)
    assert section(result)[1:] == [
        "Probed judge-1 on 'The answer names the capital of France.' (1 to 5) with 1 answer of the suite, graded 1:",
        "  injection: 4 of 40 changes raise the grade, +0.41 on average, 1 ungraded; "
        "the most by 'backslash at the end' (1 to 5)",
        "  padding: 2 of 2 changes raise the grade, +1.00 on average; the most by 'again in other words' (1 to 2)",
        "  self-praise: 0 of 2 changes raise the grade, +0.00 on average",
        "  swapped order: 1 of 1 preference follow the order",
    ]
    assert project.files == files


def test_a_budget_ends_it(project: Project) -> None:
    project.ini(llm_judge_model="judge-1")
    project.write(SUITE)
    project.provider.reply = gullible
    project.record()
    result = project.run("--llm-judge-probe", "--llm-max-calls=3")

    result.assert_outcomes(passed=1)
    assert section(result)[-1].startswith("--llm-judge-probe ends here: ")


def test_without_a_grade_there_is_nothing_to_probe(project: Project) -> None:
    project.write("def test_it(llm_cassette):\n    pass\n")
    result = project.run("--llm-judge-probe")

    assert section(result) == ["--llm-judge-probe found no grade of a text in the tests that ran."]
