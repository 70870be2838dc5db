"""One interaction as it stands in a cassette: a JSON object, its order of keys, and its equality but for time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["Entry", "draws_in_order", "number_of", "ordered", "same_answer", "trial_of"]

Entry = dict[str, Any]
"""``test`` (the test's name with its parameters), ``fingerprint``, ``parts``, ``raw`` (hash of the bytes sent),
``draw``, ``dialect``, ``method``, ``path``, ``query``, ``request``, ``status``, ``headers``, ``response`` or
``events``, ``spelling``, ``model`` (served), ``system_fingerprint``, ``usage``, ``recorded`` (ISO date), ``latency``
(seconds), ``cut`` (the application closed the stream early), ``local`` (a model of this machine: it costs nothing),
``trial`` (which trial of the test asked, from 2; absent for the first or only one),
``rubric`` (a judge's call: the hash of the rubric and prompt it was asked with).
A baseline of drift has also ``of`` (the fingerprint of the test's request), ``session``, ``probe`` ("greedy" for the
twin at temperature 0) and ``logprobs`` (what is compared of those that the test does not ask for)."""

_ANSWER = frozenset({"response", "events", "headers"})


def ordered(entry: Entry) -> Entry:
    """Return the entry as the file has it: sorted keys, absent what is empty, no bookkeeping of the journal."""
    return {
        key: _sorted(entry[key]) if key in ("request", "parts", "headers") else entry[key]
        for key in sorted(entry)
        if entry[key] is not None and entry[key] != "" and not key.startswith("_")
    }


def same_answer(old: Entry, new: Entry, stable: Callable[[object], object]) -> bool:
    """Say whether two recordings of one request differ in nothing but volatile fields (ids, dates, latency).

    ``stable`` returns a JSON value without its volatile fields.
    """
    if old.get("status") != new.get("status") or old.get("cut") != new.get("cut"):
        return False
    if old.get("model") != new.get("model") or old.get("system_fingerprint") != new.get("system_fingerprint"):
        return False
    return all(stable(old.get(key)) == stable(new.get(key)) for key in _ANSWER)


def trial_of(entry: Entry) -> int:
    """Return the number of the trial that a recording belongs to, from 1; a test that is run once is its own first."""
    number: int = entry.get("trial", 1)
    return number


def number_of(entry: Entry) -> tuple[str, int, int]:
    """Return what tells a recording from the others of its test: fingerprint, trial, draw."""
    return entry["fingerprint"], trial_of(entry), entry.get("draw", 1)


def draws_in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Return the recordings of one request in the order of their draws."""
    return sorted(entries, key=lambda entry: entry.get("draw", 1))


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value
