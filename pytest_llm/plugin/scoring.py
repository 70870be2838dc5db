"""The scores of a run's texts: recorded in the test's cassette, or computed by the configured embedder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from threading import RLock
from typing import Any
from weakref import ReferenceType, ref

import pytest

from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.scores import digest
from pytest_llm.embedders.base import API, DEFAULT, Name, read_name
from pytest_llm.errors import ConfigurationError, LLMError
from pytest_llm.expectations.base import Expectation
from pytest_llm.host import Similarity
from pytest_llm.metrics.guards import differences
from pytest_llm.plugin.embedding import Vectors, embedder_of
from pytest_llm.plugin.scores import INFERENCE, ScoreBook
from pytest_llm.plugin.stash import SESSION, SETTINGS
from pytest_llm.plugin.watch import source_of

__all__ = ["RunEmbedder", "Scoring"]

_LABELS = ("entailment", "neutral", "contradiction")


class Scoring:
    """How alike texts are, for the test that ``item`` returns, which is None while tests are collected.

    ``missed`` are the running test's scores that were neither recorded nor could be computed.
    """

    def __init__(self, config: pytest.Config, item: Callable[[], pytest.Item | None]) -> None:
        self.config = config
        self.settings = config.stash[SETTINGS]
        self.book = ScoreBook(self.settings)
        self.missed: list[BaseException] = []
        self._item = item
        self._lock = RLock()
        self._waiting: list[ReferenceType[Expectation]] = []
        self._told = _nothing()

    @cached_property
    def name(self) -> Name:
        """The embedder's name; raises ``ConfigurationError`` when there is no model in it."""
        return read_name(self.settings.embedder or DEFAULT)

    @cached_property
    def _spelled(self) -> str:
        return str(self.name)

    @cached_property
    def vectors(self) -> Vectors:
        """The vectors of this run's texts."""
        return Vectors(self.name, lambda: embedder_of(self.config, self.settings.embedder))

    @cached_property
    def _inference(self) -> Callable[[str, str], str] | None:
        model: Callable[[str, str], str] | None = self.config.hook.pytest_llm_inference(config=self.config)
        return model

    def foresee(self, expectation: Expectation) -> None:
        """Have the texts of an expectation that was made before any test embedded with the first batch."""
        self._waiting.append(ref(expectation))

    def end(self) -> dict[str, Any]:
        """Return what is to be told of a test that ended, nothing if there is nothing; the next one begins."""
        told, self._told, self.missed = self._told, _nothing(), []
        return told if told != _nothing() else {}

    def similarities(self, text: str, references: Sequence[str], by: str = "text") -> list[Similarity]:
        """Return how alike the text and each reference are, recorded or by the configured embedder.

        Raises ``CassetteMissError`` when a score is not recorded and cannot be computed here.
        """
        with self._lock:
            return self._similarities(text, references, by)

    def _similarities(self, text: str, references: Sequence[str], by: str) -> list[Similarity]:
        item = self._item()
        if self.name.kind == API:
            return self._computed(self._api_vectors(item), text, references, by)
        if item is None:
            return self._computed(self.vectors, text, references, by)
        found = self._known(item, text, references, by)
        if len(found) < len(references):
            text = self._redacted(text)  # as it is recorded
            found |= self._known(item, text, references, by)
        missing = [reference for reference in references if reference not in found]
        if missing:
            self._add(item, text, missing, by, found)
        return [_similarity(found[reference]) for reference in references]

    def _known(self, item: pytest.Item, text: str, references: Sequence[str], by: str) -> dict[str, Entry]:
        hashed = digest(text)
        return {
            reference: entry
            for reference in references
            if (entry := self.book.find(item, (self._spelled, by, digest(reference), hashed))) is not None
        }

    def compared(self, expectation: Expectation, scores: Sequence[Similarity], text: str) -> None:
        """Take note of the scores that a comparison came to, for calibration."""
        if self.settings.calibrate and self._item() is not None:
            self._told["compared"].append(
                {
                    "place": source_of(expectation, self.config.rootpath),
                    "threshold": getattr(expectation, "threshold", 0.0),
                    "negated": expectation.negated,
                    "references": list(getattr(expectation, "texts", ())),
                    "by": getattr(expectation, "by", "text"),
                    "scores": [similar.score for similar in scores],
                    "text": text,
                }
            )

    def infers(self, premise: str, hypothesis: str) -> str | None:
        """Return what a plugged-in inference model says of two texts, recorded like a score; None without one."""
        with self._lock:
            return self._infers(premise, hypothesis)

    def _infers(self, premise: str, hypothesis: str) -> str | None:
        if self._inference is None:
            return None
        item = self._item()
        if item is None:
            return _label(self._inference(premise, hypothesis))
        hypothesis = self._redacted(hypothesis)
        texts = [digest(premise), digest(hypothesis)]
        entry = self.book.find(item, (INFERENCE, INFERENCE, texts[0], texts[1]))
        if entry is None:
            label = _label(self._inference(premise, hypothesis))
            entry = {"by": INFERENCE, "embedder": INFERENCE, "label": label, "texts": texts}
            self._count(self.book.add(item, entry))
        return str(entry["label"])

    def _redacted(self, text: str) -> str:
        """Return a text without what may reach no file, whether or not the test is one with a cassette."""
        from pytest_llm.plugin.running import session_of

        redacted: str = session_of(self.config).readings.redactor.text(text)
        return redacted

    def _add(self, item: pytest.Item, text: str, references: Sequence[str], by: str, found: dict[str, Entry]) -> None:
        try:
            scores = self._computed(self.vectors, text, references, by, self._foreseen())
        except ConfigurationError:
            raise
        except LLMError as error:
            missed = self.book.miss(item, self._spelled, text, references, str(error))
            self.missed.append(missed)
            raise missed from None
        for reference, similar in zip(references, scores, strict=True):
            entry: Entry = {"embedder": similar.embedder, "score": similar.score}
            entry["texts"] = [digest(reference), digest(text)]
            if by == "text":
                entry["differs"] = {one.guard: self._redacted(one.message) for one in differences(reference, text)}
            else:
                entry["by"] = by
            if similar.cut:
                entry["cut"] = similar.cut
            found[reference] = entry
            self._count(self.book.add(item, entry))

    def _computed(
        self, vectors: Vectors, text: str, references: Sequence[str], by: str, ahead: Sequence[str] = ()
    ) -> list[Similarity]:
        parts = _sentences(text) if by == "sentence" else [text]
        before = vectors.embedded
        vectors.embed([*parts, *references, *ahead])
        self._told["embedded"] += vectors.embedded - before
        return [max(vectors.similar(part, reference) for part in parts) for reference in references]

    def _foreseen(self) -> list[str]:
        """Return the references of expectations that were made at collection, which will be needed too."""
        made = [waiting() for waiting in self._waiting]
        self._waiting = []
        return [text for one in made if getattr(one, "by", "") == "text" for text in getattr(one, "texts", ())]

    def _count(self, recorded: bool) -> None:
        self._told["recorded" if recorded else "unrecorded"] += 1

    def rows(self, texts: Sequence[str]) -> list[list[float]]:
        """Return the vectors of texts."""
        return (self._api_vectors(self._item()) if self.name.kind == API else self.vectors).rows(texts)

    def _api_vectors(self, item: pytest.Item | None) -> Vectors:
        """Embed through the provider's API on the test's cassette: calls are recorded, so scores need not be."""
        session = self.config.stash.get(SESSION, None)
        if item is None or session is None or session.player is None:
            raise ConfigurationError(
                f"The embedder {self.name} calls a model, and this test has no cassette. "
                "Ask for llm_cassette, or mark the test: @pytest.mark.llm"
            )
        from pytest_llm.plugin.api_embedder import ApiEmbedder

        vectors = item.stash.setdefault(_API_VECTORS, None)
        if vectors is None:
            vectors = item.stash[_API_VECTORS] = Vectors(self.name, lambda: ApiEmbedder(session, item, self.name.model))
        return vectors


