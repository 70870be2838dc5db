"""Embeddings of an OpenAI-compatible API, called on the running test's cassette."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_llm.plugin.session import Session

__all__ = ["ApiEmbedder"]


class ApiEmbedder:
    """Calls the configured endpoint (``--llm-base-url``, else OpenAI's)."""

    def __init__(self, session: Session, item: pytest.Item, model: str) -> None:
        self._session = session
        self._item = item
        self._model = model

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return one vector a text, by one call."""
        import openai

        from pytest_llm.client import Client

        assert self._session.player is not None
        url = self._session.endpoints.base_url(self._item, self._session.player.mode)
        key = os.environ.get("OPENAI_API_KEY") or ("no-key" if url else None)
        with openai.OpenAI(base_url=url, api_key=key) as sdk:
            return Client(sdk, self._model, self._session.readings).embed(list(texts)).embeddings
