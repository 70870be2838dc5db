"""The schemas of OpenAPI documents are JSON schemas: 3.1 as they are, 3.0 translated."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from pytest_llm.errors import ConfigurationError
from pytest_llm.schemas.json_schema import from_file
from pytest_llm.schemas.openapi import as_json_schema

PETS = """
    openapi: {version}
    paths:
      /pets:
        get:
          responses:
            200: {{description: ok}}
    components:
      schemas:
        Pet:
          type: object
          required: [name, owner]
          properties:
            name: {{type: string}}
            tag: {{type: {nullable}}}
            weight: {{type: number, {positive}}}
            owner: {{$ref: '#/components/schemas/Owner'}}
            born: {{type: string, format: date}}
        Owner:
          type: object
          required: [id]
          properties:
            id: {{type: integer}}
"""
VERSIONS = {
    "3.0": {"version": "3.0.3", "nullable": "string, nullable: true", "positive": "minimum: 0, exclusiveMinimum: true"},
    "3.1 with its own dialect": {
        "version": "3.1.0\njsonSchemaDialect: https://spec.openapis.org/oas/3.1/dialect/base",
        "nullable": "[string, 'null']",
        "positive": "exclusiveMinimum: 0",
    },
    "3.1": {"version": "3.1.0", "nullable": "[string, 'null']", "positive": "exclusiveMinimum: 0"},
}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_component_is_checked_with_what_it_refers_to(tmp_path: Path, version: str) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(dedent(PETS).format(**VERSIONS[version]), encoding="utf-8")
    schema = from_file(f"{path}#/components/schemas/Pet")

    assert schema.name == "Pet"
    assert schema.violations({"name": "Rex", "tag": None, "weight": 1, "owner": {"id": 1}}) == []
    assert [str(one) for one in schema.violations({"tag": 1, "weight": 0, "owner": {}, "born": "today"})] == [
        "$.born: 'today' is not a date",
        "$.name: is missing",
        "$.owner.id: is missing",
        "$.tag: 1 (number) is neither a string nor null; the string '1' would be",
        "$.weight: 0 is not > 0",
    ]


@pytest.mark.parametrize(
    ("fragment", "message"),
    [
        pytest.param(
            "",
            "'openapi.yaml' is an OpenAPI document. Say which of its schemas is meant, such as "
            "'openapi.yaml#/components/schemas/Pet' (there are Pet, Owner).",
            id="no component",
        ),
        pytest.param(
            "#/components/schemas/Pets",
            "The schema 'openapi.yaml#/components/schemas/Pets' refers to '#/components/schemas/Pets', "
            "which is not there; did you mean 'Pet'?",
            id="a misspelt component",
        ),
    ],
)
def test_which_component_must_be_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fragment: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    tmp_path.joinpath("openapi.yaml").write_text(dedent(PETS.format(**VERSIONS["3.0"])), encoding="utf-8")
    with pytest.raises(ConfigurationError) as raised:
        from_file(f"openapi.yaml{fragment}")

    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param({"type": "string", "nullable": True}, {"type": ["string", "null"]}, id="nullable"),
        pytest.param({"type": "string", "nullable": False}, {"type": "string"}, id="not nullable"),
        pytest.param({"nullable": True}, {}, id="nullable without a type"),
        pytest.param(
            {"nullable": True, "allOf": [{"$ref": "#/a"}]},
            {"anyOf": [{"allOf": [{"$ref": "#/a"}]}, {"type": "null"}]},
            id="a nullable reference",
        ),
        pytest.param({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}, id="an exclusive minimum"),
        pytest.param({"maximum": 1, "exclusiveMaximum": False}, {"maximum": 1}, id="an inclusive maximum"),
        pytest.param({"exclusiveMaximum": True}, {}, id="exclusive of nothing"),
        pytest.param({"$ref": "#/a", "nullable": True}, {"$ref": "#/a"}, id="keywords beside a reference"),
        pytest.param(
            {"properties": {"nullable": {"type": "string"}, "default": {"type": "string", "nullable": True}}},
            {"properties": {"nullable": {"type": "string"}, "default": {"type": ["string", "null"]}}},
            id="properties with the names of keywords",
        ),
        pytest.param({"enum": [{"nullable": True}]}, {"enum": [{"nullable": True}]}, id="data"),
    ],
)
def test_a_schema_of_3_0_is_translated(old: dict[str, Any], new: dict[str, Any]) -> None:
    document = {"openapi": "3.0.0", "components": {"schemas": {"It": old}}}

    assert as_json_schema(document)["components"]["schemas"]["It"] == new


@pytest.mark.parametrize("document", [{"openapi": "3.1.0", "a": {"nullable": True}}, {"nullable": True}, [1], 1])
def test_anything_else_stays_as_it_is(document: object) -> None:
    assert as_json_schema(document) is document
