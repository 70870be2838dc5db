"""Expect a text to be like a reference, by the overlap measures of question answering, summaries and translation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import get_args

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations import checks
from pytest_llm.expectations.base import Expectation, Finding, no_text, text_of
from pytest_llm.expectations.literals import apart, other_form, quoted
from pytest_llm.expectations.showing import aligned, beside, got, listed, whole
from pytest_llm.metrics import overlap
from pytest_llm.metrics.normalise import squad
from pytest_llm.metrics.overlap import BleuTokens, RougeTokens

__all__ = ["bleu", "chrf", "exact_match", "loose_match", "rouge_l", "token_f1"]

_READ_BY_ROUGE = 0.5  # of the letters and digits of a reference


@dataclass(eq=False, repr=False)
class Scored(Expectation):
    """A least score against the best of some references."""

    call: str
    label: str
    source: str
    references: tuple[str, ...]
    at_least: float
    top: int
    measure: Callable[[Sequence[str], str], float]

    def __repr__(self) -> str:
        return self.call

    def finding(self, value: object) -> Finding:
        """Measure the text."""
        text = text_of(value)
        if text is None:
            return no_text(value)
        score = self.measure(self.references, text)
        best = f", {len(self.references)} references" if len(self.references) > 1 else ""
        claim = f"{self.label} {beside(score, self.at_least, 2 if self.top == 1 else 1)}  ({self.source}{best})"
        nearest = max(self.references, key=lambda one: self.measure([one], text))
        return Finding(score >= self.at_least, claim, aligned(nearest, text), whole(nearest, text))


@dataclass(eq=False, repr=False)
class Matched(Expectation):
    """An answer that is a reference after normalisation, or has it, or is in it."""

    call: str
    label: str
    references: tuple[str, ...]
    same: Callable[[str, str], bool]

    def __repr__(self) -> str:
        return self.call

    def finding(self, value: object) -> Finding:
        """Compare with each reference."""
        text = text_of(value)
        if text is None:
            return no_text(value)
        wanted = [squad(one) for one in self.references]
        seen = squad(text)
        claim = f"{self.label}  (SQuAD normalisation)"
        if any(self.same(one, text) for one in self.references):
            return Finding(True, claim, (got(text),))
        forms = [(one, found) for one in wanted if (found := other_form(one, seen))]
        instead = ["instead of {} it has {}".format(*apart(one, found, 40)) for one, found in forms[:1]]
        shown = aligned(wanted[0], seen) if len(wanted) == 1 and not instead else (*instead, got(text))
        return Finding(False, claim, shown, whole("\n".join(wanted), seen))


def exact_match(reference: str | Sequence[str]) -> Expectation:
    """Expect the answer to be a reference, but for case, ASCII punctuation, the words a, an, the, and white space.

    The exact match of SQuAD (Rajpurkar et al. 2016). Of several references any one will do.
    """
    references = _answers("exact_match", reference)
    return Matched(_call("exact_match", references), f"exact match of {_named(references)}", references, _equal)


def loose_match(reference: str | Sequence[str]) -> Expectation:
    """Expect the answer to contain a reference, or a reference the answer, normalised as for ``exact_match``.

    The same as ``FuzzyMatch`` in OpenAI Evals.
    """
    references = _answers("loose_match", reference)
    label = f"loose match of {_named(references)}"
    return Matched(_call("loose_match", references), label, references, overlap.within_either)


def token_f1(reference: str | Sequence[str], *, at_least: float) -> Expectation:
    """Expect a least F1 of the words that answer and reference share, from 0 to 1; the best of several references.

    The F1 of SQuAD (Rajpurkar et al. 2016), after the normalisation of ``exact_match``.
    """
    references = _answers("token_f1", reference)
    call = _call("token_f1", references, at_least)
    least = checks.bound("token_f1()", "at_least", at_least, 1)
    return Scored(call, "token F1", "SQuAD", references, least, 1, _best(overlap.token_f1))


def rouge_l(
    reference: str | Sequence[str], *, at_least: float = 0.5, tokenize: RougeTokens = "rouge-score"
) -> Expectation:
    """Expect a least ROUGE-L, from 0 to 1: F1 of the longest common subsequence of words (Lin 2004).

    The figures are those of the rouge-score package without stemming; the best of several references. Its tokens are
    runs of a-z and 0-9 only; ``tokenize="unicode"`` reads words of any script, and single letters where words are
    not spaced (Chinese, Japanese, Thai).
    """
    references = _references("rouge_l", reference)
    if tokenize not in get_args(RougeTokens):
        valid = ", ".join(get_args(RougeTokens))
        raise ConfigurationError(f"rouge_l(): {tokenize!r} is not a tokenizer. Valid tokenizers: {valid}.")
    for one in references:
        _check_rouge(one, tokenize)
    least = checks.bound("rouge_l()", "at_least", at_least, 1)
    option = "" if tokenize == "rouge-score" else f", tokenize={tokenize!r}"
    source = "tokens of rouge-score" if tokenize == "rouge-score" else "unicode tokens"

    def measure(one: str, text: str) -> float:
        return overlap.rouge_l(one, text, tokenize)

    return Scored(
        _call("rouge_l", references, at_least, option), "ROUGE-L", source, references, least, 1, _best(measure)
    )


def bleu(reference: str | Sequence[str], *, at_least: float, tokenize: BleuTokens = "13a") -> Expectation:
    """Expect a least BLEU, from 0 to 100, as sacrebleu computes it of one sentence.

    Several references count together, as BLEU defines it (Papineni et al. 2002). ``tokenize`` is sacrebleu's: "13a",
    "intl", "zh" for Chinese, "char", "none", "ja-mecab", "ko-mecab". BLEU was made for corpora: of one short answer
    it is coarse. Needs the extra ``metrics``.
    """
    references = _references("bleu", reference)
    if tokenize not in get_args(BleuTokens):
        valid = ", ".join(get_args(BleuTokens))
        raise ConfigurationError(f"bleu(): {tokenize!r} is not a tokenizer. Valid tokenizers: {valid}.")
    if tokenize in ("13a", "intl", "none") and any(overlap.unspaced_share(one) > 0.5 for one in references):
        raise ConfigurationError(
            f"bleu(): tokenize={tokenize!r} splits words at spaces, and the reference is written without."
            " Use tokenize='zh' for Chinese, 'ja-mecab' for Japanese, or 'char'."
        )
    least = checks.bound("bleu()", "at_least", at_least, 100)
    option = "" if tokenize == "13a" else f", tokenize={tokenize!r}"
    overlap.bleu(references, references[0], tokenize)  # what is not installed is said now, not in the comparison

    def measure(some: Sequence[str], text: str) -> float:
        return overlap.bleu(some, text, tokenize)

    return Scored(
        _call("bleu", references, at_least, option), "BLEU", f"sacrebleu, {tokenize}", references, least, 100, measure
    )


def chrf(reference: str | Sequence[str], *, at_least: float, word_order: int = 0) -> Expectation:
    """Expect a least chrF, from 0 to 100: the F-score of character n-grams (Popović 2015) as sacrebleu computes it.

    Good for any script; the best of several references. ``word_order=2`` makes it chrF++. Needs the extra
    ``metrics``.
    """
    references = _references("chrf", reference)
    if isinstance(word_order, bool) or not isinstance(word_order, int) or not 0 <= word_order <= 6:
        raise ConfigurationError(f"chrf(): word_order={word_order!r} is not a whole number from 0 to 6.")
    least = checks.bound("chrf()", "at_least", at_least, 100)
    overlap.chrf(references, references[0], word_order)
    option = f", word_order={word_order}" if word_order else ""

    def measure(some: Sequence[str], text: str) -> float:
        return overlap.chrf(some, text, word_order)

    return Scored(_call("chrf", references, at_least, option), "chrF", "sacrebleu", references, least, 100, measure)


def _equal(reference: str, text: str) -> bool:
    return squad(reference) == squad(text)


def _best(measure: Callable[[str, str], float]) -> Callable[[Sequence[str], str], float]:
    return lambda references, text: max(measure(one, text) for one in references)


def _answers(name: str, reference: object) -> tuple[str, ...]:
    references = checks.texts(name, reference)
    for one in references:
        if not squad(one):
            raise ConfigurationError(
                f"{name}({one!r}) has nothing left to compare: punctuation and the words a, an, the are ignored."
                f" Use equal_to({one!r}, ignore='case')."
            )
    return references


def _references(name: str, reference: object) -> tuple[str, ...]:
    references = checks.texts(name, reference)
    if not all(one.strip() for one in references):
        raise ConfigurationError(f"{name}() has nothing to compare with in an empty reference. Use equal_to('').")
    return references


def _check_rouge(reference: str, tokenize: RougeTokens) -> None:
    read = sum(map(len, overlap.rouge_tokens(reference, tokenize)))
    written = sum(map(str.isalnum, reference))
    if read and read >= _READ_BY_ROUGE * written:
        return
    if tokenize == "unicode":
        raise ConfigurationError(f"rouge_l({quoted(reference)}) has no word to compare.")
    raise ConfigurationError(
        f"rouge_l({quoted(reference)}): the tokens of rouge-score are runs of a-z and 0-9, {read} of the reference's"
        f" {written} letters and digits. Use tokenize='unicode'."
    )


def _call(name: str, references: Sequence[str], at_least: float | None = None, options: str = "") -> str:
    shown = [quoted(one) for one in references]
    said = shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"
    return f"{name}({said}{'' if at_least is None else f', at_least={at_least:g}'}{options})"


def _named(references: Sequence[str]) -> str:
    if len(references) == 1:
        return quoted(references[0])
    return f"any of {listed([quoted(one, 40) for one in references], 60)}"
