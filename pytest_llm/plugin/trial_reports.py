"""The reports of a test's trials made one: a setup, a call with the verdict, a teardown with the account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_llm.plugin.ledger import merged
from pytest_llm.text import plural, short

if TYPE_CHECKING:
    from pytest_llm.plugin.deciding import Verdict
    from pytest_llm.plugin.trial import Trial
    from pytest_llm.plugin.trial_run import Run

__all__ = ["reports_of"]

_WAYS = 4
_NAMED = 8
_LISTS = ("llm_snapshots", "llm_samples", "llm_relations", "llm_probed", "llm_judge_moved")


def reports_of(run: Run) -> Iterator[pytest.TestReport]:
    """Yield what is logged of a test's trials: as many reports as a test that is run once has."""
    ended = next((trial for trial in run.trials if trial.ended_badly), None)
    first = run.trials[0]
    if ended is not None:
        yield from _unjudged(ended, run)
    elif "setup" in first.reports:
        yield first.reports["setup"]
        if run.verdict is not None:
            yield _verdict_report(run, run.verdict)
    yield _teardown(run, passed=ended is None and run.verdict is not None and run.verdict.outcome != "failed")


def _unjudged(trial: Trial, run: Run) -> list[pytest.TestReport]:
    """Return the reports of a trial that ended in trouble, or skipped: as they are, and which one it was."""
    reports = [trial.reports[when] for when in ("setup", "call") if when in trial.reports]
    before = [one for one in run.trials if one.number < trial.number and not one.ended_badly]
    if trial.skipped and before:
        _fail(
            reports[-1],
            f"Trial {trial.number} of {run.demand.trials} skipped after {plural(len(before), 'trial')} that did not. "
            "Which trials count must not depend on what they come to: skip before the model is asked.",
        )
    elif not trial.skipped:
        passed = sum(one.passed for one in before)
        said = f", after {plural(len(before), 'trial')} of which {passed} passed" if before else ""
        reports[-1].sections.append(
            ("trials", f"Trial {trial.number} of {run.demand.trials}{said}. What is no answer counts for no rate.")
        )
    return reports


def _fail(report: pytest.TestReport, message: str) -> None:
    report.outcome, report.longrepr = "failed", message


def _verdict_report(run: Run, verdict: Verdict) -> pytest.TestReport:
    failed = [trial for trial in run.trials if not trial.passed]
    fails = verdict.outcome == "failed" or (
        verdict.outcome == "undecided" and run.session.settings.undecided == "fail" and not _expected(run)
    )
    shown = [trial for trial in run.trials if trial.passed != fails] or run.trials
    report = shown[0].reports["call"]
    calls = [trial.reports["call"] for trial in run.trials]
    report.start, report.stop = min(call.start for call in calls), max(call.stop for call in calls)
    report.duration = run.seconds
    claim = verdict.claim(run.demand)
    if fails and not shown[0].passed:
        _explain(report, claim, _ways(failed, run.item.config.rootpath), shown[0].number)
    elif fails:
        _fail(report, claim)
    report.llm_trials = {  # type: ignore[attr-defined]
        "nodeid": run.item.nodeid,
        "outcome": verdict.outcome,
        "said": verdict.said,
        "claim": claim,
        "outcomes": run.outcomes,
        "baseline": run.baseline,
        "live": any(trial.player is not None and trial.player.made for trial in run.trials),
        "hindered": run.hindered,
    }
    return report


def _expected(run: Run) -> bool:
    return any(hasattr(trial.reports["call"], "wasxfail") for trial in run.trials)


def _explain(report: pytest.TestReport, claim: str, ways: Sequence[str], number: int) -> None:
    """Put the claim and the ways in which trials failed before the first failing trial's own failure."""
    from _pytest._code.code import ExceptionChainRepr, ReprEntry, ReprTraceback

    said = f"Trial {number}, the first that failed:"
    repr_: Any = report.longrepr
    if not hasattr(repr_, "reprtraceback"):
        report.longrepr = "\n".join([claim, *ways, "", said, str(repr_)])
        return
    lines = [f"E   {line}" for line in [claim, *ways]]
    head = ReprTraceback([ReprEntry(lines, None, None, None, "long")], None, "long")
    chain = getattr(repr_, "chain", [(repr_.reprtraceback, repr_.reprcrash, None)])
    if repr_.reprcrash is not None:
        repr_.reprcrash.message = claim
    report.longrepr = ExceptionChainRepr([(head, repr_.reprcrash, said), *chain])
    report.longrepr.sections = repr_.sections


def _ways(failed: Sequence[Trial], root: Path) -> list[str]:
    """Return a line for each distinct way in which trials failed: where, with what message, how often."""
    ways: dict[tuple[str, str], list[Trial]] = {}
    for trial in failed:
        ways.setdefault(_way(trial, root), []).append(trial)
    found = sorted(ways.items(), key=lambda way: -len(way[1]))
    lines = [
        f"  {len(trials)} x {where}  {_message(trials[0])}  ({_listed(trials)})" for (where, _), trials in found[:_WAYS]
    ]
    return [*lines, f"  and {plural(len(found) - _WAYS, 'other way')}"] if len(found) > _WAYS else lines


def _way(trial: Trial, root: Path) -> tuple[str, str]:
    crash = getattr(trial.reports["call"].longrepr, "reprcrash", None)
    if crash is None:
        return "", _message(trial)
    path = Path(crash.path)
    where = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    return f"{where}:{crash.lineno}", type(trial.errors["call"]).__name__


def _message(trial: Trial) -> str:
    error = trial.errors["call"]
    first = str(error).partition("\n")[0]
    if isinstance(error, AssertionError):
        return short(first, 90)
    return short(f"{type(error).__name__}: {first}", 90)


def _listed(trials: Sequence[Trial]) -> str:
    numbers = ", ".join(str(trial.number) for trial in trials[:_NAMED])
    more = ", ..." if len(trials) > _NAMED else ""
    return f"trial {numbers}" if len(trials) == 1 else f"trials {numbers}{more}"


def _teardown(run: Run, *, passed: bool) -> pytest.TestReport:
    """Return the last teardown, or the first that failed, with what all trials did."""
    reports = [trial.reports["teardown"] for trial in run.trials if "teardown" in trial.reports]
    report = next((one for one in reports if one.failed), reports[-1])
    players = [trial.player for trial in run.trials if trial.player is not None]
    outcomes = run.outcomes if run.verdict is not None else ""
    trouble = run.session.finish(players, passed, outcomes) if players else []
    if accounts := [one.account for one in run.trials if one.account is not None]:
        report.llm = merged(accounts, passed=passed, whole=run.demand.whole, trouble=trouble)  # type: ignore[attr-defined]
    _merge_scores(report, [one.llm_scores for one in reports if hasattr(one, "llm_scores")])
    for name in _LISTS:
        if found := [one for other in reports for one in getattr(other, name, [])]:
            setattr(report, name, [*{str(one): one for one in found}.values()])
    if run.verdict is not None:
        report.user_properties.append(("llm_trials", run.verdict.said))
    return report


def _merge_scores(report: pytest.TestReport, scores: Sequence[dict[str, Any]]) -> None:
    if scores:
        counted = {name: sum(one[name] for one in scores) for name in ("recorded", "unrecorded", "embedded")}
        compared = [item for one in scores for item in one["compared"]]
        report.llm_scores = {**scores[0], **counted, "compared": compared}  # type: ignore[attr-defined]
