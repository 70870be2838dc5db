"""The fixture ``llm_judge``: the configured judge on the running test's cassette."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_llm.plugin.stash import BENCH, PROBED
from pytest_llm.plugin.tls import tls_of

if TYPE_CHECKING:
    from pytest_llm.client import Client
    from pytest_llm.judges.grade import Grade
    from pytest_llm.judges.inputs import Inputs
    from pytest_llm.judging.bench import Bench
    from pytest_llm.judging.judge import Judge
    from pytest_llm.plugin.session import Session

__all__ = ["client_of", "explain_checklist", "judge_of", "live_bench"]


@contextmanager
def judge_of(session: Session, item: pytest.Item) -> Iterator[Judge]:
    """Give the judge of a test; its clients are closed at the end."""
    from pytest_llm.judging.bench import Bench
    from pytest_llm.judging.judge import Judge
    from pytest_llm.plugin.calibrations import Calibrations

    with ExitStack() as clients:
        calibrations = Calibrations(item, session)
        bench = item.stash[BENCH] = Bench(
            partial(client_of, session, clients), partial(_graded, session, item), calibrations.find, calibrations.note
        )
        client = bench.client_for(session.settings.judge_model)
        yield Judge(client, bench, min_kappa=session.settings.judge_min_kappa)


def client_of(session: Session, clients: ExitStack, model: str) -> Client:
    """Return a client of a judge's model; ``clients`` closes it."""
    import openai

    from pytest_llm.client import Client

    assert session.player is not None
    url, key = session.endpoints.judge_endpoint(model, session.player.mode)
    http = openai.DefaultHttpxClient(verify=tls_of(session.config, openai.DefaultHttpxClient))
    sdk = clients.enter_context(openai.OpenAI(base_url=url, api_key=key, http_client=http))
    return Client(sdk, model, session.readings)


@contextmanager
def live_bench(session: Session, name: str) -> Iterator[Bench]:
    """Give a bench outside of any test, whose judges are asked live: nothing is read from a cassette or written."""
    from pytest_llm.cassettes.journal import Journal
    from pytest_llm.cassettes.store import Cassette
    from pytest_llm.judging.bench import Bench
    from pytest_llm.player import Player
    from pytest_llm.studio import Place
    from pytest_llm.wire.interception import install, uninstall

    cassette = Cassette(Path(f"{name}.cassette.json"), read=False)
    session.player = player = Player(
        session.studio,
        Place(name, name, name),
        cassette,
        "live",
        fresh=True,
        journal=partial(Journal, cassette.path, session.owner),  # never opened: a live call writes nothing
        find_elsewhere=lambda digest, slot: None,
    )
    install(player)
    try:
        with ExitStack() as clients:
            yield Bench(partial(client_of, session, clients))
    finally:
        uninstall()
        player.close()
        session.player = None


def _graded(session: Session, item: pytest.Item, judge: Judge, inputs: Inputs, grade: Grade) -> None:
    session.config.hook.pytest_llm_graded(config=session.config, nodeid=item.nodeid, grade=grade)
    if session.settings.judge_probe and grade.rubric.method == "grade" and isinstance(inputs.answer, str):
        from pytest_llm.plugin.probing import told

        item.stash.setdefault(PROBED, []).append(told(judge, inputs, grade))


def explain_checklist(error: BaseException, bench: Bench) -> None:
    """Let ``assert llm_judge.check(...)`` say what failed: pytest knows no more of it than its repr."""
    if not isinstance(error, AssertionError):
        return
    for checklist in bench.checklists:
        if str(error).startswith((f"assert {checklist!r}", f"assert not {checklist!r}")):
            claim = f"assert {checklist.claim}"
            error.args = ("\n".join([claim, *(f"  {line}" for line in checklist.evidence())]),)
            return
