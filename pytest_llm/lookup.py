"""Which recording answers a request: its fingerprint in the cassette, and whose turn it is among the draws of that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.store import Track
from pytest_llm.fingerprint import canonical, with_steady_ids
from pytest_llm.readings import Readings, Sought
from pytest_llm.studio import Adopted

__all__ = ["Lookup", "Turn", "Turns"]

_REDACTED = "[REDACTED]"


class Lookup:
    """The recordings of one test, by fingerprint; those of a test that was renamed are found by content."""

    def __init__(self, track: Track, readings: Readings, find_elsewhere: Callable[[str], Adopted | None]) -> None:
        self.track = track
        self.adopted: Adopted | None = None
        self._readings = readings
        self._find_elsewhere = find_elsewhere
        self._edited: dict[str, str] | None = None
        self._redacted: list[tuple[str, str]] = []

    def digest(self, sought: Sought) -> str:
        """Return the fingerprint under which a request is recorded, which is its own unless a file was edited."""
        digest = sought.fingerprint.digest
        if digest in self.track.draws:
            return digest
        if not self.track.entries and self.adopted is None:
            self._adopt(digest)
            return digest
        return self._by_content(sought) or digest

    def lend(self, entries: Iterable[Entry]) -> None:
        """Take in recordings of another cassette, of requests that this one has none of."""
        own = self.track
        self.track = Track([*own.entries, *(entry for entry in entries if entry["fingerprint"] not in own.draws)])

    def _adopt(self, digest: str) -> None:
        self.adopted = self._find_elsewhere(digest)
        if self.adopted is not None:
            self.track = self.adopted.track

    def _by_content(self, sought: Sought) -> str | None:
        """Find a recording whose request was edited in the file, or holds values redacted when it was recorded."""
        if self._edited is None:
            firsts = {entry["fingerprint"]: entry for entry in self.track.entries}
            self._edited = {self._readings.fingerprint_of(entry): digest for digest, entry in firsts.items()}
            texts = {digest: self._matter(entry) for digest, entry in firsts.items()}
            self._redacted = [(digest, text) for digest, text in texts.items() if _REDACTED in text]
        if found := self._edited.get(sought.fingerprint.digest):
            return found
        asked = canonical([sought.request.method, sought.request.path, with_steady_ids(sought.parts)])
        return next((digest for digest, text in self._redacted if _matches(text, asked)), None)

    def _matter(self, entry: Entry) -> str:
        return canonical([entry["method"], entry["path"], dict(self._readings.of_entry(entry).parts)])


class Turn(NamedTuple):
    """What a request gets: the recording of its turn, if there is one; how many came before; a new draw's number."""

    entry: Entry | None
    taken: int
    new: int


class Turns:
    """The draws of each fingerprint, given out in the order in which requests are sent.

    What was recorded in this run is given out too. An example of a property may begin with a draw of its own
    (``restart``). The caller serialises.
    """

    def __init__(self) -> None:
        self._issued: dict[str, int] = {}
        self._paid: dict[str, list[Entry]] = {}
        self._first = 0
        self.restarted = False

    def restart(self, first: int) -> None:
        """Begin an example: each request has draw ``first``, then its draws from 0 on again."""
        self._first = first
        self._issued.clear()
        self.restarted = True

    def pay(self, entry: Entry) -> None:
        """Add a draw that was recorded just now."""
        self._paid.setdefault(entry["fingerprint"], []).append(entry)

    def take(self, digest: str, recorded: Sequence[Entry], *, records: bool) -> Turn:
        """Return the turn of a request; it is over where a recording is there or ``records`` says one will be."""
        asked = self._issued.get(digest, 0)
        taken = self._draw_of(asked)
        paid = self._paid.get(digest)
        draws = [*recorded, *sorted(paid, key=_draw)] if paid else recorded
        place = self._place_of(draws, taken)
        found = place < len(draws)
        if found or records:
            self._issued[digest] = asked + 1
        return Turn(draws[place] if found else None, taken, _next_draw(recorded, taken))

    def _draw_of(self, asked: int) -> int:
        """Return the draw of a request that was asked so often in this example; draw ``first`` comes before draw 0."""
        if not self._first:
            return asked
        return asked - 1 if asked else self._first

    def _place_of(self, draws: Sequence[Entry], taken: int) -> int:
        """Return where a draw stands; by its number in an example that begins with another, as some may be absent."""
        if not self._first:
            return taken
        return next((place for place, entry in enumerate(draws) if _draw(entry) == taken + 1), len(draws))


def _draw(entry: Entry) -> int:
    number: int = entry.get("draw", 1)
    return number


def _next_draw(draws: Sequence[Entry], taken: int) -> int:
    """Return the number of a new draw: after the last one's, which is not the count when a draw was deleted by hand."""
    last: int = draws[-1].get("draw", len(draws)) if draws else 0
    return max(last, len(draws)) + 1 + taken - len(draws)


def _matches(recorded: str, asked: str) -> bool:
    pattern = ".*?".join(map(re.escape, recorded.split(_REDACTED)))
    return re.fullmatch(pattern, asked, re.DOTALL) is not None
