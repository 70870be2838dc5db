"""What a run notes of its samples: demands on rates, comparisons, and how the recorded draws fared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_llm.cassettes.store import Cassette
from pytest_llm.sample.rate import Rate
from pytest_llm.sample.sample import Sample
from pytest_llm.stats.unpaired import rate_difference

if TYPE_CHECKING:
    import pytest

    from pytest_llm.player import Player
    from pytest_llm.plugin.session import Session

__all__ = ["Note", "note_of_comparison", "note_of_rate"]

Note = dict[str, Any]
"""One demand or comparison as plain JSON values, so that xdist can pass it on."""


def note_of_rate(
    item: pytest.Item, session: Session | None, rate: Rate, claim: str, holds: bool, alarm: float | None
) -> Note:
    """Return what there is to tell of a demand on a rate; ``alarm`` is the e-value of a sequential test against it."""
    return {
        "kind": "rate",
        "nodeid": item.nodeid,
        "claim": claim,
        "holds": holds,
        "alarm": alarm,
        "passed": rate.passed,
        "trials": rate.trials,
        "units": rate.units,
        "before": None
        if holds or session is None or session.player is None
        else _before(session.player, session, rate),
    }


def note_of_comparison(item: pytest.Item, word: str, found: Any, rates: bool) -> Note:
    """Return what there is to tell of a sample that was compared with another."""
    return {
        "kind": "comparison",
        "nodeid": item.nodeid,
        "word": word,
        "p": found.difference.p,
        "drop": -found.difference.mean,
        "rates": rates,
        "paired": found.paired,
        "changed": found.changed,
        "rate": found.before,
        "trials": found.trials,
    }


def _before(player: Player, session: Session, rate: Rate) -> Note | None:
    """Return how the recorded draws of the same requests fared; None when there are none."""
    requests = set(rate.sample.requests)
    if not requests or rate.check is None:
        return None
    if not any(entry["fingerprint"] in requests for entry in player.made):
        return {"same": True}
    track = Cassette(player.cassette.path).track(player.place.slot)
    old = [entry for fingerprint in requests for entry in track.draws.get(fingerprint, ()) if entry["status"] < 400]
    if not old or not rate.trials:
        return None
    recorded = Sample(map(session.readings.response, old)).rate(rate.check)
    if not recorded.trials:
        return None
    p = rate_difference((recorded.passed, recorded.trials), (rate.passed, rate.trials)).p
    return {"same": False, "passed": recorded.passed, "trials": recorded.trials, "p": p}
