"""``Sample``: its draws, what holds of each, how alike they are."""

from __future__ import annotations

from itertools import combinations
from statistics import fmean

import pytest

from pytest_llm import Response, Sample, contains_all, satisfies
from pytest_llm.errors import ConfigurationError

WORDS = ("red", "blue", "red", "green", "red")


def is_red(response: Response) -> bool:
    return response.text == "red"


def test_it_holds_the_responses_in_order() -> None:
    sample = Sample(WORDS)

    assert sample.texts == WORDS
    assert list(sample) == [Response(word) for word in WORDS]
    assert (len(sample), sample[1], sample[-1]) == (5, Response("blue"), Response("red"))
    assert sample[:2] == Sample(["red", "blue"])
    assert repr(sample) == "<Sample: 5 draws, 3 distinct, mostly 'red'>"


def test_samples_are_joined() -> None:
    joined = sum([Sample(["a", "b"], ["1", "1"]), Sample(["c"], ["2"])])

    assert joined == Sample(["a", "b", "c"], ["1", "1", "2"])
    assert repr(joined) == "<Sample: 3 draws of 2 cases, 3 distinct, mostly 'a'>"


def test_an_empty_sample_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"^A sample holds at least one answer, and this one is empty"):
        Sample([])


@pytest.mark.parametrize(
    ("answers", "cases", "said"),
    [
        ([3], (), "A sample holds responses or texts, and 3 is neither."),
        (["a", "b"], ["1"], "Sample(cases=...) takes one label an answer: 1 for 2 answers."),
    ],
)
def test_what_is_no_sample_is_refused(answers: list[str], cases: list[str], said: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        Sample(answers, cases)

    assert str(error.value) == said


def test_an_expectation_is_of_every_draw() -> None:
    assert Sample(WORDS) == contains_all("e")
    assert not contains_all("red").check(Sample(WORDS)).holds


def test_its_opposite_is_of_every_draw_too() -> None:
    assert Sample(WORDS) != contains_all("yellow")
    assert contains_all("red").check(Sample(WORDS)).unfit
    assert Sample(WORDS) == ~contains_all("yellow")


def test_a_failure_names_the_draws_that_fail_and_how_many() -> None:
    found = contains_all("b").check(Sample(WORDS))

    assert found.claim == "every draw == contains_all('b')  (4 of 5 draws do not)"
    assert found.evidence == (
        "trials 1, 3, 5: contains 'b'  got 'red'",
        "trial 4: contains 'b'  got 'green'",
    )


def test_either_of_two_expectations_may_hold_for_each_draw() -> None:
    assert Sample(WORDS) == contains_all("red") | contains_all("e") & ~contains_all("z")


def test_a_predicate_that_raises_fails_the_sample_as_an_error() -> None:
    found = satisfies(lambda response: 1 / (len(response.text) - 4), "inverse").check(Sample(WORDS))

    assert not found.holds
    assert found.claim == "every draw == satisfies(inverse)  (0 of 5 draws do not, 1 error)"
    assert found.evidence == ("trial 2: ZeroDivisionError: division by zero",)


def test_distinct_answers_and_the_most_frequent() -> None:
    sample = Sample(["Red ", "blue", "red", "Red"])

    assert sample.distinct() == ["Red", "blue", "red"]
    assert sample.majority() == "Red"
    assert sample.distinct(lambda response: response.text.strip().lower()) == ["red", "blue"]
    assert sample.majority(lambda response: len(response.text.strip())) == 3
    assert sample.consistency == 0.5


def test_consistency_is_within_a_case() -> None:
    assert Sample(["a", "a", "b", "c"], ["1", "1", "2", "2"]).consistency == fmean([1.0, 0.5])


@pytest.mark.parametrize("k", [1, 2, 5])
def test_pass_at_k_and_pass_hat_k_are_the_shares_of_all_subsets(k: int) -> None:
    """Chen et al. 2021: the estimator is the mean over all subsets of k draws."""
    subsets = list(combinations([word == "red" for word in WORDS], k))

    assert Sample(WORDS).pass_at_k(k, is_red) == pytest.approx(fmean(map(any, subsets)), abs=1e-12)
    assert Sample(WORDS).pass_hat_k(k, is_red) == pytest.approx(fmean(map(all, subsets)), abs=1e-12)


def test_pass_at_k_of_several_cases_is_their_mean() -> None:
    sample = Sample(["red", "blue", "blue", "blue"], ["1", "1", "2", "2"])

    assert sample.pass_at_k(1, is_red) == 0.25
    assert sample.pass_at_k(2, is_red) == 0.5


def test_more_draws_than_there_are_cannot_be_told_of() -> None:
    with pytest.raises(ConfigurationError, match=r"^k must be from 1 to the number of trials, 5, and is 6"):
        Sample(WORDS).pass_at_k(6, is_red)


def test_where_a_predicate_raises_pass_at_k_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"^half raised, so there is no telling of 2 draws: trial 2: ZeroDiv"):
        Sample(WORDS).pass_at_k(2, half)


def half(response: Response) -> float:
    return 1 / (len(response.text) - 4)
