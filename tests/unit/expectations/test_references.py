"""exact_match, loose_match, token_f1, rouge_l, bleu and chrf: the score beside its bound and its scale."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from growth import LIMIT, growth, repeated

from pytest_llm.errors import ConfigurationError, MissingExtraError
from pytest_llm.expectations.base import Expectation, Finding, unfit
from pytest_llm.expectations.references import bleu, chrf, exact_match, loose_match, rouge_l, token_f1

WHOLE = ("expected:", "  the cat sat on the mat", "got:", "  the cat ran off the mat")
DIFFERENCE = ("- the cat sat on the mat", "          ^ ^  ^", "+ the cat ran off the mat", "          ^ ^  ^^")


@pytest.fixture
def sacrebleu() -> None:
    pytest.importorskip("sacrebleu", reason="bleu and chrf need sacrebleu, of the extra metrics")


def test_exact_match_ignores_what_squad_ignores() -> None:
    assert exact_match("The Eiffel Tower").check("eiffel  tower!") == Finding(
        True, "exact match of 'The Eiffel Tower'  (SQuAD normalisation)", ("got 'eiffel  tower!'",)
    )
    assert exact_match("Paris").check("It is Paris.") == Finding(
        False,
        "exact match of 'Paris'  (SQuAD normalisation)",
        ("- paris", "+ it is paris", "  ^^^^^^"),
        ("expected:", "  paris", "got:", "  it is paris"),
    )


def test_any_of_several_references_will_do() -> None:
    assert exact_match(["NYC", "New York"]).check("new york").holds
    assert exact_match(["NYC", "New York"]).check("York") == Finding(
        False,
        "exact match of any of 'NYC', 'New York'  (SQuAD normalisation)",
        ("got 'York'",),
        ("expected:", "  nyc", "  new york", "got:", "  york"),
    )


def test_loose_match_accepts_either_within_the_other() -> None:
    assert loose_match("Paris").check("It is Paris.").holds
    assert loose_match(["It is Paris", "x y"]).check("paris").holds
    assert not loose_match("Paris").check("").holds
    assert loose_match("Paris").check("London").claim == "loose match of 'Paris'  (SQuAD normalisation)"


def test_the_references_and_the_answer_are_shown_as_they_are_written() -> None:
    assert loose_match(["Rome", "Milan"]).check("It is Paris.\n") == Finding(
        False,
        "loose match of any of 'Rome', 'Milan'  (SQuAD normalisation)",
        ("got 'It is Paris.\\n'",),
        ("expected:", "  rome", "  milan", "got:", "  it is paris"),
    )
    assert loose_match(["x" * 60] * 9).check("y").claim == (
        f"loose match of any of '{'x' * 26}…{'x' * 13}' and 8 more  (SQuAD normalisation)"
    )


def test_a_reference_in_another_unicode_form_is_spelled_out() -> None:
    assert loose_match(["Rome", "caf\xe9"]).check("The cafe\u0301").evidence == (
        r"instead of 'caf\xe9' it has 'cafe\u0301'",
        "got 'The cafe\u0301'",
    )
    assert exact_match("caf\xe9").check("cafe\u0301").evidence[0] == r"instead of 'caf\xe9' it has 'cafe\u0301'"


def test_token_f1() -> None:
    # 2 of 4 and 4 words are common, without the articles.
    assert token_f1("the cat sat on the mat", at_least=0.75).check("the cat ran off the mat") == Finding(
        False, "token F1 0.50 >= 0.75  (SQuAD)", DIFFERENCE, WHOLE
    )
    assert token_f1(["London", "Paris"], at_least=0.5).check("It is Paris").claim == (
        "token F1 0.50 >= 0.50  (SQuAD, 2 references)"
    )


def test_rouge_l() -> None:
    # The longest common subsequence is "the cat the mat": 4 of 6 and 6 words.
    assert rouge_l("the cat sat on the mat", at_least=0.75).check("the cat ran off the mat") == Finding(
        False, "ROUGE-L 0.67 >= 0.75  (tokens of rouge-score)", DIFFERENCE, WHOLE
    )
    assert rouge_l("退款需三十天", at_least=0.7, tokenize="unicode").check("退款要等三十天").claim == (
        "ROUGE-L 0.77 >= 0.70  (unicode tokens)"
    )


def test_a_score_just_below_its_bound_shows_that_it_is_below() -> None:
    assert rouge_l("the cat sat on the mat", at_least=0.67).check("the cat ran off the mat").claim == (
        "ROUGE-L 0.667 >= 0.670  (tokens of rouge-score)"
    )


@pytest.mark.usefixtures("sacrebleu")
def test_bleu_and_chrf() -> None:
    text = "the cat ran off the mat"
    assert bleu("the cat sat on the mat", at_least=60).check(text) == Finding(
        False, "BLEU 23.0 >= 60.0  (sacrebleu, 13a)", DIFFERENCE, WHOLE
    )
    assert chrf("the cat sat on the mat", at_least=60).check(text) == Finding(
        False, "chrF 48.4 >= 60.0  (sacrebleu)", DIFFERENCE, WHOLE
    )
    assert bleu([text, "x y"], at_least=100).check(text).claim == "BLEU 100.0 >= 100.0  (sacrebleu, 13a, 2 references)"
    assert bleu("退款期限为三十天", at_least=50, tokenize="zh").check("退款期限为三十天").holds
    assert chrf("سياسة الاسترداد", at_least=50).check("سياسة الاسترداد").holds
    assert chrf("退款期限为三十天", at_least=30, word_order=2).check("退款期限是三十天").holds


@pytest.mark.usefixtures("sacrebleu")
@pytest.mark.parametrize(
    "make",
    [
        exact_match,
        loose_match,
        lambda text: token_f1(text, at_least=0.9),
        rouge_l,
        lambda text: bleu(text, at_least=90),
        lambda text: chrf(text, at_least=90),
    ],
    ids=["exact_match", "loose_match", "token_f1", "rouge_l", "bleu", "chrf"],
)
def test_texts_of_any_length_and_script_are_measured(make: Callable[[str], Expectation]) -> None:
    piece = "Rückgabe binnen 90 Tagen. "
    expectation = make("Refunds take thirty days")

    for text in ("", "退款期限为三十天", "سياسة الاسترداد", "🙂", piece * 1_000):
        assert not expectation.check(text).holds
    assert expectation.check(7) == unfit("7 is a text or a response  (its type is int)")
    assert growth(expectation.check, repeated(piece)) < LIMIT


@pytest.mark.usefixtures("sacrebleu")
def test_they_are_shown_as_one_writes_them() -> None:
    assert repr(exact_match("a b")) == "exact_match('a b')"
    assert repr(loose_match(["x", "y"])) == "loose_match(['x', 'y'])"
    assert repr(token_f1("x", at_least=0.5)) == "token_f1('x', at_least=0.5)"
    assert repr(rouge_l("x", tokenize="unicode")) == "rouge_l('x', at_least=0.5, tokenize='unicode')"
    assert repr(bleu("x", at_least=30, tokenize="char")) == "bleu('x', at_least=30, tokenize='char')"
    assert repr(chrf("x", at_least=30, word_order=2)) == "chrf('x', at_least=30, word_order=2)"


@pytest.mark.parametrize("make", [bleu, chrf])
def test_without_sacrebleu_the_extra_is_named(make: type[Expectation], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sacrebleu", None)
    with pytest.raises(MissingExtraError) as caught:
        make("Paris", at_least=30)

    assert str(caught.value) == (
        'bleu and chrf need sacrebleu. Install it: pip install "pytest-llm-regression[metrics]"'
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: exact_match("A"),
            "exact_match('A') has nothing left to compare: punctuation and the words a, an, the are ignored."
            " Use equal_to('A', ignore='case').",
        ),
        (lambda: exact_match(7), "exact_match(7) needs a text, or a list of texts of which the best one counts."),
        (lambda: loose_match([]), "loose_match([]) needs a text, or a list of texts of which the best one counts."),
        (
            lambda: token_f1("x", at_least=0),
            "token_f1(): at_least=0 can never fail. Give a number above 0 and at most 1.",
        ),
        (
            lambda: token_f1("x", at_least=50),
            "token_f1(): at_least=50 can never pass: the scale ends at 1. Did you mean at_least=0.5?",
        ),
        (
            lambda: rouge_l("x", at_least="much"),
            "rouge_l(): at_least='much' is not a number above 0 and at most 1.",
        ),
        (
            lambda: rouge_l("退款期限为30天"),
            "rouge_l('退款期限为30天'): the tokens of rouge-score are runs of a-z and 0-9, 2 of the reference's"
            " 8 letters and digits. Use tokenize='unicode'.",
        ),
        (lambda: rouge_l("🙂", tokenize="unicode"), "rouge_l('🙂') has no word to compare."),
        (lambda: rouge_l(" "), "rouge_l() has nothing to compare with in an empty reference. Use equal_to('')."),
        (
            lambda: rouge_l("x", tokenize="zh"),
            "rouge_l(): 'zh' is not a tokenizer. Valid tokenizers: rouge-score, unicode.",
        ),
        (
            lambda: bleu("x", at_least=0.3),
            "bleu(): at_least=0.3 is next to nothing on a scale from 0 to 100. Did you mean at_least=30?",
        ),
        (
            lambda: bleu("x", at_least=30, tokenize="spm"),
            "bleu(): 'spm' is not a tokenizer. Valid tokenizers: 13a, intl, zh, char, none, ja-mecab, ko-mecab.",
        ),
        (
            lambda: bleu("退款期限为三十天", at_least=30),
            "bleu(): tokenize='13a' splits words at spaces, and the reference is written without."
            " Use tokenize='zh' for Chinese, 'ja-mecab' for Japanese, or 'char'.",
        ),
        (
            lambda: chrf("x", at_least=30, word_order=7),
            "chrf(): word_order=7 is not a whole number from 0 to 6.",
        ),
    ],
)
def test_misuse_is_refused_when_it_is_written(make: Callable[[], Expectation], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make()

    assert str(caught.value) == message
