"""The fixtures; none is autouse."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from pytest_llm.plugin.stash import BASELINES, HOST, KEEPER, SESSION, TRIAL
from pytest_llm.plugin.tls import tls_of
from pytest_llm.text import plural

if TYPE_CHECKING:
    import openai

    from pytest_llm.cassettes.entry import Entry
    from pytest_llm.cassettes.store import Cassette
    from pytest_llm.client import AsyncClient, Client
    from pytest_llm.expectations.no_worse import Baseline
    from pytest_llm.expectations.snapshot import Snapshot
    from pytest_llm.judging.judge import Judge
    from pytest_llm.messages import Interaction, Usage
    from pytest_llm.player import Player
    from pytest_llm.plugin.scoring import RunEmbedder
    from pytest_llm.plugin.session import Session
    from pytest_llm.prompts.filled import FilledPrompt
    from pytest_llm.trajectory import Trajectory

__all__ = [
    "FIXTURES",
    "CassetteView",
    "async_llm",
    "async_openai_client",
    "llm",
    "llm_baseline",
    "llm_cassette",
    "llm_embedder",
    "llm_judge",
    "llm_prompt",
    "llm_snapshot",
    "openai_client",
]

FIXTURES = frozenset(
    {
        "llm",
        "async_llm",
        "openai_client",
        "async_openai_client",
        "llm_cassette",
        "llm_embedder",
        "llm_baseline",
        "llm_judge",
        "llm_snapshot",
    }
)


class CassetteView:
    """This test's cassette: how many calls were made, and what was asked and answered. Those of a judge do not count.

    ``len()`` counts the calls of this test so far, replayed or live; ``interactions`` are they, in order;
    ``trajectory`` is the agent's run that they are; ``usage``, ``cost`` and ``latency`` are their sums;
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
    def trajectory(self) -> Trajectory:
        """The agent's run of this test so far: its answers in the order asked, their tool calls and the results."""
        from pytest_llm.trajectory import Trajectory

        timeline = _as_issued(self._player.timeline)
        return Trajectory.of(self._readings.interaction(entry, replayed=replayed) for entry, replayed in timeline)

    @property
    def usage(self) -> Usage:
        """The tokens of the calls of this test so far, together."""
        from pytest_llm.trajectory import total_usage

        return total_usage(one.response for one in self.interactions)

    @property
    def cost(self) -> float:
        """What the calls of this test so far cost together in USD: of the replayed ones, when they were recorded.

        Raises ``ConfigurationError`` when the price of one is not known; the hook ``pytest_llm_prices`` gives it one.
        """
        from pytest_llm.trajectory import total_cost

        return total_cost((one.request.model, one.response) for one in self.interactions)

    @property
    def latency(self) -> float:
        """The seconds of the calls of this test so far added up, as recorded; calls at the same time count each."""
        from pytest_llm.trajectory import total_latency

        return total_latency(one.response for one in self.interactions)

    @property
    def cassette(self) -> Cassette:
        """The file, with the interactions of all parameters of the test function."""
        return self._player.cassette


def _as_issued(timeline: Sequence[tuple[Entry, bool]]) -> Iterator[tuple[Entry, bool]]:
    """Yield the calls with the recorded ones in the order in which they were sent, as they will replay."""
    recorded = iter(sorted((entry for entry, replayed in timeline if not replayed), key=lambda one: one["_order"]))
    return ((entry, True) if replayed else (next(recorded), False) for entry, replayed in timeline)


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
def llm_embedder(pytestconfig: pytest.Config) -> RunEmbedder:
    """Give the configured embedder: ``similarity(text, reference)``, recorded like scores, and ``embed(texts)``."""
    from pytest_llm.plugin.hosting import RunHost
    from pytest_llm.plugin.scoring import RunEmbedder

    host = pytestconfig.stash[HOST]()
    assert isinstance(host, RunHost)
    return RunEmbedder(host.scoring)


@pytest.fixture
def llm_snapshot(request: pytest.FixtureRequest) -> Snapshot:
    """Give this test's accepted answer: ``assert response == llm_snapshot``."""
    from pytest_llm.expectations.snapshot import Granted, Snapshot
    from pytest_llm.plugin.snapshots import WaitingKeeper

    keeper = request.node.stash[KEEPER] = WaitingKeeper(request.node, _session(request))
    trial = request.node.stash.get(TRIAL, None)
    return Snapshot(keeper) if trial is None or trial.cell is None else Granted(keeper)


