"""What is written letter by letter: addresses, code, quotations."""

from __future__ import annotations

import re

from pytest_llm.metrics.guards.reading import Reading

_QUOTED = re.compile(r'"([^"\n]{2,80})"')
_CODE = re.compile(r"`([^`\n]+)`|\b([A-Za-z]\w*(?:\.\w+)*\(\)|[a-z]+(?:_[a-z0-9]+)+)")
_MOST = 60  # of those that differ


def literal(expected: Reading, got: Reading) -> str | None:
    """Return the first address, piece of code or quotation that another one replaces."""
    for pattern in (None, _CODE, _QUOTED):
        mine, theirs = _literals(expected, pattern), _literals(got, pattern)
        if not mine or not theirs:
            continue
        missing, added = _unsaid(mine, theirs, got), _unsaid(theirs, mine, expected)
        if missing and added:
            return f"{_short(missing[0])} -> {_short(added[0])}"
    return None


def _unsaid(those: list[str], others: list[str], there: Reading) -> list[str]:
    known = {one.lower() for one in others}
    rest = [one for one in dict.fromkeys(those) if one.lower() not in known][:_MOST]
    text = there.text.lower() if rest else ""
    return [one for one in rest if one.lower() not in text]


def _literals(reading: Reading, pattern: re.Pattern[str] | None) -> list[str]:
    if pattern is None:
        return [reading.text[start:end] for start, end in reading.addresses]
    if pattern is _QUOTED and '"' not in reading.text:
        return []
    if pattern is _CODE and not any(char in reading.text for char in "`_("):
        return []
    found = [match[match.lastindex or 0] for match in pattern.finditer(reading.prose)]
    return [one.removesuffix("()") for one in found]


def _short(text: str) -> str:
    return text if len(text) <= 48 else text[:47] + "…"
