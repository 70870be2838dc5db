"""A night of several items judged as a whole, and what the nights before it add."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import takewhile

from pytest_llm.drift.blocks import Embed
from pytest_llm.drift.confirmation import alpha_per_run, confirm, runs_needed
from pytest_llm.drift.history import Run
from pytest_llm.drift.item import Looked
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.suite import judge_suite, undecided
from pytest_llm.drift.values import CHANGED, Kind, Probe, Verdict

__all__ = ["baseline_of", "judge_night", "seen_again"]

_SEEN: tuple[Kind, ...] = (*CHANGED, "UNCHANGED", "NOT ENOUGH EVIDENCE")


def judge_night(items: Mapping[str, Looked], run_length: float, embed: Embed | None = None) -> Verdict | None:
    """Return the verdict on all requests together; None for one item, whose own it is.

    A warning is confirmed by the second sessions that items took. Without a change, an item that could not be measured
    leaves the whole so, and items that all had too little evidence, each by its own verdict, leave it undecided.
    """
    if len(items) < 2:
        return None
    measured = {name: one for name, one in items.items() if any(probe.measured for probe in one.probes)}
    settings = Settings(alpha_per_run(run_length), embed=embed)
    # A second session leaves another evidence than the first one's; so does a night that could not be measured.
    known = {
        name: one.verdict.evidence for name, one in measured.items() if one.verdict.kind in _SEEN and not one.again
    }
    dropped = {name for name, one in items.items() if one.again and not one.verdict.changed}
    found = judge_suite({name: one.probes for name, one in items.items()}, settings, known, dropped).verdict
    if not found.changed or found.level == "FAIL":
        return undecided(found, [one.verdict for one in items.values()])
    again = [probe for one in items.values() for probe in one.again]
    if any(one.verdict.level == "FAIL" for one in items.values()):
        return replace(found, level="FAIL")
    if not any(probe.measured for probe in again):
        return found
    first = [probe for one in measured.values() for probe in one.probes]
    return confirm(found, first, again, replace(settings, alpha=settings.alpha / 2))


def seen_again(found: Verdict, items: Iterable[Sequence[Probe]], before: Sequence[Run], run_length: float) -> Verdict:
    """Return a warning as a failure when enough runs before it, one after the other, saw a change from this baseline.

    How many that takes is a matter of the baseline's sessions, the fewest of a request (see ``runs_needed``).
    ``before`` are the runs before, the oldest first.
    """
    if not found.waits:
        return found
    probes = [probe for one in items for probe in one]
    baseline = baseline_of([probes])
    sessions = min(len({draw.session for draw in probe.baseline}) for probe in probes if probe.baseline)
    needed = runs_needed(sessions, alpha_per_run(run_length))
    row = takewhile(lambda run: run.kind in CHANGED and run.baseline == baseline, reversed(before))
    if needed is None or 1 + sum(1 for _ in row) < needed:
        return found
    said = "the run before" if needed == 2 else f"the {needed - 1} runs before"
    return replace(found, level="FAIL", sentence=f"{found.sentence}; {said} saw it too")


def baseline_of(items: Iterable[Sequence[Probe]]) -> str:
    """Return what tells one baseline from another: a digest of its requests and sessions."""
    known = sorted(
        f"{one.name} {session}"
        for probes in items
        for one in probes
        for session in {draw.session for draw in one.baseline}
    )
    return sha256("\n".join(known).encode()).hexdigest()[:16]
