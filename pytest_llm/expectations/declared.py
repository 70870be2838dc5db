"""Tool declarations in the spellings of the providers' APIs; whether arguments conform to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from pytest_llm.schemas.json_schema import JsonSchema, from_mapping

__all__ = ["Declared", "declarations"]

Schema = Mapping[str, object]
_GROUPS = ("functionDeclarations", "function_declarations")
_HOLDERS = ("function", "toolSpec", "custom")
_SCHEMAS = ("parameters", "parametersJsonSchema", "parameters_json_schema", "input_schema", "inputSchema")


@dataclass(frozen=True)
class Declared:
    """A declared tool: the JSON schema of its arguments, if it has one; ``free`` are arguments of any text."""

    name: str
    schema: Schema | None = None
    free: bool = False

    def violations(self, arguments: Mapping[str, object]) -> list[str]:
        """Return how arguments violate the schema, each with its path."""
        return list(map(str, self._ready.violations(dict(arguments)))) if self._ready is not None else []

    def partial_violations(self, arguments: Mapping[str, object]) -> list[str]:
        """Return how some of the arguments violate the schema, whatever the others are."""
        schema = {key: item for key, item in (self.schema or {}).items() if key != "required"}
        return replace(self, schema=schema).violations(arguments)

    @cached_property
    def _ready(self) -> JsonSchema | None:
        titled = {"title": f"of the tool {self.name!r}", **self.schema} if self.schema else None
        return from_mapping(titled) if titled is not None else None


def declarations(tools: Iterable[Mapping[str, object]]) -> dict[str, Declared]:
    """Return the tools that a request declares, by name; a provider's own tools (web search) have no declaration."""
    found: dict[str, Declared] = {}
    for tool in tools:
        for one in _functions(tool):
            name = one.get("name")
            if isinstance(name, str):
                found[name] = Declared(name, _schema(one), "custom" in (tool.get("type"), one.get("type")))
    return found


def _functions(tool: Mapping[str, object]) -> list[Mapping[str, object]]:
    groups = (tool.get(key) for key in _GROUPS)
    group = next((one for one in groups if isinstance(one, list)), None)
    if group is not None:
        return [one for one in group if isinstance(one, Mapping)]
    holders = (tool.get(key) for key in _HOLDERS)
    return [next((one for one in holders if isinstance(one, Mapping)), tool)]


def _schema(function: Mapping[str, object]) -> Schema | None:
    found = next((function[key] for key in _SCHEMAS if isinstance(function.get(key), Mapping)), None)
    if not isinstance(found, Mapping):
        return None
    inner = found.get("json")
    lowered = _lowered(inner if isinstance(inner, Mapping) else found)
    return lowered if isinstance(lowered, dict) else None


def _lowered(schema: object) -> object:
    """Return a schema as JSON Schema spells it, where Gemini's (of OpenAPI 3.0) says ``STRING`` and ``nullable``."""
    if isinstance(schema, list):
        return [_lowered(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    lowered = {key: _lowered(item) for key, item in schema.items()}
    kind = lowered.get("type")
    if isinstance(kind, str):
        lowered["type"] = [kind.lower(), "null"] if lowered.get("nullable") is True else kind.lower()
    return lowered
