"""What the terminal says at the end of a run in drift mode."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from pytest_llm.drift.example import most_changed
from pytest_llm.drift.values import Probe, Verdict
from pytest_llm.text import and_list, money, plural

__all__ = ["baseline_lines", "closing_lines", "drift_lines"]

_TOLD = 8


def drift_lines(
    told: Sequence[Mapping[str, Any]],
    verdicts: Mapping[str, Verdict],
    probes: Mapping[str, Sequence[Probe]],
    suite: Verdict | None,
    *,
    above: Collection[str] = (),
    verbose: bool = False,
) -> list[str]:
    """Return the counts and the cost, the suite's verdict, and what is to be said of each item.

    The evidence of what did not change, and the ninth item and those after it, are told when ``verbose``; that of the
    items ``above`` stands among the failures already.
    """
    counts = Counter(one.kind for one in verdicts.values())
    said = and_list([f"{count} {kind}" for kind, count in counts.most_common()])
    calls, spent = (sum(one[name] for one in told) for name in ("calls", "spent"))
    lines = [f"{plural(len(told), 'item')}: {said}  ({plural(calls, 'live call')}, {money(spent)} spent)."]
    if suite is not None:
        lines.append(f"The suite: {_mark(suite)}{suite}")
        lines += [f"  {one.rung}: {one}" for one in suite.evidence] if suite.changed or verbose else []
    notes = {one["nodeid"]: one["notes"] for one in told}
    order = sorted(verdicts, key=lambda name: (not verdicts[name].changed, verdicts[name].level != "FAIL"))
    many = len(order) if verbose else _TOLD
    for name in order[:many]:
        lines += _of_item(name, verdicts[name], probes[name], verbose, name in above)
        lines += [f"  {note}" for note in notes[name]]
    if order[many:]:
        lines.append(f"and {plural(len(order) - many, 'other item')}: pytest --llm-drift -v")
    return lines


def _of_item(name: str, found: Verdict, probes: Sequence[Probe], verbose: bool, above: bool) -> Iterator[str]:
    yield f"{name}  {_mark(found)}{found}"
    if (found.changed or verbose) and not above:
        yield from (f"  {one.rung}: {one}" for one in found.evidence)
    if not found.changed:
        return
    if example := most_changed(probes, found.direction):
        yield from (f"  {line}" for line in example.lines())
    if found.power:
        yield f"  {found.power}"


def _mark(found: Verdict) -> str:
    return f"{found.level} " if found.changed else ""


def closing_lines(kinds: Sequence[str], failing: Collection[str], calls: int | None) -> list[str]:
    """Return what is to be said of items that have no verdict and do not fail the run, so that none takes it for green.

    ``failing`` are the kinds that do, ``calls`` is the budget, None without one.
    """
    if failing and set(kinds) == {"COULD NOT MEASURE"} - set(failing):
        return ["Nothing was measured: this run says nothing of the provider (exit code 5; see llm_drift_fail_on)."]
    within = "" if calls is None else f" within --llm-max-calls={calls}"
    named = (("COULD NOT MEASURE", "unmeasured", "not measured"), ("NOT ENOUGH EVIDENCE", "not-enough", "undecided"))
    return [
        f"{kinds.count(kind):,} of {plural(len(kinds), 'item')} {said}{within}, which is not UNCHANGED: "
        f"to fail such a run, add {name} to llm_drift_fail_on."
        for kind, name, said in named
        if kind in kinds and kind not in failing
    ]


def baseline_lines(told: Sequence[Mapping[str, Any]], wanted: int | None) -> list[str]:
    """Return what was recorded, in a line for each file, of the ``wanted`` sessions if a number was asked for."""
    lines = []
    for one in told:
        stands = _standing(one["sessions"], wanted)
        if not one["calls"]:
            lines.append(f"{one['path']}: {stands}; nothing was asked.")
            continue
        twins = f", {one['twins']} of them at temperature 0 as well" if one["twins"] else ""
        what = f"{plural(one['draws'], 'draw')} of {plural(one['requests'], 'request')}{twins}"
        cost = f"{plural(one['calls'], 'call')}, {money(one['spent'])} spent"
        lines.append(f"{one['path']}: {what} recorded; {stands} ({cost}).")
    return lines


def _standing(sessions: int, wanted: int | None) -> str:
    if wanted is not None and sessions < wanted:
        stand = "stands" if sessions == 1 else "stand"
        return f"{sessions} of {plural(wanted, 'session')} {stand} there, {plural(wanted - sessions, 'more run')} to go"
    return "1 session stands there" if sessions == 1 else f"{plural(sessions, 'session')} stand there"
