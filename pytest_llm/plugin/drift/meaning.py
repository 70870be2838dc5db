"""The meanings of answers in drift mode: those of the embedder that the project names."""

from __future__ import annotations

import pytest

from pytest_llm.drift.blocks import Embed
from pytest_llm.embedders.base import API, read_name
from pytest_llm.plugin.embedding import Vectors, embedder_of
from pytest_llm.plugin.stash import SETTINGS

__all__ = ["embed_of"]

_VECTORS = pytest.StashKey[Vectors]()


def embed_of(config: pytest.Config) -> Embed | None:
    """Return what embeds answers; None where no embedder is named, and for one whose calls are paid for.

    Raises ``LLMError`` when it cannot be loaded, which is known before anything is asked.
    """
    spelled = config.stash[SETTINGS].embedder
    if not spelled:
        return None
    name = read_name(spelled)
    if name.kind == API:
        return None
    if _VECTORS not in config.stash:
        embedder = embedder_of(config, spelled)
        config.stash[_VECTORS] = Vectors(name, lambda: embedder)
    return config.stash[_VECTORS].rows
