"""What a test run shares: settings, redaction, budget, cassettes and journals, and the player of the running test."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from pytest_llm.budget import Budget, Limiter
from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.folding import Folded, fold, overlay
from pytest_llm.cassettes.journal import Journal
from pytest_llm.cassettes.redaction import Redaction, Redactor
from pytest_llm.cassettes.store import Cassette, slot_of
from pytest_llm.dialects import stable
from pytest_llm.errors import CassetteError
from pytest_llm.messages import Interaction
from pytest_llm.player import Player
from pytest_llm.plugin.endpoints import Endpoints
from pytest_llm.plugin.hooked import prices_of, things_of
from pytest_llm.plugin.moved import finder
from pytest_llm.plugin.options import Settings, record_mode
from pytest_llm.plugin.places import attribution_path, cassette_path, test_of
from pytest_llm.plugin.router import current
from pytest_llm.plugin.stash import LEDGER, RUN
from pytest_llm.readings import Readings
from pytest_llm.sample.drawing import Terms
from pytest_llm.studio import Hosts, Mode, Place, Studio
from pytest_llm.wire.handler import Handler
from pytest_llm.wire.interception import install, uninstall

__all__ = ["Session"]

if TYPE_CHECKING:
    from pytest_llm.plugin.cells import Cell


class Session:
    """Everything that outlives a test, in one process. Made when the first test of ours starts."""

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        worker: dict[str, Any] = getattr(config, "workerinput", {})
        self.config = config
        self.settings = settings
        self.id = config.stash[RUN]
        self.is_worker = bool(worker)
        self.owner = f"{worker.get('workerid', 'main')}-{os.getpid()}-{self.id[:6]}"
        self.endpoints = Endpoints(settings)
        self._player: Player | None = None
        self._open = 0
        self._cassettes: dict[Path, Cassette] = {}
        self._fresh: dict[Path, bool] = {}
        self._journals: dict[Path, Journal] = {}
        self._lock = threading.Lock()
        hook = config.hook
        prices = prices_of(hook.pytest_llm_prices(config=config))
        self.readings = Readings(
            Redactor(things_of("pytest_llm_redactions", hook.pytest_llm_redactions(config=config), Redaction)),
            list(chain.from_iterable(hook.pytest_llm_dialect(config=config))),
            prices,
        )
        budget_file = worker.get("llm_budget")
        self.studio = Studio(
            self.readings,
            Hosts(settings.hosts | _host_of(settings.base_url) | _host_of(settings.judge_base_url)),
            Limiter(settings.concurrency),
            Budget(settings.max_calls, settings.max_cost, Path(budget_file) if budget_file else None),
            prices,
            self.id,
            self._recorded,
        )

    def _recorded(self, interaction: Interaction, cost: float) -> None:
        if not self.is_worker:
            self.config.stash[LEDGER].progress.add(1, cost)
        self.config.hook.pytest_llm_recorded(config=self.config, interaction=interaction, cost=cost)

    # -- one test --

    @property
    def player(self) -> Player | None:
        """The player of the test that runs, in this context if trials of one run at the same time."""
        return current.get() or self._player

    @player.setter
    def player(self, player: Player | None) -> None:
        self._player = player

    def open_cell(self, item: pytest.Item, trial: int, cell: Cell, endpoint: Callable[[str], str | None]) -> Player:
        """Start interception for a run of a test in which an experiment asks something else.

        What the test's own cassette holds of it is replayed. Raises ``CassetteError`` when a cassette cannot be read.
        """
        from pytest_llm.plugin.cells import Rewriter

        path, own = attribution_path(item, self.settings.folder), cassette_path(item, self.settings.folder)
        test = f"{test_of(item)} ({cell.name})"
        recordings = self._cassette(own).track(slot_of(test_of(item), own), trial).entries
        self.endpoints.lend(item, cell.mode)
        player = Player(
            self.studio,
            Place(item.nodeid, test, test, self._options(), trial),
            self._cassette(path),
            cell.mode,
            fresh=True,
            journal=lambda: self._journal(path),
            find_elsewhere=lambda fingerprint, slot: None,
        )
        player.lend(recordings)
        install(Rewriter(player, cell, endpoint))
        self.player = player
        self._open += 1
        return player

    def open_for(self, item: pytest.Item, made: Callable[[Place], tuple[Player, Handler]]) -> Player:
        """Start interception for a test that is answered by a player of somebody else's making."""
        path = cassette_path(item, self.settings.folder)
        self.endpoints.lend(item, "live" if self.endpoints.model(item).startswith("local/") else "none")
        player, handler = made(Place(item.nodeid, test_of(item), slot_of(test_of(item), path), self._options()))
        install(handler)
        self.player = player
        self._open += 1
        return player

    def open(self, item: pytest.Item, trial: int = 1) -> Player:
        """Start interception for a test or one of its trials.

        Raises ``CassetteError`` when its cassette cannot be read.
        """
        mode: Mode = "live" if self.settings.live else record_mode(item, self.settings)
        path = cassette_path(item, self.settings.folder)
        cassette = Cassette(path, read=False) if mode == "live" else self._cassette(path)
        self.endpoints.lend(item, mode)
        player = Player(
            self.studio,
            Place(item.nodeid, test_of(item), slot_of(test_of(item), path), self._options(), trial),
            cassette,
            mode,
            fresh=self._fresh.get(path, True),
            journal=lambda: self._journal(path),
            find_elsewhere=finder(self.config.rootpath, self.settings.folder, path, trial),
        )
        install(player)
        self.player = player
        self._open += 1
        return player

    def shut(self) -> None:
        """End interception and, when no other trial needs it, undo what the test's environment was given."""
        self._open = max(0, self._open - 1)
        if not self._open:
            self.endpoints.take_back()
        if self.player is not None:
            uninstall()
            self.player.close()

    def recorded_trials(self, item: pytest.Item) -> int:
        """Return of how many trials of a test something is recorded; none count where all are recorded anew."""
        if self.settings.live or record_mode(item, self.settings) == "all":
            return 0
        path = cassette_path(item, self.settings.folder)
        return self.last_trial(path, slot_of(test_of(item), path))

    def last_trial(self, path: Path, slot: str) -> int:
        """Return the number of the last trial of which a cassette holds something."""
        return self._cassette(path).last_trial(slot)

    def recorded(self, path: Path) -> Sequence[Entry]:
        """Return what a cassette holds."""
        return self._cassette(path).entries

    def recorded_examples(self, path: Path) -> Sequence[Entry]:
        """Return the examples of properties that a cassette holds."""
        return self._cassette(path).examples

    def recorded_outcomes(self, item: pytest.Item) -> str:
        """Return how each trial of a test went when it was recorded, as ``..F.``; "" when that is not known."""
        if self.settings.live:
            return ""
        path = cassette_path(item, self.settings.folder)
        return self._cassette(path).trials.get(slot_of(test_of(item), path), "")

    def _cassette(self, path: Path) -> Cassette:
        if path not in self._cassettes:
            cassette, _ = overlay(path, self.id, self.stable)
            self._cassettes = {path: cassette}
            self._fresh.setdefault(path, not cassette.exists)
        return self._cassettes[path]

    def _journal(self, path: Path) -> Journal:
        with self._lock:  # two threads' first calls must not both open it: the second would wait for the first's lock
            if path not in self._journals:
                self._journals[path] = Journal(path, self.owner)
            return self._journals[path]

    def finish(self, players: Sequence[Player], passed: bool, trials: str = "") -> list[str]:
        """Note how the test went in its journal, give the journal up, and return what went wrong in doing so.

        ``players`` are those of its ``trials``, which went as ``..F.`` says.
        """
        troubles = [trouble for player in players for trouble in player.troubles]
        made = any(player.made for player in players)
        for path, journal in list(self._journals.items()):
            del self._journals[path]
            try:
                with closing(journal):
                    if made:
                        journal.end(players[0].place.test, "passed" if passed else "failed", trials)
            except CassetteError as error:
                troubles.append(error)
        if made:
            self._cassettes.clear()
        return list(dict.fromkeys(map(str, troubles)))

    def _options(self) -> str:
        """Return the options of this command line that name the model, without credentials."""
        names = ("model", "base_url", "judge_model", "judge_base_url")
        given = {name: self.config.getoption(f"llm_{name}") for name in names}
        redact = self.readings.redactor.url
        return "".join(f" --llm-{name.replace('_', '-')}={redact(text)}" for name, text in given.items() if text)

    # -- files --

    def fold(self, path: Path) -> Folded | None:
        """Fold the journals beside a cassette into it."""
        self._cassettes.pop(path, None)
        return fold(path, self.id, self.stable, self._is_stale)

    def stable(self, dialect: str) -> Callable[[object], object]:
        """Return what takes out of an answer's JSON the fields that may differ between equal answers."""
        return partial(stable, volatile=self.readings.named(dialect).volatile)

    def _is_stale(self, entry: Entry) -> bool:
        return self.is_old(str(entry.get("recorded", "")))

    def is_old(self, recorded: str) -> bool:
        """Say whether something recorded on this ISO date is older than ``llm_max_age``."""
        days = self.settings.max_age_days
        if days is None or not recorded:
            return False
        try:
            return date.fromisoformat(recorded) < datetime.now(UTC).date() - timedelta(days=days)
        except ValueError:
            return False

    @property
    def terms(self) -> Terms:
        """How the running test takes samples: a replay asks one by one, so that the first miss is told."""
        replays = self.player is not None and self.player.replays
        return Terms(self.settings.trials, 1 if replays else self.settings.concurrency, replays)


def _host_of(url: str) -> frozenset[str]:
    if not url:
        return frozenset()
    parsed = urlsplit(url)
    host = parsed.hostname or ""
    return frozenset({f"{host}:{parsed.port}" if parsed.port else host})
