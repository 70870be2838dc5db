"""The fixtures; none is autouse."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from pytest_llm.plugin.stash import SESSION
from pytest_llm.text import plural

if TYPE_CHECKING:
    import openai

    from pytest_llm.cassettes.store import Cassette
    from pytest_llm.client import AsyncClient, Client
    from pytest_llm.messages import Interaction
    from pytest_llm.player import Player
    from pytest_llm.plugin.session import Session

__all__ = ["FIXTURES", "CassetteView", "async_llm", "async_openai_client", "llm", "llm_cassette", "openai_client"]

FIXTURES = frozenset({"llm", "async_llm", "openai_client", "async_openai_client", "llm_cassette"})


class CassetteView:
    """This test's cassette: how many calls were made, and what was asked and answered.

    ``len()`` counts the calls of this test so far, replayed or live; ``interactions`` are they, in order;
    ``played`` those that were replayed; ``unplayed`` the recordings of this test that were not.
    """

    def __init__(self, session: Session, player: Player) -> None:
        self._readings = session.readings
        self._player = player

    def __len__(self) -> int:
        return len(self._player.timeline)

    def __repr__(self) -> str:
        return (
            f"<llm_cassette: {plural(len(self), 'call')}, {plural(len(self._player.unplayed), 'recording')} unplayed>"
        )

    @property
    def interactions(self) -> Sequence[Interaction]:
        """The calls of this test so far, in order."""
        return [self._readings.interaction(entry, replayed=replayed) for entry, replayed in self._player.timeline]

    @property
    def played(self) -> Sequence[Interaction]:
        """The calls that were replayed, in order."""
        return [self._readings.interaction(entry, replayed=True) for entry in self._player.played]

    @property
    def unplayed(self) -> Sequence[Interaction]:
        """The recordings of this test that were not replayed."""
        return [self._readings.interaction(entry, replayed=True) for entry in self._player.unplayed]

    @property
    def cassette(self) -> Cassette:
        """The file, with the interactions of all parameters of the test function."""
        return self._player.cassette


def _session(request: pytest.FixtureRequest) -> Session:
    session = request.config.stash.get(SESSION, None)
    if session is None or session.player is None:
        pytest.fail(
            f"{request.fixturename} was asked for by request.getfixturevalue(), when interception could not start any "
            "more. Mark the test: @pytest.mark.llm",
            pytrace=False,
        )
    return session


@pytest.fixture
def llm_cassette(request: pytest.FixtureRequest) -> CassetteView:
    """Give this test's cassette, for code that builds its own client: every provider call goes through it."""
    session = _session(request)
    assert session.player is not None
    return CassetteView(session, session.player)


@pytest.fixture
def openai_client(request: pytest.FixtureRequest) -> Iterator[openai.OpenAI]:
    """Give the real ``openai.OpenAI`` on this test's cassette, usable with no key while replaying."""
    import openai

    with _told_plainly(), openai.OpenAI(**_options(request)) as client:
        yield client


@pytest.fixture
def async_openai_client(request: pytest.FixtureRequest) -> openai.AsyncOpenAI:
    """Give the real ``openai.AsyncOpenAI`` on this test's cassette, usable with no key while replaying."""
    import openai

    with _told_plainly():
        # Nothing can close it in the test's own event loop, so it keeps no connection open.
        return openai.AsyncOpenAI(**_options(request), default_headers={"connection": "close"})


@pytest.fixture
def llm(request: pytest.FixtureRequest, openai_client: openai.OpenAI) -> Client:
    """Give the model under test: ``ask``, ``chat``, ``stream``, ``embed``, ``using``, on this test's cassette."""
    from pytest_llm.client import Client

    session = _session(request)
    return Client(openai_client, session.model(request.node), session.readings)


@pytest.fixture
def async_llm(request: pytest.FixtureRequest, async_openai_client: openai.AsyncOpenAI) -> AsyncClient:
    """Give the model under test, asynchronously, on this test's cassette."""
    from pytest_llm.client import AsyncClient

    session = _session(request)
    return AsyncClient(async_openai_client, session.model(request.node), session.readings)


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    session = _session(request)
    assert session.player is not None
    options: dict[str, Any] = {}
    if url := session.base_url(request.node, session.player.mode):
        options["base_url"] = url
        options["api_key"] = os.environ.get("OPENAI_API_KEY") or "no-key"
    return options


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Fail with the message alone when something of ours is missing or wrong."""
    import openai

    from pytest_llm.errors import LLMError

    trouble = ""
    try:
        yield
    except LLMError as error:
        trouble = str(error)
    except openai.OpenAIError as error:
        if isinstance(error, openai.APIError):
            raise
        trouble = f"Recording needs the provider's key: {error}"
    if trouble:
        pytest.fail(trouble, pytrace=False)
