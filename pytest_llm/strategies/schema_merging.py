"""JSON schemas made flat: references followed, ``allOf`` merged, what is a choice set apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from pytest_llm.errors import ConfigurationError
from pytest_llm.schemas.references import pointed

__all__ = ["CHOICES", "Flat", "flattened", "merged"]

CHOICES = "$choices"
_DEPTH = 2  # how often a schema that refers to itself is followed into itself
_REFERENCES = ("$ref", "$recursiveRef", "$dynamicRef")
Flat = dict[str, Any]
"""A schema without references and combinations; under ``$choices`` lists of schemas of which one each must hold."""


def flattened(schema: Any, root: Any, seen: tuple[str, ...] = ()) -> tuple[Flat, tuple[str, ...]] | None:
    """Return a schema made flat and the references followed on the way; None when nothing conforms to it.

    A schema that refers to itself admits nothing below its second level, so that its values end.
    """
    if isinstance(schema, bool):
        return ({CHOICES: []}, seen) if schema else None
    flat: Flat = {key: value for key, value in schema.items() if key not in ("allOf", *_REFERENCES)}
    choices = [flat.pop(key) for key in ("anyOf", "oneOf") if key in flat]
    if "if" in flat:
        condition, then, other = (flat.pop(key, True) for key in ("if", "then", "else"))
        choices.append([{"allOf": [condition, then]}, other])
    flat[CHOICES] = choices
    if flat.get("unevaluatedProperties") is False:
        flat.setdefault("additionalProperties", False)  # what is merged here knows every key
    parts = list(schema.get("allOf", ()))
    for ref in (schema[key] for key in _REFERENCES if key in schema):
        if seen.count(ref) >= _DEPTH:
            return None
        seen = (*seen, ref)
        parts.append(_target(ref, root))
    for part in parts:
        other_flat = flattened(part, root, seen)
        if other_flat is None:
            return None
        flat, seen = merged(flat, other_flat[0]), other_flat[1]
    return flat, seen


def _target(ref: str, root: Any) -> Any:
    place, _, pointer = ref.partition("#")
    inside = not place and (not pointer or pointer.startswith("/"))
    target = pointed(root, unquote(pointer).split("/")[1:]) if inside else None
    if not isinstance(target, dict | bool):
        raise ConfigurationError(
            f"The schema refers to {ref!r}, which cannot be followed. To draw from a schema its references must be "
            "pointers into the schema itself, such as '#/$defs/Address'."
        )
    return target


def merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> Flat:
    """Return what both flat schemas ask, as far as one schema can say it; the values are checked afterwards."""
    both = {**second, **first}
    for key in first.keys() & second.keys():
        both[key] = _MERGE.get(key, _first)(first[key], second[key])
    return both


def _first(first: Any, second: Any) -> Any:
    return first


def _both(first: Any, second: Any) -> Any:
    return False if False in (first, second) else {"allOf": [first, second]}


def _properties(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    common = {name: _both(first[name], second[name]) for name in first if name in second}
    return {**first, **second, **common}


def _types(first: str | list[str], second: str | list[str]) -> list[str]:
    one, other = ([item] if isinstance(item, str) else item for item in (first, second))
    found = [kind for kind in one if kind in other]
    return found or [kind for kind in one if {kind, *other} >= {"integer", "number"}]


_MERGE: dict[str, Callable[[Any, Any], Any]] = {
    CHOICES: lambda first, second: [*first, *second],
    "properties": _properties,
    "patternProperties": _properties,
    "required": lambda first, second: [*dict.fromkeys([*first, *second])],
    "type": _types,
    "enum": lambda first, second: [item for item in first if item in second],
    "items": _both,
    "additionalProperties": _both,
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
}
