"""One item of drift mode: what it asks, its baseline, its fresh draws round by round, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from math import ceil
from statistics import fmean

from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.store import Cassette
from pytest_llm.drift.attribution import verdict
from pytest_llm.drift.blocks import Embed
from pytest_llm.drift.confirmation import alpha_per_run, confirm
from pytest_llm.drift.early import stops
from pytest_llm.drift.logprobs import lead
from pytest_llm.drift.planning import Candidate, plan
from pytest_llm.drift.settings import Settings
from pytest_llm.drift.values import Probe, Verdict
from pytest_llm.plugin.drift.bodies import prepared
from pytest_llm.plugin.drift.files import baseline_path
from pytest_llm.plugin.drift.items import DriftItem
from pytest_llm.plugin.drift.look import Baseline, Look
from pytest_llm.plugin.drift.meaning import embed_of
from pytest_llm.plugin.drift.requests import Asked, hear, outcomes
from pytest_llm.plugin.drift.sending import Sender
from pytest_llm.plugin.drift.variants import Variant, asks_logprobs, twin_of, with_logprobs
from pytest_llm.plugin.places import test_of
from pytest_llm.plugin.running import session_of
from pytest_llm.studio import Place
from pytest_llm.text import plural

__all__ = ["Found", "compare", "hear_all", "sender_of", "settings_of"]

_UNLIMITED = 100
_FIRST_SHARE = 2 / 3  # of the budget: the rest is for the fresh session that confirms an alarm
_LEAST_ALPHA = 1e-4
_FOR_TESTS = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What an item came to: its verdict, the probes of its first session and of the one that confirms, and what to add.

    ``calls`` were made and ``spent`` USD.
    """

    verdict: Verdict
    probes: Sequence[Probe] = ()
    again: Sequence[Probe] = ()
    calls: int = 0
    spent: float = 0.0
    notes: tuple[str, ...] = ()


def settings_of(run_length: float, items: int, embed: Embed | None = None) -> tuple[Settings, Settings]:
    """Return by which rules an item of so many is judged, and by which it is worth a second session.

    A false warning comes in one of ``run_length`` runs. Half of that rate goes to the items, divided among them
    (Bonferroni, within what Benjamini and Hochberg allow the suite), half of an item's to the looks at which it may
    stop early. No item is asked for less than 1e-4, which permutations hardly resolve: a failure takes a second, fresh
    session as well. A second session is taken at the rate of one item, so that the suite can be confirmed by it.
    """
    alpha = alpha_per_run(run_length)
    strict = max(alpha / 2 / items, _LEAST_ALPHA) if items > 1 else alpha
    many = max(1999, ceil(4 / strict))
    return Settings(strict / 2, permutations=many, embed=embed), Settings(alpha / 2, embed=embed)


def hear_all(item: DriftItem) -> list[Asked]:
    """Return what each parameter set of an item's test asks."""
    return [hear(one, session_of(item.config)) for one in item.functions]


def sender_of(item: DriftItem) -> Sender:
    """Return what sends an item's requests, live and unrecorded."""
    session = session_of(item.config)
    test = test_of(item)
    player = prepared(session, item, Place(item.nodeid, test, test), ())
    player.mode = "live"
    return Sender(player, session.settings.concurrency)


def compare(item: DriftItem, items: int) -> Found:
    """Ask an item's requests anew and judge the answers; an alarm is confirmed in a second session.

    Raises ``LLMError`` when a cassette or a baseline cannot be read, or the embedder cannot be loaded.
    """
    session, embed = session_of(item.config), embed_of(item.config)
    sender, drift = sender_of(item), session.settings.drift
    assert drift is not None
    heard = hear_all(item)
    asked = [one for one in heard if not one.trouble]
    notes = tuple(f"{test_of(one.item)}: {one.trouble}" for one in heard if one.trouble)
    if not asked:
        return Found(Verdict("COULD NOT MEASURE", heard[0].trouble))
    kept = baseline_path(item.functions[0], session.settings.folder)
    entries = Cassette(kept).entries if kept.is_file() else []
    variants, baseline = _baseline(asked, entries)
    before: dict[int, float] = {}
    for one in asked:
        before |= outcomes(one, session, {variant.digest: baseline[variant.name] for variant in one.variants})
    base = Baseline(session, asked, baseline, before)
    planned = _plan(variants, base, items)
    strict, loose = settings_of(drift.run_length, items, embed)
    found, probes, taken = _first_look(Look(_session_name(session.id, 1), base, sender), planned, strict)
    again: list[Probe] = []
    if not sender.stopped and (_waits(found) or _waits(verdict(probes, loose))):
        look = Look(_session_name(session.id, 2), base, sender)
        wanted = _confirming(planned, taken, asked)
        look.take(wanted)
        again = look.probes([variant for variant, _ in wanted])
        if _waits(found) and any(probe.fresh for probe in again):
            found = confirm(probes, again, strict)
    return Found(
        _why(found, sender),
        probes,
        again,
        sender.player.tally.live,
        sender.player.tally.spent,
        (*notes, *_remarks(found, taken, sender, bool(entries))),
    )


