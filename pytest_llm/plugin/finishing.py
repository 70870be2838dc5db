"""The end of a run: fold what workers recorded, find unused recordings, say what there is to say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import pytest

from pytest_llm.errors import CassetteError, LLMError
from pytest_llm.plugin.attribution_lines import attribution_lines
from pytest_llm.plugin.ledger import Ledger
from pytest_llm.plugin.running import fold, session_of
from pytest_llm.plugin.session import Session
from pytest_llm.plugin.stash import DESELECTED, LEDGER, SESSION, SETTINGS
from pytest_llm.plugin.summary import summary_lines
from pytest_llm.plugin.unused import delete, find_unused
from pytest_llm.plugin.unused_answers import find_unused_answers

__all__ = ["finish", "is_controller", "summarise"]


def is_controller(config: pytest.Config) -> bool:
    """Say whether this process hands its tests to xdist workers."""
    return not hasattr(config, "workerinput") and getattr(config.option, "dist", "no") != "no"


def finish(session: pytest.Session) -> None:
    """End the run in this process; in an xdist worker that is only the local model's end."""
    config = session.config
    ledger = config.stash[LEDGER]
    if ledger.judges_moved and not hasattr(config, "workerinput"):
        from pytest_llm.plugin.judge_drift import judge_drift

        ledger.judge_drift = judge_drift(session_of(config), ledger.judges_moved)
    if config.stash[SETTINGS].judge_probe and not hasattr(config, "workerinput"):
        from pytest_llm.plugin.probing import probe

        ledger.probed = probe(session_of(config), ledger.to_probe)
    ours = config.stash.get(SESSION, None)
    if ours is not None:
        ours.endpoints.close()
    if hasattr(config, "workerinput"):
        config.workeroutput["llm_attributions"] = ledger.attributions  # type: ignore[attr-defined]
    if hasattr(config, "workerinput") or not ledger.accounts:
        return
    ours = session_of(config)
    if is_controller(config) and not ours.settings.live:
        for path in ledger.cassettes:
            fold(config, ours, path)
    ledger.trouble += dict.fromkeys(text for account in ledger.accounts.values() for text in account["trouble"])
    if not ours.settings.live:
        _look_for_unused(session, ledger, ours)


def _look_for_unused(session: pytest.Session, ledger: Ledger, ours: Session) -> None:
    action = ours.settings.unused
    narrowed = bool(session.config.stash.get(DESELECTED, []) or session.shouldstop or session.shouldfail)
    found = find_unused(session.config, ledger, ours.settings, deselected=narrowed)
    answers = find_unused_answers(session.config, ledger, ours.settings, deselected=narrowed)
    ledger.unused = [str(unused) for unused in found]
    ledger.unused_answers = [str(unused) for unused in answers]
    if action == "delete":
        _do(ledger, [*(partial(delete, one) for one in found), *(one.path.unlink for one in answers)])
    if action == "fail" and (found or answers) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _do(ledger: Ledger, steps: Iterable[Callable[[], None]]) -> None:
    for step in steps:
        try:
            step()
        except (CassetteError, OSError) as error:
            ledger.trouble.append(str(error))


def summarise(terminal: Any, config: pytest.Config) -> None:
    """Write the section at the end of the run, if there is anything to say."""
    ledger = config.stash[LEDGER]
    ours = session_of(config)
    lines = [ours.readings.redactor.text(line) for line in summary_lines(ledger, ours.settings.unused)]
    lines += _of_samples(ledger, ours)
    lines += [
        ours.readings.redactor.text(line) for line in attribution_lines(ledger.attributions, ours.settings.confidence)
    ]
    if ours.settings.calibrate:
        lines += _calibration(ledger, config)
    if lines:
        terminal.write_sep("-", "llm")
        for line in lines:
            terminal.write_line(line)


def _of_samples(ledger: Ledger, ours: Session) -> list[str]:
    if not ledger.samples and not ours.settings.power:
        return []
    from pytest_llm.plugin.sample_summary import power_lines, sample_lines

    lines = list(sample_lines(ledger, ours.settings.confidence))
    if ours.settings.power:
        lines += power_lines(ledger, ours.settings.confidence)
    return [ours.readings.redactor.text(line) for line in lines]


def _calibration(ledger: Ledger, config: pytest.Config) -> list[str]:
    from pytest_llm.embedders.base import DEFAULT, read_name
    from pytest_llm.plugin.calibration import calibration_lines, thresholds
    from pytest_llm.plugin.embedding import Vectors, embedder_of

    spelled = config.stash[SETTINGS].embedder or DEFAULT
    vectors = Vectors(read_name(spelled), lambda: embedder_of(config, spelled))
    try:
        found = thresholds(ledger.scores, vectors)
    except LLMError as error:
        return [f"--llm-calibrate cannot compare the answers of the suite with each other: {error}"]
    if not found:
        return ["--llm-calibrate found no similar_to in the tests that ran."]
    return list(calibration_lines(found, str(vectors.name)))
