"""How much of a reference is in a text: exact match, token F1, ROUGE-L, BLEU and chrF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

from pytest_llm.errors import ConfigurationError, MissingExtraError
from pytest_llm.metrics.normalise import squad

__all__ = [
    "BleuTokens",
    "RougeTokens",
    "bleu",
    "chrf",
    "rouge_l",
    "rouge_tokens",
    "token_f1",
    "unspaced_share",
    "within_either",
]

RougeTokens = Literal["rouge-score", "unicode"]
# Not those that fetch a model when they are first used: spm, flores101, flores200, spBLEU-1K.
BleuTokens = Literal["13a", "intl", "zh", "char", "none", "ja-mecab", "ko-mecab"]

# Thai, Lao, Burmese, Khmer, kana and Han are written without spaces.
_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003134f"
)
_UNSPACED_LETTER = re.compile(f"[{_UNSPACED}]")
_UNICODE_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_ROUGE_TOKEN = re.compile(r"[a-z0-9]+")


def token_f1(reference: str, text: str) -> float:
    """Return the F1 of the bags of words, from 0 to 1, after the normalisation of SQuAD (Rajpurkar et al. 2016)."""
    wanted, got = squad(reference).split(), squad(text).split()
    common = sum((Counter(wanted) & Counter(got)).values())
    return _f1(common, len(wanted), len(got))


def within_either(reference: str, text: str) -> bool:
    """Say whether one contains the other, normalised; an empty one is only within an empty one.

    The rule of ``FuzzyMatch`` in OpenAI Evals 3.0.1 (``evals.elsuite.utils.fuzzy_match``).
    """
    one, other = squad(reference), squad(text)
    return one == other if not one or not other else one in other or other in one


def rouge_l(reference: str, text: str, tokenize: RougeTokens) -> float:
    """Return the F-measure of ROUGE-L, from 0 to 1: of the longest common subsequence of words.

    Lin, "ROUGE: A Package for Automatic Evaluation of Summaries" (2004), with the tokens and the F1 of the
    rouge-score package, without stemming.
    """
    from rapidfuzz.distance import LCSseq

    wanted, got = rouge_tokens(reference, tokenize), rouge_tokens(text, tokenize)
    # Numbers instead of words: rapidfuzz would compare the words' hashes, which may collide.
    number = {word: place for place, word in enumerate(dict.fromkeys([*wanted, *got]))}
    common = LCSseq.similarity([number[word] for word in wanted], [number[word] for word in got])
    return _f1(common, len(wanted), len(got))


def rouge_tokens(text: str, tokenize: RougeTokens) -> list[str]:
    """Return the words of a text in lower case.

    Those of rouge-score are runs of a-z and 0-9 and nothing else; those of "unicode" are runs of letters and digits
    of any script, and single letters where a script is written without spaces.
    """
    return (_ROUGE_TOKEN if tokenize == "rouge-score" else _UNICODE_TOKEN).findall(text.lower())


def unspaced_share(text: str) -> float:
    """Return the share of a text's letters that belong to scripts written without spaces, from 0 to 1."""
    letters = sum(map(str.isalpha, text))
    return len(_UNSPACED_LETTER.findall(text)) / letters if letters else 0.0


def bleu(references: Sequence[str], text: str, tokenize: BleuTokens) -> float:
    """Return the sentence BLEU of sacrebleu, from 0 to 100, with effective order and exponential smoothing."""
    sacrebleu = _sacrebleu()
    try:
        return float(sacrebleu.sentence_bleu(text, list(references), tokenize=tokenize).score)
    except (ImportError, RuntimeError) as error:
        said = " ".join(str(error).split())
        raise ConfigurationError(f"bleu(tokenize={tokenize!r}) cannot tokenize: {said}") from error


def chrf(references: Sequence[str], text: str, word_order: int) -> float:
    """Return the sentence chrF of sacrebleu, from 0 to 100."""
    return float(_sacrebleu().sentence_chrf(text, list(references), word_order=word_order).score)


def _f1(common: int, wanted: int, got: int) -> float:
    if not common:
        return 0.0
    precision, recall = common / got, common / wanted
    return 2 * precision * recall / (precision + recall)


def _sacrebleu() -> Any:
    try:
        import sacrebleu
    except ImportError as error:
        raise MissingExtraError(
            'bleu and chrf need sacrebleu. Install it: pip install "pytest-llm-regression[metrics]"'
        ) from error
    return sacrebleu
