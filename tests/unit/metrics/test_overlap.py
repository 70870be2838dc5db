"""Overlap measures give the figures of their definitions and of the packages that are usual for them."""

from __future__ import annotations

import csv
import os
import re
import string
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from pytest_llm.metrics import overlap

SHARED = Path(os.environ.get("PYTEST_LLM_SHARED_DATA") or Path(__file__).parents[3] / ".." / "shared" / "data")


@cache
def real_pairs() -> list[tuple[str, str]]:
    """Return pairs of neighbouring answers to sensitive questions."""
    path = SHARED / "llmdrift" / "SENSITIVEQ_EVAL.csv"
    if not path.is_file():
        pytest.skip(
            "The shared data is absent: ../shared/data/llmdrift (or PYTEST_LLM_SHARED_DATA) holds real answers."
        )
    with path.open(encoding="utf-8", newline="") as file:
        return list(pairwise([row["answer"] for row in csv.DictReader(file)]))


@pytest.mark.parametrize(
    ("reference", "text", "expected"),
    [
        # Common words, words of the text, words of the reference: F1 = 2 * common / (text + reference).
        pytest.param("Paris", "Paris", 1, id="the same"),
        pytest.param("the Eiffel Tower", "Eiffel Tower!", 1, id="articles and punctuation do not count"),
        pytest.param("Paris", "It is Paris", 2 * 1 / (3 + 1), id="1 of 3 and 1"),
        pytest.param("a cat sat on the mat", "the cat ran", 2 * 1 / (2 + 4), id="1 of 2 and 4"),
        pytest.param("no no yes", "no", 2 * 1 / (1 + 3), id="a word counts as often as both have it"),
        pytest.param("Paris", "London", 0, id="nothing in common"),
        pytest.param("Paris", "", 0, id="an empty text"),
        pytest.param("巴黎", "巴黎", 1, id="Chinese"),
        pytest.param("باريس عاصمة", "عاصمة فرنسا", 0.5, id="Arabic"),
    ],
)
def test_token_f1_of_a_table_worked_out_by_hand(reference: str, text: str, expected: float) -> None:
    assert overlap.token_f1(reference, text) == pytest.approx(expected)


def test_token_f1_of_real_answers_is_that_of_another_implementation() -> None:
    def words(text: str) -> Counter[str]:
        kept = re.sub(f"[{re.escape(string.punctuation)}]", "", text.lower())
        return Counter(word for word in re.findall(r"\S+", re.sub(r"\b(?:the|an|a)\b", " ", kept)))

    for reference, text in real_pairs():
        one, other = words(reference), words(text)
        expected = 2 * (one & other).total() / (one.total() + other.total()) if one and other else 0

        assert overlap.token_f1(reference, text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("reference", "text", "expected"),
    [
        ("Paris", "It is paris.", True),
        ("It is Paris", "paris", True),
        ("Paris", "London", False),
        ("Paris", "", False),
        ("The", "a", True),
    ],
)
def test_either_may_contain_the_other(reference: str, text: str, expected: bool) -> None:
    assert overlap.within_either(reference, text) is expected


def test_rouge_l_is_that_of_rouge_score() -> None:
    rouge = pytest.importorskip("rouge_score.rouge_scorer", reason="rouge-score gives the figures to compare with")
    scorer = rouge.RougeScorer(["rougeL"])
    short = [
        ("the cat sat", "the cat"),
        ("a b c d", "d c b a"),
        ("x", ""),
        ("Don't stop", "dont stop"),
        ("café 12", "CAFÉ"),
    ]

    for reference, text in [*short, *real_pairs()]:
        expected = scorer.score(reference, text)["rougeL"].fmeasure

        assert overlap.rouge_l(reference, text, "rouge-score") == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "latin", "unicode"),
    [
        ("Hello, World 42", ["hello", "world", "42"], ["hello", "world", "42"]),
        ("退款30天", ["30"], ["退", "款", "30", "天"]),
        ("سياسة الاسترداد", [], ["سياسة", "الاسترداد"]),
        ("한국어 문장", [], ["한국어", "문장"]),
        ("🙂", [], []),
        ("", [], []),
    ],
)
def test_the_tokens_of_rouge_score_are_latin_and_those_of_unicode_are_not(
    text: str, latin: list[str], unicode: list[str]
) -> None:
    assert overlap.rouge_tokens(text, "rouge-score") == latin
    assert overlap.rouge_tokens(text, "unicode") == unicode


def test_rouge_l_of_unicode_tokens() -> None:
    # 5 characters in the same order, of 6 and 7: 2 * 5 / 13.
    assert overlap.rouge_l("退款需三十天", "退款要等三十天", "unicode") == pytest.approx(10 / 13)


def test_bleu_and_chrf_are_those_of_sacrebleu() -> None:
    sacrebleu = pytest.importorskip("sacrebleu", reason="sacrebleu gives the figures to compare with")
    for reference, text in real_pairs()[:100]:
        assert (
            overlap.bleu([reference], text, "13a")
            == sacrebleu.BLEU(effective_order=True).sentence_score(text, [reference]).score
        )
        assert (
            overlap.chrf([reference], text, 2) == sacrebleu.CHRF(word_order=2).sentence_score(text, [reference]).score
        )


@pytest.mark.parametrize(
    ("text", "expected"), [("", 0), ("Paris", 0), ("退款30天", 1), ("Tokyo 東京", 2 / 7), ("ภาษาไทย", 1), ("🙂", 0)]
)
def test_the_share_of_scripts_without_spaces(text: str, expected: float) -> None:
    assert overlap.unspaced_share(text) == pytest.approx(expected)
