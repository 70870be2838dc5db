"""Which part of a request each key of its JSON body belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Layout", "divide", "remaining"]


@dataclass(frozen=True, slots=True)
class Layout:
    """The keys of a request body by part; what none of them names are parameters.

    ``nested`` holds the keys that belong to the schema although they stand within an object of parameters,
    by the key of that object.
    """

    prompt: frozenset[str]
    tools: frozenset[str] = frozenset({"tools", "tool_choice", "parallel_tool_calls"})
    schema: frozenset[str] = frozenset({"response_format"})
    nested: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def part(self, key: str) -> str:
        """Return the part that a key of the body belongs to."""
        if key in self.prompt:
            return "prompt"
        if key in self.tools:
            return "tools"
        return "schema" if key in self.schema else "params"


def divide(body: Mapping[str, object], layout: Layout, path_model: str = "") -> dict[str, object]:
    """Divide a body into its parts without loss: the parts merged, with the model, are the body again.

    A model named by the path and another one named by the body give ``{"path": ..., "body": ...}``.
    """
    parts: dict[str, dict[str, object]] = {"prompt": {}, "params": {}, "tools": {}, "schema": {}}
    for key, value in body.items():
        inner = layout.nested.get(key)
        if key == "model":
            continue
        if inner is not None and isinstance(value, Mapping):
            _divide_nested(parts, key, value, inner)
        else:
            parts[layout.part(key)][key] = value
    model = _model(body, path_model)
    return ({} if model is None else {"model": model}) | {name: part for name, part in parts.items() if part}


def _divide_nested(
    parts: dict[str, dict[str, object]], key: str, value: Mapping[str, object], inner: frozenset[str]
) -> None:
    schema = {name: item for name, item in value.items() if name in inner}
    params = {name: item for name, item in value.items() if name not in inner}
    if schema:
        parts["schema"][key] = schema
    if params or not schema:
        parts["params"][key] = params


def _model(body: Mapping[str, object], path_model: str) -> object:
    if "model" not in body:
        return path_model or None
    model = body["model"]
    return model if path_model in ("", model) else {"path": path_model, "body": model}


def remaining(parts: Mapping[str, object], *, schema_read: bool) -> dict[str, object]:
    """Return as parameters what a ``Request`` has no field for: all but messages, declared tools and schema."""
    rest: dict[str, object] = {}
    names = ("params", "tools") if schema_read else ("params", "tools", "schema")
    for name in names:
        part = parts.get(name)
        for key, value in (part if isinstance(part, Mapping) else {}).items():
            if key in ("stream", "tools"):
                continue
            known = rest.get(key)
            rest[key] = {**known, **value} if isinstance(known, dict) and isinstance(value, dict) else value
    return rest
