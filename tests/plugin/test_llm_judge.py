"""The fixture ``llm_judge``: grades that are recorded, explained, and never guessed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .project import Project, errors, section
from .server import Answer, Call

WORKERS = pytest.mark.parametrize(
    "workers", [pytest.param((), id="alone"), pytest.param(("-n", "2"), id="two-workers")]
)
GRADE = """
    def test_it(llm_judge):
        assert llm_judge.grade("You have 90 days.", "It names the window of 30 days.") >= 4
"""


@pytest.fixture
def judged(project: Project) -> Project:
    """Give a project with a judge."""
    project.ini(llm_judge_model="judge-1")
    return project


def says(project: Project, *documents: object) -> None:
    """Let the judge say these in turn, each a JSON document or a text; the last one again and again."""
    texts = [one if isinstance(one, str) else json.dumps(one) for one in documents]
    project.provider.script = [Answer(text) for text in texts[:-1]]
    project.provider.always(texts[-1])


@WORKERS
def test_a_low_grade_fails_with_what_was_measured_and_why(judged: Project, workers: tuple[str, ...]) -> None:
    judged.write(GRADE)
    says(judged, {"reason": "It says 90 days.", "grade": 2})
    recorded = judged.run("--llm-record=once", *workers)
    replayed = judged.run(*workers)

    for result in (recorded, replayed):
        result.assert_outcomes(failed=1)
        assert errors(result) == [
            "assert grade 2 >= 4  ('It names the window of 30 days.', on 1 to 5, judge judge-1)",
            "It says 90 days.",
            "got 'You have 90 days.'",
        ]
    assert len(judged.provider.calls) == 1
    assert section(replayed)[0].startswith("1 call replayed (saved ")


def test_the_judge_is_asked_for_a_reason_before_a_grade_in_json(judged: Project) -> None:
    judged.write(GRADE)
    says(judged, {"reason": "It does.", "grade": 5})
    judged.record()
    (call,) = judged.provider.calls
    schema = call.body["response_format"]["json_schema"]

    assert call.body["model"] == "judge-1"
    assert call.body["temperature"] == 0
    assert list(schema["schema"]["properties"]) == ["reason", "grade"]
    assert schema["strict"] is True
    assert call.text == (
        '{\n"answer": "You have 90 days."\n}\n\n'
        "Judge what the JSON above holds. Answer with one JSON object and nothing else."
    )


def test_a_malformed_answer_is_asked_for_once_more_with_what_is_wrong(judged: Project) -> None:
    judged.write(GRADE)
    says(judged, "Grade: 5", {"reason": "It does.", "grade": 5})
    judged.record()
    judged.run().assert_outcomes(passed=1)

    assert judged.provider.calls[1].body["messages"][2:] == [
        {"role": "assistant", "content": "Grade: 5"},
        {
            "role": "user",
            "content": "That could not be read: it is not one JSON object (Expecting value, character 1). "
            "Answer again, with one JSON object in the form that was asked for and nothing else.",
        },
    ]


@WORKERS
def test_a_test_whose_judge_gives_no_grade_is_ungraded(judged: Project, workers: tuple[str, ...]) -> None:
    judged.write(GRADE)
    says(judged, "It is fine.")
    judged.run("--llm-record=once", *workers)
    result = judged.run("-rA", *workers)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["UNGRADED test_it.py::test_it - The judge judge-1 gave no grade on *"])
    assert errors(result) == [
        "pytest_llm.errors.UngradedError: The judge judge-1 gave no grade on 'It names the window of 30 days.': "
        "its answer is malformed, twice: it is not one JSON object (Expecting value, character 1).",
        "It said: 'It is fine.'",
    ]
    assert section(result)[1:] == [
        "1 test is ungraded: the judge gave no grade that can be used, which is neither a pass nor a low grade. "
        'Its answers are recorded; to ask again: pytest --llm-record=all "test_it.py::test_it"'
    ]
    assert len(judged.provider.calls) == 2


@pytest.mark.parametrize(
    ("answer", "how"),
    [
        pytest.param(
            Answer('{"reason": "It deserves a 2.", "grade": 5}'),
            "is contradictory: the reason says 2, and the grade is 5.",
            id="contradiction",
        ),
        pytest.param(
            Answer('{"reason": "It does.", "grade": 5}', finish_reason="length"),
            "is cut off: it ends at the limit of its tokens.",
            id="cut-off",
        ),
        pytest.param(
            Answer('{"reason": "It does.", "grade": 5}', finish_reason="content_filter"),
            "is a refusal: finish_reason content_filter.",
            id="filtered",
        ),
        pytest.param(
            Answer("I'm sorry, but I can't assist with that."),
            "is a refusal: it says \"I'm sorry, but I can't assist with that.\".",
            id="refusal-in-words",
        ),
        pytest.param(
            Answer('{"reason": "I\'m sorry, but I can\'t help with that.", "grade": 1}'),
            "is a refusal: its reason says \"I'm sorry, but I can't help with that.\".",
            id="refusal-within-the-format",
        ),
        pytest.param(
            Answer(message={"content": None, "refusal": "I will not."}), "is a refusal: I will not.", id="refusal-field"
        ),
    ],
)
def test_what_contradicts_itself_is_cut_off_or_refuses_is_ungraded_at_once(
    judged: Project, answer: Answer, how: str
) -> None:
    judged.write(GRADE)
    judged.provider.reply = lambda call: answer
    result = judged.run("--llm-record=once")

    assert errors(result)[0].endswith(f"its answer {how}")
    assert len(judged.provider.calls) == 1


def test_an_expected_failure_does_not_hide_that_there_is_no_grade(judged: Project) -> None:
    judged.write("import pytest\n\n@pytest.mark.xfail\n" + GRADE.replace("\n    ", "\n"))
    says(judged, "It is fine.")
    result = judged.run("--llm-record=once")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["UNGRADED test_it.py::test_it*"])


def test_a_checklist_is_one_call_and_a_line_for_each_criterion(judged: Project) -> None:
    judged.write(
        """
        def test_it(llm_judge):
            assert llm_judge.check("Dear customer, you can return it.", ["It names the days.", "It is polite."])
        """
    )
    says(
        judged,
        {"1": {"reason": "No number is given.", "verdict": "no"}, "2": {"reason": "It greets.", "verdict": "yes"}},
    )
    judged.run("--llm-record=once")
    result = judged.run()

    assert errors(result) == [
        "assert 1 of 2 criteria hold  (judge judge-1)",
        "no   It names the days.  (No number is given.)",
        "yes  It is polite.  (It greets.)",
        "got 'Dear customer, you can return it.'",
    ]
    assert len(judged.provider.calls) == 1


def test_claims_are_extracted_once_and_a_share_says_which_fail(judged: Project) -> None:
    judged.write(
        """
        def test_it(llm_judge):
            grades = llm_judge.grades(
                "You have 30 days. Shipping is free.", ["faithfulness", "hallucination"], context="Returns: 30 days."
            )
            assert grades["hallucination"] == 0.5
            assert grades["faithfulness"] >= 0.9
        """
    )

    def reply(call: Call) -> Answer:
        if '"claims"' not in call.text:
            return Answer(json.dumps({"items": ["Returns take 30 days.", "Shipping is free."]}))
        verdicts = {"1": {"reason": "It says 30 days.", "verdict": "yes"}, "2": {"reason": "Nothing.", "verdict": "no"}}
        return Answer(json.dumps(verdicts))

    judged.provider.reply = reply
    judged.run("--llm-record=once")
    result = judged.run()

    assert errors(result) == [
        "assert grade 0.50 >= 0.90  (faithfulness, 1 of 2 claims supported, judge judge-1)",
        "no   Shipping is free.  (Nothing.)",
        "got 'You have 30 days. Shipping is free.'",
    ]
    assert len(judged.provider.calls) == 2


def test_several_answers_are_graded_at_the_same_time_and_equal_ones_once(judged: Project) -> None:
    judged.write(
        """
        def test_it(llm_judge):
            grades = llm_judge.grade_all(["a", "b", "c", "a"], "The answer is a letter.")
            assert [grade.value for grade in grades] == [1, 2, 3, 1]
        """
    )

    def reply(call: Call) -> Answer:
        letter = json.loads(call.text[: call.text.index("}") + 1])["answer"]
        return Answer(json.dumps({"reason": "A letter.", "grade": "abc".index(letter) + 1}))

    judged.provider.reply = reply
    judged.provider.together = 2
    judged.record()
    judged.run().assert_outcomes(passed=1)

    assert len(judged.provider.calls) == 3
    assert judged.provider.most_in_flight >= 2


def test_a_provider_without_schemas_or_temperature_is_asked_without(judged: Project) -> None:
    judged.write(GRADE)
    refused = {
        "response_format": "Invalid parameter: 'response_format' of type 'json_schema' is not supported.",
        "temperature": "Unsupported value: 'temperature' does not support 0 with this model.",
    }

    def reply(call: Call) -> Answer:
        for name, error in refused.items():
            if name in call.body:
                return Answer(status=400, error=error)
        return Answer('{"reason": "It does.", "grade": 5}')

    judged.provider.reply = reply
    judged.record()
    judged.run().assert_outcomes(passed=1)

    assert [sorted({*refused} & {*call.body}) for call in judged.provider.calls] == [
        ["response_format", "temperature"],
        ["temperature"],
        [],
    ]


def test_a_judges_calls_are_no_part_of_what_is_tested(judged: Project) -> None:
    judged.write(
        """
        def test_it(llm, llm_judge, llm_cassette):
            answer = llm.ask("How long?")
            assert llm_judge.grade(answer, "It names the window.") >= 4
            assert len(llm_cassette) == 1
            assert [one.request.model for one in llm_cassette.interactions] == ["gpt-4o-mini"]
        """
    )
    says(judged, "30 days.", {"reason": "It does.", "grade": 5})
    judged.record()
    judged.run().assert_outcomes(passed=1)

    assert [entry.get("rubric", "") != "" for entry in judged.interactions()] == [False, True]


def test_a_hook_is_told_of_each_grade(judged: Project) -> None:
    judged.write(
        """
        def pytest_llm_graded(config, nodeid, grade):
            with open(config.rootpath / "grades.txt", "a") as file:
                file.write(f"{nodeid} {grade.value:g} {grade.reason} {grade.rubric.title} {grade.served_model}\\n")
        """,
        "conftest.py",
    )
    judged.write(GRADE)
    says(judged, {"reason": "It does.", "grade": 5})
    judged.record()

    assert judged.path.joinpath("grades.txt").read_text("utf-8") == (
        "test_it.py::test_it 5 It does. It names the window of 30 days. judge-1\n"
    )


def test_without_a_judge_it_says_how_to_name_one(project: Project) -> None:
    project.write(GRADE)
    result = project.run()

    assert errors(result) == [
        "pytest_llm.errors.ConfigurationError: No judge is configured. Name one: pytest --llm-judge-model=NAME, "
        "llm_judge_model in the ini file, or llm_judge.using(NAME)."
    ]


def test_the_judge_has_its_own_endpoint_and_key(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-tested")
    monkeypatch.setenv("LLM_JUDGE_API_KEY", "sk-judging")
    project.ini(llm_base_url="http://127.0.0.1:9/v1")
    project.write(GRADE)
    says(project, {"reason": "It does.", "grade": 5})
    project.record("--llm-judge-model=judge-2", f"--llm-judge-base-url={project.provider.url}")
    result = project.run("--llm-judge-model=judge-2")

    result.assert_outcomes(passed=1)
    assert project.provider.calls[0].headers["authorization"] == "Bearer sk-judging"
    assert "sk-judging" not in project.cassette().read_text("utf-8")


def test_another_judge_is_a_miss_that_says_so(judged: Project) -> None:
    judged.write(GRADE)
    says(judged, {"reason": "It does.", "grade": 5})
    judged.record()
    result = judged.run("--llm-judge-model=judge-2")
    digest = judged.interactions()[0]["fingerprint"]

    assert errors(result)[1:] == [
        f"The nearest, draw 1 of {digest[:8]}, differs in the model: judge-1 → judge-2",
        'Record it: pytest --llm-record=missing --llm-judge-model=judge-2 "test_it.py::test_it"',
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--llm-judge-base-url=localhost:1"],
            "--llm-judge-base-url='localhost:1' is not a URL: it begins with neither http:// nor https://.",
        ),
        (
            ["--llm-judge-base-url=http://a/v1", "--llm-judge-model=local/gemma3-270m"],
            "--llm-judge-base-url='http://a/v1' does not go with 'local/gemma3-270m', which has its own endpoint.",
        ),
    ],
)
def test_a_wrong_endpoint_is_a_usage_error(project: Project, options: list[str], said: str) -> None:
    result = project.run(*options)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {said}"])


def _prefers(project: Project, rule: str) -> None:
    """Let the judge prefer the answer that is first, or the shorter one."""

    def reply(call: Call) -> Answer:
        data = json.loads(call.text[: call.text.index("}") + 1])
        shorter = "first" if len(data["first"]) < len(data["second"]) else "second"
        return Answer(json.dumps({"reason": f"It is {rule}.", "better": "first" if rule == "first" else shorter}))

    project.provider.reply = reply


def test_a_preference_that_follows_the_order_is_a_tie(judged: Project) -> None:
    judged.write(
        """
        def test_it(llm_judge):
            assert llm_judge.prefer("Paris.", "It is Paris.", "It is concise and right.") == "a"
        """
    )
    _prefers(judged, "first")
    judged.run("--llm-record=once")
    result = judged.run()

    assert errors(result) == [
        "assert preference 'tie' == 'a'  (the order decides, 'It is concise and right.', judge judge-1)",
        "a first: first  (It is first.)",
        "b first: first  (It is first.)",
        "a 'Paris.'",
        "b 'It is Paris.'",
    ]


def test_a_sample_of_pairs_has_a_win_rate_and_several_contestants_a_ranking(judged: Project) -> None:
    judged.write(
        """
        def test_it(llm_judge):
            old, new, best = ["long one", "short"], ["shorter", "shorter one"], ["a", "b"]
            contest = llm_judge.contest(new, old, "It is concise.", question=["1?", "2?"])
            assert (contest.win_rate, contest.flips, contest.stats.wins, contest.stats.losses) == (0.5, 0, 1, 1)
            ranking = llm_judge.rank({"old": old, "new": new, "best": best}, "It is concise.", question=["1?", "2?"])
            assert next(iter(ranking)) == "best"
        """
    )
    _prefers(judged, "shorter")
    judged.record()
    judged.run().assert_outcomes(passed=1)

    assert len(judged.provider.calls) == 12  # three pairs of contestants, two prompts, two orders; the contest is one


def test_a_jury_shows_how_it_disagrees(judged: Project) -> None:
    judged.write(
        """
        import pytest
        from pytest_llm import UngradedError

        def test_mean(llm_judge):
            assert llm_judge.jury(["a", "b", "c"]).grade("Paris.", "It names the capital.") >= 4

        def test_majority(llm_judge):
            jury = llm_judge.jury(["a", "b", "c"], by="majority")
            with pytest.raises(UngradedError, match="there is no majority"):
                jury.grade("Paris.", "It names the capital.")
        """
    )
    judged.provider.reply = lambda call: Answer(
        json.dumps({"reason": f"So says {call.body['model']}.", "grade": 2 + "abc".index(call.body["model"])})
    )
    result = judged.run("--llm-record=once")

    result.assert_outcomes(passed=1, failed=1)
    assert errors(result) == [
        "assert grade 3 >= 4  ('It names the capital.', on 1 to 5, judge the mean of 3)",
        "jury: a 2, b 3, c 4",
        "So says b.",
        "got 'Paris.'",
    ]


def test_of_what_real_judges_said_only_grades_in_the_format_are_grades(judged: Project) -> None:
    judged.write(
        """
        import json
        from pathlib import Path
        import pytest
        from pytest_llm import Rubric, UngradedError

        RUBRICS = (Rubric("Is the answer funny?", scale=(0, 1)), Rubric("Is the answer funny?"))

        def test_it(llm_judge):
            counts = {"graded": 0, "ungraded": 0}
            for place, one in enumerate(json.loads(Path("said.json").read_text("utf-8"))):
                try:
                    grade = llm_judge.grade(f"answer {place}", RUBRICS[one["rubric"]])
                except UngradedError:
                    counts["ungraded"] += 1
                else:
                    assert json.loads(one["text"])["grade"] in (grade.value, "yes" if grade.value else "no")
                    counts["graded"] += 1
            Path("counts.json").write_text(json.dumps(counts))
        """
    )
    outputs = Path(__file__).parents[1] / "unit" / "judges" / "judge_outputs.jsonl"
    said = [json.loads(line) for line in outputs.read_text(encoding="utf-8").splitlines()]
    judged.path.joinpath("said.json").write_text(json.dumps(said), "utf-8")

    def reply(call: Call) -> Answer:
        data, _ = json.JSONDecoder().raw_decode(call.body["messages"][1]["content"])
        one = said[int(data["answer"].removeprefix("answer "))]
        return Answer(one["text"], finish_reason=one["finish"])

    judged.provider.reply = reply
    judged.run("--llm-live").assert_outcomes(passed=1)
    counts = json.loads(judged.path.joinpath("counts.json").read_text("utf-8"))

    assert sum(counts.values()) == len(said) >= 500
    assert counts["graded"] <= sum(one["finish"] == "stop" and one["text"].strip().startswith("{") for one in said)
    assert counts["ungraded"] > counts["graded"]
