"""Hooks around each test, registered only when a collected test is ours."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from pytest_llm.errors import CassetteError, LLMError, UngradedError
from pytest_llm.player import Player
from pytest_llm.plugin.judges import explain_checklist
from pytest_llm.plugin.ledger import account_of
from pytest_llm.plugin.options import check_marker, in_ci
from pytest_llm.plugin.ours import family, is_ours
from pytest_llm.plugin.outcomes import as_outcome, clean_report, insist, noted, plain, tell
from pytest_llm.plugin.places import answers_stem, cassette_path, test_of
from pytest_llm.plugin.properties import prepared
from pytest_llm.plugin.session import Session
from pytest_llm.plugin.stash import (
    ACCEPTED,
    BASELINES,
    BENCH,
    FAILED,
    KEEPER,
    LEDGER,
    MOVED,
    PROBED,
    RELATIONS,
    SESSION,
    SETTINGS,
    TRIAL,
)
from pytest_llm.plugin.trial import check_trials

__all__ = ["fold", "session_of"]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, Any, Any]:
    """Fold what a test function recorded when its last test is through; under xdist the controller does."""
    result = yield
    if is_ours(item):
        _through(item, nextitem)
    return result


@pytest.hookimpl(tryfirst=True, specname="pytest_runtest_setup")
def pytest_runtest_setup_begins(item: pytest.Item) -> None:
    """Turn interception on before any fixture is made; no wrapper, so that what it raises leaves others' whole."""
    if is_ours(item):
        _start(item)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Let no fixture swallow a miss."""
    yield from _insisting(item)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Let nothing swallow a miss, and give a test of a property its examples."""
    with prepared(item, _player(item)):
        yield from _insisting(item)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Turn interception off after the last fixture is gone."""
    try:
        yield from _insisting(item)
    finally:
        if item.config.stash.get(SESSION, None) is not None:
            item.config.stash[SESSION].shut()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell a miss in one line, let no secret into the report, and add the test's account at its end."""
    if (bench := item.stash.get(BENCH, None)) is not None and call.excinfo is not None:
        explain_checklist(call.excinfo.value, bench)
        call.excinfo = plain(call.excinfo)
    as_outcome(call, item.config.rootpath)
    report = yield
    if (trial := item.stash.get(TRIAL, None)) is not None:
        trial.note(call, report)
    _finish_report(item, call, report)
    return report


def session_of(config: pytest.Config) -> Session:
    """Return the session, made when first asked for."""
    session = config.stash.get(SESSION, None)
    if session is None:
        session = config.stash[SESSION] = Session(config, config.stash[SETTINGS])
    return session


def fold(config: pytest.Config, session: Session, path: Any) -> None:
    """Fold the journals beside a cassette into it, and note what came of it."""
    ledger = config.stash[LEDGER]
    try:
        folded = session.fold(path)
    except CassetteError as error:
        ledger.trouble.append(f"{error} The recordings stay in the journals beside it until it can be.")
        return
    if folded is not None:
        ledger.folded.append(folded)


def _start(item: pytest.Item) -> None:
    item.stash[FAILED] = False
    if item.get_closest_marker("llm_live") is not None and not item.config.stash[SETTINGS].live:
        pytest.skip("calls the provider: runs under --llm-live only")
    if trouble := _opened(item):
        pytest.fail(trouble, pytrace=False)


def _opened(item: pytest.Item) -> str:
    """Open the test's cassette; return what is wrong when that cannot be done."""
    try:
        check_marker(item)
        check_trials(item)
        if (trial := item.stash.get(TRIAL, None)) is None:
            session_of(item.config).open(item)
        elif trial.opens is not None:
            trial.player = session_of(item.config).open_for(item, trial.opens)
        elif trial.cell is None:
            trial.player = session_of(item.config).open(item, trial.number)
        else:
            trial.player = session_of(item.config).open_cell(item, trial.number, trial.cell, trial.endpoint)
    except (LLMError, pytest.UsageError) as error:
        return str(error)
    return ""


def _insisting(item: pytest.Item) -> Generator[None, None, None]:
    before = noted(_player(item))
    try:
        yield
    except BaseException as error:
        insist(_player(item), before, error)
        raise
    insist(_player(item), before, None)


def _player(item: pytest.Item) -> Player | None:
    session = item.config.stash.get(SESSION, None)
    return session.player if session is not None else None


def _finish_report(item: pytest.Item, call: pytest.CallInfo[Any], report: pytest.TestReport) -> None:
    session, player = item.config.stash.get(SESSION, None), _player(item)
    if session is None or player is None:
        return
    if call.excinfo is not None and call.excinfo.value in player.outcomes:
        tell(report, call.excinfo.value, _story(player, str(call.excinfo.value)))
    if call.excinfo is not None and isinstance(call.excinfo.value, UngradedError):
        tell(report, call.excinfo.value, str(call.excinfo.value).partition("\n")[0])
    if not report.passed:  # who skips or fails as expected leaves recordings unplayed too
        item.stash[FAILED] = True
    if report.failed or report.sections:
        clean_report(report, session.readings.redactor.text)
    if report.when == "teardown":
        if rows := item.stash.get(RELATIONS, None):
            report.llm_relations = rows  # type: ignore[attr-defined]
        keepers = (item.stash.get(KEEPER, None), item.stash.get(BASELINES, None))
        if causes := [
            {"nodeid": item.nodeid, "cause": cause, "path": str(path), "waits": not in_ci()}
            for keeper in keepers
            if keeper is not None
            for path, cause in keeper.files.waiting.items()
        ]:
            report.llm_snapshots = causes  # type: ignore[attr-defined]
        if probed := item.stash.get(PROBED, None):
            report.llm_probed = probed  # type: ignore[attr-defined]
        if moved := item.stash.get(MOVED, None):
            report.llm_judge_moved = moved  # type: ignore[attr-defined]
        passed = not item.stash.get(FAILED, False)
        if passed and (snapshots := item.stash.get(KEEPER, None)) is not None:
            snapshots.passed()
        in_trial = TRIAL in item.stash
        trouble = [] if in_trial else session.finish([player], passed)
        account = account_of(player, session, passed=passed, family=family(item), trouble=trouble)
        account["answers"] = str(answers_stem(item.path, test_of(item), session.settings.folder))
        account["accepted"] = item.stash.get(ACCEPTED, {})
        report.llm = account  # type: ignore[attr-defined]
        session.player = None


def _story(player: Player, message: str) -> str:
    stories = {miss.message: miss.story for miss in player.misses}
    return stories.get(message) or message.partition("\n")[0]


def _through(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    session = item.config.stash.get(SESSION, None)
    if session is None or session.is_worker or session.settings.live or session.settings.drift is not None:
        return
    path = cassette_path(item, session.settings.folder)
    if nextitem is None or not is_ours(nextitem) or cassette_path(nextitem, session.settings.folder) != path:
        fold(item.config, session, path)
