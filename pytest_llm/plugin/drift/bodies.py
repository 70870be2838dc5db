"""A test's own body run against prepared answers: to hear what it asks, and to learn whether it passes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.store import Cassette
from pytest_llm.http import HTTPRequest
from pytest_llm.player import Player, capturing
from pytest_llm.plugin.places import cassette_path, test_of
from pytest_llm.plugin.session import Session
from pytest_llm.plugin.trial import Trial
from pytest_llm.plugin.trial_items import again, run_unreported, sibling
from pytest_llm.studio import Place
from pytest_llm.wire.handler import Exchange, Handler, Replay

__all__ = ["Listener", "prepared", "run_body"]

Open = Callable[[Place], tuple[Player, Handler]]


class Listener:
    """The wire's ``Handler`` that replays, and keeps each request as the SDK sent it beside its recording."""

    def __init__(self, player: Player) -> None:
        self.heard: list[tuple[HTTPRequest, Entry]] = []
        self._player = player

    def wants(self, method: str, scheme: str, host: str, port: int | None, path: str) -> bool:
        """Say whether a request may be ours."""
        return self._player.wants(method, scheme, host, port, path)

    def handle(self, request: HTTPRequest) -> Replay | Exchange | None:
        """Replay a request, and keep it."""
        around, played = capturing.get(), list[Entry]()
        token = capturing.set(played)
        try:
            outcome = self._player.handle(request)
        finally:
            capturing.reset(token)
        self.heard += [(request, entry) for entry in played]
        if around is not None:
            around.extend(played)
        return outcome

    def blocks(self, host: str) -> bool:
        """Say whether a connection from outside an intercepted stack must not be made."""
        return self._player.blocks(host)

    def blocked(self, host: str) -> BaseException:
        """Return the error for such a connection."""
        return self._player.blocked(host)


def prepared(
    session: Session, item: pytest.Item, place: Place, entries: Sequence[Entry], examples: Sequence[Entry] = ()
) -> Player:
    """Return a player that answers a test from these entries and from nothing else, and records nothing.

    A test of a property is tried with these recorded ``examples``.
    """
    cassette = Cassette(cassette_path(item, session.settings.folder), read=False)
    cassette.examples = list(examples)
    cassette.entries = [{**entry, "test": test_of(item), "trial": 1} for entry in entries]
    cassette.exists = bool(entries)
    return Player(
        session.studio,
        place,
        cassette,
        "none",
        fresh=False,
        journal=_no_journal,
        find_elsewhere=lambda fingerprint, slot: None,
    )


def run_body(item: pytest.Function, open_: Open) -> Trial:
    """Run a test once, setup and teardown included; nothing of it is reported."""
    trial = Trial(1, again(item), opens=open_)
    run_unreported(trial, item, sibling(item))
    return trial


def _no_journal() -> Any:
    raise AssertionError(f"A player that only replays asked for a journal in {Path.cwd()}.")
