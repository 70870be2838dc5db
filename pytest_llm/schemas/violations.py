"""A violation of a schema: where, and what is there instead of what."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from pytest_llm.text import short
from pytest_llm.text import value as as_json

__all__ = ["Path", "Violation", "in_order", "missing_key", "mistyped", "nearest", "none_of", "shown", "unknown_key"]

Path = tuple[str | int, ...]
_NOUNS = {
    "integer": "an integer",
    "number": "a number",
    "string": "a string",
    "object": "an object",
    "array": "an array",
    "boolean": "a boolean",
    "null": "null",
}
_SIMILAR = 66  # of 100, rapidfuzz ratio: 'dog' is near 'dgo', 'id' is not near 'is'


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a value does not conform: the path to it, and what is wrong there."""

    path: Path
    message: str

    def __str__(self) -> str:
        return f"{_json_path(self.path)}: {self.message}"


def in_order(violations: Iterable[Violation]) -> list[Violation]:
    """Return them sorted by path, each once."""
    return sorted(dict.fromkeys(violations), key=_order)


def shown(value: object, width: int = 40) -> str:
    """Return a JSON value in short: a string in quotes, anything else as JSON."""
    return short(repr(value), width) if isinstance(value, str) else as_json(value, width)


def mistyped(got: object, wanted: Sequence[str]) -> str:
    """Say that a value is of none of the JSON types, and what would be when that is near."""
    kind = _kind(got)
    said = shown(got) if kind == "null" else f"{shown(got)} ({kind})"
    nouns = [_NOUNS.get(name, name) for name in wanted]
    if len(nouns) == 1:
        missed = f"is not {nouns[0]}"
    elif len(nouns) == 2:
        missed = f"is neither {nouns[0]} nor {nouns[1]}"
    else:
        missed = f"is none of {', '.join(nouns)}"
    return f"{said} {missed}{_nearly(got, wanted)}"


def none_of(got: object, options: Sequence[object]) -> str:
    """Say that a value is none of those allowed, and which one is near."""
    listed = ", ".join(shown(option, 24) for option in options[:8])
    if len(options) > 8:
        listed += f" and {len(options) - 8} more"
    missed = f"{shown(got)} is {'not' if len(options) == 1 else 'none of'} {listed}"
    if not isinstance(got, str):
        return missed
    for option in options:
        if not isinstance(option, str) and got == as_json(option):
            return f"{missed}; the {_kind(option)} {got} would be"
    near = nearest(got, [option for option in options if isinstance(option, str)])
    return missed if near is None or len(options) == 1 else f"{missed}; did you mean {near!r}?"


def unknown_key(key: str, allowed: Iterable[str]) -> str:
    """Say that a key is not allowed, and which one is near."""
    near = nearest(key, allowed)
    return "is not allowed" if near is None else f"is not allowed; did you mean {near!r}?"


def missing_key(key: str, present: Iterable[str]) -> str:
    """Say that a key is missing, and which one is there in its place."""
    near = nearest(key, present)
    return "is missing" if near is None else f"is missing; {near!r} is there"


def nearest(word: str, options: Iterable[str]) -> str | None:
    """Return the option most like a word, whatever its case, hyphens and underscores; None if none is alike."""
    from rapidfuzz import fuzz, process

    found = process.extractOne(
        _folded(word), {option: _folded(option) for option in options}, scorer=fuzz.ratio, score_cutoff=_SIMILAR
    )
    return None if found is None else str(found[2])


def _folded(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "").replace(" ", "")


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    kinds = ((str, "string"), (int | float, "number"), (Mapping, "object"), (Sequence, "array"))
    return next((name for kind, name in kinds if isinstance(value, kind)), type(value).__name__)


def _nearly(got: object, wanted: Sequence[str]) -> str:
    """Say what a value would be in its right type: '3' the number 3, 3 the string '3', JSON within a string."""
    if isinstance(got, int | float) and not isinstance(got, bool) and "string" in wanted:
        return f"; the string '{got}' would be"
    if not isinstance(got, str) or len(got) > 10_000:
        return ""
    meant = _parsed(got)
    kind = _kind(meant)
    if isinstance(meant, int | float) and kind == "number" and _fits(meant, wanted):
        return f"; the number {got.strip()} would be"
    if kind in ("boolean", "null") and kind in wanted:
        return f"; {as_json(meant)} without quotes would be"
    if kind in ("object", "array") and kind in wanted:
        return f"; the {kind} within the string would be"
    return ""


def _fits(number: float, wanted: Sequence[str]) -> bool:
    return isfinite(number) and ("number" in wanted or ("integer" in wanted and number == int(number)))


def _parsed(text: str) -> object:
    """Return the JSON in a string; the string itself when there is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _order(violation: Violation) -> list[tuple[str, int]]:
    return [(step, 0) if isinstance(step, str) else ("", step) for step in violation.path]


def _json_path(path: Path) -> str:
    steps = (f".{step}" if isinstance(step, str) and step.isidentifier() else f"[{step!r}]" for step in path)
    return short("$" + "".join(steps), 100)
