"""Words and sentences are counted in every script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from growth import LIMIT, growth, repeated

from pytest_llm.metrics.length import sentence_list, word_list


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param(
            "It's a well-known fact: 1,000.5 items\u2014really!",
            ["It's", "a", "well-known", "fact", "1,000.5", "items", "really"],
            id="English",
        ),
        pytest.param("退款需要五天。OK", ["退", "款", "需", "要", "五", "天", "OK"], id="Chinese"),
        pytest.param("カードは2枚", ["カ", "ー", "ド", "は", "2", "枚"], id="Japanese"),
        pytest.param("안녕하세요 세계", ["안녕하세요", "세계"], id="Korean"),
        pytest.param("आपका ऑर्डर भेज दिया", ["आपका", "ऑर्डर", "भेज", "दिया"], id="Hindi, with its vowel signs"),
        pytest.param("استِرداد المبلغ؟ نعم.", ["استِرداد", "المبلغ", "نعم"], id="Arabic, with its vowel marks"),
        pytest.param("👍🏽 done 🎉", ["done"], id="emoji"),
        pytest.param("**bold** _it_ `code`", ["bold", "it", "code"], id="Markdown"),
    ],
)
def test_words_are_runs_of_letters_and_single_ideographs(text: str, words: list[str]) -> None:
    assert word_list(text) == words


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("One. Two! Three? (Yes.) No", ["One.", "Two!", "Three?", "(Yes.)", "No"], id="stops"),
        pytest.param("Ask Mr. Smith, e.g. J. Doe, at 3.50. Fine.", ["Ask Mr. Smith, e.g. J. Doe, at 3.50.", "Fine."],
                     id="points that end none"),
        pytest.param("So do I. You too.", ["So do I.", "You too."], id="the word I"),
        pytest.param("Visit example.com. Then go.", ["Visit example.com.", "Then go."], id="a domain"),
        pytest.param("退款需要五天。没问题\uff01好", ["退款需要五天。", "没问题\uff01", "好"], id="Chinese"),
        pytest.param("يستغرق خمسة أيام؟ نعم.", ["يستغرق خمسة أيام؟", "نعم."], id="Arabic"),
        pytest.param("# Steps\n\n1. Open it\n2. Close it\n\nDone", ["Steps", "Open it", "Close it", "Done"],
                     id="lists"),
        pytest.param("Run:\n```\na. b. c.\n```\nEnd.", ["Run:", "End."], id="code"),
        pytest.param("🎉 ... !", [], id="no word"),
    ],
)  # fmt: skip
def test_sentences_end_at_stops_blank_lines_and_items(text: str, sentences: list[str]) -> None:
    assert sentence_list(text) == sentences


@pytest.mark.parametrize("piece", ["word. ", "字。", ".", "A. ", "\n"])
@pytest.mark.parametrize("work", [word_list, sentence_list])
def test_a_long_text_is_read_in_proportion(work: Callable[[str], object], piece: str) -> None:
    assert growth(work, repeated(piece)) < LIMIT
