"""``pytest-llm calibrate``: agreement with people, corrected rates, and a judge that is replaced."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from pytest_llm import Rubric
from pytest_llm.cli import main

from .project import Project, errors, section
from .server import Answer, Call

CRITERION = "The answer is concise and right."
HASH = Rubric(CRITERION).hash
EXPECTED = f"""\
31 labels of labels.jsonl, judge judge-1 (served: judge-1-june), rubric '{CRITERION}' (1 to 5, {HASH})
left out: 1 on which raters tie
left out: 1 of 30 ungraded
accuracy 0.79  (23 of 29, 95% CI 0.62-0.90)
kappa 0.95  (quadratic weights, 95% CI 0.90-0.98)
alpha 0.89  (2 raters, ordinal, 95% CI 0.70-0.98); with the judge 0.92
grade >= 4 passes: TPR 1.00 (11 of 11, 95% CI 0.74-1.00), TNR 0.94 (17 of 18, 95% CI 0.74-0.99)
confusion (rows: people, columns: the judge)
   1 2 3 4 5
 1 6 0 0 0 0
 2 0 5 1 0 0
 3 0 0 5 1 0
 4 0 0 0 2 4
 5 0 0 0 0 5
not as people: 7
  labels.jsonl:4  label 4, grade 5  (It is so.)
  labels.jsonl:8  label 2, grade 3  (It is so.)
  labels.jsonl:14  label 4, grade 5  (It is so.)
  labels.jsonl:15  label 4, grade 5  (It is so.)
  labels.jsonl:24  label 4, grade 5  (It is so.)
  labels.jsonl:29  label 3, grade 4  (It is so.)
  labels.jsonl:31  label 3, ungraded  (malformed, twice: it is not one JSON object (Expecting value, character 1).)
written to __llm__/{HASH}.judge-1.calibration.json
"""
CALIBRATE = ["calibrate", "labels.jsonl", "--judge", "judge-1", "--rubric", CRITERION]
SUITE = f"""
    def test_it(llm_judge):
        assert llm_judge.grade("Paris is the capital.", "{CRITERION}") >= 4
"""


def judge(rule: Callable[[str], int], served: str = "judge-1-june") -> Callable[[Call], Answer]:
    """Grade by a rule on the answer's text."""

    def reply(call: Call) -> Answer:
        data, _ = json.JSONDecoder().raw_decode(call.body["messages"][1]["content"])
        grade = rule(data["answer"])
        text = json.dumps({"reason": "It is so.", "grade": grade}) if grade else "Hm."
        return Answer(text, model=served)

    return reply


def by_mark(text: str) -> int:
    """Grade what has an exclamation mark 1 too high; one answer not at all."""
    if "Lyon" in text:
        return 0
    return min(5, len(text.split()) + text.count("!"))


