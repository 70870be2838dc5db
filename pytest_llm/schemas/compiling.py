"""What a user gives as a schema, made ready to check values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from pytest_llm.errors import ConfigurationError
from pytest_llm.schemas.json_schema import from_file, from_mapping
from pytest_llm.schemas.types import from_type
from pytest_llm.schemas.violations import Violation

__all__ = ["Schema", "compiled"]


class Schema(Protocol):
    """What a value is checked against."""

    @property
    def name(self) -> str:
        """How a failure calls it."""

    def violations(self, value: object) -> list[Violation]:
        """Return every violation, sorted by path."""

    def built(self, value: Any) -> Any:
        """Return a value that conforms, as what the schema stands for."""


def compiled(schema: object) -> Schema:
    """Make a schema ready. Raises ``ConfigurationError`` of one that is wrong, with where it is wrong."""
    if isinstance(schema, Mapping):
        return from_mapping(schema)
    if isinstance(schema, str | Path):
        return from_file(str(schema))
    if schema is None or isinstance(schema, bool | int | float | list | tuple | set | bytes):
        raise ConfigurationError(
            f"{schema!r} is not a schema. Valid are a JSON schema (a dict, or the path of its file), an OpenAPI "
            f"component ('openapi.yaml#/components/schemas/Pet'), and a type such as a pydantic model or a dataclass."
        )
    return from_type(schema)
