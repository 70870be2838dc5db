"""Weighted grades: the expectation of the grade under the judge's own token probabilities (G-Eval)."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from pytest_llm.judges.rubric import Rubric
from pytest_llm.messages import TokenLogprob

__all__ = ["grade_probabilities"]

_PLACE = re.compile(r'"grade"\s*:\s*"?(?=[^\s"])')


def grade_probabilities(tokens: Sequence[TokenLogprob], rubric: Rubric) -> tuple[tuple[int, float], ...]:
    """Return each grade with its probability (they sum to 1), the lowest first; () when the tokens do not tell.

    The weighted grade is the sum of grade times probability over the candidates for the token of the grade, as in Liu
    et al. (2023), "G-Eval: NLG Evaluation using GPT-4 with Better Human Alignment". Candidates that are no grade are
    left out and the rest is normalised.
    """
    token = _token_of_grade(tokens)
    if token is None:
        return ()
    grades = _spellings(rubric)
    found: dict[int, float] = {}
    for text, logprob in token.top or ((token.token, token.logprob),):
        grade = grades.get(text.strip().strip('"'))
        if grade is not None:
            found[grade] = found.get(grade, 0.0) + math.exp(logprob)
    total = sum(found.values())
    return tuple((grade, found[grade] / total) for grade in sorted(found)) if total > 0 else ()


def _token_of_grade(tokens: Sequence[TokenLogprob]) -> TokenLogprob | None:
    text = "".join(token.token for token in tokens)
    places = list(_PLACE.finditer(text))
    if not places:
        return None
    wanted, reached = places[-1].end(), 0
    for token in tokens:
        reached += len(token.token)
        if reached > wanted:
            return token
    return None


def _spellings(rubric: Rubric) -> dict[str, int]:
    spelled = dict(rubric.spellings)
    if rubric.scale == (0, 1):
        spelled |= {text.capitalize(): value for text, value in rubric.spellings.items()}
    return spelled
