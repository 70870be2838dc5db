"""Each error of jsonschema as a violation: what is there, and what the schema wants."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pytest_llm.schemas.alternatives import Miss, nearest_branch
from pytest_llm.schemas.violations import (
    Path,
    Violation,
    missing_key,
    mistyped,
    none_of,
    shown,
    unknown_key,
)
from pytest_llm.text import and_list, plural, short
from pytest_llm.text import value as as_json

__all__ = ["told"]

_ARTICLES = {
    "ipv4": "an IPv4 address",
    "ipv6": "an IPv6 address",
    "uuid": "a UUID",
    "regex": "a regular expression",
    "email": "an email address",
    "idn-email": "an email address",
}
_LIMITS: dict[str, Callable[[Any, Any], str]] = {
    "minimum": lambda got, limit: f"{shown(got)} is not >= {limit}",
    "maximum": lambda got, limit: f"{shown(got)} is not <= {limit}",
    "exclusiveMinimum": lambda got, limit: f"{shown(got)} is not > {limit}",
    "exclusiveMaximum": lambda got, limit: f"{shown(got)} is not < {limit}",
    "multipleOf": lambda got, limit: f"{shown(got)} is not a multiple of {limit}",
    "minLength": lambda got, limit: f"{shown(got)} has {plural(len(got), 'character')}, not at least {limit}",
    "maxLength": lambda got, limit: f"{shown(got)} has {plural(len(got), 'character')}, not at most {limit}",
    "minItems": lambda got, limit: f"has {plural(len(got), 'item')}, not at least {limit}",
    "maxItems": lambda got, limit: f"has {plural(len(got), 'item')}, not at most {limit}",
    "minProperties": lambda got, limit: f"has {plural(len(got), 'key')}, not at least {limit}",
    "maxProperties": lambda got, limit: f"has {plural(len(got), 'key')}, not at most {limit}",
    "pattern": lambda got, pattern: f"{shown(got)} does not match {short(repr(pattern), 60)}",
    "format": lambda got, name: f"{shown(got)} is not {_ARTICLES.get(name, f'a {name}')}",
    "const": lambda got, only: none_of(got, [only]),
    "enum": none_of,
    "type": lambda got, names: mistyped(got, [names] if isinstance(names, str) else names),
    "contains": lambda got, schema: f"has no item that conforms to {as_json(schema, 60)}",
    "minContains": lambda got, limit: f"has fewer than {limit} items that conform to what it must contain",
    "maxContains": lambda got, limit: f"has more than {limit} items that conform to what it may contain",
    "not": lambda got, schema: f"{shown(got)} conforms to what is ruled out, {as_json(schema, 50)}",
}


def told(error: Any) -> Iterator[Violation]:
    """Return the violations that one error of jsonschema stands for; of alternatives those of the nearest."""
    path: Path = tuple(error.absolute_path)
    if error.context:
        yield from _of_alternatives(error)
    elif error.validator in _BY_KEY:
        yield from (Violation((*path, key), message) for key, message in _BY_KEY[error.validator](error))
    else:
        suffix = "  (as the name of a key)" if "propertyNames" in error.absolute_schema_path else ""
        yield Violation(path, _message(error) + suffix)


def _message(error: Any) -> str:
    keyword, wanted, got = error.validator, error.validator_value, error.instance
    if keyword in _LIMITS:
        return _LIMITS[keyword](got, wanted)
    if keyword is None:
        return "is not allowed"
    if keyword == "uniqueItems":
        return f"has {_twice(got)} twice"
    if keyword == "oneOf":
        return f"conforms to more than one of {len(wanted)} alternatives"
    if keyword in ("items", "additionalItems"):
        fixed = error.schema.get("prefixItems" if keyword == "items" else "items", ())
        return f"has {plural(len(got), 'item')}, not at most {len(fixed)}"
    if keyword in ("dependentRequired", "dependencies"):
        return _dependent(got, wanted)
    return short(error.message[:1].lower() + error.message[1:], 100)


def _missing(error: Any) -> Iterator[tuple[str, str]]:
    known = error.schema.get("properties", {})
    spare = [key for key in error.instance if key not in known]
    # One error for each missing key, that does not say which: all of them are told each time, and once in the end.
    return ((key, missing_key(key, spare)) for key in error.validator_value if key not in error.instance)


def _additional(error: Any) -> Iterator[tuple[str, str]]:
    known = error.schema.get("properties", {})
    patterns = error.schema.get("patternProperties", {})
    free = [key for key in known if key not in error.instance]
    for key in error.instance:
        if key not in known and not any(re.search(pattern, key) for pattern in patterns):
            yield key, unknown_key(key, free)


def _unevaluated(error: Any) -> Iterator[tuple[str, str]]:
    named = error.message.partition("(")[2]  # the first one: a key may hold more
    known = [key for key in error.schema.get("properties", {}) if key not in error.instance]
    return ((key, unknown_key(key, known)) for key in error.instance if repr(key) in named)


_BY_KEY: dict[str, Callable[[Any], Iterator[tuple[str, str]]]] = {
    "required": _missing,
    "additionalProperties": _additional,
    "unevaluatedProperties": _unevaluated,
}


def _dependent(got: Mapping[str, object], wanted: Mapping[str, object]) -> str:
    needs = [
        f"{key!r} needs {and_list([repr(name) for name in absent])}"
        for key, names in wanted.items()
        if key in got and isinstance(names, list) and (absent := [name for name in names if name not in got])
    ]
    return ", ".join(needs)


def _twice(items: Sequence[object]) -> str:
    """Return an item that is there twice; 1 and 1.0 are the same in JSON, 1 and true are not."""
    seen: set[str] = set()
    for item in items:
        text = as_json(item, 1_000)
        if text in seen:
            return shown(item)
        seen.add(text)
    return "an item"


def _of_alternatives(error: Any) -> Iterator[Violation]:
    """Tell what the nearest alternative misses, and which one that is."""
    branches: dict[int, list[Any]] = {}
    for child in error.context:
        if child.schema_path:  # the alternative ``false`` says nothing, not even which one it is
            branches.setdefault(child.schema_path[0], []).append(child)
    if not branches:
        yield Violation(tuple(error.absolute_path), "is not allowed")
        return
    together = _all_alike(error, list(branches.values()))
    if together is not None:
        yield Violation(tuple(error.absolute_path), together)
        return
    near = list(branches)[nearest_branch([[_miss(child) for child in branch] for branch in branches.values()])]
    suffix = _which(error.validator_value, near)
    for child in branches[near]:
        yield from (Violation(one.path, one.message + suffix) for one in told(child))


def _all_alike(error: Any, branches: Sequence[Sequence[Any]]) -> str | None:
    """Say it in one when every alternative asks but for another type, or for another constant."""
    children = [branch[0] for branch in branches if len(branch) == 1 and not branch[0].path]
    if len(children) < len(branches):
        return None
    if all(child.validator == "type" for child in children):
        wanted = [
            [child.validator_value] if isinstance(child.validator_value, str) else child.validator_value
            for child in children
        ]
        return mistyped(error.instance, list(dict.fromkeys(name for names in wanted for name in names)))
    if all(child.validator in ("const", "enum") for child in children):
        options = [
            [child.validator_value] if child.validator == "const" else child.validator_value for child in children
        ]
        return none_of(error.instance, [option for some in options for option in some])
    return None


def _miss(child: Any) -> Miss:
    kinds = {
        "type": "type",
        "const": "choice",
        "enum": "choice",
        "required": "missing",
        "additionalProperties": "unknown",
    }
    return Miss(len(child.path), kinds.get(child.validator, ""))


def _which(schemas: Sequence[Any], near: int) -> str:
    others = [schema for index, schema in enumerate(schemas) if index != near]
    if others == [{"type": "null"}]:
        return ""
    schema = schemas[near] if isinstance(schemas[near], dict) else {}
    name = schema.get("title") or str(schema.get("$ref", "")).rpartition("/")[2]
    return (
        f"  (as {name}, the nearest of {len(schemas)})" if name else f"  (the nearest of {len(schemas)} alternatives)"
    )
