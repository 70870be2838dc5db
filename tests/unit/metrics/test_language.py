"""The language of short answers is told, and what is too short to tell is a guess."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from growth import LIMIT, growth, repeated
from short_sentences import SENTENCES

from pytest_llm.metrics.language import detect, detect_sentences, prose

pytest.importorskip("py3langid", reason="the extra language is not installed")

SHARED = Path(os.environ.get("PYTEST_LLM_SHARED_DATA") or Path(__file__).parents[3] / ".." / "shared" / "data")


def language(text: str) -> str | None:
    found = detect(text)
    return found.language if found and found.certain else None


def test_of_76_short_sentences_in_30_languages_two_are_mistaken_and_two_too_short() -> None:
    told = [(wanted, language(text)) for wanted, text in SENTENCES]

    assert (len(told), len({wanted for wanted, _ in told})) == (76, 30)
    assert [pair for pair in told if pair[1] not in (pair[0], None)] == [("es", "gl"), ("ru", "bg")]
    assert [wanted for wanted, found in told if found is None] == ["en", "it"]


@pytest.mark.parametrize("text", ["OK", "Hello", "123", "Paris", "42 EUR", "print(x)", "Paris, Berlin, London"])
def test_a_word_a_name_or_a_number_is_too_little(text: str) -> None:
    found = detect(text)

    assert found is not None
    assert not found.certain


@pytest.mark.parametrize(
    "text", ["", "  \n", "🎉🎉", "```\nreturn value\n```", "https://example.com/das/ist/gut", "?!"]
)
def test_without_a_word_there_is_no_language(text: str) -> None:
    assert detect(text) is None


def test_code_links_addresses_and_tags_are_left_out() -> None:
    text = "Run `pip install` <b>now</b>:\n```sh\npip install x\n```\nSee https://a.com/x or ask ann@example.com."

    assert " ".join(prose(text).split()) == "Run now : See or ask"


def test_the_sentences_of_a_mixed_text_are_shared_out() -> None:
    shares = detect_sentences("Je ne sais pas du tout. I do not know at all. I really do not know it.")

    assert {name: round(share, 2) for name, share in shares.items()} == {"en": 0.66, "fr": 0.34}
    assert detect_sentences("OK. 42.") == {}


def test_english_answers_of_a_small_model_are_english() -> None:
    path = SHARED / "generations" / "baseline_a1.jsonl"
    if not path.is_file():
        pytest.skip("The shared data is absent: ../shared/data/generations (or PYTEST_LLM_SHARED_DATA).")
    answers = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    texts = [one["text"] for one in answers if "spanish" not in one["prompt"].casefold() and len(one["text"]) > 20]
    told = [language(text) for text in texts]

    assert (told.count("en"), told.count(None), len(told)) == (120, 3, 123)


@pytest.mark.parametrize("piece", ["The quick brown fox. ", "字。", "a.b-", "`a``"])
@pytest.mark.parametrize("work", [detect, detect_sentences])
def test_a_long_text_is_read_in_proportion(work: Callable[[str], object], piece: str) -> None:
    assert growth(work, repeated(piece)) < LIMIT
