"""The schemas of OpenAPI documents as JSON schemas."""

from __future__ import annotations

from typing import Any

__all__ = ["as_json_schema"]

_DATA = {"default", "enum", "example", "examples"}


def as_json_schema(document: Any) -> Any:
    """Return an OpenAPI 3.0 or Swagger 2.0 document with its schemas as JSON schemas; anything else as it is.

    OpenAPI 3.1 schemas are JSON schemas of draft 2020-12. In 3.0 ``nullable: true`` admits null beside the ``type``
    (https://spec.openapis.org/oas/v3.0.3#schema-object), and without one beside what ``allOf``, ``anyOf`` and ``oneOf``
    say, ``exclusiveMinimum: true`` makes ``minimum`` exclusive, and the keywords beside a ``$ref`` are ignored.
    """
    if not isinstance(document, dict):
        return document
    version = str(document.get("openapi", document.get("swagger", "")))
    return _translated(document) if version.startswith(("3.0", "2.")) else document


def _translated(item: Any) -> Any:
    if isinstance(item, list):
        return [_translated(value) for value in item]
    if not isinstance(item, dict):
        return item
    if isinstance(item.get("$ref"), str):
        return {"$ref": item["$ref"]}
    # A property may have the name of a keyword: its schema is a dict, which none of these keywords has.
    new = {
        key: value if key in _DATA and not isinstance(value, dict) else _translated(value)
        for key, value in item.items()
    }
    for limit in ("minimum", "maximum"):
        _exclusive(new, limit)
    return _nullable(new)


def _exclusive(schema: dict[str, Any], limit: str) -> None:
    keyword = f"exclusive{limit.title()}"
    if isinstance(schema.get(keyword), bool):
        exclusive = schema.pop(keyword)
        if exclusive and limit in schema:
            schema[keyword] = schema.pop(limit)


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    nullable = [schema.pop(key) for key in ("nullable", "x-nullable") if isinstance(schema.get(key), bool)]
    if True not in nullable:
        return schema
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]} if {"allOf", "anyOf", "oneOf"} & schema.keys() else schema
