"""The options of drift mode: whether it compares or records a baseline, and which verdicts fail the run."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from pytest_llm.drift.failing import DEFAULT, KINDS, failing
from pytest_llm.errors import ConfigurationError

__all__ = ["Drift", "add_drift_options", "read_drift"]

_RUN_LENGTH = 20.0


@dataclass(frozen=True, slots=True)
class Drift:
    """What drift mode is to do.

    ``records`` says that a baseline is recorded, of ``sessions`` sessions when that is given; ``failing`` are the
    kinds of verdict that fail the run; ``run_length`` is the mean number of quiet runs until a false warning.
    """

    records: bool
    sessions: int | None
    failing: frozenset[str]
    run_length: float


def add_drift_options(parser: pytest.Parser, group: pytest.OptionGroup) -> None:
    """Declare the options and ini names of drift mode."""
    group.addoption(
        "--llm-drift",
        action="store_true",
        default=False,
        help="probe the provider with the recorded requests instead of running the tests: has it changed?",
    )
    group.addoption(
        "--llm-baseline",
        action="store_true",
        default=False,
        help="record what --llm-drift compares with: several draws of each recorded request, in one session",
    )
    group.addoption(
        "--llm-baseline-sessions",
        default=None,
        metavar="N",
        help="with --llm-baseline: add one session a run until there are N; none more is recorded then",
    )
    valid = ", ".join(KINDS)
    parser.addini("llm_drift_fail_on", f"verdicts that fail the run, of {valid}; or never ({DEFAULT})", default=None)
    parser.addini(
        "llm_drift_run_length", "mean number of quiet --llm-drift runs until a false warning (20)", default=None
    )


def read_drift(config: pytest.Config) -> Drift | None:
    """Return what drift mode is to do, None when it is not asked for; raises ``pytest.UsageError``."""
    kinds, length = _failing(config), _run_length(config)
    compares, records = bool(config.getoption("llm_drift")), bool(config.getoption("llm_baseline"))
    sessions = _sessions(config.getoption("llm_baseline_sessions"), records)
    if compares and records:
        raise pytest.UsageError("--llm-baseline records what --llm-drift compares with: give one of the two.")
    if not (compares or records):
        return None
    name = "--llm-drift" if compares else "--llm-baseline"
    for other in ("llm_record", "llm_live"):
        if config.getoption(other):
            raise pytest.UsageError(
                f"{name} runs no test and touches no cassette: it does not go with --{other.replace('_', '-')}."
            )
    return Drift(records, sessions, kinds, length)


def _failing(config: pytest.Config) -> frozenset[str]:
    try:
        return failing("llm_drift_fail_on", config.getini("llm_drift_fail_on") or DEFAULT)
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None


def _run_length(config: pytest.Config) -> float:
    given = config.getini("llm_drift_run_length")
    try:
        value = float(given or _RUN_LENGTH)
    except ValueError:
        value = 0.0
    if not 2 <= value <= 1000:
        raise pytest.UsageError(f"llm_drift_run_length={given!r} is not a number of runs from 2 to 1000.")
    return value


def _sessions(given: str | None, records: bool) -> int | None:
    if given is None:
        return None
    if not records:
        raise pytest.UsageError("--llm-baseline-sessions says how many sessions --llm-baseline records: it needs that.")
    if not given.isdecimal() or int(given) < 1:
        raise pytest.UsageError(f"--llm-baseline-sessions={given!r} is not a whole number of at least 1.")
    return int(given)
