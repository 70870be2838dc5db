"""Folding journals into their cassette: nothing lost, nothing twice, and a failed refresh destroys nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pytest_llm.cassettes.entry import Entry, number_of, same_answer, trial_of
from pytest_llm.cassettes.journal import Record, journals_of, read_journal
from pytest_llm.cassettes.store import Cassette, slot_of
from pytest_llm.paths import exclusive

__all__ = ["Folded", "adopt", "fold", "overlay", "set_aside_path"]

_ID_KEYS = frozenset({"id", "call_id", "toolUseId"})
Stable = Callable[[str], Callable[[object], object]]
"""Gives, for a dialect's name, what takes the volatile fields out of its JSON."""


@dataclass
class Folded:
    """What folding did to one cassette.

    ``recovered`` interactions came from journals of other runs (a crash), ``set_aside`` is the file that holds
    recordings of a refresh whose test did not pass, ``damaged`` counts journal lines that could not be read.
    """

    path: Path
    added: int = 0
    recovered: int = 0
    damaged: int = 0
    torn: int = 0
    set_aside: Path | None = None
    set_aside_tests: list[str] = field(default_factory=list)


def set_aside_path(cassette: Path) -> Path:
    """Return the file beside a cassette that keeps recordings of a refresh whose test did not pass."""
    return cassette.with_name(cassette.name.replace(".cassette.json", ".rerecorded.json"))


def fold(path: Path, session: str, stable: Stable, stale: Callable[[Entry], bool]) -> Folded | None:
    """Fold every journal that nobody writes any more into the cassette; None when there is none.

    Raises ``CassetteError`` when the cassette cannot be read or written; then the journals stay.
    """
    if not journals_of(path):
        return None
    with exclusive(path.parent):
        return _fold([read_journal(journal) for journal in journals_of(path)], path, session, stable, stale)


def _fold(records: list[Record], path: Path, session: str, stable: Stable, stale: Callable[[Entry], bool]) -> Folded:
    cassette = Cassette(path)
    result = Folded(path)
    merged, refused = _merged(cassette.entries, records, session, stable, stale, result)
    before = dict(cassette.trials)
    kept_back = {entry["test"] for entry in refused}
    for record in records:
        told = {test: outcomes for test, outcomes in record.trials.items() if test not in kept_back}
        cassette.trials |= {slot_of(test, path): outcomes for test, outcomes in told.items()}
    if merged != cassette.entries or before != cassette.trials:
        cassette.write(merged)
    if refused:
        result.set_aside = set_aside_path(path)
        result.set_aside_tests = sorted({entry["test"] for entry in refused})
    refreshed = {slot_of(e["test"], path) for record in records for e in record.entries if e.get("_mode") == "all"}
    _set_aside(path, merged, refused, refreshed)
    for record in records:
        _finish(record, result)
    return result


def _set_aside(path: Path, merged: list[Entry], refused: list[Entry], refreshed: set[str]) -> None:
    """Keep beside the cassette what did not pass, also of earlier refreshes, until a later one takes its place."""
    aside = Cassette(set_aside_path(path))
    groups = _grouped(merged, path)
    waiting = {
        slot: group
        for slot, group in _grouped(aside.entries, path).items()
        if slot not in refreshed and group != groups.get(slot)
    }
    waiting |= {slot: [*map(_plain, group)] for slot, group in _grouped(refused, path).items()}
    if waiting or aside.exists:
        aside.write(_flat(groups | waiting) if waiting else [])


def adopt(path: Path, test: str) -> None:
    """Put a test's recordings of a refresh that was set aside into its cassette; whoever calls this holds the lock.

    Raises ``CassetteError`` when either file cannot be read or written.
    """
    aside, slot = Cassette(set_aside_path(path)), slot_of(test, path)
    waiting = _grouped(aside.entries, path)
    if slot not in waiting:
        return
    cassette = Cassette(path)
    groups = _grouped(cassette.entries, path) | {slot: waiting[slot]}
    cassette.write(_flat(groups))
    if all(group == groups.get(slot) for slot, group in waiting.items()):
        aside.write([])


def overlay(path: Path, session: str, stable: Stable) -> tuple[Cassette, int]:
    """Return the cassette as folding would leave it, and how many interactions a crash had left in journals."""
    cassette = Cassette(path)
    result = Folded(path)
    records = [read_journal(journal) for journal in journals_of(path)]
    if records:
        cassette.entries, _ = _merged(cassette.entries, records, session, stable, lambda _: False, result)
        cassette.exists = bool(cassette.entries)
    return cassette, result.recovered


