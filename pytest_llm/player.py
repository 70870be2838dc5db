"""Answers the requests of one test from its cassette, records them, or says why neither may be done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import TypeVar

from pytest_llm.billing import at_most, paid, saved
from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.files import shown
from pytest_llm.cassettes.journal import Journal
from pytest_llm.cassettes.miss import Miss, MissKind, explain_miss, nearest
from pytest_llm.cassettes.store import Cassette
from pytest_llm.dialects import looks_like_model_call
from pytest_llm.errors import BudgetExceededError, CassetteError, CassetteMissError, LLMOutcome, UninterceptedCallError
from pytest_llm.fingerprint import raw_key
from pytest_llm.http import Headers, HTTPRequest
from pytest_llm.lookup import Lookup, Turn, Turns
from pytest_llm.messages import Response
from pytest_llm.readings import Sought, chunks_of
from pytest_llm.recorder import Ended, LiveCall
from pytest_llm.studio import Adopted, Mode, Place, Studio, Tally, is_loopback
from pytest_llm.wire.handler import Exchange, Replay

__all__ = ["Player", "capturing", "judging"]

_RETRIABLE = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
T = TypeVar("T", bound=LLMOutcome)
capturing: ContextVar[list[Entry] | None] = ContextVar("pytest_llm_capturing", default=None)
"""The list to which the entries played or recorded in this context are added, if any."""
judging: ContextVar[str] = ContextVar("pytest_llm_judging", default="")
"""The hash of the rubric while a judge asks: its calls are recorded with the test's, and are not what is tested."""


