"""Texts of a JSON schema: by pattern, by format, by length."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import date, datetime, time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pytest_llm.strategies.extra import st
from pytest_llm.strategies.schema_numbers import numbers_of

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["texts_of"]

_HOST = r"[a-z]{1,8}\.(com|org|net)"
_PATTERNS = MappingProxyType(
    {
        **dict.fromkeys(("uri", "uri-reference", "iri", "iri-reference"), rf"https://{_HOST}(/[a-z0-9]{{1,8}})?"),
        **dict.fromkeys(("hostname", "idn-hostname"), _HOST),
        "uri-template": rf"https://{_HOST}/\{{[a-z]{{1,8}}\}}",
        "duration": r"P([1-9][0-9]?D)?T[1-9][0-9]?[HMS]",
        "json-pointer": r"(/[a-z0-9]{1,8}){0,3}",
        "relative-json-pointer": r"[0-9](/[a-z0-9]{1,8}){0,2}",
    }
)


def texts_of(schema: Mapping[str, Any]) -> SearchStrategy[str]:
    """Return the texts that a string schema admits."""
    low, high = schema.get("minLength", 0), schema.get("maxLength")
    if "pattern" in schema:
        found = _matching(schema["pattern"])
    elif (formatted := _formatted(schema)) is not None:
        found = formatted
    else:
        return st.text(min_size=low, max_size=high)
    return found.filter(lambda text: low <= len(text) and (high is None or len(text) <= high))


def _matching(pattern: str) -> SearchStrategy[str]:
    """Return the texts that match a pattern as ECMA-262 reads it.

    Its digits and letters are ASCII, and a dollar sign is the end only, not also what precedes a last newline.
    """
    found = re.compile(pattern, re.ASCII)
    texts: SearchStrategy[str] = st.from_regex(found, fullmatch=False)
    return texts.map(lambda text: text.removesuffix("\n")).filter(found.search)


def _formatted(schema: Mapping[str, Any]) -> SearchStrategy[str] | None:
    name = schema.get("format")
    match name:
        case "date":
            return st.dates(*_days(schema)).map(str)
        case "date-time" | "naive-date-time":
            first, last = (datetime.combine(day, time()) for day in _days(schema))
            stamps = st.datetimes(first, last).map(lambda moment: moment.replace(microsecond=0).isoformat())
            return stamps if name == "naive-date-time" else stamps.map(lambda stamp: f"{stamp}Z")
        case "time":
            return st.times().map(lambda moment: f"{moment.replace(microsecond=0)}Z")
        case "email" | "idn-email":
            return st.emails()
        case "ipv4" | "ipv4network" | "ipv4interface" | "ipvanyaddress" | "ipvanynetwork" | "ipvanyinterface":
            return st.ip_addresses(v=4).map(str)
        case "ipv6" | "ipv6network" | "ipv6interface":
            return st.ip_addresses(v=6).map(str)
        case "uuid" | "uuid4":
            return st.uuids(version=4).map(str)
        case "regex":
            return st.sampled_from(["a", "^a+$", "[0-9]{2}", "(a|b)*"])
        case "byte" | "base64" | "base64url":
            return st.binary().map(lambda data: urlsafe_b64encode(data).decode())
        case "decimal":
            numbers = numbers_of(schema)
            return st.nothing() if numbers is None else numbers.map(str)
        case str() if name in _PATTERNS:
            return st.from_regex(_PATTERNS[name], fullmatch=True)
    return None


def _days(schema: Mapping[str, Any]) -> tuple[date, date]:
    first, last = schema.get("formatMinimum"), schema.get("formatMaximum")
    return date.fromisoformat(first) if first else date.min, date.fromisoformat(last) if last else date.max