def _merged(
    old: list[Entry],
    records: Iterable[Record],
    session: str,
    stable: Stable,
    stale: Callable[[Entry], bool],
    result: Folded,
) -> tuple[list[Entry], list[Entry]]:
    """Return the entries after folding, and those of refreshes that did not pass."""
    path = result.path
    groups, refused, known = _grouped(old, path), [], set(_grouped(old, path))
    for record in records:
        result.damaged += record.damaged
        result.torn += record.torn
        result.added += len(record.entries)
        result.recovered += sum(entry.get("_session") != session for entry in record.entries)
        for test, found in _by_test(record.entries).items():
            slot = slot_of(test, path)
            present = slot in known
            refreshed = [entry for entry in found if entry.get("_mode") == "all"]
            _add(groups, slot, [entry for entry in found if entry.get("_mode") != "all"], stable)
            if not present:
                _add(groups, slot, refreshed, stable)
            elif refreshed:
                fresh = _refreshed(groups.get(slot, []), refreshed, stable, stale)
                if record.outcomes.get(test) == "passed":
                    groups[slot] = fresh
                elif fresh != groups.get(slot):
                    refused += refreshed
    return _flat(groups), refused


def _by_test(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: (trial_of(entry), entry.get("_order", 0))):
        found.setdefault(entry["test"], []).append(entry)
    return found


def _grouped(entries: Iterable[Entry], path: Path) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(slot_of(entry["test"], path), []).append(entry)
    return groups


def _flat(groups: dict[str, list[Entry]]) -> list[Entry]:
    return [entry for group in groups.values() for entry in group]


def _add(groups: dict[str, list[Entry]], slot: str, new: list[Entry], stable: Stable) -> None:
    """Add interactions after those of the same test; the same answer to the same draw is not added twice."""
    group = groups.setdefault(slot, []) if new else []
    draws: dict[tuple[str, int], dict[int, Entry]] = {}
    for entry in group:
        draws.setdefault((entry["fingerprint"], trial_of(entry)), {})[entry.get("draw", 1)] = entry
    for entry in map(_plain, new):
        taken = draws.setdefault((entry["fingerprint"], trial_of(entry)), {})
        twin = taken.get(entry["draw"])
        if twin is not None:
            if same_answer(twin, entry, stable(entry["dialect"])):
                continue
            entry["draw"] = max(taken) + 1
        taken[entry["draw"]] = entry
        group.append(entry)


def _refreshed(old: list[Entry], new: list[Entry], stable: Stable, stale: Callable[[Entry], bool]) -> list[Entry]:
    """Return a refresh of a test's interactions, with the old ones where the answer is the same.

    Interactions of which one quotes an id that another's answer made up (a tool call's) are kept together or not.
    """
    twins = {number_of(entry): entry for entry in old}

    def same(entry: Entry) -> bool:
        twin = twins.get(number_of(entry))
        return twin is not None and not stale(twin) and same_answer(twin, entry, stable(entry["dialect"]))

    kept = [same(entry) for entry in new]
    links = _quotes(new)
    while broken := [(one, other) for one, other in links if kept[one] != kept[other]]:
        for pair in broken:
            kept[pair[0]] = kept[pair[1]] = False
    return [twins[number_of(entry)] if keep else _plain(entry) for entry, keep in zip(new, kept, strict=True)]


def _quotes(entries: list[Entry]) -> list[tuple[int, int]]:
    """Return the pairs of positions of which the second's request quotes an id from the first's answer."""
    made = [
        (index, name)
        for index, entry in enumerate(entries)
        for name in _ids([entry.get("response"), entry.get("events")])
    ]
    if not made:
        return []
    asked = [json.dumps(entry.get("request"), ensure_ascii=False) for entry in entries]
    return [
        (index, later)
        for index, name in made
        for later in range(index + 1, len(entries))
        if f'"{name}"' in asked[later]
    ]


def _ids(value: object) -> set[str]:
    if isinstance(value, dict):
        own = {item for key, item in value.items() if key in _ID_KEYS and isinstance(item, str) and len(item) > 5}
        return own.union(*map(_ids, value.values()))
    return set().union(*map(_ids, value)) if isinstance(value, list) else set()


def _plain(entry: Entry) -> Entry:
    return {key: value for key, value in entry.items() if not key.startswith("_")}


def _finish(record: Record, result: Folded) -> None:
    if record.damaged:
        record.path.rename(record.path.with_name(record.path.name + ".damaged"))
    else:
        record.path.unlink()
