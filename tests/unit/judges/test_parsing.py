"""A judge's answer is read strictly: what is not exactly in its format is no grade."""

from __future__ import annotations

import json

import pytest

from pytest_llm.judges.parsing import Unreadable, read_choice, read_grade, read_list, read_verdicts
from pytest_llm.judges.rubric import Rubric

FIVE = Rubric(
    "Is the answer right?", levels={1: "Nothing is right.", 3: "About half is right.", 5: "All of it is right."}
)
YES = Rubric("Is the answer right?", scale=(0, 1))
HARM = Rubric("Is the answer harmful?", better="lower")


def fault(text: str, rubric: Rubric = FIVE) -> str:
    with pytest.raises(Unreadable) as raised:
        read_grade(text, rubric)
    return f"{raised.value.kind}: {raised.value}"


def of(reason: str, grade: object) -> str:
    return json.dumps({"reason": reason, "grade": grade})


@pytest.mark.parametrize(
    ("text", "rubric", "grade"),
    [
        pytest.param('{"reason": "It names Paris.", "grade": 4}', FIVE, (4, "It names Paris."), id="plain"),
        pytest.param(
            '\n ```json\n{"reason": "It names Paris.",\n "grade": 4}\n``` ', FIVE, (4, "It names Paris."), id="fenced"
        ),
        pytest.param('{"grade": 1, "reason": "No.\\n Rome."}', FIVE, (1, "No. Rome."), id="any-order"),
        pytest.param('<think>5? No.</think>\n{"reason": "R.", "grade": 2}', FIVE, (2, "R."), id="after-thought"),
        pytest.param('{"reason": "It names Paris.", "grade": "yes"}', YES, (1, "It names Paris."), id="yes"),
        pytest.param('{"reason": "It names Rome.", "grade": "no"}', YES, (0, "It names Rome."), id="no"),
    ],
)
def test_an_answer_in_its_format_is_a_grade(text: str, rubric: Rubric, grade: tuple[int, str]) -> None:
    assert read_grade(text, rubric) == grade


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "malformed: the answer is empty."),
        ("5", "malformed: it is 5, not a JSON object."),
        ("Grade: 5", "malformed: it is not one JSON object (Expecting value, character 1)."),
        ('Sure: {"reason": "R.", "grade": 5}', "malformed: it is not one JSON object (Expecting value, character 1)."),
        (
            '{"reason": "R.", "grade": 5} {"reason": "R.", "grade": 1}',
            "malformed: it is not one JSON object (Extra data, character 30).",
        ),
        (
            '{"reason": "R.", "grade": 5',
            "malformed: it is not one JSON object (Expecting ',' delimiter, character 28).",
        ),
        ('[{"reason": "R.", "grade": 5}]', 'malformed: it is [{"reason": "R.", "grade": 5}], not a JSON object.'),
        ('{"reason": "R."}', 'malformed: it lacks "grade".'),
        ('{"grade": 5}', 'malformed: it lacks "reason".'),
        ("{}", 'malformed: it lacks "reason" and "grade".'),
        ('{"reason": "R.", "grade": 1, "grade": 5}', "malformed: it names a key twice."),
        ('{"reason": "R.", "grade": 5, "Grade": 1}', 'malformed: it has "Grade", which was not asked for.'),
        ('{"reason": "", "grade": 5}', 'malformed: the reason is "", not a sentence.'),
        ('{"reason": "...", "grade": 5}', 'malformed: the reason is "...", not a sentence.'),
        ('{"reason": null, "grade": 5}', "malformed: the reason is null, not a sentence."),
        ('{"reason": "R.", "grade": "5"}', 'malformed: "grade" is "5", not 1, 2, 3, 4 or 5.'),
        ('{"reason": "R.", "grade": 4.5}', 'malformed: "grade" is 4.5, not 1, 2, 3, 4 or 5.'),
        ('{"reason": "R.", "grade": 5.0}', 'malformed: "grade" is 5.0, not 1, 2, 3, 4 or 5.'),
        ('{"reason": "R.", "grade": true}', 'malformed: "grade" is true, not 1, 2, 3, 4 or 5.'),
        ('{"reason": "R.", "grade": 6}', 'malformed: "grade" is 6, not 1, 2, 3, 4 or 5.'),
        ('{"reason": "R.", "grade": null}', 'malformed: "grade" is null, not 1, 2, 3, 4 or 5.'),
        ('{"reason": "R.", "grade": NaN}', "malformed: NaN is no JSON."),
        ('{"reason": "R.", "grade": [5]}', 'malformed: "grade" is [5], not 1, 2, 3, 4 or 5.'),
        ("[" * 100_000, "malformed: it is nested too deep."),
    ],
)  # fmt: skip
def test_anything_else_is_malformed_and_says_how(text: str, said: str) -> None:
    assert fault(text) == said


def test_a_number_of_many_digits_is_malformed() -> None:
    assert fault('{"reason": "R.", "grade": ' + "5" * 5000 + "}").startswith("malformed: it is not one JSON object (")


@pytest.mark.parametrize("grade", ["Yes", "true", True, 1, "maybe"])
def test_yes_and_no_are_spelled_so(grade: object) -> None:
    assert fault(of("R.", grade), YES) == f'malformed: "grade" is {json.dumps(grade)}, not "no" or "yes".'


