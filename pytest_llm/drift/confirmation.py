"""Confirmation of a first alarm in a fresh session, and the false-alarm rate of a stream of nights."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from pytest_llm.drift.attribution import attribute, differing, verdict
from pytest_llm.drift.behaviour import outcome_blocks
from pytest_llm.drift.blocks import text_blocks
from pytest_llm.drift.logprobs import logprob_blocks
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.texts import greedy_blocks
from pytest_llm.drift.values import RUNGS, Probe, Rung, Verdict
from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.between import sessions_differ
from pytest_llm.stats.sessions import sessions_needed
from pytest_llm.stats.two_sample import Block

__all__ = ["alpha_per_run", "confirm", "merged", "runs_needed"]

_ANYWAY = 0.25  # at which sessions of one side count as different: here a miss is the costly error
_TESTS = len(RUNGS) - 1  # identity is a fact
_OTHERS = _TESTS - 1  # that may differ where one shows a change


def confirm(alarm: Verdict, first: Sequence[Probe], again: Sequence[Probe], settings: Settings) -> Verdict:
    """Judge the ``alarm`` of a first look by a second: the same requests and baselines, fresh draws of another session.

    UNCHANGED unless some rung shows it in the second session alone and in both together; those that raised the alarm
    are asked apart as well, corrected for their own number only. FAIL when permuted sessions show it, or when permuted
    calls do and calls of one session are no more alike than those of two of the same side. Where they are more alike
    it is a warning. Against a baseline of several sessions they are compared on every rung, a caution that costs as
    many runs as ``runs_needed`` says; one session cannot tell a change from its own session in however many runs, so
    that there only the rungs that show a change count.
    """
    raised = differing(alarm.evidence, settings).keys()
    together = merged(first, again)
    second = _asked(again, raised, settings)
    found = _asked(together, raised, settings) if second.changed else second
    if found.changed and "FAIL" in (second.level, found.level):
        return replace(found if found.level == "FAIL" else second, level="FAIL")
    both = _shown(second, raised, settings) & _shown(found, raised, settings)
    if not both:
        quiet = replace(found, kind="UNCHANGED", level="PASS", direction="") if found.changed else found
        return replace(quiet, sentence=f"a first alarm is not confirmed in a fresh session: {found.sentence}")
    sessions = {draw.session for probe in together for draw in probe.baseline}
    others = {one.rung for one in found.evidence if one.p is not None} - both if len(sessions) > 1 else set()
    if not (_differ(both, _ANYWAY, together, settings) or _differ(others, _ANYWAY / _OTHERS, together, settings)):
        return replace(second, level="FAIL", sentence=f"{second.sentence}; confirmed in a fresh session")
    why = "the fresh sessions may differ from each other as well; record a baseline of several sessions"
    if len(sessions) > 1:
        why = "sessions of one side may differ from each other as well, so that one run cannot tell"
    return replace(second, level="WARN", sentence=f"{second.sentence}; {why}")


def _asked(probes: Sequence[Probe], raised: Collection[Rung], settings: Settings) -> Verdict:
    """Return the verdict on all rungs, or if that is no change, on those that raised the alarm."""
    found = verdict(probes, settings)
    if found.changed or not raised or not found.evidence:
        return found
    apart = attribute(found.evidence, probes, settings, raised)
    return apart if apart.changed else found


def _shown(found: Verdict, raised: Collection[Rung], settings: Settings) -> set[Rung]:
    return {*differing(found.evidence, settings), *differing(found.evidence, settings, raised)}


def _differ(rungs: Iterable[Rung], alpha: float, probes: Sequence[Probe], settings: Settings) -> bool:
    """Say whether the sessions of one side differ from each other on one of these rungs."""
    return any(sessions_differ(_BLOCKS[rung](probes, settings), seed=settings.seed) <= alpha for rung in rungs)


_BLOCKS: Mapping[Rung, Callable[[Sequence[Probe], Settings], Sequence[Block]]] = {
    "log-probabilities": lambda probes, settings: logprob_blocks(probes),
    "greedy": lambda probes, settings: greedy_blocks(probes),
    "text": lambda probes, settings: text_blocks([one for one in probes if not one.greedy], settings.embed),
    "behaviour": lambda probes, settings: outcome_blocks(probes),
}


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


def runs_needed(baseline_sessions: int, alpha: float) -> int | None:
    """Return how many successive runs must warn before it is a failure, two at least; None for no number of them.

    A run against a baseline of several sessions warns when its sessions are the most extreme of all on some rung. With
    nothing changed any of the sessions of the baseline and of these runs are as likely to be those, so that on one of
    the four rungs all of so many runs are the most extreme with a probability of ``alpha`` at most.
    """
    needed = sessions_needed(baseline_sessions, alpha / _TESTS)
    return None if needed is None else max(2, needed)


def _pairs(first: Sequence[Probe], again: Sequence[Probe]) -> list[tuple[Probe, Probe]]:
    later = {probe.name: probe for probe in again}
    return [(probe, later[probe.name]) for probe in first if probe.name in later]
