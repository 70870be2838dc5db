"""``--llm-attribute``: where prompt and model both changed, ask each old and new one with each, and compare."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import pytest

from pytest_llm.local import LOCAL_MODELS, LocalServer, start
from pytest_llm.plugin.cells import Cell
from pytest_llm.plugin.places import attribution_path, cassette_path, test_of
from pytest_llm.plugin.running import session_of
from pytest_llm.plugin.stash import KEEPER, LEDGER
from pytest_llm.plugin.trial import Trial
from pytest_llm.plugin.trial_items import again, run_unreported
from pytest_llm.snapshots.cause import Cause
from pytest_llm.snapshots.document import Document

__all__ = ["pytest_runtest_protocol"]

_DRAWS = 10
_GONE = frozenset({400, 403, 404, 410})  # what providers answer for a model that they do not serve


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, Any, Any]:
    """Experiment with a test when it is through, if its answer changed with both the prompt and the model."""
    result = yield
    keeper = item.stash.get(KEEPER, None)
    if keeper is not None and isinstance(item, pytest.Function):
        for found, old, new in keeper.changed.values():
            if changes_both(found):
                item.config.stash[LEDGER].attributions.append(Experiment(item, nextitem, old, new).run())
                break  # one experiment runs the whole test, whatever its other snapshots are
    return result


def changes_both(found: Sequence[Cause]) -> bool:
    """Say whether the prompt changed and the model too, the one asked for or the one that answered."""
    parts = {cause.part for cause in found}
    return "prompt" in parts and not parts.isdisjoint(("model", "served model"))


@dataclass
class Result:
    """What came of one cell: its outcomes, or why there are none."""

    cell: Cell
    passed: int = 0
    trials: int = 0
    trouble: str = ""
    gone: bool = False
    recorded: bool = False


class Experiment:
    """The four cells of one test, each run as often as the others, scored by the test's own expectations."""

    def __init__(self, item: pytest.Function, nextitem: pytest.Item | None, old: Document, new: Document) -> None:
        self.item, self._nextitem = item, nextitem
        self.session = session_of(item.config)
        self.draws = self.session.settings.trials or _DRAWS
        self._old, self._new = old, new
        self._accounts: list[Mapping[str, Any]] = []
        self._servers = ExitStack()
        self._urls: dict[str, LocalServer] = {}

    def run(self) -> dict[str, Any]:
        """Run the cells and return what they came to, as plain values."""
        several = "calls" in self._old.meta or "calls" in self._new.meta
        prompt = self._old_prompt() if not several else None
        told: dict[str, Any] = {"nodeid": self.item.nodeid, "draws": self.draws, "models": self._models}
        if prompt is None:
            why = "the old prompt is neither recorded nor one of messages that the snapshot could give back"
            why = "the value is of several calls together, of which no one prompt can be exchanged" if several else why
            return {**told, "cells": [], "why": why, "calls": 0, "spent": 0.0, "replayed": 0}
        with self._servers:
            cells = [self._run_cell(cell) for cell in self._cells(prompt)]
        sums = {name: sum(one[name] for one in self._accounts) for name in ("calls", "spent", "replayed")}
        return {**told, "cells": [_told(one) for one in cells], "why": "", **sums}

    @property
    def _models(self) -> tuple[str, str]:
        """The old model and the new: by the names that were asked, or that answered where these are the same."""
        old, new = (str(one.meta.get("model") or "") for one in (self._old, self._new))
        return (str(self._old.meta.get("served_model") or old), new) if old == new else (old, new)

    def _cells(self, prompt: Mapping[str, Any]) -> Iterator[Cell]:
        parts: Any = self._new.meta.get("parts")
        old, new = self._models
        for old_model in (True, False):
            for old_prompt in (True, False):
                name = f"{'old' if old_prompt else 'new'} prompt, {'old' if old_model else 'new'} model"
                yield Cell(
                    name,
                    str(parts["prompt"]),
                    new,
                    prompt if old_prompt else None,
                    old if old_model else None,
                )

    def _old_prompt(self) -> Mapping[str, Any] | None:
        """Return the part of a request's body that is the old prompt: as recorded, else as the snapshot tells it."""
        wanted = self._old.meta.get("fingerprint")
        readings = self.session.readings
        entries = self.session.recorded(cassette_path(self.item, self.session.settings.folder))
        for entry in entries:
            if entry["fingerprint"] == wanted:
                part = readings.named(entry["dialect"]).split(readings.request_of(entry)).get("prompt")
                return part if isinstance(part, Mapping) else None
        chat = self._old.meta.get("dialect") in ("openai-chat", "ollama", "cohere")
        if not chat or not self._old.prompt or any(role == "tool" for role, _ in self._old.prompt):
            return None
        return {"messages": [{"role": role, "content": text} for role, text in self._old.prompt]}

    # -- one cell --

    def _run_cell(self, cell: Cell) -> Result:
        path = attribution_path(self.item, self.session.settings.folder)
        if self.session.last_trial(path, f"{test_of(self.item)} ({cell.name})") >= self.draws:
            cell = replace(cell, mode="none")
        result = self._trials(cell)
        if result.gone and cell.model is not None and cell.prompt is not None:
            stand_in = self._trials(replace(cell, mode="none"))
            return replace(result, passed=stand_in.passed, trials=stand_in.trials, recorded=True)
        return result

    def _trials(self, cell: Cell) -> Result:
        result = Result(cell)
        trials: list[Trial] = []
        for number in range(1, self.draws + 1):
            trial = self._trial(number, cell)
            trials.append(trial)
            if trial.ended_badly:
                result.gone = _is_gone(trial)
                result.trouble = "" if cell.mode == "none" and result.trials else _trouble(trial)
                break
            result.passed += trial.passed
            result.trials += 1
        self._accounts += [trial.account for trial in trials if trial.account is not None]
        trouble = self.session.finish([one.player for one in trials if one.player is not None], passed=True)
        self.session.fold(attribution_path(self.item, self.session.settings.folder))
        result.trouble = result.trouble or "\n".join(trouble)
        return result

    def _trial(self, number: int, cell: Cell) -> Trial:
        trial = Trial(number, again(self.item), cell=cell, endpoint=self._endpoint)
        run_unreported(trial, self.item, self._nextitem)
        return trial

    def _endpoint(self, model: str) -> str | None:
        """Return where an old model is asked: a local one's own server; None where the new one's endpoint serves it."""
        if model not in LOCAL_MODELS or not self.session.endpoints.model(self.item).startswith("local/"):
            return None
        if model not in self._urls:
            self._urls[model] = self._servers.enter_context(start(f"local/{model}"))
        return self._urls[model].base_url


def _is_gone(trial: Trial) -> bool:
    timeline = trial.player.timeline if trial.player is not None else []
    return bool(timeline) and timeline[-1][0]["status"] in _GONE


def _trouble(trial: Trial) -> str:
    error = next((one for one in trial.errors.values() if one is not None), None)
    return str(error).partition("\n")[0] if error is not None else "the test was skipped"


def _told(result: Result) -> dict[str, Any]:
    return {
        "name": result.cell.name,
        "passed": result.passed,
        "trials": result.trials,
        "trouble": result.trouble,
        "gone": result.gone,
        "recorded": result.recorded,
    }
