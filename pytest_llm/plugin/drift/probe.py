"""One item of drift mode: what it asks, its baseline, its fresh draws round by round, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest

from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.store import Cassette
from pytest_llm.drift.item import Looked, Planned, look_at, settings_of
from pytest_llm.drift.planning import Candidate, candidate, plan
from pytest_llm.drift.values import Probe, Verdict
from pytest_llm.plugin.drift.bodies import prepared
from pytest_llm.plugin.drift.files import baseline_path
from pytest_llm.plugin.drift.items import DriftItem
from pytest_llm.plugin.drift.look import Baseline, Look, draws_in
from pytest_llm.plugin.drift.meaning import embed_of
from pytest_llm.plugin.drift.requests import SILENT, Asked, hear, outcomes
from pytest_llm.plugin.drift.sending import Sender
from pytest_llm.plugin.drift.variants import Variant, asks_logprobs, twin_of, with_logprobs
from pytest_llm.plugin.places import test_of
from pytest_llm.plugin.running import session_of
from pytest_llm.studio import Place
from pytest_llm.text import plural

__all__ = ["Found", "compare", "hear_all", "sender_of"]

_UNLIMITED = 100
_FIRST_SHARE = 2 / 3  # of the budget: the rest is for the fresh session that confirms an alarm
_FOR_TESTS = 5
_RESTING = pytest.StashKey[dict[str, str]]()


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


def hear_all(item: DriftItem) -> list[Asked]:
    """Return what each parameter set of an item's test asks; skips a test of which none asks for text."""
    heard = [hear(one, session_of(item.config)) for one in item.functions]
    if all(one.trouble == SILENT for one in heard):
        pytest.skip(SILENT)
    return heard


def sender_of(item: DriftItem) -> Sender:
    """Return what sends an item's requests, live and unrecorded."""
    session = session_of(item.config)
    test = test_of(item)
    player = prepared(session, item, Place(item.nodeid, test, test), ())
    player.mode = "live"
    return Sender(player, session.settings.concurrency, item.config.stash.setdefault(_RESTING, {}))


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
    known = {one.name: one for one in variants}
    looked = look_at(
        _plan(variants, base, items),
        lambda number: Look(_session_name(session.id, number), base, sender, known),
        settings_of(drift.run_length, items, embed),
    )
    return Found(
        _why(looked.verdict, sender),
        looked.probes,
        looked.again,
        sender.player.tally.live,
        sender.player.tally.spent,
        (*notes, *_remarks(looked, known, sender, entries)),
    )


def _remarks(looked: Looked, known: Mapping[str, Variant], sender: Sender, kept: Sequence[Entry]) -> list[str]:
    remarks = []
    if looked.verdict.waits and sender.stopped:
        remarks.append(f"not confirmed in a fresh session: {sender.stopped}")
    if twins := sum(bool(known[one.name].probe and one.fresh) for one in looked.probes):
        remarks.append(f"{plural(twins, 'request')} asked at temperature 0 as well, which the test does not")
    sessions = {draw.session for probe in looked.probes for draw in probe.baseline}
    lacking = [one for one in known.values() if not any(one.test == kin["test"] and one.owns(kin) for kin in kept)]
    if looked.verdict.changed and not any(one.rung == "behaviour" for one in looked.verdict.evidence):
        remarks.append(
            "whether the test passes on the fresh answers is not known: run on them, it asks for what is not recorded "
            "or, where a fixture of its module or session asks, for nothing"
        )
    if not kept:
        remarks.append("the recordings are the baseline; a better one: pytest --llm-baseline")
    elif lacking:
        remarks.append(
            f"of {plural(len(lacking), 'request')} that the baseline does not hold its recording is compared; "
            "record the baseline anew: pytest --llm-baseline"
        )
    elif looked.verdict.kind in ("BEHAVIOUR CHANGED", "DISTRIBUTION CHANGED") and len(sessions) == 1:
        remarks.append(
            "the baseline is one session, which may be what is odd where a provider's sessions differ; several: "
            "pytest --llm-baseline --llm-baseline-sessions=8"
        )
    return remarks


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


def _plan(variants: Sequence[Variant], base: Baseline, items: int) -> list[Planned]:
    settings = base.session.settings
    calls = _UNLIMITED
    if settings.max_calls is not None:
        calls = max(1, int(settings.max_calls * _FIRST_SHARE / items))
    known = {one.name: one for one in variants}
    times = {one.name: asked.times[one.digest] for asked in base.asked for one in asked.variants}
    candidates = [_candidate(one, base) for one in variants]
    night = date.today().toordinal()
    return [
        Planned(name, draws, known[name].greedy, 0 if known[name].probe else _FOR_TESTS * times[name])
        for name, draws in plan(candidates, calls, night=night, wanted=settings.trials)
    ]


def _candidate(variant: Variant, base: Baseline) -> Candidate:
    draws = draws_in(base.entries[variant.name], base.session, {}, lambda entry: "")
    return candidate(variant.name, variant.greedy, draws)


def _why(found: Verdict, sender: Sender) -> Verdict:
    """Return the verdict with the reason for which draws are missing."""
    why = sender.stopped or sender.trouble
    if not why or found.changed or found.kind == "UNCHANGED":
        return found
    return replace(found, sentence=f"{why}; {found.sentence}")


def _session_name(run: str, number: int) -> str:
    return f"{datetime.now(UTC).date().isoformat()} {run[:6]}/{number}"