class Player:
    """The wire's ``Handler`` while one test runs.

    A request takes its place among the draws of its fingerprint when it is sent, so concurrent askers get stable,
    distinct draws. ``outcomes`` keeps every miss, refused budget and blocked call, whatever the code under test did
    with the exception.
    """

    def __init__(
        self,
        studio: Studio,
        place: Place,
        cassette: Cassette,
        mode: Mode,
        *,
        fresh: bool,
        journal: Callable[[], Journal],
        find_elsewhere: Callable[[str, str], Adopted | None],
    ) -> None:
        self.studio = studio
        self.place = place
        self.cassette = cassette
        self.mode = mode
        self.fresh = fresh
        self.tally = Tally()
        self.outcomes: list[LLMOutcome] = []
        self.troubles: list[CassetteError] = []
        self.misses: list[Miss] = []
        self.played: list[Entry] = []
        self.made: list[Entry] = []
        self.timeline: list[tuple[Entry, bool]] = []
        self._journal = journal
        self._lock = threading.Lock()
        self._lookup = Lookup(
            cassette.track(place.slot, place.trial), studio.readings, lambda digest: find_elsewhere(digest, place.slot)
        )
        self._turns = Turns()
        self._sent = 0
        self._wanted: dict[tuple[str, int | None, str, str], bool] = {}
        self._open: set[LiveCall] = set()

    # -- what the wire asks --

    def wants(self, method: str, scheme: str, host: str, port: int | None, path: str) -> bool:
        """Say whether a request may be ours, by host or by the shape of its path."""
        key = (host, port, method, path)
        known = self._wanted.get(key)
        if known is None:
            readings = self.studio.readings
            shaped = readings.dialect(method, path).name != "generic"
            known = self._wanted[key] = self.studio.hosts.is_ours(host, port, path) or shaped
        return known

    def handle(self, request: HTTPRequest) -> Replay | Exchange | None:
        """Replay, start a live call, or raise ``CassetteMissError``; None for a request that is not ours."""
        raw = raw_key(request, self._query(request))
        if raw not in self._lookup.track.fingerprints and not self._is_ours(request):
            return None
        if self.mode == "live" and not self._turns.restarted:
            return self._live(self.studio.readings.sought(request), 0, "")
        with self._lock:
            sought, digest, turn = self._turn(request, raw)
        if turn.entry is not None:
            return self._replay(turn.entry)
        sought = sought or self.studio.readings.sought(request)
        if self.records:
            return self._live(sought, turn.new, raw if sought.untouched else "")
        raise self._miss(self._kind(turn.taken), sought, digest, turn.taken)

    def _turn(self, request: HTTPRequest, raw: str) -> tuple[Sought | None, str, Turn]:
        """Return the request as far as it had to be read, the fingerprint under which it is recorded, and its turn."""
        track, anew = self._lookup.track, self.mode in ("all", "live")
        digest, sought = track.fingerprints.get(raw), None
        if digest is None or anew:
            sought = self.studio.readings.sought(request)
            digest = sought.fingerprint.digest if anew else self._lookup.digest(sought)
        recorded = self._lookup.track.draws.get(digest, ()) if self.mode != "all" else ()
        return sought, digest, self._turns.take(digest, recorded, records=self.records)

    def knows(self, request: HTTPRequest) -> bool:
        """Say whether a request is ours."""
        return raw_key(request, self._query(request)) in self._lookup.track.fingerprints or self._is_ours(request)

    def blocks(self, host: str) -> bool:
        """Say whether a connection from outside an intercepted stack must not be made."""
        return self.mode != "live" and self.studio.hosts.guards(host)

    def blocked(self, host: str) -> BaseException:
        """Return the error for such a connection, noted on the test."""
        return self.note(
            UninterceptedCallError(
                f"{self.place.nodeid} was about to call {host} over an HTTP stack that is not intercepted (httpx, "
                "httpx2, aiohttp and urllib3 are), so it can neither be replayed nor recorded. Nothing was sent.\n"
                "Call it through one of those, or let the test go out: pytest --llm-live"
            )
        )

    # -- looking up --

    def _is_ours(self, request: HTTPRequest) -> bool:
        return self.studio.hosts.is_ours(request.host, request.parsed.port, request.path) or looks_like_model_call(
            request.method, request.path, request.body
        )

    def _query(self, request: HTTPRequest) -> str:
        query = request.query
        return self.studio.readings.redactor.url(f"?{query}")[1:] if query else ""

    @property
    def records(self) -> bool:
        """Whether a request that is not recorded is asked of the provider."""
        return self.mode in ("missing", "all", "live") or (self.mode == "once" and self.fresh)

    # -- replaying --

    def _replay(self, entry: Entry) -> Replay:
        self._count(entry)
        headers = _replayed_headers(entry)
        status = entry["status"]
        retriable = status in _RETRIABLE
        chunks = chunks_of(entry)
        if "events" in entry or entry.get("cut"):
            return Replay(status, headers, self._events(entry, chunks), None, "", retriable)
        return Replay(status, headers, iter(chunks), b"".join(chunks), "", retriable)

    def _events(self, entry: Entry, chunks: list[bytes]) -> Iterator[bytes]:
        yield from chunks
        if entry.get("cut"):
            raise self._miss("cut", None, entry["fingerprint"], entry.get("draw", 1), entry)

    def _count(self, entry: Entry) -> None:
        with self._lock:
            self.played.append(entry)
            if not judging.get():
                self.timeline.append((entry, True))
            tally = self.tally
            tally.replayed += 1
            tally.saved_seconds += entry.get("latency") or 0.0
            recorded = entry.get("recorded", "")
            if recorded and (not tally.oldest or recorded < tally.oldest):
                tally.oldest = recorded
        if (captured := capturing.get()) is not None:
            captured.append(entry)

    # -- recording --

    def _live(self, sought: Sought, draw: int, raw: str) -> LiveCall:
        """Start a live call, after the budget has a place for it and the journal can take its answer."""
        asked = sought.dialect.read_request(sought.request)
        try:
            most = at_most(asked, sought.request, self.studio.prices, self.studio.budget.max_cost)
            reservation = self.studio.budget.reserve(most)
        except BudgetExceededError as error:
            raise self.note(error) from None
        journal = None
        if self.mode != "live":
            try:
                journal = self._journal()
            except CassetteError as error:
                self.studio.budget.release(reservation)
                self.troubles.append(error)
                raise
        with self._lock:
            self._sent += 1
            identity = {
                "test": self.place.test,
                "draw": draw,
                "_order": self._sent,
                "_mode": self.mode,
                "_session": self.studio.session,
            }
            if raw:
                identity["raw"] = raw
            if self.place.trial > 1:
                identity["trial"] = self.place.trial
            if rubric := judging.get():
                identity["rubric"] = rubric
            if is_loopback(sought.request.host) and not self.studio.readings.knows_price(asked.model):
                identity["local"] = True  # the host is not recorded, and what runs on this machine costs nothing
        captured = capturing.get()

        def ended(end: Ended) -> None:
            self._open.discard(call)
            if end.entry is None or end.response is None:
                self.studio.budget.release(reservation)
                return
            self._write(end.entry, journal)
            if captured is not None:
                captured.append(end.entry)
            if end.response.status >= 400:
                self.tally.errors.append(end.response.status)
            spent = self._price(end.response, asked.model, is_loopback(sought.request.host))
            self.studio.budget.settle(reservation, spent)
            self.tally.spent += spent
            self.studio.recorded(self.studio.readings.interaction(end.entry, replayed=False), spent)

        call = LiveCall(sought, self.studio.readings, self.studio.limiter, identity, ended)
        self._open.add(call)
        return call

    def _price(self, response: Response, asked: str, free: bool) -> float:
        """Return what a live call cost in USD, noting a served model without a known price unless it is ``free``."""
        spent = paid(response, asked, self.studio.prices)
        if spent is None and not free:
            self.tally.unpriced.add(response.model or asked)
        return spent or 0.0

    def _write(self, entry: Entry, journal: Journal | None) -> None:
        with self._lock:
            self.made.append(entry)
            if "rubric" not in entry:
                self.timeline.append((entry, False))
            self._turns.pay(entry)
            self.tally.live += 1
        if journal is not None:
            try:
                journal.append(entry)
            except CassetteError as error:
                self.troubles.append(error)
            self.tally.recorded += 1

    @property
    def replays(self) -> bool:
        """Whether no call of the test can go out."""
        return self.mode != "live" and not self.records

    def lend(self, entries: Iterable[Entry]) -> None:
        """Let the test replay recordings of another cassette, where its own has none of the request."""
        self._lookup.lend(entries)

    def restart(self, first: int = 0) -> None:
        """Begin an example of a property: each request has draw ``first``, then its draws from 0 on again."""
        with self._lock:
            self._turns.restart(first)

    def close(self) -> None:
        """End the calls whose responses nobody read to the end or closed: keep what came of them."""
        for call in list(self._open):
            call.cut()

    # -- misses --

    def _kind(self, taken: int) -> MissKind:
        if taken:
            return "exhausted"
        if self.mode == "once":
            return "once"
        if self.place.trial > 1 and not self._lookup.track.entries and self.cassette.last_trial(self.place.slot):
            return "trial"
        return "unmatched" if self.cassette.exists else "absent"

    def _miss(
        self, kind: MissKind, sought: Sought | None, digest: str, taken: int, entry: Entry | None = None
    ) -> CassetteMissError:
        readings = self.studio.readings
        asked = readings.reading(sought) if sought is not None else readings.of_entry(entry or {})
        entries = self._lookup.track.entries or self.cassette.entries
        near = nearest(asked, entries, readings.of_entry) if kind in ("unmatched", "once") and entries else None
        wanted: Mode = "once" if kind == "absent" else ("all" if kind == "cut" else "missing")
        miss = explain_miss(
            kind,
            cassette=shown(self.cassette.path),
            recorded=len(self.cassette),
            test_recorded=len(self._lookup.track.entries),
            near=near,
            fingerprint=digest,
            asked=asked,
            draws=taken,
            trials=(self.place.trial, self.cassette.last_trial(self.place.slot)),
            command=f'pytest --llm-record={wanted}{self.place.options} "{self.place.nodeid}"',
        )
        self.misses.append(miss)
        return self.note(CassetteMissError(miss.message))

    def note(self, outcome: T) -> T:
        """Keep an outcome, which ends the test whatever becomes of it; return it to be raised."""
        self.outcomes.append(outcome)
        return outcome

    # -- what the test may look at --

    @property
    def adopted(self) -> Adopted | None:
        """The recordings of a test that no longer exists which were found by content, if they were."""
        return self._lookup.adopted

    @property
    def saved_cost(self) -> float:
        """What the replayed calls would have cost in USD, as far as prices are known."""
        return saved(self.played, self.studio.prices)

    @property
    def unplayed(self) -> list[Entry]:
        """The recordings of this test that were not replayed."""
        played = {id(entry) for entry in self.played}
        return [entry for entry in self._lookup.track.entries if id(entry) not in played]


def _replayed_headers(entry: Entry) -> Headers:
    headers = entry.get("headers") or {}
    return tuple((name, "0" if name in ("retry-after", "retry-after-ms") else value) for name, value in headers.items())
