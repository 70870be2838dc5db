"""The configured embedder in a run: loaded when first needed, each distinct text embedded once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any

import pytest

from pytest_llm.embedders.base import DEFAULT, Embedder, Name, cut, load, read_name
from pytest_llm.errors import ConfigurationError
from pytest_llm.host import Similarity

__all__ = ["Vectors", "cosine", "embedder_of"]


def embedder_of(config: pytest.Config, spelled: str) -> Embedder:
    """Return the embedder that a hook gives for what ``--llm-embedder`` says, else the built-in one.

    Raises ``LLMError`` when there is none of that name or its package is not installed.
    """
    given: Any = config.hook.pytest_llm_embedder(config=config, name=spelled or DEFAULT)
    if given is None:
        return load(read_name(spelled or DEFAULT))
    if not callable(getattr(given, "embed", None)):
        raise ConfigurationError(f"pytest_llm_embedder returned {given!r}, which has no method embed(texts).")
    embedder: Embedder = given
    return embedder


class Vectors:
    """The vectors of texts, each distinct text embedded once."""

    def __init__(self, name: Name, make: Callable[[], Embedder]) -> None:
        self.name = name
        self.embedded = 0
        self._make = make
        self._embedder: Embedder | None = None
        self._vectors: dict[str, Any] = {}
        self._cut: dict[str, str] = {}

    @property
    def embedder(self) -> Embedder:
        """The embedder, loaded now if it was not."""
        if self._embedder is None:
            self._embedder = self._make()
        return self._embedder

    def embed(self, texts: Sequence[str]) -> None:
        """Embed those of the texts that have no vector yet, in one batch."""
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if not new:
            return
        rows = list(self.embedder.embed(new))
        if len(rows) != len(new):
            raise ConfigurationError(
                f"The embedder {self.name} returned {len(rows)} vectors for {len(new)} texts, not one a text."
            )
        self._vectors.update(zip(new, rows, strict=True))
        self._cut.update(cut(self.embedder, new))
        self.embedded += len(new)

    def similar(self, text: str, reference: str) -> Similarity:
        """Return how alike two texts are; both must have been embedded."""
        score = cosine(self._vectors[text], self._vectors[reference])
        said = self._cut.get(reference) or self._cut.get(text) or ""
        return Similarity(round(score, 7), str(self.name), said)

    def rows(self, texts: Sequence[str]) -> list[list[float]]:
        """Return the vectors of texts."""
        self.embed(texts)
        return [list(map(float, self._vectors[text])) for text in texts]


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the cosine of two vectors of equal length, in -1 to 1; 0 when one of them is zero."""
    first, second = list(map(float, one)), list(map(float, other))
    product = sum(a * b for a, b in zip(first, second, strict=True))
    length = sqrt(sum(a * a for a in first) * sum(b * b for b in second))
    return max(-1.0, min(1.0, product / length)) if length else 0.0
