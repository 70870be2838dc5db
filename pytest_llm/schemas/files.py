"""Schemas in local files: JSON, YAML and OpenAPI documents, and where a pointer leads in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytest_llm.errors import ConfigurationError, MissingExtraError
from pytest_llm.schemas.faults import Fault
from pytest_llm.schemas.locating import document
from pytest_llm.schemas.openapi import as_json_schema

__all__ = ["loaded", "split"]

_YAML = {".yaml", ".yml"}
_JSON_SCHEMA_OF_YAML = {  # the "JSON schema" of YAML 1.2, chapter 10.2: no dates, and "no" is a string
    "bool": (r"^(?:true|false)$", "tf"),
    "null": (r"^(?:null|~|)$", ["n", "~", ""]),
    "int": (r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    "float": (r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?$", "-0123456789"),
}


def split(reference: str) -> tuple[Path, str]:
    """Return the file and the fragment of a reference such as ``openapi.yaml#/components/schemas/Pet``."""
    whole = Path(reference)
    file, _, fragment = reference.partition("#")
    return (whole, "") if not fragment or whole.is_file() else (Path(file), fragment)


def loaded(path: Path) -> Any:
    """Return what a file holds, an OpenAPI 3.0 document with its schemas as JSON schemas."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The schema file {str(path)!r} cannot be read: {_reason(error)}.") from None
    return as_json_schema(_yaml(path, text) if path.suffix.casefold() in _YAML else _json(path, text))


def _json(path: Path, text: str) -> Any:
    found = document(text)
    if isinstance(found, Fault):
        raise ConfigurationError(f"The schema file {str(path)!r} is not JSON: {found}")
    return found.value


def _yaml(path: Path, text: str) -> Any:
    try:
        import yaml
    except ImportError:
        raise MissingExtraError(
            f'{str(path)!r} is read with PyYAML, which is not installed: pip install "pytest-llm-regression[yaml]"'
        ) from None
    try:
        return _with_text_keys(yaml.load(text, Loader=_loader()))  # a SafeLoader
    except yaml.YAMLError as error:
        raise ConfigurationError(f"The schema file {str(path)!r} is not YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise ConfigurationError(
            f"The schema file {str(path)!r} holds a part that holds itself. A schema says that with $ref."
        ) from None


def _loader() -> Any:
    import re

    import yaml

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML reads it from the class

    for name, (pattern, first) in _JSON_SCHEMA_OF_YAML.items():
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{name}", re.compile(pattern), list(first))
    return Loader


def _with_text_keys(item: Any) -> Any:
    """Return it with keys that are texts, as in JSON: the status 200 of an OpenAPI response is a number in YAML."""
    if isinstance(item, dict):
        return {key if isinstance(key, str) else str(key): _with_text_keys(value) for key, value in item.items()}
    return [_with_text_keys(value) for value in item] if isinstance(item, list) else item


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return f"there is no such file in {str(Path.cwd())!r}"
    return str(error)
