"""``similar_to``: what its findings say, for scores that a run gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from pytest_llm import host
from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import Expectation, Finding
from pytest_llm.expectations.meaning import similar_to
from pytest_llm.host import Similarity
from pytest_llm.messages import Response

WHOLE = ("expected:", "  Returns take 30 days.", "got:", "  Returns take 90 days.")


class Run:
    """A run whose embedder gives these scores, by reference."""

    def __init__(self) -> None:
        self.scores: dict[str, float] = {}
        self.asked: list[tuple[str, tuple[str, ...], str]] = []
        self.cut = ""
        self.label: str | None = None

    def made(self, expectation: Expectation) -> None:
        """Take no note."""

    def similarities(self, text: str, references: Sequence[str], by: str = "text") -> list[Similarity]:
        """Give the scores."""
        self.asked.append((text, tuple(references), by))
        return [Similarity(self.scores[reference], "onnx:small", self.cut) for reference in references]

    def compared(self, expectation: Expectation, scores: Sequence[Similarity], text: str) -> None:
        """Take no note."""

    def infers(self, premise: str, hypothesis: str) -> str | None:
        """Give the label."""
        return self.label


@pytest.fixture
def run() -> Iterator[Run]:
    """Give a run that expectations see."""
    one = Run()

    def factory() -> Run:
        return one

    host.enter(factory)
    yield one
    host.leave(factory)


def test_enough_passes(run: Run) -> None:
    run.scores = {"Hello there.": 0.8}

    assert similar_to("Hello there.").check(Response("Hi.")) == Finding(
        True,
        "similarity 0.80 >= 0.80  (small)",
        ("- Hello there.", "+ Hi."),
        ("expected:", "  Hello there.", "got:", "  Hi."),
    )


@pytest.mark.parametrize(
    ("score", "said"),
    [
        (0.6, "0.60 >= 0.80"),
        (-0.12, "-0.12 >= 0.80"),
        (0.7951, "0.795 >= 0.800"),
        (0.79999, "0.79999 >= 0.80000"),
        (0.7999999, "0.7999999 >= 0.8000000"),
    ],
)
def test_too_little_fails_with_as_many_digits_as_tell_it(run: Run, score: float, said: str) -> None:
    run.scores = {"Hello there.": score}
    found = similar_to("Hello there.").check("Hi.")

    assert (found.holds, found.claim) == (False, f"similarity {said}  (small)")


def test_the_best_of_several_references_counts_and_is_told(run: Run) -> None:
    run.scores = {"one": 0.2, "two": 0.5, "three": 0.4}
    found = similar_to(["one", "two", "three"]).check("Hi.")

    assert (found.claim, found.evidence) == ("similarity 0.50 >= 0.80  (small, reference 2 of 3)", ("- two", "+ Hi."))
    assert run.asked == [("Hi.", ("one", "two", "three"), "text")]


def test_a_guard_names_what_the_embedding_overlooks(run: Run) -> None:
    run.scores = {"Returns take 30 days.": 0.93}

    assert similar_to("Returns take 30 days.").check("Returns take 90 days.") == Finding(
        False,
        "similarity 0.93 >= 0.80, but the numbers differ: 30 -> 90 days",
        ("- Returns take 30 days.", "+ Returns take 90 days.", "(small)"),
        WHOLE,
    )


def test_without_guards_the_embedding_decides(run: Run) -> None:
    run.scores = {"Returns take 30 days.": 0.93}
    found = similar_to("Returns take 30 days.", guards=()).check("Returns take 90 days.")

    assert (found.holds, found.claim) == (True, "similarity 0.93 >= 0.80  (small)")


def test_a_reference_that_a_guard_accepts_passes_though_another_is_nearer(run: Run) -> None:
    run.scores = {"Returns take 30 days.": 0.95, "You have 90 days.": 0.85}
    found = similar_to(["Returns take 30 days.", "You have 90 days."]).check("Returns take 90 days.")

    assert (found.holds, found.claim) == (True, "similarity 0.85 >= 0.80  (small, reference 2 of 2)")


def test_an_inference_model_may_contradict(run: Run) -> None:
    run.scores, run.label = {"Soup is warm.": 0.9}, "contradiction"
    found = similar_to("Soup is warm.").check("Soup is warm.")

    assert (found.holds, found.claim) == (
        False,
        "similarity 0.90 >= 0.80, but the inference model reads a contradiction",
    )


def test_what_was_cut_is_said(run: Run) -> None:
    run.scores, run.cut = {"one": 0.9}, "256 of 412 tokens"

    assert similar_to("one").check("Hi.").claim == "similarity 0.90 >= 0.80  (small, which read 256 of 412 tokens)"


def test_by_sentence_names_the_sentences_that_are_not_covered(run: Run) -> None:
    run.scores = {"It is red.": 0.9, "It is big.": 0.31, "It is here.": 0.52}
    found = similar_to("It is red. It is big. It is here.", by="sentence").check("Red it is. And more.")

    assert (found.holds, found.claim, found.evidence) == (
        False,
        "every sentence has similarity >= 0.80  (2 of 3 not covered, small)",
        ("- 0.31  It is big.", "- 0.52  It is here."),
    )
    assert run.asked == [("Red it is. And more.", ("It is red.", "It is big.", "It is here."), "sentence")]


def test_by_sentence_passes_when_every_one_is_covered_and_no_guard_objects(run: Run) -> None:
    run.scores = {"It costs $5.": 0.9, "It is big.": 0.85}
    expectation = similar_to("It costs $5. It is big.", by="sentence")

    assert expectation.check("It costs $5. Big it is.").holds
    assert (
        expectation.check("It costs $7. Big it is.").claim
        == "every sentence has similarity >= 0.80, but the numbers differ: $5 -> $7"
    )


@pytest.mark.parametrize(
    "text", ["天气很好。", "الطقس جميل اليوم", "🎉🎉", "word " * 40_000], ids=["chinese", "arabic", "emoji", "200-kB"]
)
def test_any_text_is_compared(run: Run, text: str) -> None:
    run.scores = {text: 0.9}

    assert similar_to(text).check(text).holds


@pytest.mark.parametrize(
    ("value", "claim"),
    [
        ("", "similarity >= 0.80  (the answer is empty)"),
        (" \n", "similarity >= 0.80  (the answer is empty)"),
        (None, "None is a text or a response  (its type is NoneType)"),
        (3, "3 is a text or a response  (its type is int)"),
    ],
)
def test_what_has_no_meaning_fails_without_asking(run: Run, value: object, claim: str) -> None:
    found = similar_to("one").check(value)

    assert (found.holds, found.claim, run.asked) == (False, claim, [])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(((),), r"similar_to\(\(\)\) has an empty reference, which has no meaning to compare\.", id="none"),
        pytest.param(
            (" ",), r"similar_to\(' '\) has an empty reference, which has no meaning to compare\.", id="empty"
        ),
        pytest.param((3,), r"similar_to\(3\) takes a text, a response, or a list of them\.", id="number"),
        pytest.param(
            ("a", 80),
            r"similar_to\(threshold=80\) is no cosine that can be missed: more than -1 and at most 1\. "
            r"Did you mean 0\.8\?",
            id="never-passes",
        ),
        pytest.param(
            ("a", -1),
            r"similar_to\(threshold=-1\) is no cosine that can be missed: more than -1 and at most 1\.",
            id="never-fails",
        ),
    ],
)
def test_a_wrong_argument_is_an_error(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{message}$"):
        similar_to(*arguments)  # type: ignore[arg-type]


def test_an_unknown_guard_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(ConfigurationError) as caught:
        similar_to("a", guards=("numbers", "tone"))  # type: ignore[arg-type]

    assert str(caught.value) == (
        "similar_to(guards=('numbers', 'tone')): 'tone' is no guard. "
        "Valid guards: numbers, dates, negation, entities, roles."
    )


def test_an_unknown_way_to_compare_is_an_error() -> None:
    with pytest.raises(
        ConfigurationError, match=r"^similar_to\(by='word'\) is not known\. Valid: 'text', 'sentence'\.$"
    ):
        similar_to("a", by="word")  # type: ignore[arg-type]


def test_its_repr_is_how_it_was_written() -> None:
    assert repr(similar_to("Hello")) == "similar_to('Hello')"
    assert repr(similar_to(["Hello", "Hi"], 0.7)) == "similar_to([2 texts], threshold=0.7)"
