"""What the terminal says of samples: what newly fails and what was flaky before, false alarms, and power."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_llm.plugin.ledger import Ledger
from pytest_llm.plugin.sampling import Note
from pytest_llm.stats.multiplicity import benjamini_hochberg, e_bh
from pytest_llm.stats.planning import detectable_drop, pairs_for_drop, trials_for_drop
from pytest_llm.text import plural

__all__ = ["power_lines", "sample_lines"]

_NAMED = 10
_POINTS = 0.05
_FEW = 6


def sample_lines(ledger: Ledger, confidence: float) -> Iterator[str]:
    """Yield what there is to say of the samples of a run."""
    yield from _failing(ledger)
    yield from _compared([note for note in ledger.samples if note["kind"] == "comparison"], 1 - confidence)
    yield from _stopped([note for note in ledger.samples if note.get("alarm") is not None], 1 - confidence)


def _failing(ledger: Ledger) -> Iterator[str]:
    failed = {account["nodeid"] for account in ledger.accounts.values() if not account["passed"]}
    notes = [
        note for note in ledger.samples if note["kind"] == "rate" and not note["holds"] and note["nodeid"] in failed
    ]
    if not notes:
        return
    yield f"{plural(len(notes), 'sample')} did not meet a demand:"
    yield from (f"  {note['nodeid']}: {_story(note)}" for note in notes[:_NAMED])
    if len(notes) > _NAMED:
        yield f"  and {len(notes) - _NAMED} more"


def _story(note: Note) -> str:
    claim, before = str(note["claim"]).partition("  (")[0], note["before"]
    if before is None:
        return f"{claim}; no recorded draws to compare with"
    if before["same"]:
        return f"flaky at baseline: {claim}, and these are the recorded draws"
    counts = f"{before['passed']} of {before['trials']} recorded draws passed"
    return f"{_kind(note)}: {claim}; {counts} (Fisher p = {before['p']:.2g})"


def _kind(note: Note) -> str:
    """Return whether the recorded draws passed at a higher rate than can be chance."""
    before = note["before"]
    lower = note["passed"] * before["trials"] < before["passed"] * note["trials"]
    return "newly failing" if lower and before["p"] <= 0.05 else "flaky at baseline"


def _compared(notes: Sequence[Note], alpha: float) -> Iterator[str]:
    if len(notes) < 2:
        return
    upheld = benjamini_hochberg([note["p"] for note in notes], alpha)
    worse = [note["p"] <= alpha and note["drop"] > 0 for note in notes]
    stand = sum(one and two for one, two in zip(upheld, worse, strict=True))
    yield (
        f"{len(notes)} samples compared with a baseline: {sum(worse)} lower at p <= {alpha:.2g}, of which "
        f"Benjamini-Hochberg upholds {stand} at a false discovery rate of {alpha:.0%}."
    )


def _stopped(notes: Sequence[Note], alpha: float) -> Iterator[str]:
    if len(notes) < 2:
        return
    alarms = [not note["holds"] for note in notes]
    upheld = e_bh([note["alarm"] for note in notes], alpha)
    stand = sum(one and two for one, two in zip(upheld, alarms, strict=True))
    yield (
        f"{len(notes)} samples drawn until decided: {sum(alarms)} failed, of which e-BH upholds {stand} at a false "
        f"discovery rate of {alpha:.0%}."
    )


def power_lines(ledger: Ledger, confidence: float) -> Iterator[str]:
    """Yield for each demand and comparison the drop that it would show at 80 % power, and what would show 5 points."""
    if not ledger.samples:
        yield "--llm-power found no sample in the tests that ran."
        return
    yield f"Drops that the samples would show at 80% power and {confidence * 100:g}% confidence:"
    told = (
        (note, _paired(note, confidence) if note.get("paired") else _unpaired(note, confidence))
        for note in ledger.samples
    )
    yield from dict.fromkeys(f"  {note['nodeid']}: {said}" for note, said in told if said)


def _unpaired(note: Note, confidence: float) -> str:
    if note["kind"] == "comparison" and not note["rates"]:
        return ""
    n = note["units"] if note["kind"] == "rate" else note["trials"]
    # All of n passing is no rate of 1: Laplace's rule of succession.
    rate = (note["passed"] + 1) / (note["trials"] + 2) if note["kind"] == "rate" else note["rate"]
    rate = min(max(rate, 1 / (n + 2)), 1 - 1 / (n + 2))
    drop = detectable_drop(n, rate, confidence=confidence)
    said = f"{plural(n, 'trial')} a side near rate {rate:.2f} show "
    said += f"a drop of {drop:.2f}" if drop is not None else "not even a drop to 0"
    if rate <= _POINTS:
        return said
    return f"{said}; a drop of {_POINTS:.2f} takes {trials_for_drop(_POINTS, rate, confidence=confidence):,}"


def _paired(note: Note, confidence: float) -> str:
    n = note["paired"]
    discordance = max(note["changed"], _POINTS, min(0.5, _FEW / n))  # fewer changes than that no test of them can tell
    drop = _paired_drop(n, discordance, confidence)
    shown = f"a drop of {drop:.2f}" if drop is not None else "no drop"
    needed = pairs_for_drop(_POINTS, discordance, confidence=confidence)
    return (
        f"{n} cases paired, of which {discordance:.0%} change, show {shown}; "
        f"a drop of {_POINTS:.2f} takes {needed:,} cases"
    )


def _paired_drop(n: int, discordance: float, confidence: float) -> float | None:
    """Return the smallest drop that so many pairs show, to half a point; None when they show none."""
    low, high = 0.0, discordance
    if pairs_for_drop(high, discordance, confidence=confidence) > n:
        return None
    while high - low > _POINTS / 10:
        middle = (low + high) / 2
        enough = pairs_for_drop(middle, discordance, confidence=confidence) <= n
        low, high = (low, middle) if enough else (middle, high)
    return high