@pytest.fixture
def labelled(project: Project) -> Project:
    """Give a project with answers that two people have labelled from 1 to 5, mostly by their words."""
    project.ini(llm_judge_model="judge-1")
    lines = []
    for number in range(30):
        words = number % 5 + 1
        answer = " ".join(["word"] * words) + f"{number}" + ("!" if number % 10 == 3 else "")
        lines.append({"answer": answer, "labels": [words, words if number % 7 else max(1, words - 2)]})
    lines[29]["labels"] = [5, 5]
    lines.append({"answer": "Lyon", "labels": [3, 3]})
    project.path.joinpath("labels.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    project.provider.reply = judge(by_mark)
    return project


def calibrate(project: Project, *more: str) -> int:
    return main([*CALIBRATE, "--base-url", project.provider.url, *more])


def test_agreement_with_people_is_reported_and_replays_offline(
    labelled: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert calibrate(labelled) == 0
    first = capsys.readouterr().out
    asked = len(labelled.provider.calls)
    monkeypatch.setenv("CI", "true")

    assert calibrate(labelled) == 0
    assert capsys.readouterr().out == first
    assert len(labelled.provider.calls) == asked == 31
    assert first == EXPECTED
    assert labelled.files == [f"__llm__/{HASH}.judge-1.calibration.json"]


def test_a_calibrated_judge_has_its_rate_corrected(labelled: Project) -> None:
    assert calibrate(labelled) == 0
    labelled.write(
        f"""
        def test_it(llm_judge):
            answers = [" ".join(["new"] * (number % 5 + 1)) + str(number) for number in range(40)]
            assert llm_judge.rate(answers, "{CRITERION}", at_least=4) >= 0.9

        def test_by_itself(llm_judge):
            assert llm_judge.rate(["a b c d e", "a"], "The answer is very long.", at_least=4) >= 0.9
        """
    )
    labelled.run("--llm-record=once")
    result = labelled.run()

    assert errors(result) == [
        "assert rate 0.36 >= 0.9  (16 of 40 answers, 95% CI 0.16-0.58, corrected by Rogan-Gladen from 0.40)",
        f"grade >= 4 on '{CRITERION}', judge judge-1",
        "grade 1  'new0'  (It is so.)",
        "grade 2  'new new1'  (It is so.)",
        "grade 3  'new new new2'  (It is so.)",
        "and 21 more",
        "assert rate 0.50 >= 0.9  (1 of 2 answers, 95% CI 0.09-0.91, not corrected)",
        "grade >= 4 on 'The answer is very long.', judge judge-1, not calibrated",
        "grade 1  'a'  (It is so.)",
    ]


def test_a_judge_that_agrees_too_little_may_not_grade(labelled: Project) -> None:
    labelled.write(SUITE)
    labelled.record()
    uncalibrated = labelled.run("--llm-judge-min-kappa=0.5")
    assert calibrate(labelled) == 0
    enough = labelled.run("--llm-judge-min-kappa=0.5")
    little = labelled.run("--llm-judge-min-kappa=0.99")

    uncalibrated.assert_outcomes(failed=1)
    enough.assert_outcomes(passed=1)
    little.assert_outcomes(failed=1)
    assert errors(uncalibrated)[0].startswith(
        f"pytest_llm.errors.UngradedError: The judge judge-1 may not grade on '{CRITERION}': min_kappa=0.5, and it is"
    )
    assert errors(little)[0].endswith("kappa 0.95 < 0.99  (29 labels, 95% CI 0.90-0.98).")


@pytest.mark.parametrize("workers", [pytest.param((), id="alone"), pytest.param(("-n", "2"), id="two-workers")])
def test_a_swapped_judge_is_flagged_before_the_system_is_blamed(labelled: Project, workers: tuple[str, ...]) -> None:
    assert calibrate(labelled) == 0
    labelled.write(SUITE)
    labelled.record()
    labelled.provider.reply = judge(lambda text: max(1, by_mark(text) - 2), "judge-1-november")
    live = labelled.run("--llm-record=all", *workers)

    live.assert_outcomes(failed=1)
    assert errors(live)[0] == (
        f"assert grade 2 >= 4  ('{CRITERION}', on 1 to 5, judge judge-1 (judge-1-november), "
        "the judge has changed: judge-1-june → judge-1-november)"
    )
    assert section(live)[:2] == [
        f"The judge judge-1 has changed on '{CRITERION}': judge-1-june → judge-1-november (1 test).",
        "  The judge moved: it grades 24 of 30 labelled answers differently (kappa 0.95 → 0.50). Blame no system "
        "before the judge is calibrated again and its grades are recorded anew: "
        "pytest-llm calibrate --record=all, then pytest --llm-record=all",
    ]


def test_where_the_new_judge_grades_as_the_old_one_the_system_moved(labelled: Project) -> None:
    assert calibrate(labelled) == 0
    labelled.write(SUITE)
    labelled.record()
    labelled.write(SUITE.replace("Paris is the capital.", "Paris."))
    labelled.provider.reply = judge(by_mark, "judge-1-november")
    live = labelled.run("--llm-record=missing")

    assert section(live)[1] == (
        "  It grades all 30 labelled answers as before: where a test's grade moved, the system moved, "
        "and not the judge."
    )


def test_grades_recorded_from_another_judge_than_the_calibrated_one_are_invalid(labelled: Project) -> None:
    labelled.write(SUITE)
    labelled.record()
    labelled.provider.reply = judge(by_mark, "judge-1-november")
    assert calibrate(labelled) == 0
    replayed, missing = labelled.run(), labelled.run("--llm-record=missing")

    assert errors(missing) == errors(replayed)
    assert errors(replayed) == [
        f"pytest_llm.errors.UngradedError: The recorded grade on '{CRITERION}' is by judge-1-june, and the judge "
        "judge-1 is calibrated as judge-1-november: the judge has changed, which says nothing of the answer.",
        'Grade anew: pytest --llm-record=all "test_it.py::test_it"',
    ]


def test_a_swap_is_seen_without_a_calibration_too(project: Project) -> None:
    project.ini(llm_judge_model="judge-1")
    project.write(SUITE)
    project.provider.reply = judge(by_mark)
    project.record()
    project.provider.reply = judge(lambda text: 1, "judge-1-november")
    live = project.run("--llm-record=all")

    assert section(live)[:2] == [
        f"The judge judge-1 has changed on '{CRITERION}': judge-1-june → judge-1-november (1 test).",
        "  It is not calibrated, so what moved, the system or the judge, cannot be told. Grades of the two do not "
        "compare: pytest --llm-record=all, and pytest-llm calibrate",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"answer": "a"', "labels.jsonl, line 1 is no JSON: Expecting ',' delimiter at column 15."),
        ('{"label": 3}', 'labels.jsonl, line 1 has no text under "answer".'),
        (
            '{"answer": "a", "label": 9}',
            "labels.jsonl, line 1: the label 9 is not on the rubric's scale: 1, 2, 3, 4 or 5.",
        ),
        ("", "labels.jsonl holds no labels."),
    ],
)
def test_wrong_labels_are_told_by_line(
    project: Project, capsys: pytest.CaptureFixture[str], line: str, said: str
) -> None:
    project.path.joinpath("labels.jsonl").write_text(line, "utf-8")

    assert main(CALIBRATE) == 2
    assert capsys.readouterr().err == f"pytest-llm: {said}\n"
