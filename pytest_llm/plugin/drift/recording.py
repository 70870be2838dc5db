"""``--llm-baseline``: a session of draws of each recorded request, kept beside the cassette."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.store import Cassette
from pytest_llm.paths import shown
from pytest_llm.plugin.drift.files import baseline_path, sessions_of
from pytest_llm.plugin.drift.items import DriftItem
from pytest_llm.plugin.drift.probe import hear_all, sender_of
from pytest_llm.plugin.drift.sending import Sender
from pytest_llm.plugin.drift.variants import Variant, twin_of, with_logprobs
from pytest_llm.plugin.places import test_of
from pytest_llm.plugin.running import session_of
from pytest_llm.text import plural

__all__ = ["Recorded", "record"]

_DRAWS = 10


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a session came to: the file, its draws and calls, the sessions that stand there, and what went wrong."""

    path: str
    draws: int = 0
    requests: int = 0
    twins: int = 0
    sessions: int = 0
    calls: int = 0
    spent: float = 0.0
    trouble: str = ""


def record(item: DriftItem, wanted: int | None) -> Recorded:
    """Record a session of draws: in place of the old ones, or with ``wanted`` beside them until so many stand there.

    Answers are in the file before more are asked for, and the old ones leave it when all of the new ones are there:
    where any failed, after Ctrl-C, and of parameters whose requests are not heard now, the old ones stay. Raises
    ``CassetteError`` when a file cannot be read or written.
    """
    session, sender = session_of(item.config), sender_of(item)
    cassette = Cassette(baseline_path(item.functions[0], session.settings.folder))
    old, path = cassette.entries, shown(cassette.path)
    if wanted is not None and len(sessions_of(old)) >= wanted:
        return Recorded(path, sessions=len(sessions_of(old)))
    name = f"{datetime.now(UTC).date().isoformat()} {session.id[:6]}"  # one for the items of all workers of a run
    heard = hear_all(item)
    variants = [one for asked in heard if not asked.trouble for one in asked.variants]
    twins = [twin for one in variants if (twin := twin_of(one)) is not None]
    entries: list[Entry] = []
    failed = 0
    for variant in [*variants, *twins]:
        asked, draws = _draws(variant, sender, session.settings.trials)
        failed += 0 if variant.probe else draws.count(None)  # a twin that is refused is none
        answered = [one for one in draws if one is not None]
        entries += [asked.marked(one, name, place, session.readings) for place, one in enumerate(answered, start=1)]
        if answered:
            cassette.write([*old, *entries])
    trouble = [one.trouble for one in heard if one.trouble]
    if failed:
        trouble.append(f"{plural(failed, 'draw')} failed: {sender.stopped or sender.trouble}")
    if wanted is None and entries and not (failed or sender.interrupted):
        unheard = {test_of(one.item) for one in heard if one.trouble}
        cassette.write([*(one for one in old if one["test"] in unheard), *entries])
    if sender.interrupted:
        item.session.shouldstop = "Ctrl-C; what was answered is kept"
    return Recorded(
        path,
        len(entries),
        len(variants),
        len({one["test"] + one["of"] for one in entries if one.get("probe")}),
        len(sessions_of(cassette.entries)),
        sender.player.tally.live,
        sender.player.tally.spent,
        "; ".join(trouble),
    )


def _draws(variant: Variant, sender: Sender, wanted: int | None) -> tuple[Variant, list[Entry | None]]:
    """Return a request as it could be asked and draws of it, with log-probabilities where the endpoint gives them.

    The first draw learns that. A twin that is refused, as models that reason do, has none; the endpoint is asked for no
    other then.
    """
    count = wanted or _DRAWS
    more = with_logprobs(variant) if sender.allows_logprobs else None
    if more is not None:
        first = sender.once(more.sent)
        if _answered(first):
            return more, [first, *sender.draws([more] * (count - 1))]
        sender.allows_logprobs = not _refused(first)
    if variant.probe:
        first = sender.once(variant.sent) if sender.allows_zero else None
        sender.allows_zero = sender.allows_zero and not _refused(first)
        if not sender.allows_zero:
            return variant, []
        if _answered(first):
            return variant, [first, *sender.draws([variant] * (count - 1))]
    return variant, sender.draws([variant] * count)


def _answered(entry: Entry | None) -> bool:
    return entry is not None and entry["status"] < 400


def _refused(entry: Entry | None) -> bool:
    return entry is not None and entry["status"] in (400, 422)
