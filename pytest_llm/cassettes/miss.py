"""A miss explains itself: the nearest recorded request, what differs, and the command that records only this."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from pytest_llm.cassettes.differences import Difference, Reading, differences
from pytest_llm.cassettes.entry import Entry
from pytest_llm.fingerprint import canonical
from pytest_llm.text import and_list, plural, short

__all__ = ["Miss", "MissKind", "explain_miss", "nearest"]

MissKind = Literal["absent", "unmatched", "exhausted", "once", "cut", "trial"]
_MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class Miss:
    """A request without a recording.

    ``message`` is the whole explanation, ``story`` its one line for a summary, ``command`` what records it.
    """

    message: str
    story: str
    command: str


def nearest(
    asked: Reading, entries: Sequence[Entry], read: Callable[[Entry], Reading]
) -> tuple[Entry, list[Difference]] | None:
    """Return the recorded request that is most like the one asked, with the differences from it."""
    best: tuple[tuple[int, float], Entry, Reading] | None = None
    seen: set[str] = set()
    for entry in entries:
        if entry["fingerprint"] in seen:
            continue
        seen.add(entry["fingerprint"])
        reading = read(entry)
        score = _likeness(reading, asked)
        if best is None or score > best[0]:
            best = score, entry, reading
    if best is None:
        return None
    return best[1], differences(best[2], asked)


def _likeness(one: Reading, other: Reading) -> tuple[int, float]:
    from rapidfuzz.fuzz import ratio

    names = {*one.parts, *other.parts}
    same = sum(canonical(one.parts.get(name)) == canonical(other.parts.get(name)) for name in names)
    texts = (canonical(one.parts.get("prompt"))[-4000:], canonical(other.parts.get("prompt"))[-4000:])
    return (one.endpoint == other.endpoint) * 10 + same, ratio(*texts)


def explain_miss(
    kind: MissKind,
    *,
    cassette: str,
    recorded: int,
    test_recorded: int,
    near: tuple[Entry, list[Difference]] | None,
    fingerprint: str,
    asked: Reading,
    draws: int,
    command: str,
    trials: tuple[int, int] = (1, 0),
    hint: str = "",
) -> Miss:
    """Return the explanation of a miss in at most eight lines.

    ``cassette`` is the file's path as shown, ``recorded`` the number of its interactions, ``test_recorded`` that of
    this test, ``draws`` the recorded draws of the very request, ``trials`` the number of the trial that asks and of the
    last recorded one, ``hint`` one line on recordings found elsewhere.
    """
    if kind == "trial":
        head, story = _head_of_trial(cassette, asked, trials)
    else:
        head, story = _head(kind, cassette, recorded, test_recorded, fingerprint, asked, draws)
    body: list[str] = []
    if near is not None:
        body, told = _nearest_lines(*near)
        story = told or story
    tail = [hint] if hint else []
    tail.append(f"Record it: {command}")
    room = _MOST_LINES - 1 - len(tail)
    if len(body) > room:
        body = [*body[: room - 1], f"  … and {len(body) - room + 1} more lines of differences"]
    return Miss("\n".join([head, *body, *tail]), story, command)


def _head(
    kind: MissKind, cassette: str, recorded: int, test_recorded: int, fingerprint: str, asked: Reading, draws: int
) -> tuple[str, str]:
    name = fingerprint[:8]
    match kind:
        case "absent":
            return (
                f"No recording of this request: {cassette} does not exist. It asks {_what(asked)}.",
                "no cassette yet",
            )
        case "exhausted":
            return (
                f"No draw {draws + 1} of this request in {cassette}: "
                f"it was asked once more than its {plural(draws, 'recorded draw')} ({name}: {_what(asked)}).",
                f"draw {draws + 1}, only {draws} recorded",
            )
        case "cut":
            return (
                f"The recording of this stream in {cassette} ends early ({name}): when it was recorded the "
                "application stopped reading here, and now it reads on.",
                "the stream was cut short when it was recorded",
            )
        case "once":
            return (
                f"No recording of this request in {cassette} ({plural(recorded, 'interaction')}), and "
                "--llm-record=once records absent cassettes only.",
                "mode once, and the cassette exists",
            )
    if recorded and not test_recorded:
        return (
            f"No recording of this test in {cassette} ({plural(recorded, 'interaction')} of its other parameters). "
            f"It asks {_what(asked)}.",
            "no recording with these parameters",
        )
    return (
        f"No recording of this request in {cassette} ({plural(recorded, 'interaction')}).",
        "no such request",
    )


def _head_of_trial(cassette: str, asked: Reading, trials: tuple[int, int]) -> tuple[str, str]:
    wanted, recorded = trials
    return (
        f"No recording of trial {wanted} in {cassette} ({plural(recorded, 'trial')} recorded). It asks {_what(asked)}.",
        f"trial {wanted}, only {recorded} recorded",
    )


def _what(asked: Reading) -> str:
    last = next((message for message in reversed(asked.request.messages) if message.text), None)
    said = f": {short(last.text, 50)!r}" if last is not None else ""
    return f"{asked.request.model or asked.endpoint}{said}"


def _nearest_lines(entry: Entry, found: list[Difference]) -> tuple[list[str], str]:
    who = f"The nearest, draw {entry.get('draw', 1)} of {entry['fingerprint'][:8]},"
    if not found:
        return [f"{who} asks the same, but was sent in another form (multipart or binary)."], ""
    first = found[0]
    parts = list(dict.fromkeys(difference.part for difference in found))
    label = f"{_the(first.part)}, {first.where}" if first.where else _the(first.part)
    story = f"{label.removeprefix('the ')}: {first.summary}"
    if len(parts) > 1:
        story = f"{and_list(parts)} differ; {first.summary}"
    if len(found) == 1:
        if first.before is not None and first.after is not None:
            return [f"{who} differs in {label}:", f"  - {first.before}", f"  + {first.after}"], story
        return [f"{who} differs in {label}: {first.summary}"], story
    lines = [f"{who} differs in {and_list([_the(part) for part in parts])}:"]
    for difference in found:
        lines += _difference_lines(difference)
    return lines, story


def _difference_lines(difference: Difference) -> list[str]:
    where = difference.where or difference.part
    if difference.before is None or len(difference.before) + len(difference.after or "") <= 70:
        return [f"  {where}: {difference.summary}"]
    return [f"  {where}:", f"  - {difference.before}", f"  + {difference.after}"]


def _the(part: str) -> str:
    return f"the {part}"
