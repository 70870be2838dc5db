"""The official JSON-Schema-Test-Suite, through the same path that ``conforming_to`` takes.

The suite is not copied here. The source distribution of jsonschema holds it, in its folder ``json``::

    pip download --no-binary jsonschema --no-deps jsonschema==4.26.0
    tar xzf jsonschema-4.26.0.tar.gz
    JSON_SCHEMA_TEST_SUITE=jsonschema-4.26.0/json python -m pytest tests/unit/schemas/test_official_suite.py
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from referencing import Registry, Resource
from referencing.jsonschema import specification_with

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.structure import ConformsTo
from pytest_llm.schemas.json_schema import from_mapping

SUITE = Path(os.environ.get("JSON_SCHEMA_TEST_SUITE", "json-schema-test-suite"))
pytestmark = [
    pytest.mark.skipif(
        not SUITE.joinpath("tests").is_dir(),
        reason="JSON_SCHEMA_TEST_SUITE names no folder with the suite (the docstring of this file says how to get it)",
    ),
    pytest.mark.skipif(
        tuple(map(int, version("jsonschema").split(".")[:2])) < (4, 26),
        reason="the suite of jsonschema 4.26 tests what earlier versions get wrong",
    ),
]

DRAFTS = {
    "draft4": ("http://json-schema.org/draft-04/schema#", 863),
    "draft6": ("http://json-schema.org/draft-06/schema#", 1149),
    "draft7": ("http://json-schema.org/draft-07/schema#", 1465),
    "draft2019-09": ("https://json-schema.org/draft/2019-09/schema", 1864),
    "draft2020-12": ("https://json-schema.org/draft/2020-12/schema", 1906),
}
PYTHON_REGEX = "patterns are Python's: no \\p and \\c, and \\d, \\w, \\s are Unicode"
UNCHECKED = "a format that jsonschema checks only with further packages, so it is not checked"
OWN_METASCHEMA = "a $schema of one's own is refused"
REASONS = {
    "vocabulary.json": OWN_METASCHEMA,
    "format.json": "a format is checked, where the default of 2020-12 is that it is an annotation",
    "optional/format-assertion.json": OWN_METASCHEMA,
    "optional/content.json": "contentEncoding and contentMediaType are annotations",
    "optional/dependencies-compatibility.json": "the old keyword dependencies is no keyword since 2019-09",
    "optional/ecmascript-regex.json": PYTHON_REGEX,
    "optional/format/ecmascript-regex.json": PYTHON_REGEX,
    "optional/format/email.json": "jsonschema asks of an email address only that it has an @",
    **{
        f"optional/format/{name}.json": UNCHECKED
        for name in (
            "duration hostname idn-hostname iri iri-reference json-pointer relative-json-pointer uri uri-reference "
            "uri-template"
        ).split()
    },
}
ADDRESSES = {"optional/format/hostname.json": 11, "optional/format/uri.json": 7}
POINTERS = {
    "optional/format/json-pointer.json": 12,
    "optional/format/uri-reference.json": 2,
    "optional/format/uri-template.json": 1,
}
INTERNATIONAL = {
    "optional/format/idn-hostname.json": 34,
    "optional/format/iri-reference.json": 2,
    "optional/format/iri.json": 4,
    "optional/format/relative-json-pointer.json": 7,
}
DRAFT4 = {"optional/ecmascript-regex.json": 32, "optional/format/email.json": 3, **ADDRESSES}
DRAFT6 = {**DRAFT4, **POINTERS}
LATER = {"vocabulary.json": 5, "optional/dependencies-compatibility.json": 14, "optional/format/duration.json": 11}
DISAGREEMENTS = {
    "draft4": DRAFT4,
    "draft6": DRAFT6,
    "draft7": {**DRAFT6, **INTERNATIONAL, "optional/content.json": 4},
    "draft2019-09": {**DRAFT6, **INTERNATIONAL, **LATER},
    "draft2020-12": {
        **DRAFT6,
        **INTERNATIONAL,
        **LATER,
        "format.json": 9,
        "optional/format-assertion.json": 4,
        "optional/format/ecmascript-regex.json": 1,
        "optional/format/email.json": 5,
    },
}


@pytest.mark.parametrize("draft", DRAFTS)
def test_it_agrees_with_the_official_suite_but_for_what_has_a_reason(draft: str) -> None:
    dialect, count = DRAFTS[draft]
    remotes = _remotes(draft, dialect)
    results = [
        (path, holds == test["valid"])
        for path, case in _cases(draft)
        for test, holds in _checked(case, dialect, remotes)
    ]
    wrong = Counter(path for path, agrees in results if not agrees)

    assert len(results) == count
    assert wrong == DISAGREEMENTS[draft]
    assert wrong.keys() <= REASONS.keys()


def _cases(draft: str) -> Iterator[tuple[str, Any]]:
    folder = SUITE / "tests" / draft
    for file in sorted(folder.rglob("*.json")):
        for case in json.loads(file.read_text(encoding="utf-8")):
            yield file.relative_to(folder).as_posix(), case


def _checked(case: Any, dialect: str, remotes: Any) -> Iterator[tuple[Any, bool | None]]:
    schema = case["schema"] if isinstance(case["schema"], dict) else {"allOf": [case["schema"]]}
    try:
        expectation = ConformsTo(from_mapping({"$schema": dialect, **schema}, registry=remotes), "schema")
    except ConfigurationError:
        yield from ((test, None) for test in case["tests"])
        return
    # As a text: a plain str is taken for JSON, and this is how a response comes.
    yield from ((test, expectation.check(json.dumps(test["data"])).holds) for test in case["tests"])


def _remotes(draft: str, dialect: str) -> Any:
    """Return what the suite expects to be served, each at its address."""
    default = specification_with(dialect)
    registry: Any = Registry()
    for file in sorted(SUITE.joinpath("remotes").rglob("*.json")):
        name = file.relative_to(SUITE / "remotes")
        contents = json.loads(file.read_text(encoding="utf-8"))
        others = name.parts[0].startswith("draft") and name.parts[0] != draft
        if draft == "draft4" and (others or any(isinstance(item, bool) for item in _subschemas(contents))):
            continue  # draft 4 has no boolean schemas
        resource = Resource.from_contents(contents, default_specification=default)
        registry = registry.with_resource(f"http://localhost:1234/{name.as_posix()}", resource)
    return registry


def _subschemas(item: Any) -> Iterator[Any]:
    yield item
    for inner in item.values() if isinstance(item, dict) else item if isinstance(item, list) else ():
        yield from _subschemas(inner)
