"""Agreement of raters, against scikit-learn, statsmodels and the worked examples of Krippendorff's paper."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, cohen_kappa_score, confusion_matrix, recall_score
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.agreement import (
    Confusion,
    JudgeRates,
    accuracy,
    alpha_interval,
    cohen_kappa,
    confusion,
    judge_rates,
    kappa_interval,
    krippendorff_alpha,
)

RNG = np.random.default_rng(5)
PEOPLE = RNG.integers(1, 6, 200).tolist()
JUDGE = np.clip(np.array(PEOPLE) + RNG.integers(-1, 2, 200), 1, 5).tolist()

# Section A, B and C of "Computing Krippendorff's Alpha-Reliability" (2011).
BINARY = ["0100000010", "1110010000"]
NOMINAL = ["aabbdcccedda", "babbbccceddd"]
FOUR = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]


def rows(lines: list[str]) -> list[list[str | int | None]]:
    return [[None if char == "." else int(char) if char.isdigit() else char for char in line] for line in lines]


@pytest.mark.parametrize(
    ("lines", "level", "alpha"),
    [
        (BINARY, "nominal", 0.095),
        (NOMINAL, "nominal", 0.692),
        (FOUR, "nominal", 0.743),
        (FOUR, "ordinal", 0.815),
        (FOUR, "interval", 0.849),
    ],
)
def test_alpha_equals_the_worked_examples_of_its_paper(lines: list[str], level: str, alpha: float) -> None:
    assert round(krippendorff_alpha(rows(lines), level), 3) == alpha  # type: ignore[arg-type]


@pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
def test_kappa_equals_those_of_scikit_learn_and_statsmodels(weights: str | None) -> None:
    found = cohen_kappa(PEOPLE, JUDGE, weights=weights)  # type: ignore[arg-type]
    table = confusion_matrix(PEOPLE, JUDGE)
    theirs = cohens_kappa(table, wt=weights, return_results=False)

    assert found == pytest.approx(cohen_kappa_score(PEOPLE, JUDGE, weights=weights), abs=1e-12)
    assert found == pytest.approx(theirs, abs=1e-12)


def test_the_distance_between_levels_counts_levels_that_nobody_used() -> None:
    people, judge = [1, 1, 2, 5, 5, 2], [1, 2, 2, 5, 2, 1]
    scale = [1, 2, 3, 4, 5]
    theirs = cohen_kappa_score(people, judge, weights="linear", labels=scale)

    assert cohen_kappa(people, judge, weights="linear", categories=scale) == pytest.approx(theirs, abs=1e-12)
    assert cohen_kappa(people, judge, weights="linear") != pytest.approx(theirs, abs=1e-3)


def test_the_bootstrap_interval_of_kappa_is_near_the_asymptotic_one() -> None:
    theirs = cohens_kappa(confusion_matrix(PEOPLE, JUDGE))
    found = kappa_interval(PEOPLE, JUDGE, resamples=1999)

    assert (found.low, found.high) == pytest.approx((theirs.kappa_low, theirs.kappa_upp), abs=0.01)


def test_the_bootstrap_interval_of_alpha_of_two_raters_is_near_that_of_kappa() -> None:
    alpha = alpha_interval([PEOPLE, JUDGE], resamples=1999)
    kappa = kappa_interval(PEOPLE, JUDGE, resamples=1999)

    assert (alpha.low, alpha.high) == pytest.approx((kappa.low, kappa.high), abs=0.01)


@pytest.mark.parametrize("name", ["test_metaeval/joke_fruits_labeled.jsonl", "iambic-pentameter/samples.jsonl"])
def test_figures_on_labelled_sets_equal_those_of_scikit_learn_and_statsmodels(evals: Path, name: str) -> None:
    samples = [json.loads(line) for line in (evals / name).read_text(encoding="utf-8").splitlines()]
    labels = [sample["choice"] for sample in samples]
    grades = ["Yes" if len(sample["completion"]) % 10 > 3 else "No" for sample in samples]  # a judge by the length
    share, interval = accuracy(labels, grades)
    truths, passes = [label == "Yes" for label in labels], [grade == "Yes" for grade in grades]
    rates = judge_rates(truths, passes)
    table = confusion_matrix(labels, grades)

    assert share == accuracy_score(labels, grades)
    assert (interval.low, interval.high) == pytest.approx(
        proportion_confint(sum(np.equal(labels, grades)), len(labels), method="wilson"), abs=1e-9
    )
    assert cohen_kappa(labels, grades) == pytest.approx(cohen_kappa_score(labels, grades), abs=1e-12)
    assert cohen_kappa(labels, grades) == pytest.approx(cohens_kappa(table, return_results=False), abs=1e-12)
    assert confusion(labels, grades).counts == tuple(map(tuple, table.tolist()))
    assert rates.tpr == recall_score(truths, passes)
    assert rates.tnr == recall_score(truths, passes, pos_label=False)
    assert (rates.tpr_interval.low, rates.tpr_interval.high) == pytest.approx(
        proportion_confint(rates.true_positives, rates.positives, method="wilson"), abs=1e-9
    )


def test_a_confusion_matrix_is_shown_with_its_categories() -> None:
    found = confusion(["Yes", "Yes", "No", "Yes"], ["Yes", "No", "No", "Yes"])

    assert found == Confusion(("No", "Yes"), ((1, 0), (1, 2)))
    assert str(found) == "      No Yes\n  No   1   0\n Yes   1   2"


def test_rates_of_a_judge_are_apart_for_what_people_pass_and_fail() -> None:
    found = judge_rates([True, True, True, False, False], [True, True, False, False, True])

    assert found == JudgeRates(true_positives=2, positives=3, true_negatives=1, negatives=2)
    assert (found.tpr, found.tnr) == (2 / 3, 1 / 2)
    assert (str(found.tpr_interval), str(found.tnr_interval)) == ("95% CI 0.21-0.94", "95% CI 0.09-0.91")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(
            lambda: cohen_kappa(["a", "a"], ["a", "a"]),
            "Both raters said 'a' for all 2 items, which no kappa can tell from chance. "
            "Label items of other categories too.",
            id="kappa of one category",
        ),
        pytest.param(
            lambda: cohen_kappa(["a"], ["a", "b"]),
            "Agreement needs two ratings of each item, and there are 1 and 2. "
            "Leave out items that only one side has rated.",
            id="lengths",
        ),
        pytest.param(
            lambda: cohen_kappa([1, 7], [1, 2], categories=[1, 2, 3]),
            "7 is not one of the categories [1, 2, 3].",
            id="off the scale",
        ),
        pytest.param(
            lambda: krippendorff_alpha([[1, 1], [1, None]]),
            "All ratings are 1, which no alpha can tell from chance. Rate items of other kinds too.",
            id="alpha of one value",
        ),
        pytest.param(
            lambda: krippendorff_alpha([[1, None], [None, 1]]),
            "No item has been rated twice, so that nothing can agree. Let raters share items.",
            id="no shared item",
        ),
        pytest.param(
            lambda: krippendorff_alpha([[1, 2], [1]]),
            "Each rater needs one entry an item, None where it is missing; there are 2, 1.",
            id="ragged",
        ),
        pytest.param(
            lambda: krippendorff_alpha([[1, 2], [1, 1]], "ratio"),  # type: ignore[arg-type]
            "level='ratio' is no level of measurement. Valid ones: nominal, ordinal, interval.",
            id="level",
        ),
        pytest.param(
            lambda: judge_rates([True, True], [True, False]),
            "People passed 2 of 2 items, so that one of TPR and TNR has no data. Label items of both kinds.",
            id="labels of one kind",
        ),
    ],
)
def test_what_has_no_agreement_is_refused_with_the_reason(call: object, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        call()  # type: ignore[operator]

    assert str(caught.value) == message
