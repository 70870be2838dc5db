"""One live call as it is recorded: told of by the wire, written to the journal, counted against the budget."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from pytest_llm.budget import Limiter
from pytest_llm.cassettes.body import encode_body, encode_events
from pytest_llm.cassettes.encoding import decode_content
from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.secrets_in_streams import redact_events
from pytest_llm.dialects import GENERIC
from pytest_llm.http import Headers, HTTPResponse, content_type, header
from pytest_llm.messages import Response
from pytest_llm.readings import Readings, Sought
from pytest_llm.streams import is_last, is_stream, split_events

__all__ = ["LONGEST_HOLD", "Ended", "LiveCall", "Outcome", "retry_after"]

Outcome = Literal["finished", "cut", "failed"]
LONGEST_HOLD = 120.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a live call ended: its entry and response unless it failed before an answer was complete."""

    outcome: Outcome
    entry: Entry | None = None
    response: Response | None = None


class LiveCall:
    """The wire's ``Exchange`` for a call that is recorded.

    ``ended`` is told once, from the thread that finished the call.
    """

    def __init__(
        self,
        sought: Sought,
        readings: Readings,
        limiter: Limiter,
        identity: dict[str, Any],
        ended: Callable[[Ended], None],
    ) -> None:
        self._sought = sought
        self._readings = readings
        self._limiter = limiter
        self._identity = identity
        self._ended: Callable[[Ended], None] | None = ended
        self._started: float | None = None
        self._status = 0
        self._headers: Headers = ()
        self._chunks: list[bytes] = []

    def delay(self) -> float:
        """Return the seconds to wait for a free place among the calls in flight."""
        wait = self._limiter.try_acquire()
        if wait == 0.0:
            self._started = time.monotonic()
        return wait

    def answer(self, status: int, headers: Headers, reason: str) -> None:
        """Take the status line and headers."""
        self._status, self._headers = status, headers
        if status in (429, 503, 529):
            self._limiter.hold(min(retry_after(headers), LONGEST_HOLD))

    def chunk(self, data: bytes) -> None:
        """Take a piece of the body."""
        self._chunks.append(data)

    def finish(self) -> None:
        """Record the complete answer."""
        self._end("finished")

    def cut(self) -> None:
        """Record what came before the application closed the response, which SDKs do at a stream's last event."""
        self._end("finished" if self._is_over() else "cut")

    def fail(self, error: BaseException) -> None:
        """Record what came before the connection failed, if any did; all did after a stream's last event."""
        self._end("finished" if self._is_over() else "cut" if self._chunks else "failed")

    def _is_over(self) -> bool:
        body = decode_content(b"".join(self._chunks), header(self._headers, "content-encoding"))
        events = split_events(content_type(self._headers), body) if body else ()
        return bool(events) and is_last(events[-1])

    def _end(self, outcome: Outcome) -> None:
        ended, self._ended = self._ended, None
        if ended is None:
            return
        if self._started is not None:
            self._limiter.release()
        if outcome == "failed" or not self._status:
            ended(Ended("failed"))
            return
        entry, response = self._entry(outcome)
        ended(Ended(outcome, entry, response))

    def _entry(self, outcome: Outcome) -> tuple[Entry, Response]:
        latency = round(time.monotonic() - (self._started or time.monotonic()), 3)
        sought, redactor = self._sought, self._readings.redactor
        entry: Entry = {
            **self._identity,
            "fingerprint": sought.fingerprint.digest,
            "parts": dict(sought.fingerprint.parts),
            "dialect": sought.dialect.name,
            "method": sought.request.method,
            "path": sought.request.path,
            "query": sought.query,
            "request": sought.stored,
            "status": self._status,
            "headers": dict(redactor.response_headers(self._headers)),
            "recorded": datetime.now(UTC).date().isoformat(),
            "latency": latency,
        }
        if outcome == "cut":
            entry["cut"] = True
        self._store_body(entry)
        response = replace(self._read(self._readings.response_of(entry)), latency=latency)
        entry["model"] = response.model
        entry["system_fingerprint"] = response.system_fingerprint
        if response.usage is not None:
            entry["usage"] = {key: value for key, value in asdict(response.usage).items() if value}
        return entry, response

    def _read(self, answer: HTTPResponse) -> Response:
        """Read the answer; one that a dialect of ``pytest_llm_dialect`` cannot read is paid for and kept all the same.

        What that dialect raises, it raises again to whoever looks at the recording.
        """
        try:
            return self._sought.dialect.read_response(answer)
        except Exception:  # foreign code
            return GENERIC.read_response(answer)

    def _store_body(self, entry: Entry) -> None:
        """Put the body into the entry: without content encoding where that can be undone, without secrets."""
        raw = b"".join(self._chunks)
        body = decode_content(raw, header(self._headers, "content-encoding"))
        if body is None:
            entry["headers"]["content-encoding"] = header(self._headers, "content-encoding")
            entry["response"], _ = encode_body(raw, as_json=False)
            return
        media_type = content_type(self._headers)
        redactor = self._readings.redactor
        if is_stream(media_type):
            events, spelling = encode_events(split_events(media_type, body))
            entry["events"] = redact_events(events, redactor)
        elif body:
            entry["response"], spelling = encode_body(redactor.bytes_(body))
        else:
            return
        if spelling != "compact":
            entry["spelling"] = spelling


def retry_after(headers: Headers) -> float:
    """Return the seconds that a provider asks to wait, 0.0 when it does not say."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(header(headers, name) or "") * unit)
        except ValueError:
            continue
    return 0.0
