"""Answers graded by a judge, a model that reads them beside what the shop knows."""

from pathlib import Path

import pytest
from shop import FAQ, Shop

from pytest_llm import Rubric

SAYS_THE_SAME = Rubric.read(Path(__file__).with_name("says_the_same.md"))
REPAIR = "How much does the repair of a tyre cost?"


@pytest.fixture
def judge(llm_judge):
    return llm_judge.using(max_tokens=100)


def test_the_answer_says_what_the_shop_says(openai_client, judge):
    question = "What does the repair of a flat tyre cost?"
    answer = Shop(openai_client).answer(question)

    assert judge.grade(answer, SAYS_THE_SAME, question=question, reference=FAQ[REPAIR]) == 1


def test_an_answer_to_another_question_does_not_pass(judge):
    answer = "The guarantee on a frame is ten years."

    assert judge.grade(answer, SAYS_THE_SAME, question=REPAIR, reference=FAQ[REPAIR]) == 0


def test_the_right_answer_is_weighed_higher_than_a_wrong_one(judge):
    weigh = judge.using(weighted=True)
    right, wrong = (
        weigh.grade(answer, SAYS_THE_SAME, question=REPAIR, reference=FAQ[REPAIR])
        for answer in (FAQ[REPAIR], "The guarantee on a frame is ten years.")
    )

    assert right > wrong
