"""The scores are rapidfuzz's own, and the nearest part of a text is found in whole words."""

from __future__ import annotations

import csv
import math
import os
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler, Levenshtein

from pytest_llm.expectations.fuzzy import fuzzy_match
from pytest_llm.metrics import fuzzy
from pytest_llm.metrics.fuzzy import SCORERS, Scorer

SHARED = Path(os.environ.get("PYTEST_LLM_SHARED_DATA") or Path(__file__).parents[3] / ".." / "shared" / "data")
PAIRS = 1000


@cache
def real_pairs() -> list[tuple[str, str]]:
    """Return the first pairs of different answers to the same question by one model and the next in the file."""
    folder = SHARED / "llmdrift"
    if not folder.is_dir():
        pytest.skip(
            "The shared data is absent: ../shared/data/llmdrift (or PYTEST_LLM_SHARED_DATA) holds real answers."
        )
    answers: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                answers.setdefault(row["query"], []).append(row["answer"])
    pairs = [pair for given in answers.values() for pair in pairwise(given) if pair[0] and pair[0] != pair[1]]
    return pairs[:: len(pairs) // PAIRS][:PAIRS]


def fitting_pairs(scorer: Scorer) -> list[tuple[str, str]]:
    """Return the pairs; their beginnings for scorers that try every part of one text against the other."""
    length = 150 if scorer.startswith("partial") or scorer == "WRatio" else None
    return [(one[:length], other[:length]) for one, other in real_pairs()]


def own(scorer: Scorer, one: str, other: str) -> float:
    return JaroWinkler.similarity(one, other) * 100 if scorer == "jaro_winkler" else getattr(fuzz, scorer)(one, other)


@pytest.mark.parametrize("scorer", SCORERS)
def test_the_scores_of_real_answers_are_rapidfuzz_s_to_the_last_bit(scorer: Scorer) -> None:
    scores = [(fuzzy.score(scorer, *pair), own(scorer, *pair)) for pair in fitting_pairs(scorer)]

    assert len(scores) == PAIRS
    assert [pair for pair in scores if pair[0] != pair[1]] == []


def test_the_distances_of_real_answers_are_rapidfuzz_s() -> None:
    wrong = [pair for pair in real_pairs() if fuzzy.distance(*pair) != Levenshtein.distance(*pair)]

    assert wrong == []


@pytest.mark.parametrize("scorer", SCORERS)
def test_an_expectation_holds_up_to_the_score_and_not_one_bit_further(scorer: Scorer) -> None:
    for one, other in fitting_pairs(scorer)[::20]:
        score = own(scorer, one, other)
        if 1 < score < 100:
            assert fuzzy_match(one, ratio=score, scorer=scorer).check(other).holds
            assert not fuzzy_match(one, ratio=math.nextafter(score, 101), scorer=scorer).check(other).holds


@pytest.mark.parametrize(
    ("sought", "text", "expected"),
    [
        ("refund policy", "Our refunds policy.", "refunds policy"),
        ("colour", "The colors are", "colors"),
        ("zebra", "Our refunds policy.", None),
        ("退款期限为三十天", "我们的退款期限是三十天。", "退款期限是三十天"),
        ("سياسة الاسترداد", "هذه سياسة الإسترداد لدينا", "سياسة الإسترداد"),
        ("🙂🙂🙂🙂🙂", "so 🙂🙂🙂🙂🙃", "🙂🙂🙂🙂"),
        ("longer than the text", "longer", None),
        ("", "text", None),
        ("text", "", None),
    ],
)
def test_the_nearest_part_is_found_in_whole_words(sought: str, text: str, expected: str | None) -> None:
    place = fuzzy.nearest(sought, text)

    assert (text[slice(*place)] if place else None) == expected