@pytest.fixture
def llm_prompt(request: pytest.FixtureRequest) -> Callable[..., FilledPrompt]:
    """Give ``llm_prompt("name", **variables)``: the prompt of a file beside the test module or at the root."""
    from pytest_llm.prompts.filled import load_prompt
    from pytest_llm.prompts.finding import find_prompt

    config = request.config
    folders = [base / config.getini("llm_prompts") for base in (request.path.parent, config.rootpath)]

    def prompt(name: str, /, **variables: object) -> FilledPrompt:
        return load_prompt(find_prompt(name, list(dict.fromkeys(folders))), **variables)

    return prompt


@pytest.fixture
def llm_baseline(request: pytest.FixtureRequest) -> Baseline:
    """Give this test's accepted sample: ``assert sample == no_worse_than(llm_baseline, is_right)``."""
    from pytest_llm.expectations.no_worse import Baseline
    from pytest_llm.plugin.baselines import FileBaselines

    keeper = request.node.stash[BASELINES] = FileBaselines(request.node, _session(request))
    return Baseline(keeper)


@pytest.fixture
def openai_client(request: pytest.FixtureRequest) -> Iterator[openai.OpenAI]:
    """Give the real ``openai.OpenAI`` on this test's cassette, usable with no key while replaying."""
    import openai

    http = openai.DefaultHttpxClient(verify=tls_of(request.config, openai.DefaultHttpxClient))
    with _told_plainly(_unnamed(request)), openai.OpenAI(**_options(request), http_client=http) as client:
        yield client


@pytest.fixture
def async_openai_client(request: pytest.FixtureRequest) -> openai.AsyncOpenAI:
    """Give the real ``openai.AsyncOpenAI`` on this test's cassette, usable with no key while replaying."""
    import openai

    http = openai.DefaultAsyncHttpxClient(verify=tls_of(request.config, openai.DefaultAsyncHttpxClient))
    with _told_plainly(_unnamed(request)):
        # Nothing can close it in the test's own event loop, so it keeps no connection open.
        return openai.AsyncOpenAI(**_options(request), http_client=http, default_headers={"connection": "close"})


@pytest.fixture
def llm_judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    """Give the configured judge, on this test's cassette: ``assert llm_judge.grade(response, "...") >= 4``."""
    from pytest_llm.plugin.judges import judge_of

    session = _session(request)
    with _told_plainly(), judge_of(session, request.node) as judge:
        yield judge


@pytest.fixture
def llm(request: pytest.FixtureRequest, openai_client: openai.OpenAI) -> Client:
    """Give the model under test: ``ask``, ``sample``, ``chat``, ``stream``, ``embed``, ``using``, on its cassette."""
    from pytest_llm.client import Client

    session = _session(request)
    return Client(openai_client, session.endpoints.model(request.node), session.readings, terms=session.terms)


@pytest.fixture
def async_llm(request: pytest.FixtureRequest, async_openai_client: openai.AsyncOpenAI) -> AsyncClient:
    """Give the model under test, asynchronously, on this test's cassette."""
    from pytest_llm.client import AsyncClient

    session = _session(request)
    return AsyncClient(
        async_openai_client, session.endpoints.model(request.node), session.readings, terms=session.terms
    )


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    session = _session(request)
    assert session.player is not None
    options: dict[str, Any] = {}
    if url := session.endpoints.base_url(request.node, session.player.mode):
        options["base_url"] = url
        options["api_key"] = os.environ.get("OPENAI_API_KEY") or "no-key"
    return options


def _unnamed(request: pytest.FixtureRequest) -> str:
    """Return what is to be said where the test's model has no name."""
    if not {"llm", "async_llm"} & {*request.fixturenames} or _session(request).endpoints.model(request.node):
        return ""
    return "\nNo model is named either: pytest --llm-model=NAME; local/smollm2-135m runs here and needs no key."


@contextmanager
def _told_plainly(more: str = "") -> Iterator[None]:
    """Fail with the message alone when something of ours is missing or wrong; ``more`` may lack beside a key."""
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
        trouble = f"Recording needs the provider's key: {error}{more}"
    if trouble:
        failure = pytest.fail.Exception(trouble, pytrace=False)
        raise failure from None
