"""From evidence to a verdict: what changed, how sure that is, and what could have been seen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from pytest_llm.drift.ladder import climb
from pytest_llm.drift.power import could_see, is_enough, needed
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.values import RUNGS, Evidence, Level, Probe, Rung, Verdict
from pytest_llm.text import plural

__all__ = ["attribute", "decisive_p", "differing", "level_of", "verdict"]

_DOUBTFUL = 0.05


def verdict(probes: Sequence[Probe], settings: Settings) -> Verdict:
    """Compare the fresh draws of these probes with their baselines and say what changed.

    COULD NOT MEASURE without fresh draws or without a baseline, and where most draws failed and the rest shows no
    change: an error is never "unchanged".
    """
    fresh = sum(len(probe.fresh) for probe in probes)
    errors = sum(probe.errors for probe in probes)
    if not fresh:
        return Verdict("COULD NOT MEASURE", f"{plural(errors, 'draw')} wanted, none answered" if errors else "no call")
    if not any(probe.baseline for probe in probes):
        return Verdict("COULD NOT MEASURE", "there is no baseline to compare with", calls=fresh)
    found = attribute(climb(probes, settings), probes, settings)
    if errors > fresh and not found.changed:
        sentence = f"{errors:,} of {plural(errors + fresh, 'draw')} failed; the others show no change"
        return Verdict("COULD NOT MEASURE", sentence, evidence=found.evidence, p=found.p, calls=fresh)
    return found


def attribute(
    evidence: Sequence[Evidence], probes: Sequence[Probe], settings: Settings, asked: Collection[Rung] = RUNGS
) -> Verdict:
    """Return the verdict that the evidence of these probes amounts to.

    The p-values of the rungs are corrected by Bonferroni, which holds whatever depends on what. Behaviour comes before
    identity, identity before the distribution of answers. Once something did change, whether the tests go otherwise is
    one question, and no more corrected (a gatekeeper: Dmitrienko and Tamhane 2007). Where only some rungs are ``asked``
    whether they show a change, the others count for nothing.
    """
    differ = differing(evidence, settings, asked)
    facts = [one for one in evidence if one.changed]
    behaviour = _behaviour(evidence)
    if behaviour is not None and (facts or differ) and level_of(behaviour, 1, settings) != "PASS":
        return _changed("BEHAVIOUR CHANGED", behaviour, evidence, probes, settings)
    if facts:
        return _changed("IDENTITY CHANGED", facts[0], evidence, probes, settings)
    if differ:
        many = len(_tests(evidence, asked))
        first = min(differ.values(), key=lambda one: decisive_p(one, many, settings))
        return _changed("DISTRIBUTION CHANGED", first, evidence, probes, settings)
    return _unchanged(evidence, probes, settings)


def differing(
    evidence: Sequence[Evidence], settings: Settings, asked: Collection[Rung] = RUNGS
) -> dict[Rung, Evidence]:
    """Return those of the rungs asked that show a difference, after Bonferroni's correction for their number."""
    tests = _tests(evidence, asked)
    return {one.rung: one for one in tests if level_of(one, len(tests), settings) != "PASS"}


def _tests(evidence: Sequence[Evidence], asked: Collection[Rung]) -> list[Evidence]:
    return [one for one in evidence if one.p is not None and one.rung in asked]


def level_of(one: Evidence, rungs: int, settings: Settings) -> Level:
    """Return what the evidence of one test of several rungs is worth.

    A baseline of several sessions is judged by permuted sessions: FAIL or PASS. When so few sessions can give no such
    p-value, fresh sessions that are the most extreme of all and differ by calls are a WARN, as is any difference by
    calls from a baseline of one session: both wait for confirmation in a fresh session.
    """
    alpha = settings.alpha / rungs
    if decisive_p(one, rungs, settings) > alpha:
        return "PASS"
    return "FAIL" if one.smallest_session_p is not None and one.smallest_session_p <= alpha else "WARN"


def decisive_p(one: Evidence, rungs: int, settings: Settings) -> float:
    """Return the p-value that decides: the session-level one where there are sessions enough, else the call-level."""
    p = 1.0 if one.p is None else one.p
    if one.session_p is None or one.smallest_session_p is None:
        return p
    if one.smallest_session_p <= settings.alpha / rungs:
        return one.session_p
    return p if one.session_p <= one.smallest_session_p + 1e-9 else max(p, one.session_p)


def corrected(evidence: Sequence[Evidence], settings: Settings) -> float | None:
    """Return the p-value of all rungs together; None when none was a test."""
    tests = [one for one in evidence if one.p is not None]
    return min((min(1.0, len(tests) * decisive_p(one, len(tests), settings)) for one in tests), default=None)


def _changed(
    kind: Literal["BEHAVIOUR CHANGED", "IDENTITY CHANGED", "DISTRIBUTION CHANGED"],
    first: Evidence,
    evidence: Sequence[Evidence],
    probes: Sequence[Probe],
    settings: Settings,
) -> Verdict:
    behaviour = _behaviour(evidence)
    holds = "" if behaviour is None or behaviour is first else _holds(behaviour, settings)
    direction: Literal["", "better", "worse"] = ""
    if kind == "BEHAVIOUR CHANGED":
        direction = "worse" if (first.effect or 0) < 0 else "better"
    return Verdict(
        kind,
        (f"{direction}: " if direction else "") + first.sentence + holds,
        _level(first, evidence, settings),
        direction,
        tuple(evidence),
        corrected(evidence, settings),
        could_see(evidence),
        calls=sum(len(probe.fresh) for probe in probes),
    )


def _behaviour(evidence: Sequence[Evidence]) -> Evidence | None:
    return next((one for one in evidence if one.rung == "behaviour"), None)


def _holds(behaviour: Evidence, settings: Settings) -> str:
    """Return in a clause that the tests hold; or, where their outcomes differ but not beyond doubt, by how much."""
    if behaviour.p is None or behaviour.p > _DOUBTFUL:
        unclear = behaviour.effect and (behaviour.detectable or 0.0) > settings.detect
        return "; too few outcomes tell whether the tests hold" if unclear else "; the tests hold"
    return f"; the tests may go otherwise: {behaviour.sentence.partition(' (')[0]}, p = {behaviour.p:.2g}"


def _level(first: Evidence, evidence: Sequence[Evidence], settings: Settings) -> Level:
    """Return FAIL where a fact changed or what differs is beyond doubt; WARN where only the gatekeeper let it pass."""
    if any(one.changed for one in evidence):
        return "FAIL"
    level = level_of(first, sum(one.p is not None for one in evidence), settings)
    return "WARN" if level == "PASS" else level


def _unchanged(evidence: Sequence[Evidence], probes: Sequence[Probe], settings: Settings) -> Verdict:
    calls = sum(len(probe.fresh) for probe in probes)
    power, p = could_see(evidence), corrected(evidence, settings)
    if is_enough(evidence, settings):
        return Verdict(
            "UNCHANGED", f"no difference is seen; {power}", "PASS", "", tuple(evidence), p, power, None, calls
        )
    lacks = needed(probes, evidence, settings)
    sentence = f"no difference is seen, but {lacks} to see {settings.detect:.0%} of the answers replaced"
    calls_needed = lacks.fresh if lacks.baseline is None else None
    return Verdict("NOT ENOUGH EVIDENCE", sentence, "PASS", "", tuple(evidence), p, power, calls_needed, calls)
