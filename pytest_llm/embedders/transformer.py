"""Models of the sentence-transformers library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pytest_llm.embedders.base import Name, weights
from pytest_llm.errors import LLMError, MissingExtraError

__all__ = ["SentenceTransformersEmbedder"]


class SentenceTransformersEmbedder:
    """A ``SentenceTransformer`` by name or folder, on the CPU."""

    def __init__(self, name: Name) -> None:
        try:
            import sentence_transformers
            from transformers.utils import logging
        except ImportError as error:
            raise MissingExtraError(
                f'The embedder {name} needs sentence-transformers: pip install "pytest-llm-regression[semantic]"'
            ) from error
        folder = weights(name)
        logging.disable_progress_bar()
        try:
            self._model: Any = sentence_transformers.SentenceTransformer(str(folder or name.model), device="cpu")
        except (OSError, ValueError) as error:  # what transformers and its hub client raise for an absent model
            raise LLMError(
                f"The model {name.model!r} cannot be loaded: {str(error).strip().splitlines()[0]} "
                "Name a folder (--llm-embedder=sentence-transformers:./model) where no model hub can be reached."
            ) from error
        self.window: int | None = self._model.max_seq_length

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return one vector a text."""
        rows: Sequence[Sequence[float]] = self._model.encode(list(texts), show_progress_bar=False)
        return rows

    def tokens(self, text: str) -> int:
        """Return how many tokens the model makes of a text, with those that it adds."""
        return len(self._model.tokenizer(text, truncation=False, verbose=False)["input_ids"])
