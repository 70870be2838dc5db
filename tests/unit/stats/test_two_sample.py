"""Two-sample tests against their definitions, independent implementations, and their promised rate of false alarms."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import chi2_contingency, permutation_test
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics.pairwise import cosine_similarity, euclidean_distances

from pytest_llm.stats.kernels import (
    categories,
    energy_gram,
    hamming_gram,
    logprob_rows,
    ngram_features,
    spectrum_gram,
    studentised,
)
from pytest_llm.stats.two_sample import Block, arrangements, call_labels, chi_square, mmd2, shift, two_sample

WORDS = "the a refund order parcel is was late soon blue never store".split()


def text(rng: np.random.Generator, words: int = 6) -> str:
    return " ".join(rng.choice(WORDS, words))


def text_block(rng: np.random.Generator, before: int, after: int, replaced: float = 0.0) -> Block:
    texts = [text(rng) for _ in range(before + after)]
    for place in range(before, before + after):
        if rng.random() < replaced:
            texts[place] = "".join(rng.choice(list("1234567890"), 30))
    first = categories([one.split()[0] for one in texts])
    fresh = np.arange(before + after) >= before
    grams = {"characters": hamming_gram(texts), "wording": spectrum_gram(texts)}
    return Block(fresh, grams, {"first word": first}, {"overall": ngram_features(texts)})


def mmd2_by_definition(gram: np.ndarray, fresh: np.ndarray) -> float:
    x, y = np.flatnonzero(~fresh), np.flatnonzero(fresh)
    inside = [np.mean([gram[i, j] for i in side for j in side if i != j]) for side in (x, y) if len(side) > 1]
    return float(sum(inside) - 2 * np.mean([gram[i, j] for i in x for j in y]))


@pytest.mark.parametrize("after", [1, 3])
def test_mmd_of_all_labellings_at_once_is_that_of_the_definition(after: int) -> None:
    rng = np.random.default_rng(1)
    gram = spectrum_gram([text(rng) for _ in range(6 + after)])
    labels = call_labels(np.arange(6 + after) >= 6, 20, rng)

    assert mmd2(gram, labels) == pytest.approx([mmd2_by_definition(gram, row == 1) for row in labels])


def test_mmd_of_a_side_without_draws_is_nothing() -> None:
    assert mmd2(np.ones((3, 3)), np.zeros((1, 3))).tolist() == [0.0]


def test_chi_square_is_that_of_scipy() -> None:
    rng = np.random.default_rng(2)
    numbers = rng.integers(0, 4, 30)
    labels = call_labels(np.arange(30) >= 18, 10, rng)
    tables = [[np.bincount(numbers[row == side], minlength=4) for side in (0, 1)] for row in labels]

    assert chi_square(numbers, labels) == pytest.approx(
        [chi2_contingency(table, correction=False)[0] for table in tables]
    )


def test_the_shift_is_the_weighted_difference_of_means() -> None:
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(7, 4))
    fresh = np.arange(7) >= 5

    assert shift(rows, fresh[None, :].astype(float))[0] == pytest.approx(
        (rows[fresh].mean(axis=0) - rows[~fresh].mean(axis=0)) * 5 * 2 / 7
    )


def test_the_hamming_kernel_is_the_share_of_equal_positions() -> None:
    assert hamming_gram(["abcd", "abxd", "ab"]).tolist() == [[1, 0.75, 0.5], [0.75, 1, 0.5], [0.5, 0.5, 1]]


def test_the_spectrum_kernel_is_the_cosine_of_counts_that_scikit_learn_gives() -> None:
    rng = np.random.default_rng(4)
    texts = [text(rng) for _ in range(8)] + ["", "é"]
    padded = [f"\2\2{one}\3\3" for one in texts]
    counts = CountVectorizer(analyzer="char", ngram_range=(3, 3), lowercase=False).fit_transform(padded)

    assert spectrum_gram(texts) == pytest.approx(cosine_similarity(counts), abs=1e-6)


def test_hashed_features_keep_the_cosines_of_the_spectrum_kernel() -> None:
    rng = np.random.default_rng(5)
    texts = [text(rng, 20) for _ in range(30)]
    rows = ngram_features(texts)

    assert np.abs(rows @ rows.T - spectrum_gram(texts)).mean() < 0.06
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(30), abs=1e-5)


def test_the_energy_kernel_is_minus_the_distance() -> None:
    points = np.random.default_rng(6).normal(size=(9, 3))

    assert energy_gram(points) == pytest.approx(-euclidean_distances(points), abs=1e-6)


def test_a_token_that_a_call_did_not_list_is_censored_at_its_smallest_value() -> None:
    rows = logprob_rows([{"a": -1.0, "b": -2.0}, {"a": -1.5, "c": -3.0}])

    assert rows.tolist() == [[-1.0, -2.0, -2.0], [-1.5, -3.0, -3.0]]


def test_studentising_does_not_blow_up_rounding() -> None:
    rows = np.array([[-1.0, -2.0], [-1.0 + 1e-6, -4.0]])

    assert np.abs(np.diff(studentised(rows), axis=0)).round(3).tolist() == [[0.0, 1.4]]


def test_all_arrangements_of_few_draws_are_taken_once_each() -> None:
    labels = arrangements(np.array([True, False, False, True]), 1999, np.random.default_rng(0))
    places = [tuple(np.flatnonzero(row)) for row in labels]

    assert places[0] == (0, 3)
    assert sorted(places) == sorted(combinations(range(4), 2))


def test_the_p_value_is_that_of_scipys_permutation_test() -> None:
    rng = np.random.default_rng(7)
    texts = [text(rng) for _ in range(12)] + [text(rng) + " order order" for _ in range(6)]
    gram = spectrum_gram(texts)
    fresh = np.arange(18) >= 12
    ours = two_sample([Block(fresh, {"wording": gram})], permutations=19_999).p
    theirs = permutation_test(
        (np.flatnonzero(~fresh), np.flatnonzero(fresh)),
        lambda x, y: mmd2_by_definition(gram, np.isin(np.arange(18), y)),
        n_resamples=4_999,
        alternative="greater",
        rng=8,
    ).pvalue

    assert ours == pytest.approx(theirs, abs=0.02)


@pytest.mark.parametrize(("before", "after"), [(10, 10), (8, 1), (1, 1)])
def test_false_alarms_are_as_many_as_promised(before: int, after: int) -> None:
    rng = np.random.default_rng(9)
    found = [
        two_sample([text_block(rng, before, after) for _ in range(6)], permutations=199, seed=run).p
        for run in range(300)
    ]

    # Three standard errors of 300 runs.
    assert np.mean([p <= 0.05 for p in found]) < 0.05 + 3 * (0.05 * 0.95 / 300) ** 0.5
    assert np.mean([p <= 0.5 for p in found]) < 0.5 + 3 * (0.25 / 300) ** 0.5


def test_small_p_values_are_resolved_when_asked() -> None:
    rng = np.random.default_rng(10)
    texts = [text(rng) for _ in range(10)] + ["something else entirely" for _ in range(10)]
    block = Block(np.arange(20) >= 10, {"wording": spectrum_gram(texts)})

    assert two_sample([block], permutations=199, seed=1).p == 1 / 200
    assert two_sample([block], permutations=199, at_most=9_999, seed=1).p < 1 / 5_000


def test_draws_that_are_all_alike_show_nothing_and_would_have_shown_a_replaced_one() -> None:
    block = Block(np.arange(24) >= 20, {"wording": np.ones((24, 24))})

    found = two_sample([block])
    assert (found.p, dict(found.z), found.strongest) == (1.0, {}, "")
    # Two of four fresh draws that differ from all others have p = (4 * 3) / (24 * 23) = 0.02.
    assert found.detectable == pytest.approx(0.58, abs=0.02)


def test_the_detectable_share_is_detected_as_often_as_said() -> None:
    rng = np.random.default_rng(11)
    share = two_sample([text_block(rng, 10, 10) for _ in range(6)]).detectable or 1.0
    runs = [
        two_sample([text_block(rng, 10, 10, share) for _ in range(6)], permutations=199, seed=run).p
        for run in range(60)
    ]

    assert 0.6 < np.mean([p <= 0.05 for p in runs]) <= 1
