"""Texts of a JSON schema: by pattern, by format, by length."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_llm.strategies.extra import st

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["texts_of"]


def texts_of(schema: Mapping[str, Any]) -> SearchStrategy[str]:
    """Return the texts that a string schema admits."""
    low, high = schema.get("minLength", 0), schema.get("maxLength")
    if "pattern" in schema:
        found: SearchStrategy[str] = st.from_regex(re.compile(schema["pattern"]), fullmatch=False)
    elif (formatted := _formatted(schema.get("format"))) is not None:
        found = formatted
    else:
        return st.text(min_size=low, max_size=high)
    return found.filter(lambda text: low <= len(text) and (high is None or len(text) <= high))


def _formatted(name: object) -> SearchStrategy[str] | None:
    match name:
        case "date":
            return st.dates().map(str)
        case "date-time":
            return st.datetimes(timezones=st.just(_utc())).map(_stamp)
        case "time":
            return st.times().map(lambda time: f"{time.replace(microsecond=0)}Z")
        case "email":
            return st.emails()
        case "ipv4":
            return st.ip_addresses(v=4).map(str)
        case "ipv6":
            return st.ip_addresses(v=6).map(str)
        case "uuid":
            return st.uuids().map(str)
        case "uri" | "uri-reference" | "iri":
            return st.from_regex(r"https://[a-z]{1,8}\.(com|org|net)(/[a-z0-9]{1,8})?", fullmatch=True)
        case "hostname":
            return st.from_regex(r"[a-z]{1,8}\.(com|org|net)", fullmatch=True)
        case "regex":
            return st.sampled_from(["a", "^a+$", "[0-9]{2}", "(a|b)*"])
    return None


def _utc() -> Any:
    from datetime import UTC

    return UTC


def _stamp(moment: Any) -> str:
    return f"{moment.replace(microsecond=0, tzinfo=None).isoformat()}Z"
