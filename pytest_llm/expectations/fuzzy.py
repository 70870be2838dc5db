"""Expect a text to be nearly another one, character by character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations import checks
from pytest_llm.expectations.base import Expectation, Finding, no_text, text_of
from pytest_llm.expectations.literals import alike, apart, quoted
from pytest_llm.expectations.showing import aligned, beside, ignored, whole
from pytest_llm.metrics import fuzzy
from pytest_llm.metrics.fuzzy import SCORERS, Scorer
from pytest_llm.metrics.normalise import Ignorable, ignoring
from pytest_llm.text import and_list

__all__ = ["fuzzy_match"]


@dataclass(eq=False, repr=False)
class Fuzzy(Expectation):
    """A least score, or a greatest distance, to one of several texts."""

    texts: tuple[str, ...]
    ratio: float | None
    distance: int | None
    scorer: Scorer
    ignore: tuple[Ignorable, ...]

    def __repr__(self) -> str:
        shown = [quoted(text) for text in self.texts]
        said = [shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"]
        said.append(f"distance={self.distance}" if self.ratio is None else f"ratio={self.ratio:g}")
        if self.scorer != "ratio":
            said.append(f"scorer={self.scorer!r}")
        return f"fuzzy_match({', '.join(said + [f'ignore_{what}=True' for what in self.ignore])})"

    def finding(self, value: object) -> Finding:
        """Compare with each text; the best one counts."""
        text = text_of(value)
        if text is None:
            return no_text(value)
        seen = ignoring(text, self.ignore)
        wanted = [ignoring(one, self.ignore) for one in self.texts]
        if self.ratio is None:
            return self._by_distance(wanted, seen)
        scores = [fuzzy.score(self.scorer, one, seen) for one in wanted]
        best = scores.index(max(scores))
        claim = f"ratio {beside(scores[best], self.ratio, 0)}  ({self._how(f'rapidfuzz {self.scorer}')})"
        shown = difference(self.scorer, wanted[best], seen)
        return Finding(scores[best] >= self.ratio, claim, shown, whole(wanted[best], seen))

    def _by_distance(self, wanted: Sequence[str], seen: str) -> Finding:
        assert self.distance is not None
        distances = [fuzzy.distance(one, seen) for one in wanted]
        best = distances.index(min(distances))
        claim = f"distance {distances[best]} <= {self.distance}  ({self._how('Levenshtein')})"
        return Finding(distances[best] <= self.distance, claim, aligned(wanted[best], seen), whole(wanted[best], seen))

    def _how(self, measure: str) -> str:
        best = f"best of {len(self.texts)} texts" if len(self.texts) > 1 else ""
        return ", ".join(filter(None, (measure, best, ignored(self.ignore))))


def fuzzy_match(
    text: str | Sequence[str],
    *,
    ratio: float | None = None,
    distance: int | None = None,
    scorer: Scorer = "ratio",
    ignore_case: bool = False,
    ignore_whitespace: bool = False,
) -> Expectation:
    """Expect a text that is nearly this one, by its characters.

    ``ratio`` is the least score, above 0 and up to 100, of a rapidfuzz ``scorer``: "ratio" compares in full,
    "partial_ratio" the best-matching part, the "token_..." ones words in any order, "WRatio" the best of these,
    "jaro_winkler" (times 100) favours a common beginning. ``distance`` is instead the greatest Levenshtein distance:
    so many characters inserted, deleted or replaced. Of a list of texts the best one counts. ``ignore_whitespace``
    makes each run of white space one space. The score is exactly rapidfuzz's own, without a processor.
    """
    texts = checks.texts("fuzzy_match", text)
    call = f"fuzzy_match({quoted(texts[0])})"
    chosen: dict[Ignorable, bool] = {"case": ignore_case, "whitespace": ignore_whitespace}
    ignore = tuple(what for what, wanted in chosen.items() if wanted)
    if any(not ignoring(one, ignore) for one in texts):
        raise ConfigurationError("fuzzy_match() has nothing to compare with in an empty text. Use equal_to('').")
    if scorer not in SCORERS:
        raise ConfigurationError(f"{call}: {scorer!r} is not a scorer. Valid scorers: {', '.join(SCORERS)}.")
    if (ratio is None) == (distance is None):
        raise ConfigurationError(f"{call} needs either ratio= (up to 100) or distance= (a number of edits).")
    if ratio is not None:
        return Fuzzy(texts, checks.bound(call, "ratio", ratio, 100), None, scorer, ignore)
    if scorer != "ratio":
        raise ConfigurationError(f"{call}: scorer={scorer!r} goes with ratio=; distance= is always Levenshtein's.")
    return Fuzzy(texts, None, _edits(call, distance, [ignoring(one, ignore) for one in texts]), "ratio", ignore)


def _edits(call: str, distance: object, texts: Sequence[str]) -> int:
    if isinstance(distance, bool) or not isinstance(distance, int) or distance < 0:
        raise ConfigurationError(f"{call}: distance={distance!r} is not a number of edits: a whole number from 0.")
    shortest = min(texts, key=len)
    if distance >= len(shortest):
        raise ConfigurationError(
            f"{call}: distance={distance} replaces every character of {quoted(shortest)}, so any text of that length"
            f" passes. Give less than {len(shortest)}."
        )
    return distance


def difference(scorer: Scorer, expected: str, text: str) -> tuple[str, ...]:
    """Return what the scorer found different: in the part it compared, among the words, or in full."""
    if "token" in scorer:
        ours, theirs = dict.fromkeys(expected.split()), dict.fromkeys(text.split())
        missing, added = [one for one in ours if one not in theirs], [one for one in theirs if one not in ours]
        both = (("-", missing, added), ("+", added, missing))
        return tuple(f"{sign} {_words(words, others)}" for sign, words, others in both if words)
    if scorer == "partial_ratio" and expected and text:
        return aligned(*fuzzy.compared_parts(expected, text))
    return aligned(expected, text)


def _words(words: list[str], others: list[str]) -> str:
    named = [_named(word, others[:6]) for word in words[:6]]
    return and_list(named) if len(words) <= 6 else f"{', '.join(named[:5])} and {len(words) - 5} more words"


def _named(word: str, others: list[str]) -> str:
    return next((apart(word, other, 30)[0] for other in others if alike(word, other)), quoted(word, 30))
