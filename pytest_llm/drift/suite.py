"""The verdict on a whole suite: the items corrected for their number, and one test of all of them together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from pytest_llm.drift.attribution import attribute, verdict
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.values import Evidence, Probe, Verdict
from pytest_llm.text import plural

__all__ = ["SuiteVerdict", "corrected", "judge_suite", "undecided"]


@dataclass(frozen=True, slots=True)
class SuiteVerdict:
    """What became of a suite: ``verdict`` on all requests together, and that of each item after correction."""

    verdict: Verdict
    items: Mapping[str, Verdict]


def judge_suite(
    items: Mapping[str, Sequence[Probe]],
    settings: Settings,
    known: Mapping[str, Sequence[Evidence]] | None = None,
    dropped: Collection[str] = (),
) -> SuiteVerdict:
    """Judge each item and the suite, with a false alarm anywhere in at most ``settings.alpha`` of runs.

    Half of ``alpha`` goes to the items, by Benjamini and Hochberg (1995) over their p-values, half to one test of all
    requests together, which sees a small change that is everywhere. An item whose difference does not survive the
    correction is unchanged, and its sentence says so. Facts (identity) need no correction. ``known`` is the evidence of
    items that need not be measured again; those ``dropped`` did not show their difference a second time, and speak for
    a change only within that test of all requests.
    """
    if len(items) == 1:
        ((name, probes),) = items.items()
        only = verdict(probes, settings)
        return SuiteVerdict(only, {name: only})
    half = replace(settings, alpha=settings.alpha / 2, items=max(1, len(items)))
    known = known or {}
    alone = {
        name: attribute(known[name], probes, half) if name in known else verdict(probes, half)
        for name, probes in items.items()
    }
    judged = corrected(alone, half.alpha)
    pooled = verdict([probe for probes in items.values() for probe in probes], replace(half, items=1))
    return SuiteVerdict(_of_suite(pooled, judged, dropped), judged)


def corrected(alone: Mapping[str, Verdict], alpha: float) -> dict[str, Verdict]:
    """Return the verdicts of items that were judged each for itself, corrected for their number.

    What does not survive Benjamini and Hochberg at ``alpha`` is unchanged, or changed in identity alone.
    """
    from scipy.stats import false_discovery_control

    names = [name for name, one in alone.items() if one.p is not None]
    if not names:
        return dict(alone)
    adjusted = dict(zip(names, false_discovery_control([alone[name].p or 0.0 for name in names]), strict=True))
    return {
        name: _withdrawn(one, len(names)) if one.changed and adjusted.get(name, 0.0) > alpha else one
        for name, one in alone.items()
    }


def _withdrawn(one: Verdict, items: int) -> Verdict:
    fact = next((evidence for evidence in one.evidence if evidence.changed), None)
    if fact is not None:
        return replace(one, kind="IDENTITY CHANGED", sentence=fact.sentence, level="FAIL", direction="")
    sentence = f"p = {one.p:.2g} alone, which one of {plural(items, 'item')} may well have by chance; {one.power}"
    return replace(one, kind="UNCHANGED", sentence=sentence, level="PASS", direction="")


def _of_suite(pooled: Verdict, judged: Mapping[str, Verdict], dropped: Collection[str]) -> Verdict:
    changed = {name: one for name, one in judged.items() if one.changed and name not in dropped}
    unmeasured = [name for name, one in judged.items() if one.kind == "COULD NOT MEASURE"]
    if pooled.changed or changed:
        worst = min(changed.values(), key=_rank, default=pooled)
        chosen = min((pooled, worst), key=_rank) if pooled.changed else worst
        many = f"{len(changed):,} of {plural(len(judged), 'item')} changed"
        sentence = f"{many}; {chosen.sentence}"
        return replace(chosen, sentence=sentence, evidence=pooled.evidence, power=pooled.power, calls=pooled.calls)
    if unmeasured:
        sentence = f"{len(unmeasured):,} of {plural(len(judged), 'item')} could not be measured; {pooled.sentence}"
        return replace(pooled, kind="COULD NOT MEASURE", sentence=sentence, level="PASS")
    return undecided(pooled, judged.values())


def undecided(suite: Verdict, items: Collection[Verdict]) -> Verdict:
    """Return the verdict on a suite; where none of its items has evidence enough it is not unchanged either."""
    if suite.kind != "UNCHANGED" or not all(one.kind == "NOT ENOUGH EVIDENCE" for one in items):
        return suite
    sentence = f"none of {plural(len(items), 'item')} has evidence enough; together: {suite.sentence}"
    return replace(suite, kind="NOT ENOUGH EVIDENCE", sentence=sentence, level="PASS")


def _rank(one: Verdict) -> tuple[bool, int]:
    order = ("BEHAVIOUR CHANGED", "IDENTITY CHANGED", "DISTRIBUTION CHANGED")
    return one.level != "FAIL", order.index(one.kind)
