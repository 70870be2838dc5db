"""Python types that pydantic understands, as schemas: models, dataclasses, TypedDicts, ``list[Model]``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pytest_llm.errors import ConfigurationError
from pytest_llm.schemas.type_errors import told
from pytest_llm.schemas.violations import Violation, in_order
from pytest_llm.text import short

__all__ = ["TypeSchema", "from_type", "json_schema_of", "name_of"]


@dataclass(frozen=True)
class TypeSchema:
    """A type and pydantic's adapter of it, which checks and builds."""

    name: str
    adapter: Any

    def violations(self, value: object) -> list[Violation]:
        """Return every violation, sorted by path."""
        found = _errors(self.adapter, value)
        return in_order(told(found, value, self.as_json)) if found else []

    @cached_property
    def as_json(self) -> dict[str, Any]:
        """The type as a JSON schema, which knows the names of fields; empty if it cannot be one."""
        from pydantic.errors import PydanticUserError

        try:
            return json_schema_of(self.adapter)
        except PydanticUserError:
            return {}

    def built(self, value: Any) -> Any:
        """Return the value as an instance of the type."""
        return _validated(self.adapter, value)


def from_type(kind: object) -> TypeSchema:
    """Make a type ready."""
    adapter: Any = kind if _is_adapter(kind) else _adapter(kind)
    if adapter.core_schema["type"] == "any":
        raise ConfigurationError(f"{name_of(kind)} admits every JSON value, so only a text without JSON could fail it.")
    return TypeSchema(name_of(kind), adapter)


def json_schema_of(kind: object, **options: Any) -> dict[str, Any]:
    """Return the JSON schema of a type; the options are those of ``TypeAdapter.json_schema``."""
    adapter: Any = kind if _is_adapter(kind) else _adapter(kind)
    schema: dict[str, Any] = adapter.json_schema(**options)
    return schema


def name_of(kind: object) -> str:
    """Return the name of a type, ``list[Invoice]`` without modules."""
    if _is_adapter(kind):
        adapter: Any = kind
        return str(adapter.json_schema().get("title", "the type"))
    if isinstance(kind, type) and not hasattr(kind, "__origin__"):
        return kind.__name__
    return short(re.sub(r"(?:\b[^\W\d][\w]*|<locals>)\.", "", repr(kind)), 60)


def _is_adapter(kind: object) -> bool:
    return type(kind).__name__ == "TypeAdapter"


def _adapter(kind: object) -> Any:
    try:
        from pydantic import TypeAdapter
        from pydantic.errors import PydanticUndefinedAnnotation, PydanticUserError
    except ImportError:
        raise ConfigurationError(
            f'{kind!r} is checked by pydantic 2, which is not installed: pip install "pydantic>=2"'
        ) from None
    make: Any = TypeAdapter
    try:
        return make(kind)
    except (PydanticUserError, PydanticUndefinedAnnotation) as error:
        reason = re.split(r"\. | or implement|\n", error.message)[0].rstrip(".")
        raise ConfigurationError(
            f"{kind!r} is not a schema: {reason}. Valid are a JSON schema (a dict, or the path of its file), "
            f"an OpenAPI component ('openapi.yaml#/components/schemas/Pet'), and what pydantic's TypeAdapter takes."
        ) from None


def _validated(adapter: Any, value: object) -> Any:
    """Validate as JSON, where a date is a text also for a strict model, and else as Python data."""
    from pydantic import ValidationError

    text = json.dumps(value)
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        # pydantic's own reader of JSON refuses lone surrogates and 200 levels.
        if error.errors(include_url=False)[0]["type"] != "json_invalid":
            raise
        return adapter.validate_python(value)


def _errors(adapter: Any, value: object) -> list[Any]:
    from pydantic import ValidationError

    try:
        _validated(adapter, value)
    except ValidationError as error:
        return list(error.errors(include_url=False))
    return []
