"""A JSON schema, made ready once to check many values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pytest_llm.errors import ConfigurationError
from pytest_llm.schemas.files import loaded, split
from pytest_llm.schemas.formats import checker
from pytest_llm.schemas.references import followed
from pytest_llm.schemas.violations import Violation, in_order
from pytest_llm.schemas.wording import told
from pytest_llm.text import short
from pytest_llm.text import value as as_json

__all__ = ["JsonSchema", "from_file", "from_mapping"]

_DRAFTS = {"4": "Draft4", "6": "Draft6", "7": "Draft7", "2019-09": "Draft201909", "2020-12": "Draft202012"}


@dataclass(frozen=True, slots=True)
class JsonSchema:
    """A JSON schema and what checks it."""

    name: str
    validator: Any

    def violations(self, value: object) -> list[Violation]:
        """Return every violation, sorted by path."""
        return in_order(one for error in self.validator.iter_errors(value) for one in told(error))

    def built(self, value: Any) -> Any:
        """Return the value as it is."""
        return value


def from_mapping(schema: Mapping[str, Any], *, registry: Any = None) -> JsonSchema:
    """Make a schema ready; ``registry`` (of ``referencing``) holds what it may refer to beside itself."""
    try:
        text = json.dumps(dict(schema), ensure_ascii=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"The schema {short(repr(schema), 60)} is not JSON: {error}.") from None
    return _made(text) if registry is None else _of(json.loads(text), registry)


@lru_cache(256)
def _made(text: str) -> JsonSchema:
    """Make a schema ready that depends on nothing but its text."""
    return _of(json.loads(text))


def _of(contents: dict[str, Any], registry: Any = None) -> JsonSchema:
    if not contents:
        raise ConfigurationError("The schema {} admits every JSON value, so only a text without JSON could fail it.")
    name = str(contents.get("title") or short(json.dumps(contents, ensure_ascii=False, default=str), 40))
    return JsonSchema(name, _validator(f"The schema {name}", contents, registry=registry))


def from_file(reference: str) -> JsonSchema:
    """Make the schema of a file ready, or the part of it that the reference's fragment names."""
    path, fragment = split(reference)
    contents = loaded(path)
    _refuse_document(reference, contents, fragment)
    title = contents.get("title") if isinstance(contents, dict) and not fragment else None
    name = str(title or fragment.rpartition("/")[2] or path.stem)
    return JsonSchema(name, _validator(f"The schema {short(reference, 100)!r}", contents, path=path, fragment=fragment))


def _refuse_document(reference: str, contents: Any, fragment: str) -> None:
    if not isinstance(contents, dict):
        raise ConfigurationError(f"The schema file {reference!r} holds no object, but {as_json(contents)}.")
    if not fragment and {"openapi", "swagger"} & contents.keys():
        names = contents.get("components", contents).get("schemas", contents.get("definitions", {}))
        place = "components/schemas" if "components" in contents else "definitions"
        raise ConfigurationError(
            f"{reference!r} is an OpenAPI document. Say which of its schemas is meant, such as "
            f"'{reference}#/{place}/{next(iter(names), 'Name')}' (there are {short(', '.join(names), 80) or 'none'})."
        )


def _validator(said: str, contents: Any, *, path: Path | None = None, fragment: str = "", registry: Any = None) -> Any:
    kind, specification, draft = _draft(said, contents)

    def check(schema: Any) -> None:
        wrong = _invalid(json.dumps(schema, sort_keys=True), draft) if isinstance(schema, dict) else ()
        if not isinstance(schema, dict | bool):
            wrong = (f"$: {as_json(schema)} is no schema",)
        if wrong:
            more = f" (and {len(wrong) - 3} more)" if len(wrong) > 3 else ""
            raise ConfigurationError(f"{said} is no JSON schema of draft {draft}: {'; '.join(wrong[:3])}{more}.")

    known, address = followed(said, contents, specification, check, path=path, fragment=fragment, registry=registry)
    schema = {"$ref": address} if path is not None else contents
    return kind(schema, registry=known, format_checker=checker())


def _draft(said: str, contents: Any) -> tuple[Any, Any, str]:
    """Return jsonschema's validator class, the specification of ``referencing`` and the name of a schema's draft."""
    from jsonschema import validators  # type: ignore[import-untyped]
    from referencing.jsonschema import specification_with

    named = contents.get("$schema", "https://json-schema.org/draft/2020-12/schema")
    if "$schema" not in contents and "jsonSchemaDialect" in contents:
        named = contents["jsonSchemaDialect"]
        if str(named).startswith("https://spec.openapis.org/oas/"):
            named = "https://json-schema.org/draft/2020-12/schema"
    for draft, prefix in _DRAFTS.items():
        kind: Any = getattr(validators, f"{prefix}Validator")
        if isinstance(named, str) and named.rstrip("#") == kind.META_SCHEMA.get(
            "$id", kind.META_SCHEMA.get("id")
        ).rstrip("#"):
            return kind, specification_with(named), draft
    raise ConfigurationError(f"{said} is of the draft {named!r}. Valid drafts: {', '.join(_DRAFTS)}.")


@lru_cache(512)
def _invalid(schema: str, draft: str) -> tuple[str, ...]:
    """Return where a schema breaks the rules of its draft: the violations of the metaschema, which is costly."""
    from jsonschema import validators

    kind: Any = getattr(validators, f"{_DRAFTS[draft]}Validator")
    meta = kind(kind.META_SCHEMA, format_checker=checker())
    return tuple(map(str, in_order(one for error in meta.iter_errors(json.loads(schema)) for one in told(error))))
