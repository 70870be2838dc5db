"""A recorded request as it is probed: as it is, with log-probabilities, or at temperature 0."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pytest_llm.cassettes.entry import Entry
from pytest_llm.dialects import probing
from pytest_llm.drift.reading import is_greedy, told_of
from pytest_llm.http import HTTPRequest
from pytest_llm.readings import Readings

__all__ = ["TWIN", "Variant", "asks_logprobs", "twin_of", "variant_of", "with_logprobs"]

TWIN = "greedy"


@dataclass(frozen=True, slots=True)
class Variant:
    """One request to probe: ``sent`` is what goes out, ``recorded`` the recording of what the test asks.

    ``probe`` is "" for the request itself and "greedy" for its twin at temperature 0; ``logprobs`` says that they are
    asked for beyond what the test asks.
    """

    name: str
    test: str
    sent: HTTPRequest
    recorded: Entry
    prompt: str
    greedy: bool
    probe: str = ""
    logprobs: bool = False

    @property
    def digest(self) -> str:
        """The fingerprint under which the test's own request is recorded."""
        return str(self.recorded["fingerprint"])

    def marked(self, entry: Entry, session: str, draw: int, readings: Readings) -> Entry:
        """Return an answer to this as the baseline keeps it.

        Of log-probabilities that the test does not ask for it keeps what is compared.
        """
        kept = {**entry, "test": self.test, "of": self.digest, "session": session, "draw": draw}
        if self.probe:
            kept["probe"] = self.probe
        if self.logprobs:
            kept["logprobs"] = told_of(readings.response(entry).logprobs)
            kept |= {key: probing.without_logprobs(entry[key]) for key in ("response", "events") if key in entry}
        return kept

    def owns(self, entry: Entry) -> bool:
        """Say whether an entry of a baseline answers this request, log-probabilities apart."""
        return entry.get("of") == self.digest and entry.get("probe", "") == self.probe


def variant_of(test: str, request: HTTPRequest, entry: Entry, readings: Readings) -> Variant | None:
    """Return a request of a test as a probe; None for one that no text answers (embeddings, a list of models)."""
    interaction = readings.interaction(entry, replayed=True)
    response, asked = interaction.response, interaction.request
    if entry["method"] != "POST" or response.embeddings or response.status >= 400 or not asked.messages:
        return None
    prompt = asked.messages[-1].text
    name = f"{test} {entry['fingerprint'][:8]}"
    return Variant(name, test, request, entry, readings.redactor.text(prompt), is_greedy(asked.params))


def twin_of(variant: Variant) -> Variant | None:
    """Return the same request at temperature 0; None where its API knows none, or it is so already."""
    if variant.greedy or (body := _body(variant)) is None:
        return None
    cold = probing.at_temperature_zero(_dialect(variant), body)
    if cold is None:
        return None
    name = f"{variant.name} at temperature 0"
    return replace(variant, name=name, sent=_with(variant.sent, cold), greedy=True, probe=TWIN, logprobs=False)


def with_logprobs(variant: Variant) -> Variant | None:
    """Return the same request with log-probabilities asked for; None where its API has none, or they are asked for."""
    body = _body(variant)
    telling = None if body is None else probing.with_logprobs(_dialect(variant), body)
    return None if telling is None else replace(variant, sent=_with(variant.sent, telling), logprobs=True)


def asks_logprobs(entry: Entry) -> bool:
    """Say whether a recorded request asks for log-probabilities."""
    body = entry.get("request")
    return isinstance(body, Mapping) and probing.asks_logprobs(str(entry["dialect"]), body)


def _dialect(variant: Variant) -> str:
    return str(variant.recorded["dialect"])


def _body(variant: Variant) -> dict[str, Any] | None:
    try:
        body = json.loads(variant.sent.body)
    except ValueError:  # a form or bytes: not of an API that we can ask otherwise
        return None
    return body if isinstance(body, dict) else None


def _with(request: HTTPRequest, body: Mapping[str, Any]) -> HTTPRequest:
    return HTTPRequest(request.method, request.url, request.headers, json.dumps(body, ensure_ascii=False).encode())
