"""JSON values that conform to a schema, drawn by hypothesis."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_llm.errors import ConfigurationError
from pytest_llm.schemas.compiling import compiled
from pytest_llm.schemas.files import loaded, split
from pytest_llm.schemas.references import pointed
from pytest_llm.schemas.types import json_schema_of
from pytest_llm.strategies.extra import st
from pytest_llm.strategies.schema_merging import CHOICES, Flat, flattened, merged
from pytest_llm.strategies.schema_numbers import numbers_of
from pytest_llm.strategies.schema_texts import texts_of
from pytest_llm.strategies.schema_types import generator

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["any_json", "json_values"]

_MORE = 3  # items than there must be, in an array that is within another
_MEANT = {
    "object": {"properties", "required", "additionalProperties", "patternProperties", "minProperties"},
    "array": {"items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"},
    "string": {"minLength", "maxLength", "pattern", "format"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
}


def json_values(schema: object) -> SearchStrategy[Any]:
    """Draw JSON values that conform to a schema: a JSON schema, its file, or a type, as for ``conforming_to``.

    Each value drawn is checked. Raises ``ConfigurationError`` for a schema that is wrong, that refers to anything but
    a place within itself, or to which no value conforms.
    """
    ready = compiled(schema)
    root, start = _contents(schema)
    found = _Values(root).of(start)
    if found is None:
        raise ConfigurationError(f"No finite JSON value conforms to {ready.name}.")
    return found.filter(lambda value: not ready.violations(value))


def any_json() -> SearchStrategy[Any]:
    """Draw small JSON values of any shape."""
    leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    )


def _contents(schema: object) -> tuple[Any, Any]:
    """Return the document that a schema's references lead into, and the schema."""
    if isinstance(schema, Mapping):
        return schema, schema
    if isinstance(schema, str | Path):
        path, fragment = split(str(schema))
        root = loaded(path)
        return root, pointed(root, fragment.split("/")[1:]) if fragment else root
    found = json_schema_of(schema, schema_generator=generator())
    return found, found


@dataclass(frozen=True)
class _Values:
    """What draws the values of the schemas of one document.

    ``seen`` are the references followed to get here, and ``within`` says whether that is in an array: there the arrays
    are short, as each level multiplies what is to be drawn and checked.
    """

    root: Any
    seen: tuple[str, ...] = ()
    within: bool = False

    def of(self, schema: Any) -> SearchStrategy[Any] | None:
        found = flattened(schema, self.root, self.seen)
        if found is None:
            return None
        flat, seen = found
        return replace(self, seen=seen)._of(flat)

    def _of(self, flat: Flat) -> SearchStrategy[Any] | None:
        if flat[CHOICES]:
            first, *rest = flat[CHOICES]
            return self._either([self._with({**flat, CHOICES: rest}, branch) for branch in first])
        if "const" in flat:
            return st.just(flat["const"])
        if "enum" in flat:
            return st.sampled_from(flat["enum"]) if flat["enum"] else None
        kinds = flat.get("type") or [kind for kind, keys in _MEANT.items() if keys & flat.keys()]
        if kinds == [] and "type" in flat:
            return None
        if not kinds:
            return any_json()
        return self._either([self._typed(kind, flat) for kind in ([kinds] if isinstance(kinds, str) else kinds)])

    def _with(self, flat: Flat, branch: Any) -> SearchStrategy[Any] | None:
        found = flattened(branch, self.root, self.seen)
        return None if found is None else replace(self, seen=found[1])._of(merged(flat, found[0]))

    @staticmethod
    def _either(found: list[SearchStrategy[Any] | None]) -> SearchStrategy[Any] | None:
        some = [one for one in found if one is not None]
        return st.one_of(some) if some else None

    def _typed(self, kind: str, flat: Flat) -> SearchStrategy[Any] | None:
        match kind:
            case "null":
                return st.none()
            case "boolean":
                return st.booleans()
            case "string":
                return self._texts(flat)
            case "array":
                return self._arrays(flat)
            case "object":
                return self._objects(flat)
        return numbers_of(flat, whole=kind == "integer")

    def _texts(self, flat: Flat) -> SearchStrategy[str] | None:
        if "contentSchema" not in flat:
            return texts_of(flat)
        inner = self.of(flat["contentSchema"])
        return None if inner is None else inner.map(json.dumps)

    def _arrays(self, flat: Flat) -> SearchStrategy[Any] | None:
        first = flat.get("prefixItems") or (flat["items"] if isinstance(flat.get("items"), list) else [])
        rest = flat.get("additionalItems", True) if isinstance(flat.get("items"), list) else flat.get("items", True)
        items = replace(self, within=True)
        heads = [items.of(item) for item in first]
        low, high = flat.get("minItems", 0), flat.get("maxItems")
        item = None if high == len(heads) else items.of(rest)
        if None in heads:
            return None
        if item is None and low > len(heads):
            return None
        unique = (lambda value: json.dumps(value, sort_keys=True)) if flat.get("uniqueItems") else None
        wanted = items.of(flat["contains"]) if "contains" in flat else None
        fixed = len(heads) + (wanted is not None)
        left, room = max(0, low - fixed), None if high is None else max(0, high - fixed)
        if self.within:
            room = left + _MORE if room is None else min(room, left + _MORE)
        tails = st.just([]) if item is None else st.lists(item, min_size=left, max_size=room, unique_by=unique)
        if wanted is not None:
            tails = st.builds(lambda tail, one: [*tail, one], tails, wanted)
        return st.builds(lambda head, tail: [*head, *tail], st.tuples(*heads), tails)

    def _objects(self, flat: Flat) -> SearchStrategy[Any] | None:
        properties, required = flat.get("properties", {}), flat.get("required", ())
        other = flat.get("additionalProperties", True)
        needed = _whole({name: self.of(properties.get(name, other)) for name in required})
        if len(needed) < len({*required}):
            return None
        optional = {name: self.of(schema) for name, schema in properties.items() if name not in required}
        fixed = st.fixed_dictionaries(needed, optional=_whole(optional))
        more = self._more(flat, properties, len(required))
        return fixed if more is None else st.builds(lambda known, new: {**known, **new}, fixed, more)

    def _more(self, flat: Flat, properties: Mapping[str, Any], count: int) -> SearchStrategy[Any] | None:
        """Return the keys of an object that its schema does not name; None when it admits none."""
        least = max(0, flat.get("minProperties", 0) - count - len(properties))
        patterns = flat.get("patternProperties", {})
        kinds = [(texts_of({"pattern": pattern}), self.of(schema)) for pattern, schema in patterns.items()]
        names = self.of({"allOf": [flat.get("propertyNames", True), {"type": "string"}]})
        if names is not None:
            free = names.filter(lambda name: not any(re.search(pattern, name) for pattern in patterns))
            kinds.append((free, self.of(flat.get("additionalProperties", True))))
        kept = [
            (names.filter(lambda name: name not in properties), items) for names, items in kinds if items is not None
        ]
        sizes = [least, *[0] * len(kept)]
        found = [
            st.dictionaries(names, items, min_size=size, max_size=size + 2)
            for (names, items), size in zip(kept, sizes, strict=False)
        ]
        return st.tuples(*found).map(_joined) if found else None


def _joined(found: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {name: item for one in found for name, item in one.items()}


def _whole(found: Mapping[str, SearchStrategy[Any] | None]) -> dict[str, SearchStrategy[Any]]:
    return {name: one for name, one in found.items() if one is not None}
