"""Expectations on meaning: the similarity of sentence embeddings, guarded where embeddings are blind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pytest_llm import host
from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import Expectation, Finding, limited, no_text, text_of
from pytest_llm.expectations.showing import beside, whole
from pytest_llm.host import Similarity
from pytest_llm.metrics.guards import GUARDS, Guard, differences
from pytest_llm.text import short

__all__ = ["Similar", "similar_to"]

By = Literal["text", "sentence"]


def similar_to(
    text: object,
    threshold: float = 0.8,
    *,
    guards: Sequence[Guard] = GUARDS,
    by: By = "text",
) -> Expectation:
    """Expect the same meaning: the cosine of the embeddings of both texts is at least ``threshold`` (-1 to 1).

    ``text`` is a text, a response, or a list of them, of which the best counts. The embedder is ``--llm-embedder``.
    With all-MiniLM-L6-v2 true paraphrases score from 0.5 up; ``--llm-calibrate`` tells what the suite's own texts need.
    While recording, scores are written to the test's cassette, and replay reads them there: it needs no embedder.

    Embeddings are nearly blind to numbers and units, dates, negation, names, and to who did what to whom, so each of
    these ``guards`` also compares them; ``guards=()`` turns them off, or name the ones to keep. Guards know English;
    in other languages only numbers are compared.

    ``by="sentence"`` asks that every sentence of the reference is covered by some sentence of the answer, which may
    say more; use it for texts longer than the embedder reads (all-MiniLM-L6-v2: 256 tokens).
    """
    texts = tuple(map(_reference, text if isinstance(text, list | tuple) else [text]))
    if not texts or not all(one.strip() for one in texts):
        raise ConfigurationError(f"similar_to({text!r}) has an empty reference, which has no meaning to compare.")
    if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not -1 < threshold <= 1:
        near = f" Did you mean {threshold / 100:g}?" if type(threshold) in (int, float) and 1 < threshold <= 100 else ""
        raise ConfigurationError(
            f"similar_to(threshold={threshold!r}) is no cosine that can be missed: more than -1 and at most 1.{near}"
        )
    if by not in ("text", "sentence"):
        raise ConfigurationError(f"similar_to(by={by!r}) is not known. Valid: 'text', 'sentence'.")
    named: tuple[Guard, ...] = tuple(guards) if not isinstance(guards, str) else (guards,)  # type: ignore[assignment]
    if unknown := [guard for guard in named if guard not in GUARDS]:
        raise ConfigurationError(
            f"similar_to(guards={guards!r}): {unknown[0]!r} is no guard. Valid guards: {', '.join(GUARDS)}."
        )
    return Similar(texts, float(threshold), named, by)


@dataclass(eq=False, repr=False)
class Similar(Expectation):
    """See ``similar_to``."""

    texts: tuple[str, ...]
    threshold: float
    guards: tuple[Guard, ...]
    by: By

    def __repr__(self) -> str:
        said = repr(short(self.texts[0], 60)) if len(self.texts) == 1 else f"[{len(self.texts)} texts]"
        return f"similar_to({said}{'' if self.threshold == 0.8 else f', threshold={self.threshold:g}'})"

    def finding(self, value: object) -> Finding:
        """Compare with every reference; the best one is told."""
        text = text_of(value)
        if text is None:
            return no_text(value)
        if not text.strip():
            return Finding(False, f"similarity >= {self.threshold:.2f}  (the answer is empty)")
        return self._by_sentence(text) if self.by == "sentence" else self._whole(text)

    def _whole(self, text: str) -> Finding:
        scores = self._scores(text, self.texts)
        order = sorted(range(len(self.texts)), key=lambda index: -scores[index].score)
        best, differing = order[0], ""
        for index in order:
            if scores[index].score < self.threshold:
                break
            said = _differing(self.texts[index], text, self.guards, scores[index].differs)
            if not said:
                return self._found(True, text, index, scores[index], "")
            if not differing:
                best, differing = index, said
        return self._found(False, text, best, scores[best], differing)

    def _found(self, holds: bool, text: str, index: int, similar: Similarity, differing: str) -> Finding:
        reference = self.texts[index]
        claim = f"similarity {beside(similar.score, self.threshold, 2)}"
        which = f", reference {index + 1} of {len(self.texts)}" if len(self.texts) > 1 else ""
        cut = f", which read {similar.cut}" if similar.cut else ""
        claim += f", but {differing}" if differing else f"  ({_short_name(similar)}{cut}{which})"
        evidence = [f"- {short(reference, 96)}", f"+ {short(text, 96)}"]
        if differing:
            evidence.append(f"({_short_name(similar)}{cut}{which})")
        return Finding(holds, claim, tuple(evidence), whole(reference, text))

    def _by_sentence(self, text: str) -> Finding:
        found = [self._covered(text, reference) for reference in self.texts]
        return next((one for one in found if one.holds), found[0])

    def _covered(self, text: str, reference: str) -> Finding:
        wanted = _sentences(reference)
        scores = self._scores(text, wanted)
        missing = [
            f"- {beside(similar.score, self.threshold, 2).partition(' ')[0]}  {short(sentence, 90)}"
            for sentence, similar in zip(wanted, scores, strict=True)
            if similar.score < self.threshold
        ]
        differing = "" if missing else _differing(reference, text, self.guards)
        name = _short_name(scores[0])
        claim = f"every sentence has similarity >= {self.threshold:.2f}"
        if differing:
            claim += f", but {differing}"
        else:
            claim += f"  ({len(missing)} of {len(wanted)} not covered, {name})"
        return Finding(not missing and not differing, claim, limited(missing), whole(reference, text))

    def _scores(self, text: str, references: Sequence[str]) -> list[Similarity]:
        runner = host.current()
        if runner is None:
            raise ConfigurationError(f"{self!r} needs an embedder, which only a pytest run has.")
        scores = runner.similarities(text, references, self.by)
        runner.compared(self, scores, text)
        return scores


def _differing(reference: str, text: str, guards: Sequence[Guard], known: Mapping[str, str] | None = None) -> str:
    """Return what an embedding overlooks: the guards' findings, then that of a plugged-in inference model."""
    if not guards:
        return ""
    found = _by_guard(reference, text, guards) if known is None else known
    if said := [found[guard] for guard in guards if guard in found]:
        return "; ".join(said)
    runner = host.current()
    if runner is None or runner.infers(reference, text) != "contradiction":
        return ""
    return "the inference model reads a contradiction"


def _by_guard(reference: str, text: str, guards: Sequence[Guard]) -> dict[str, str]:
    return {one.guard: one.message for one in differences(reference, text, guards)}


def _sentences(text: str) -> list[str]:
    from pytest_llm.metrics.length import sentence_list

    return sentence_list(text) or [text]


def _short_name(similar: Similarity) -> str:
    return similar.embedder.partition(":")[2] or similar.embedder


def _reference(item: object) -> str:
    text = text_of(item)
    if text is None:
        raise ConfigurationError(f"similar_to({item!r}) takes a text, a response, or a list of them.")
    return text
