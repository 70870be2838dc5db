"""The run as expectations see it: it watches that they are compared, and knows the scores of texts."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Generator, Sequence
from functools import cached_property
from threading import RLock
from typing import Any
from weakref import ReferenceType, ref

import pytest

from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.scores import digest
from pytest_llm.embedders.base import API, DEFAULT, Name, read_name
from pytest_llm.errors import CassetteError, ConfigurationError, LLMError
from pytest_llm.expectations.base import Expectation
from pytest_llm.host import Similarity
from pytest_llm.metrics.guards import differences
from pytest_llm.player import Player
from pytest_llm.plugin.embedding import Vectors, embedder_of
from pytest_llm.plugin.outcomes import as_outcome, plain, tell
from pytest_llm.plugin.router import current
from pytest_llm.plugin.scores import INFERENCE, ScoreBook
from pytest_llm.plugin.stash import LEDGER, SESSION, SETTINGS
from pytest_llm.plugin.watch import Watch, source_of
from pytest_llm.prompts.filled import FilledPrompt

__all__ = ["RunEmbedder", "RunHost"]

_LABELS = ("entailment", "neutral", "contradiction")


class RunHost:
    """Made when a run's first expectation is. A plugin: it sees each test's end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.settings = config.stash[SETTINGS]
        self.book = ScoreBook(self.settings)
        self.prompts: dict[tuple[str, str], FilledPrompt] = {}
        self._watches: defaultdict[Player | None, Watch] = defaultdict(Watch)  # one for each trial that runs
        self._lock = RLock()
        self._waiting: list[ReferenceType[Expectation]] = []
        self._missed: list[BaseException] = []
        self._told = _nothing()
        self._samples: list[dict[str, Any]] = []
        self._refused: dict[str, Sequence[str]] = {}
        self.explained = False  # whether the running test's failure is one of an expectation
        # Made within a test, it was not here when that began.
        self._running = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0] if self._collected else ""
        config.pluginmanager.register(self, "llm-regression-expectations")

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

    @property
    def _watch(self) -> Watch:
        return self._watches[current.get()]

    @property
    def _collected(self) -> Sequence[pytest.Item]:
        items: Sequence[pytest.Item] = getattr(self.config.pluginmanager.getplugin("session"), "items", ())
        return items

    @cached_property
    def _items(self) -> dict[str, pytest.Item]:
        return {item.nodeid: item for item in self._collected}

    @property
    def item(self) -> pytest.Item | None:
        """The test that runs now; None while tests are collected."""
        return self._items.get(self._running) if self._running else None

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note which test runs; the environment variable that says so may be cleared by the test."""
        self._running = nodeid

    def pytest_runtest_logfinish(self) -> None:
        """Note that no test runs."""
        self._running = ""

    # -- samples --

    @property
    def confidence(self) -> float:
        """The confidence of intervals, unless one is given."""
        return float(self.settings.confidence)

    @property
    def undecided(self) -> str:
        """What a demand that the trials do not decide does."""
        return str(self.settings.undecided)

    def judged(self, rate: Any, claim: str, holds: bool, alarm: float | None = None) -> None:
        """Take note of a demand on a rate, for the summary."""
        from pytest_llm.plugin.sampling import note_of_rate

        if self.item is not None:
            session = self.config.stash.get(SESSION, None)
            self._samples.append(note_of_rate(self.item, session, rate, claim, holds, alarm))

    def refused(self, claim: str, evidence: Sequence[str]) -> None:
        """Take note of a demand that does not hold: no hook of pytest explains the truth value of an object."""
        self._refused[claim] = evidence
        self.explained = True

    def prompted(self, prompt: FilledPrompt) -> None:
        """Take note of a prompt that was filled from a file, the latest last."""
        key = (str(prompt.file), str(prompt))
        self.prompts.pop(key, None)
        self.prompts[key] = prompt

    def compared_samples(self, word: str, found: Any, rates: bool) -> None:
        """Take note of a sample that was compared with another, for the summary."""
        from pytest_llm.plugin.sampling import note_of_comparison

        if self.item is not None:
            self._samples.append(note_of_comparison(self.item, word, found, rates))

    # -- that they are compared --

    def made(self, expectation: Expectation) -> None:
        """Watch an expectation that a test makes; one made before is embedded with the first batch."""
        if self.item is not None:
            self._watch.made.append(expectation)
        else:
            self._waiting.append(ref(expectation))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[Any]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Fail a test that passed without comparing an expectation it made; tell a score that is not recorded."""
        if self.explained and call.excinfo is not None:
            call.excinfo = plain(call.excinfo, self._refused)
        if call.when == "call" and call.excinfo is None and (trouble := self._watch.trouble(self.config.rootpath)):
            call.excinfo = _failure(trouble)
        missed = call.excinfo is not None and call.excinfo.value in self._missed
        as_outcome(call, self.config.rootpath)
        report = yield
        if missed and call.excinfo is not None:
            tell(report, call.excinfo.value, str(call.excinfo.value).partition("\n")[0])
        if call.when == "call" and report.passed:
            self.book.passed(item)
        if call.when == "teardown":
            self._end(item, report)
        return report

    def _end(self, item: pytest.Item, report: pytest.TestReport) -> None:
        if self._told != _nothing():
            report.llm_scores = {"nodeid": item.nodeid, **self._told}  # type: ignore[attr-defined]
        if self._samples:
            report.llm_samples = self._samples  # type: ignore[attr-defined]
        self._watches.pop(current.get(), None)
        self._told, self._missed, self.explained = _nothing(), [], False
        self._samples, self._refused = [], {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Write the scores that are to be recorded."""
        try:
            self.book.write()
        except CassetteError as error:
            self.config.stash[LEDGER].trouble.append(str(error))

    # -- scores --

    def similarities(self, text: str, references: Sequence[str], by: str = "text") -> list[Similarity]:
        """Return how alike the text and each reference are, recorded or by the configured embedder.

        Raises ``CassetteMissError`` when a score is not recorded and cannot be computed here.
        """
        with self._lock:
            return self._similarities(text, references, by)

    def _similarities(self, text: str, references: Sequence[str], by: str) -> list[Similarity]:
        item = self.item
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
        if self.settings.calibrate and self.item is not None:
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
        item = self.item
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
            self._missed.append(missed)
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
        return (self._api_vectors(self.item) if self.name.kind == API else self.vectors).rows(texts)

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

    def __init__(self, host: RunHost) -> None:
        self._host = host

    def __repr__(self) -> str:
        return f"<llm_embedder {self._host.name}>"

    @property
    def name(self) -> str:
        """The embedder's name, ``kind:model``."""
        return str(self._host.name)

    def similarity(self, text: str, reference: str) -> float:
        """Return the cosine of the embeddings of two texts, in -1 to 1."""
        return self._host.similarities(text, [reference])[0].score

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector a text; each distinct text is embedded once a run."""
        return self._host.rows(texts)


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


def _failure(message: str) -> pytest.ExceptionInfo[BaseException]:
    try:
        pytest.fail(message, pytrace=False)
    except pytest.fail.Exception as failure:
        return pytest.ExceptionInfo.from_exception(failure)