@pytest.mark.parametrize(
    ("reason", "grade", "said"),
    [
        ("I give it a grade of 2.", 5, "the reason says 2, and the grade is 5."),
        ("The score is 2 because the number is wrong.", 4, "the reason says 2, and the grade is 4."),
        ("It deserves a two.", 4, "the reason says 2, and the grade is 4."),
        ("Rated 2/5.", 3, "the reason says 2, and the grade is 3."),
        ("That is 3 out of 5 at best.", 5, "the reason says 3, and the grade is 5."),
        ("Grade: 1.", 2, "the reason says 1, and the grade is 2."),
        ("About half is right.", 5, 'the reason says "About half is right.", which is 3, and the grade is 5.'),
        ("The answer is completely wrong.", 5, 'the reason says "completely wrong", and the grade is the best.'),
        ("It fails to answer the question.", 5, 'the reason says "fails to answer", and the grade is the best.'),
        ("It does not meet the criterion.", 5, 'the reason says "does not meet the", and the grade is the best.'),
        ("The answer is fully correct.", 1, 'the reason says "fully correct", and the grade is the worst.'),
        ("Flawless.", 1, 'the reason says "Flawless", and the grade is the worst.'),
    ],
)  # fmt: skip
def test_a_grade_that_contradicts_its_reason_is_none(reason: str, grade: int, said: str) -> None:
    assert fault(of(reason, grade)) == f"contradictory: {said}"


@pytest.mark.parametrize(
    ("reason", "grade"),
    [
        ("It names Paris, as the reference does.", 5),
        ("Of 5 facts 2 are there.", 2),
        ("It would be a 5 if it named the year.", 4),
        ("It is not a grade of 5, for the year is missing.", 4),
        ("It says '2 out of 5 users', as the reference does.", 5),
        ("2 out of 3 facts are right.", 3),
        ("The answer is not wrong in any point.", 5),
        ("There is nothing completely wrong in it.", 5),
        ('It quotes "The answer is wrong" and corrects it.', 5),
        ("The answer is correct, but it was asked for another thing.", 1),
        ("Grades 4 to 5 need the year, and it is there.", 5),
        ("All of it is right.", 5),
        ("The answer returns 30 days.", 1),
    ],
)
def test_a_reason_that_weighs_quotes_or_counts_contradicts_nothing(reason: str, grade: int) -> None:
    assert read_grade(of(reason, grade), FIVE) == (grade, reason)


def test_where_less_is_better_the_ends_change_places() -> None:
    assert fault(of("The answer is completely wrong.", 1), HARM).startswith("contradictory")
    assert read_grade(of("The answer is completely wrong.", 5), HARM)[0] == 5


@pytest.mark.parametrize(
    ("reason", "verdict", "said"),
    [
        ("No, it names Rome.", "yes", "the reason begins with no, and the verdict is yes."),
        ("Yes, it names Paris.", "no", "the reason begins with yes, and the verdict is no."),
        ("The claim is not supported.", "yes", 'the reason says "not supported", and the verdict is yes.'),
        ("It is supported by line 2.", "no", 'the reason says "is supported", and the verdict is no.'),
    ],
)
def test_a_verdict_that_contradicts_its_reason_is_none(reason: str, verdict: str, said: str) -> None:
    with pytest.raises(Unreadable) as raised:
        read_verdicts(json.dumps({"1": {"reason": reason, "verdict": verdict}}), 1)

    assert (raised.value.kind, str(raised.value)) == ("contradictory", f'"1": {said}')


def test_verdicts_come_in_order_and_all_of_them() -> None:
    one, two = {"reason": "It does.", "verdict": "yes"}, {"reason": "No error is in it.", "verdict": "yes"}

    assert read_verdicts(json.dumps({"2": two, "1": one}), 2) == [(True, "It does."), (True, "No error is in it.")]
    for wrong, said in (
        ({"1": one}, 'it lacks "2".'),
        ({"1": one, "2": two, "3": two}, 'it has "3", which was not asked for.'),
        ({"1": one, "2": "yes"}, '"2" is "yes", not an object.'),
        ({"1": one, "2": {"reason": "R.", "verdict": True}}, 'the verdict of "2" is true, not "yes" or "no".'),
        ({"1": one, "2": {"verdict": "yes"}}, '"2" lacks "reason".'),
    ):
        with pytest.raises(Unreadable) as raised:
            read_verdicts(json.dumps(wrong), 2)
        assert str(raised.value) == said


def test_a_list_holds_each_text_once() -> None:
    assert read_list('{"items": ["Paris is\\n a city.", "Rome is.", "Rome is."]}') == ["Paris is a city.", "Rome is."]
    assert read_list('{"items": []}') == []
    for wrong in ('{"items": "Paris"}', '{"items": [1]}', '{"items": [""]}', '{"items": ["..."]}'):
        with pytest.raises(Unreadable, match=r'^"items" is no list of texts\.$'):
            read_list(wrong)


def test_a_choice_is_first_second_or_a_tie() -> None:
    assert read_choice('{"reason": "It is shorter.", "better": "second"}') == ("second", "It is shorter.")
    with pytest.raises(Unreadable, match=r'^"better" is "A", not "first", "second" or "tie"\.$'):
        read_choice('{"reason": "It is shorter.", "better": "A"}')
