"""Calls of tools as models make them, valid by the tool's schema or broken."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pytest_llm.errors import ConfigurationError
from pytest_llm.messages import ToolCall
from pytest_llm.payloads import Tool, declaration
from pytest_llm.schemas.compiling import compiled
from pytest_llm.strategies.breaking import BREAKS, Break, Vain, breakages, broken_by, ways_of
from pytest_llm.strategies.extra import st
from pytest_llm.strategies.json_values import json_values

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

__all__ = ["tool_calls"]

_NOTHING = {"type": "object", "properties": {}}


def tool_calls(tools: Iterable[Tool], broken: bool | Break | Collection[Break] = False) -> SearchStrategy[ToolCall]:
    """Draw calls of tools, declarations as any provider's API spells them or plain functions.

    The arguments are valid by the tool's schema. With ``broken``, a name or several or ``True`` for all, they never
    are: ``"missing"`` a required key, ``"extra"`` a key that the schema forbids, ``"wrong type"``,
    ``"string for number"``, ``"trailing text"`` after the JSON, ``"cut off"``. A way of breaking is drawn where it
    breaks the schema: ``"extra"`` needs ``additionalProperties: false``, which functions have.
    """
    declared = [_declared(tool) for tool in tools]
    if not declared:
        raise ConfigurationError("tool_calls() needs at least one tool.")
    ways = ways_of("broken", broken, BREAKS)
    return st.one_of([_calls(name, schema, ways) for name, schema in declared])


def _calls(name: str, schema: Any, ways: tuple[str, ...]) -> SearchStrategy[ToolCall]:
    values, ready = json_values(schema), compiled(schema)
    if not ways:
        return values.map(lambda value: ToolCall(name, value, "call_1"))
    vain = Vain(
        f"broken={', '.join(map(repr, ways))} broke none of the calls of {name!r} that were drawn: 'missing' needs "
        "required keys, 'extra' additionalProperties: false, 'wrong type' typed keys, 'string for number' a number."
    )

    @st.composite
    def calls(draw: DrawFn) -> ToolCall | None:
        value, first = draw(values), draw(st.integers(0, len(ways) - 1))
        for way in (*ways[first:], *ways[:first]):
            made = breakages(value, way)
            broken = broken_by(made, draw(st.integers(0, max(0, len(made) - 1))), ready)
            if broken is not None:
                return ToolCall(name, broken, "call_1")
        return None

    found: SearchStrategy[Any] = calls().filter(vain.found)
    return found


def _declared(tool: Tool) -> tuple[str, Any]:
    """Return a tool's name and the schema of its arguments, whichever provider's API it is declared for."""
    body = declaration(tool)
    inner = body.get("function", body)
    schema = next(
        (inner[key] for key in ("parameters", "input_schema", "parametersJsonSchema") if inner.get(key)), None
    )
    if not isinstance(inner, Mapping) or not isinstance(inner.get("name"), str):
        raise ConfigurationError(f"The tool {body!r:.80} has no name. A tool is a declaration or a function.")
    return inner["name"], schema or _NOTHING
