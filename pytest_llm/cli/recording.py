"""A cassette for what is asked outside of a test run."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

from pytest_llm.budget import Budget, Limiter
from pytest_llm.cassettes.folding import fold
from pytest_llm.cassettes.journal import Journal
from pytest_llm.cassettes.redaction import Redactor
from pytest_llm.cassettes.store import Cassette
from pytest_llm.client import Client
from pytest_llm.dialects import stable
from pytest_llm.errors import ConfigurationError
from pytest_llm.player import Player
from pytest_llm.readings import Readings
from pytest_llm.studio import Hosts, Mode, Place, Studio
from pytest_llm.wire.interception import install, uninstall

__all__ = ["recording"]


@contextmanager
def recording(
    path: Path, mode: Mode, name: str, base_url: str, concurrency: int = 8
) -> Iterator[Callable[[str], Client]]:
    """Give clients by model on the cassette of this path; what they record is folded into it at the end."""
    session = os.urandom(6).hex()
    readings = Readings(Redactor())
    studio = Studio(
        readings, Hosts(frozenset()), Limiter(concurrency), Budget(None, None), {}, session, lambda *_: None
    )
    cassette = Cassette(path)
    with ExitStack() as stack:
        journal = _Once(stack, path, f"main-{os.getpid()}-{session[:6]}")
        player = Player(
            studio,
            Place(name, name, ""),
            cassette,
            mode,
            fresh=not cassette.exists,
            journal=journal,
            find_elsewhere=lambda *_: None,
        )
        install(player)
        try:
            yield partial(_client, stack, readings, mode, base_url)
        finally:
            uninstall()
            player.close()
            if player.made:
                journal().end(name, "passed")
    fold(path, session, lambda dialect: partial(stable, volatile=readings.named(dialect).volatile), lambda entry: False)


class _Once:
    """Opens the journal when the first call is recorded; under a lock, for a second one would wait for the first's."""

    def __init__(self, stack: ExitStack, path: Path, owner: str) -> None:
        self._stack, self._path, self._owner = stack, path, owner
        self._lock = threading.Lock()
        self._journal: Journal | None = None

    def __call__(self) -> Journal:
        with self._lock:
            if self._journal is None:
                self._journal = self._stack.enter_context(closing(Journal(self._path, self._owner)))
            return self._journal


def _client(stack: ExitStack, readings: Readings, mode: Mode, base_url: str, model: str) -> Client:
    import openai

    url, key = base_url or None, os.environ.get("LLM_JUDGE_API_KEY") or os.environ.get("OPENAI_API_KEY")
    if model.startswith("local/") and mode != "none":
        from pytest_llm.local import start

        url, key = stack.enter_context(start(model)).base_url, "local"
    if mode == "none" or url:
        key = key or "no-key"
    try:
        return Client(stack.enter_context(openai.OpenAI(base_url=url, api_key=key)), model, readings)
    except openai.OpenAIError as error:
        raise ConfigurationError(f"Asking {model} needs the provider's key: {error}") from None
