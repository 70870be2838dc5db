"""Answers the requests of one test from its cassette, records them, or says why neither may be done."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from typing import TypeVar

from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.files import shown
from pytest_llm.cassettes.journal import Journal
from pytest_llm.cassettes.miss import Miss, MissKind, explain_miss, nearest
from pytest_llm.cassettes.store import Cassette, Track
from pytest_llm.dialects import looks_like_model_call
from pytest_llm.errors import BudgetExceededError, CassetteError, CassetteMissError, LLMOutcome, UninterceptedCallError
from pytest_llm.fingerprint import canonical, raw_key, with_steady_ids
from pytest_llm.http import Headers, HTTPRequest
from pytest_llm.messages import Request, Response, Usage
from pytest_llm.prices import Price, cost, price_of, worst_case
from pytest_llm.readings import Readings, Sought, chunks_of
from pytest_llm.recorder import Ended, LiveCall
from pytest_llm.studio import Adopted, Mode, Place, Studio, Tally, is_loopback
from pytest_llm.wire.handler import Exchange, Replay

__all__ = ["Player", "capturing", "judging"]

_RETRIABLE = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_REDACTED = "[REDACTED]"
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
        self.adopted: Adopted | None = None
        self.played: list[Entry] = []
        self.made: list[Entry] = []
        self.timeline: list[tuple[Entry, bool]] = []
        self._journal = journal
        self._find_elsewhere = find_elsewhere
        self._lock = threading.Lock()
        self._track = cassette.track(place.slot, place.trial)
        self._issued: dict[str, int] = {}
        self._edited: dict[str, str] | None = None
        self._redacted: list[tuple[str, str]] = []
        self._sent = 0
        self._wanted: dict[tuple[str, int | None, str, str], bool] = {}
        self._open: set[LiveCall] = set()
        self._first: int | None = None
        self._paid: dict[str, list[Entry]] = {}

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
        if raw not in self._track.fingerprints and not self._is_ours(request):
            return None
        if self.mode == "live" and self._first is None:
            return self._live(self.studio.readings.sought(request), 0, "")
        with self._lock:
            digest = self._track.fingerprints.get(raw)
            sought = None
            if digest is None or self.mode in ("all", "live"):
                sought = self.studio.readings.sought(request)
                digest = self._digest(sought)
            asked = self._issued.get(digest, 0)
            taken = self._draw_of(asked)
            recorded = self._track.draws.get(digest, ()) if self.mode != "all" else ()
            paid = self._paid.get(digest)
            draws = [*recorded, *sorted(paid, key=_draw)] if paid else recorded
            place = self._place_of(draws, taken)
            if place < len(draws) or self._may_record():
                self._issued[digest] = asked + 1
        if place < len(draws):
            return self._replay(draws[place])
        sought = sought or self.studio.readings.sought(request)
        if self._may_record():
            return self._live(sought, _next_draw(recorded, taken), raw if sought.untouched else "")
        raise self._miss(self._kind(taken), sought, digest, taken)

    def knows(self, request: HTTPRequest) -> bool:
        """Say whether a request is ours."""
        return raw_key(request, self._query(request)) in self._track.fingerprints or self._is_ours(request)

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
        return self._may_record()

    def _may_record(self) -> bool:
        return self.mode in ("missing", "all", "live") or (self.mode == "once" and self.fresh)

    def _digest(self, sought: Sought) -> str:
        """Return the fingerprint under which the request is recorded, which is its own unless a file was edited."""
        digest = sought.fingerprint.digest
        if digest in self._track.draws or self.mode in ("all", "live"):
            return digest
        if not self._track.entries and self.adopted is None:
            self._adopt(digest)
            return digest
        return self._by_content(sought) or digest

    def _adopt(self, digest: str) -> None:
        self.adopted = self._find_elsewhere(digest, self.place.slot)
        if self.adopted is not None:
            self._track = self.adopted.track

    def _by_content(self, sought: Sought) -> str | None:
        """Find a recording whose request was edited in the file, or holds values redacted when it was recorded."""
        readings = self.studio.readings
        if self._edited is None:
            firsts = {entry["fingerprint"]: entry for entry in self._track.entries}
            self._edited = {readings.fingerprint_of(entry): digest for digest, entry in firsts.items()}
            texts = {digest: _matter(entry, readings) for digest, entry in firsts.items()}
            self._redacted = [(digest, text) for digest, text in texts.items() if _REDACTED in text]
        if found := self._edited.get(sought.fingerprint.digest):
            return found
        asked = canonical([sought.request.method, sought.request.path, with_steady_ids(sought.parts)])
        return next((digest for digest, text in self._redacted if _matches(text, asked)), None)

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
            reservation = self.studio.budget.reserve(self._worst_case(asked, sought.request))
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
        prices, usage = self.studio.prices, response.usage
        price = price_of(response.model or asked, prices) or price_of(asked, prices)
        if usage is not None and price is None and not free:
            self.tally.unpriced.add(response.model or asked)
        return cost(usage, price) if usage is not None and price is not None else 0.0

    def _write(self, entry: Entry, journal: Journal | None) -> None:
        with self._lock:
            self.made.append(entry)
            if "rubric" not in entry:
                self.timeline.append((entry, False))
            self._paid.setdefault(entry["fingerprint"], []).append(entry)
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
        return self.mode != "live" and not self._may_record()

    def lend(self, entries: Iterable[Entry]) -> None:
        """Let the test replay recordings of another cassette, where its own has none of the request."""
        own = self._track
        self._track = Track([*own.entries, *(entry for entry in entries if entry["fingerprint"] not in own.draws)])

    def restart(self, first: int = 0) -> None:
        """Begin an example of a property: each request has draw ``first``, then its draws from 0 on again."""
        with self._lock:
            self._first = first
            self._issued.clear()

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

    def close(self) -> None:
        """End the calls whose responses nobody read to the end or closed: keep what came of them."""
        for call in list(self._open):
            call.cut()

    def _worst_case(self, asked: Request, request: HTTPRequest) -> float:
        """Return the most that a call can cost in USD; 0.0 when no cost budget is set.

        Raises ``BudgetExceededError`` when a cost budget is set and the model has no known price.
        """
        if self.studio.budget.max_cost is None:
            return 0.0
        price = price_of(asked.model, self.studio.prices)
        if price is None and is_loopback(request.host):
            return 0.0
        if price is None:
            raise BudgetExceededError(
                f"--llm-max-cost={self.studio.budget.max_cost:g} cannot be kept: no price is known for "
                f"{asked.model!r}. Give it one by the hook pytest_llm_prices, or limit calls instead: --llm-max-calls"
            )
        return worst_case(request.body, asked.params, price)

    # -- misses --

    def _kind(self, taken: int) -> MissKind:
        if taken:
            return "exhausted"
        if self.mode == "once":
            return "once"
        if self.place.trial > 1 and not self._track.entries and self.cassette.last_trial(self.place.slot):
            return "trial"
        return "unmatched" if self.cassette.exists else "absent"

    def _miss(
        self, kind: MissKind, sought: Sought | None, digest: str, taken: int, entry: Entry | None = None
    ) -> CassetteMissError:
        readings = self.studio.readings
        asked = readings.reading(sought) if sought is not None else readings.of_entry(entry or {})
        entries = self._track.entries or self.cassette.entries
        near = nearest(asked, entries, readings.of_entry) if kind in ("unmatched", "once") and entries else None
        wanted: Mode = "once" if kind == "absent" else ("all" if kind == "cut" else "missing")
        miss = explain_miss(
            kind,
            cassette=shown(self.cassette.path),
            recorded=len(self.cassette),
            test_recorded=len(self._track.entries),
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
    def saved_cost(self) -> float:
        """What the replayed calls would have cost in USD, as far as prices are known."""
        total, known = 0.0, dict[str, Price | None]()
        for entry in self.played:
            model = entry.get("model") or ""
            if model not in known:
                known[model] = price_of(model, self.studio.prices)
            price, usage = known[model], entry.get("usage")
            if price is not None and usage:
                total += cost(Usage(**usage), price)
        return total

    @property
    def unplayed(self) -> list[Entry]:
        """The recordings of this test that were not replayed."""
        played = {id(entry) for entry in self.played}
        return [entry for entry in self._track.entries if id(entry) not in played]


def _matter(entry: Entry, readings: Readings) -> str:
    return canonical([entry["method"], entry["path"], dict(readings.of_entry(entry).parts)])


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


def _replayed_headers(entry: Entry) -> Headers:
    headers = entry.get("headers") or {}
    return tuple((name, "0" if name in ("retry-after", "retry-after-ms") else value) for name, value in headers.items())
