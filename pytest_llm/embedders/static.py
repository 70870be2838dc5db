"""Static embeddings by the model2vec library: a table of word vectors, no neural network to run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pytest_llm.embedders.base import Name, weights
from pytest_llm.errors import LLMError, MissingExtraError

__all__ = ["StaticEmbedder"]


class StaticEmbedder:
    """A ``StaticModel`` of model2vec, by name or folder. It reads a text to its end."""

    def __init__(self, name: Name) -> None:
        try:
            from model2vec import StaticModel
        except ImportError as error:
            raise MissingExtraError(
                f'The embedder {name} needs model2vec: pip install "pytest-llm-regression[static]"'
            ) from error
        try:
            self._model: Any = StaticModel.from_pretrained(str(weights(name) or name.model))
        except (OSError, ValueError) as error:
            raise LLMError(
                f"The model {name.model!r} cannot be loaded: {str(error).strip().splitlines()[0]} "
                "Name a folder (--llm-embedder=model2vec:./model) where no model hub can be reached."
            ) from error

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return one vector a text."""
        rows: Sequence[Sequence[float]] = self._model.encode(list(texts), max_length=None)
        return rows
