"""Confirmation of a first alarm in a fresh session, and the false-alarm rate of a stream of nights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pytest_llm.drift.attribution import verdict
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.values import Probe, Verdict
from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.sessions import sessions_needed

__all__ = ["alpha_per_run", "confirm", "merged"]

_ANYWAY = 0.25  # at which two fresh sessions count as different: here a miss is the costly error


def confirm(first: Sequence[Probe], again: Sequence[Probe], settings: Settings) -> Verdict:
    """Judge an alarm by a second look: the same requests and baselines, with fresh draws of another session.

    ``first`` may be what raised the alarm a moment ago or last night. Not seen again: UNCHANGED. Seen again against a
    baseline of one session: FAIL, unless the two fresh sessions differ from each other as well, for then the sessions
    of this provider differ anyway and only a baseline of several can judge. Against a baseline of several sessions all
    fresh sessions are permuted together with them; where they are too few for that the sentence says how many it takes.
    """
    second = verdict(again, settings)
    if not second.changed:
        return replace(second, sentence=f"a first alarm is not confirmed in a fresh session: {second.sentence}")
    together = merged(first, again)
    found = verdict(together, settings)
    if second.level == "FAIL" or found.level == "FAIL":
        return replace(found if found.level == "FAIL" else second, level="FAIL")
    sessions = {draw.session for probe in together for draw in probe.baseline}
    if len(sessions) > 1:
        needed = sessions_needed(len(sessions), settings.alpha / max(1, _tests(found)))
        lacking = f"{needed} fresh sessions decide" if needed else "the baseline has too few sessions"
        return replace(found if found.changed else second, level="WARN", sentence=f"{second.sentence}; {lacking}")
    between = [replace(old, baseline=old.fresh, fresh=new.fresh) for old, new in _pairs(first, again)]
    if verdict(between, replace(settings, alpha=max(settings.alpha, _ANYWAY))).changed:
        why = "the fresh sessions differ from each other as well; record a baseline of several sessions"
        return replace(second, level="WARN", sentence=f"{second.sentence}; {why}")
    return replace(second, level="FAIL", sentence=f"{second.sentence}; confirmed in a fresh session")


def merged(first: Sequence[Probe], again: Sequence[Probe]) -> list[Probe]:
    """Return the probes with the fresh draws of both looks."""
    return [
        replace(old, fresh=(*old.fresh, *new.fresh), errors=old.errors + new.errors)
        for old, new in _pairs(first, again)
    ]


def alpha_per_run(average_run_length: float) -> float:
    """Return the false-alarm rate of one run for a wanted mean number of runs until a false alarm, 1 over it.

    Nights that are compared with one baseline depend on each other, so neither multiplying their e-values nor an
    e-detector (Shin, Ramdas and Rinaldo 2024) keeps its promise: those need fresh evidence against a known null.
    A union bound over nights does: n runs raise a false alarm with probability at most n times this rate.
    """
    if average_run_length < 1:
        raise ConfigurationError(f"An average run length of {average_run_length!r} runs is none. Valid: 1 or more.")
    return 1 / average_run_length


def _pairs(first: Sequence[Probe], again: Sequence[Probe]) -> list[tuple[Probe, Probe]]:
    later = {probe.name: probe for probe in again}
    return [(probe, later[probe.name]) for probe in first if probe.name in later]


def _tests(found: Verdict) -> int:
    return sum(one.p is not None for one in found.evidence)
