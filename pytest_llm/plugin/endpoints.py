"""Where the model under test and the judge are asked, and what a test's environment is told of it."""

from __future__ import annotations

import os
import threading
from typing import Any

import pytest

from pytest_llm.plugin.options import Settings, marked
from pytest_llm.studio import Mode

__all__ = ["PLACEHOLDER", "Endpoints"]

_NOWHERE = "http://127.0.0.1:9/v1"
_OPENAI = "https://api.openai.com/v1"

PLACEHOLDER = "no-key-while-replaying"
_KEYS = (
    "OPENAI_API_KEY",
    "ANTHROPIC_API_KEY",
    "GEMINI_API_KEY",
    "GROQ_API_KEY",
    "MISTRAL_API_KEY",
    "TOGETHER_API_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
)
_SAME = {"GEMINI_API_KEY": ("GOOGLE_API_KEY",), "AWS_ACCESS_KEY_ID": ("AWS_PROFILE",)}


class Endpoints:
    """The endpoints of a run; local models are started when they are first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._servers: dict[str, Any] = {}
        self._own_endpoint = (os.environ.get("OPENAI_BASE_URL"), os.environ.get("OPENAI_API_KEY"))
        self._environment = pytest.MonkeyPatch()
        self._lock = threading.Lock()

    def model(self, item: pytest.Item) -> str:
        """Return the model of a test: its marker's, else the configured one."""
        return str(marked(item, "model") or self._settings.model)

    def base_url(self, item: pytest.Item, mode: Mode) -> str | None:
        """Return the endpoint for the fixtures' clients; a local model is started when it may be called."""
        if self.model(item).startswith("local/"):
            replays = mode == "none" and self._settings.drift is None
            return _NOWHERE if replays else self.local_url(self.model(item))
        return self._settings.base_url or None

    def judge_endpoint(self, model: str, mode: Mode) -> tuple[str | None, str | None]:
        """Return the URL and the key of a judge; None where the SDK's own default holds.

        They are those of the user's environment, and not what a test with a local model is given.
        """
        if model.startswith("local/"):
            return (_NOWHERE if mode == "none" else self.local_url(model)), "local"
        own_url, own_key = self._own_endpoint
        url = self._settings.judge_base_url or self._settings.base_url or own_url
        key = os.environ.get("LLM_JUDGE_API_KEY") or own_key or ("no-key" if url or mode == "none" else None)
        return url or _OPENAI, key

    def local_url(self, model: str) -> str:
        """Return the endpoint of a local model, started once a session."""
        from pytest_llm.local import start

        with self._lock:
            if model not in self._servers:
                self._servers[model] = start(model)
            return str(self._servers[model].base_url)

    def lend(self, item: pytest.Item, mode: Mode) -> None:
        """Give the environment what clients of a test's own making need: placeholders of keys, a local model."""
        if mode == "none":
            for name in _KEYS:
                if not os.environ.get(name) and not any(map(os.environ.get, _SAME.get(name, ()))):
                    self._environment.setenv(name, PLACEHOLDER)
        elif self.model(item).startswith("local/"):
            self._environment.setenv("OPENAI_BASE_URL", self.local_url(self.model(item)))
            self._environment.setenv("OPENAI_API_KEY", "local")

    def take_back(self) -> None:
        """Undo what the environment was given."""
        self._environment.undo()

    def close(self) -> None:
        """Stop the local models."""
        while self._servers:
            self._servers.popitem()[1].close()
