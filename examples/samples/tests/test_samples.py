from reviews_classifier import PARAMS, REVIEWS, label, prompt

from pytest_llm import at_least, has_length, no_worse_than


def is_positive(response):
    return label(response) == "positive"


def test_most_answers_to_a_clear_review_are_right(llm):
    sample = llm.sample(prompt(REVIEWS["lovely evening"]), trials=20, **PARAMS)

    assert sample.rate(is_positive) >= 0.7
    assert sample.majority(label) == "positive"
    assert sample.pass_at_k(2, is_positive) > 0.9


def test_every_answer_is_short(llm):
    sample = llm.sample(prompt(REVIEWS["kind staff"]), trials=8, **PARAMS)

    assert sample == has_length(words=8)


def test_it_is_right_more_often_than_not(llm):
    mostly = at_least(0.5, is_positive)
    sample = llm.sample(prompt(REVIEWS["best pizza"]), trials=60, until=mostly, **PARAMS)

    assert sample == mostly


def test_it_is_no_worse_than_the_accepted_sample(llm, llm_baseline):
    sample = sum(llm.sample(prompt(review), trials=5, case=case, **PARAMS) for case, review in REVIEWS.items())

    assert sample.rate(is_positive) == no_worse_than(llm_baseline, margin=0.2)