class RunEmbedder:
    """The configured embedder, as the fixture ``llm_embedder`` gives it.

    ``similarity`` is recorded in the test's cassette like the scores of ``similar_to``; ``embed`` needs the embedder.
    """

    def __init__(self, scoring: Scoring) -> None:
        self._scoring = scoring

    def __repr__(self) -> str:
        return f"<llm_embedder {self._scoring.name}>"

    @property
    def name(self) -> str:
        """The embedder's name, ``kind:model``."""
        return str(self._scoring.name)

    def similarity(self, text: str, reference: str) -> float:
        """Return the cosine of the embeddings of two texts, in -1 to 1."""
        return self._scoring.similarities(text, [reference])[0].score

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector a text; each distinct text is embedded once a run."""
        return self._scoring.rows(texts)


_API_VECTORS: pytest.StashKey[Vectors | None] = pytest.StashKey()


def _nothing() -> dict[str, Any]:
    return {"recorded": 0, "unrecorded": 0, "embedded": 0, "compared": []}


def _similarity(entry: Entry) -> Similarity:
    return Similarity(entry["score"], entry["embedder"], entry.get("cut", ""), entry.get("differs"))


def _sentences(text: str) -> list[str]:
    from pytest_llm.metrics.length import sentence_list

    return sentence_list(text) or [text]


def _label(answer: object) -> str:
    if answer not in _LABELS:
        raise ConfigurationError(
            f"The model of pytest_llm_inference returned {answer!r}. Valid answers: {', '.join(_LABELS)}."
        )
    return str(answer)