def _waits(found: Verdict) -> bool:
    return found.changed and found.level == "WARN"


def _confirming(
    planned: Sequence[tuple[Variant, int]], taken: Sequence[tuple[Variant, int]], asked: Sequence[Asked]
) -> list[tuple[Variant, int]]:
    """Return what a second session asks: the same again, and what the first left out as far as the tests need it."""
    times = {one.name: asks.times[one.digest] for asks in asked for one in asks.variants}
    known = {variant.name for variant, _ in taken}
    left = [(one, draws) for one, draws in planned if one.name not in known and not one.probe]
    return [*taken, *((one, min(draws, _FOR_TESTS * times[one.name])) for one, draws in left)]


def _remarks(found: Verdict, taken: Sequence[tuple[Variant, int]], sender: Sender, has_baseline: bool) -> list[str]:
    remarks = []
    if _waits(found) and sender.stopped:
        remarks.append(f"not confirmed in a fresh session: {sender.stopped}")
    if twins := sum(bool(variant.probe) for variant, _ in taken):
        remarks.append(f"{plural(twins, 'request')} asked at temperature 0 as well, which the test does not")
    if not has_baseline:
        remarks.append("the recordings are the baseline; a better one: pytest --llm-baseline")
    return remarks


def _first_look(
    look: Look, planned: Sequence[tuple[Variant, int]], settings: Settings
) -> tuple[Verdict, list[Probe], list[tuple[Variant, int]]]:
    """Take the planned draws, the most telling requests first, and stop as soon as they differ."""
    rounds = _rounds(planned)
    taken: list[tuple[Variant, int]] = []
    seen: list[list[Probe]] = []
    for number, one in enumerate(rounds, start=1):
        look.take(one)
        taken += one
        seen.append(look.probes([variant for variant, _ in one], behaviour=False))
        if look.sender.stopped:
            break
        if number < len(rounds) and stops(seen, len(rounds), settings):
            probes = look.probes([variant for variant, _ in taken])
            found = verdict(probes, settings)
            if found.changed:
                return found, probes, taken
    probes = look.probes([variant for variant, _ in planned])
    return verdict(probes, settings), probes, taken


def _rounds(planned: Sequence[tuple[Variant, int]]) -> list[list[tuple[Variant, int]]]:
    """Return the plan in up to four rounds: what is greedy first, the rest in three parts."""
    greedy = [one for one in planned if one[0].greedy]
    sampled = [one for one in planned if not one[0].greedy]
    size = max(1, ceil(len(sampled) / 3))
    parts = [sampled[start : start + size] for start in range(0, len(sampled), size)]
    return [part for part in (greedy, *parts) if part]


def _baseline(asked: Sequence[Asked], kept: Sequence[Entry]) -> tuple[list[Variant], dict[str, list[Entry]]]:
    """Return the requests to probe as their baseline asked them, and its entries; the recordings where it has none."""
    variants, entries = [], {}
    for one in asked:
        for variant in one.variants:
            mine = [entry for entry in kept if entry["test"] == variant.test]
            for form in (variant, twin_of(variant)):
                found = [entry for entry in mine if form is not None and form.owns(entry)]
                if form is None or not (found or form is variant):
                    continue
                chosen = (with_logprobs(form) if found and all(map(asks_logprobs, found)) else None) or form
                variants.append(chosen)
                entries[chosen.name] = found or one.draws[variant.digest]
    return variants, entries


def _plan(variants: Sequence[Variant], base: Baseline, items: int) -> list[tuple[Variant, int]]:
    settings = base.session.settings
    calls = _UNLIMITED
    if settings.max_calls is not None:
        calls = max(1, int(settings.max_calls * _FIRST_SHARE / items))
    known = {one.name: one for one in variants}
    candidates = [_candidate(one, base) for one in variants]
    night = date.today().toordinal()
    return [(known[name], draws) for name, draws in plan(candidates, calls, night=night, wanted=settings.trials)]


def _candidate(variant: Variant, base: Baseline) -> Candidate:
    responses = [base.session.readings.response(entry) for entry in base.entries[variant.name]]
    leads = [lead(dict(one.logprobs[0].top)) for one in responses if one.logprobs]
    known = [one for one in leads if one is not None]
    length = fmean(len(one.text) for one in responses) if responses else 0.0
    return Candidate(variant.name, variant.greedy, len(responses), min(known, default=None), length)


def _why(found: Verdict, sender: Sender) -> Verdict:
    """Return the verdict with the reason for which draws are missing."""
    why = sender.stopped or sender.trouble
    if not why or found.changed or found.kind == "UNCHANGED":
        return found
    return replace(found, sentence=f"{why}; {found.sentence}")


def _session_name(run: str, number: int) -> str:
    return f"{datetime.now(UTC).date().isoformat()} {run[:6]}/{number}"
