"""Each error of pydantic as a violation: what is there, and what the type wants."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pytest_llm.schemas.alternatives import Miss, nearest_branch
from pytest_llm.schemas.violations import Path, Violation, missing_key, mistyped, none_of, shown, unknown_key
from pytest_llm.text import plural, short

__all__ = ["told"]

_TYPES = {
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "integer"),
    **dict.fromkeys(("float_type", "float_parsing"), "number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "boolean"),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), "array"),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type", "dataclass_type"), "object"),
    "string_type": "string",
    "none_required": "null",
}
_LIMITS: dict[str, Callable[[Any, Mapping[str, Any]], str]] = {
    "greater_than": lambda got, context: f"{shown(got)} is not > {context['gt']}",
    "greater_than_equal": lambda got, context: f"{shown(got)} is not >= {context['ge']}",
    "less_than": lambda got, context: f"{shown(got)} is not < {context['lt']}",
    "less_than_equal": lambda got, context: f"{shown(got)} is not <= {context['le']}",
    "multiple_of": lambda got, context: f"{shown(got)} is not a multiple of {context['multiple_of']}",
    "string_too_short": lambda got, context: (
        f"{shown(got)} has {plural(len(got), 'character')}, not at least {context['min_length']}"
    ),
    "string_too_long": lambda got, context: (
        f"{shown(got)} has {plural(len(got), 'character')}, not at most {context['max_length']}"
    ),
    "too_short": lambda got, context: f"has {plural(len(got), 'item')}, not at least {context['min_length']}",
    "too_long": lambda got, context: f"has {plural(len(got), 'item')}, not at most {context['max_length']}",
    "string_pattern_mismatch": lambda got, context: (
        f"{shown(got)} does not match {short(repr(context['pattern']), 60)}"
    ),
    "literal_error": lambda got, context: none_of(got, _options(context["expected"])),
    "enum": lambda got, context: none_of(got, _options(context["expected"])),
    "union_tag_invalid": lambda got, context: none_of(context["tag"], _options(context["expected_tags"])),
}
_KINDS = {"literal_error": "choice", "enum": "choice", "missing": "missing", "extra_forbidden": "unknown"}


class _Error(NamedTuple):
    """One error of pydantic: its path in the data, and the alternative of a union that it belongs to."""

    path: Path
    raw: Any
    place: Path | None = None
    label: str = ""


def told(errors: Sequence[Any], data: object, schema: Mapping[str, Any]) -> Iterator[Violation]:
    """Return the violations that pydantic's errors stand for; of a union those of the nearest alternative."""
    read = [_read(error, data) for error in errors]
    unions: dict[Path, dict[str, list[_Error]]] = {}
    for one in read:
        if one.place is None:
            yield _violation(one, data, schema)
        else:
            unions.setdefault(one.place, {}).setdefault(one.label, []).append(one)
    for place, branches in unions.items():
        yield from _of_union(place, branches, data, schema)


def _of_union(
    place: Path, branches: dict[str, list[_Error]], data: object, schema: Mapping[str, Any]
) -> Iterator[Violation]:
    types = [_TYPES.get(branch[0].raw["type"]) for branch in branches.values() if len(branch) == 1]
    wanted = [name for name in types if name is not None]
    if len(wanted) == len(branches) and all(branch[0].path == place for branch in branches.values()):
        yield Violation(place, mistyped(_at(data, place), list(dict.fromkeys(wanted))))
        return
    misses = [[_miss(one, place) for one in branch] for branch in branches.values()]
    near = list(branches)[nearest_branch(misses)]
    suffix = f"  (as {short(near, 40)}, the nearest of {len(branches)})" if len(branches) > 1 else ""
    for one in branches[near]:
        violation = _violation(one, data, schema)
        yield Violation(violation.path, violation.message + suffix)


def _read(error: Any, data: object) -> _Error:
    """Tell the path in the data from the names of a union's alternatives, which pydantic puts among its steps."""
    path: list[str | int] = []
    place, label = None, ""
    steps = error["loc"]
    for index, step in enumerate(steps):
        is_absent = error["type"] == "missing" and index == len(steps) - 1
        if is_absent or _has(data, step):
            path.append(step)
            data = None if is_absent else data[step]  # type: ignore[index]
        elif place is None and step != "[key]":
            place, label = tuple(path), str(step)
    field = re.fullmatch("'([^']+)'", error["ctx"]["discriminator"]) if error["type"] == "union_tag_invalid" else None
    if field is not None:
        path.append(field[1])
    return _Error(tuple(path), error, place, label)


def _has(data: object, step: str | int) -> bool:
    if isinstance(data, dict):
        return step in data
    return isinstance(data, list) and isinstance(step, int) and step < len(data)


def _violation(one: _Error, data: object, schema: Mapping[str, Any]) -> Violation:
    kind, got, path = one.raw["type"], one.raw["input"], one.path
    if kind == "missing":
        present = got if isinstance(got, dict) else {}
        known = _names(schema, path[:-1])
        return Violation(path, missing_key(str(path[-1]), [key for key in present if key not in known]))
    if kind == "extra_forbidden":
        there = _at(data, path[:-1])
        free = [key for key in _names(schema, path[:-1]) if not isinstance(there, dict) or key not in there]
        return Violation(path, unknown_key(str(path[-1]), free))
    return Violation(path, _message(kind, got, one.raw))


def _message(kind: str, got: Any, error: Any) -> str:
    if kind in _TYPES:
        return mistyped(got, [_TYPES[kind]])
    if kind in _LIMITS:
        return _LIMITS[kind](got, error["ctx"])
    if kind == "union_tag_not_found":
        return f"has no {error['ctx']['discriminator']}, which says what it is"
    said = error["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    if said.startswith("Input should "):
        said = said.removeprefix("Input ")
        return f"{shown(got)} {short(said, 80)}"
    return f"{shown(got)}: {short(said, 80)}"


def _options(listed: str) -> list[object]:
    """Read what pydantic lists: 'a', 'b' or 3."""
    return [
        _literal(word) for word in re.findall(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^\s,]+", listed) if word != "or"
    ]


def _literal(text: str) -> object:
    try:
        return literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _miss(one: _Error, place: Path) -> Miss:
    kind = one.raw["type"]
    return Miss(len(one.path) - len(place), "type" if kind in _TYPES else _KINDS.get(kind, ""))


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def _names(schema: Mapping[str, Any], path: Path) -> set[str]:
    """Return the names of the fields at a path, of every alternative there."""
    here = _resolved([schema], schema)
    for step in path:
        here = _resolved([inner for one in here for inner in _below(one, step)], schema)
    return {name for one in here for name in one.get("properties", {})}


def _below(schema: Mapping[str, Any], step: str | int) -> list[Any]:
    if isinstance(step, str):
        return [schema.get("properties", {}).get(step, schema.get("additionalProperties"))]
    fixed = schema.get("prefixItems", [])
    return [fixed[step] if step < len(fixed) else schema.get("items")]


def _resolved(schemas: list[Any], root: Mapping[str, Any]) -> list[dict[str, Any]]:
    found, todo = [], [schema for schema in schemas if isinstance(schema, dict)]
    for schema in todo[:100]:
        if "$ref" in schema:
            todo.append(root.get("$defs", {}).get(schema["$ref"].rpartition("/")[2], {}))
        todo += [inner for key in ("anyOf", "oneOf", "allOf") for inner in schema.get(key, ())]
        found.append(schema)
    return found
