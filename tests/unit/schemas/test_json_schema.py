"""A JSON schema is made ready once, tells every violation, and follows references into local files only."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from pytest_llm.errors import ConfigurationError, MissingExtraError
from pytest_llm.schemas.json_schema import from_file, from_mapping

DRAFT4 = "http://json-schema.org/draft-04/schema#"
DRAFT7 = "http://json-schema.org/draft-07/schema#"
CAT = {
    "title": "Cat",
    "type": "object",
    "properties": {"kind": {"const": "cat"}, "meows": {"type": "boolean"}},
    "required": ["kind", "meows"],
}
DOG = {
    "title": "Dog",
    "type": "object",
    "properties": {"kind": {"const": "dog"}, "barks": {"type": "integer"}},
    "required": ["kind", "barks"],
}


def told(schema: dict[str, Any], value: object) -> list[str]:
    return [str(violation) for violation in from_mapping(schema).violations(value)]


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        pytest.param({"type": "integer"}, "3", "'3' (string) is not an integer; the number 3 would be", id="a number"),
        pytest.param({"type": "integer"}, "3.5", "'3.5' (string) is not an integer", id="no integer"),
        pytest.param({"type": "integer"}, 3.5, "3.5 (number) is not an integer", id="a float"),
        pytest.param({"type": "integer"}, True, "true (boolean) is not an integer", id="true is no integer"),
        pytest.param({"type": "string"}, 3, "3 (number) is not a string; the string '3' would be", id="a string"),
        pytest.param({"type": "string"}, None, "null is not a string", id="null"),
        pytest.param(
            {"type": "boolean"},
            "true",
            "'true' (string) is not a boolean; true without quotes would be",
            id="a boolean",
        ),
        pytest.param(
            {"type": "object"},
            '{"a": 1}',
            "'{\"a\": 1}' (string) is not an object; the object within the string would be",
            id="an object within a string",
        ),
        pytest.param({"type": "array"}, {}, "{} (object) is not an array", id="an array"),
        pytest.param({"type": ["string", "null"]}, [], "[] (array) is neither a string nor null", id="two types"),
        pytest.param(
            {"type": ["string", "null", "number"]},
            [],
            "[] (array) is none of a string, null, a number",
            id="three types",
        ),
        pytest.param(
            {"enum": ["EUR", "USD"]},
            "eur",
            "'eur' is none of 'EUR', 'USD'; did you mean 'EUR'?",
            id="enum, another case",
        ),
        pytest.param({"enum": ["EUR", "USD"]}, "GBP", "'GBP' is none of 'EUR', 'USD'", id="enum, nothing near"),
        pytest.param(
            {"enum": [1, 2]}, "2", "'2' is none of 1, 2; the number 2 would be", id="enum, a number as a string"
        ),
        pytest.param(
            {"enum": list(range(12))}, 99, "99 is none of 0, 1, 2, 3, 4, 5, 6, 7 and 4 more", id="a long enum"
        ),
        pytest.param({"const": "a"}, "b", "'b' is not 'a'", id="const"),
        pytest.param({"minimum": 0}, -1, "-1 is not >= 0", id="minimum"),
        pytest.param({"maximum": 9}, 10, "10 is not <= 9", id="maximum"),
        pytest.param({"exclusiveMinimum": 0}, 0, "0 is not > 0", id="exclusiveMinimum"),
        pytest.param({"exclusiveMaximum": 9}, 9, "9 is not < 9", id="exclusiveMaximum"),
        pytest.param({"multipleOf": 5}, 7, "7 is not a multiple of 5", id="multipleOf"),
        pytest.param({"minLength": 2}, "好", "'好' has 1 character, not at least 2", id="minLength"),
        pytest.param({"maxLength": 2}, "abc", "'abc' has 3 characters, not at most 2", id="maxLength"),
        pytest.param({"pattern": "^[a-z]+$"}, "A", "'A' does not match '^[a-z]+$'", id="pattern"),
        pytest.param({"format": "date-time"}, "today", "'today' is not a date-time", id="format"),
        pytest.param({"format": "email"}, "me", "'me' is not an email address", id="format with a name of its own"),
        pytest.param({"minItems": 2}, [1], "has 1 item, not at least 2", id="minItems"),
        pytest.param({"maxItems": 1}, [1, 2], "has 2 items, not at most 1", id="maxItems"),
        pytest.param({"uniqueItems": True}, [{"a": 1}, 2, {"a": 1}], 'has {"a": 1} twice', id="uniqueItems"),
        pytest.param({"prefixItems": [{}], "items": False}, [1, 2], "has 2 items, not at most 1", id="no more items"),
        pytest.param(
            {"contains": {"type": "string"}}, [1], 'has no item that conforms to {"type": "string"}', id="contains"
        ),
        pytest.param(
            {"contains": {"type": "string"}, "minContains": 2},
            ["a"],
            "has fewer than 2 items that conform to what it must contain",
            id="minContains",
        ),
        pytest.param(
            {"contains": {"type": "string"}, "maxContains": 1},
            ["a", "b"],
            "has more than 1 items that conform to what it may contain",
            id="maxContains",
        ),
        pytest.param({"minProperties": 1}, {}, "has 0 keys, not at least 1", id="minProperties"),
        pytest.param({"maxProperties": 1}, {"a": 1, "b": 2}, "has 2 keys, not at most 1", id="maxProperties"),
        pytest.param(
            {"propertyNames": {"pattern": "^[a-z]+$"}},
            {"A": 1},
            "'A' does not match '^[a-z]+$'  (as the name of a key)",
            id="propertyNames",
        ),
        pytest.param(
            {"dependentRequired": {"card": ["owner", "cvc"]}},
            {"card": 1},
            "'card' needs 'owner' and 'cvc'",
            id="dependent",
        ),
        pytest.param(
            {"$schema": DRAFT7, "dependencies": {"card": ["owner"]}},
            {"card": 1},
            "'card' needs 'owner'",
            id="dependencies",
        ),
        pytest.param({"not": {"type": "null"}}, None, 'null conforms to what is ruled out, {"type": "null"}', id="not"),
        pytest.param(
            {"oneOf": [{"type": "number"}, {"type": "integer"}]},
            1,
            "conforms to more than one of 2 alternatives",
            id="oneOf",
        ),
        pytest.param({"allOf": [False]}, 1, "is not allowed", id="false"),
        pytest.param({"anyOf": [False, False]}, 1, "is not allowed", id="no alternative at all"),
        pytest.param(
            {"prefixItems": [{}], "unevaluatedItems": False},
            [1, 2],
            "unevaluated items are not allowed (2 was unexpected)",
            id="unevaluatedItems",
        ),
    ],
)
def test_a_violation_is_told(schema: dict[str, Any], value: object, expected: str) -> None:
    assert told(schema, value) == [f"$: {expected}"]


def test_all_violations_are_told_in_the_order_of_their_paths() -> None:
    item = {"properties": {"price": {"minimum": 0}}, "required": ["price"]}
    schema = {"properties": {"items": {"items": item}, "a b": {"type": "null"}}, "type": "object"}
    value = {"items": [{"price": 1}, {}, *[{"price": 1}] * 8, {"price": -1}], "a b": 1}

    assert told(schema, value) == [
        "$['a b']: 1 (number) is not null",
        "$.items[1].price: is missing",
        "$.items[10].price: -1 is not >= 0",
    ]


def test_a_misspelt_key_is_told_from_both_sides() -> None:
    schema = {
        "properties": {"currency": {}, "unit_price": {}, "id": {}},
        "required": ["id", "currency"],
        "additionalProperties": False,
    }

    assert told(schema, {"currancy": 1, "unitPrice": 2, "zzz": 3}) == [
        "$.currancy: is not allowed; did you mean 'currency'?",
        "$.currency: is missing; 'currancy' is there",
        "$.id: is missing",
        "$.unitPrice: is not allowed; did you mean 'unit_price'?",
        "$.zzz: is not allowed",
    ]


def test_a_key_that_is_not_evaluated_is_told_by_its_name() -> None:
    schema = {"properties": {"amount": {}}, "unevaluatedProperties": False}

    assert told(schema, {"amuont": 1}) == ["$.amuont: is not allowed; did you mean 'amount'?"]


def test_a_key_with_a_parenthesis_that_is_not_evaluated_is_a_violation_too() -> None:
    schema = {"properties": {"amount": {}}, "unevaluatedProperties": False}

    assert told(schema, {"amount (EUR)": 1}) == ["$['amount (EUR)']: is not allowed; did you mean 'amount'?"]


def test_a_key_of_a_pattern_is_allowed() -> None:
    schema = {"patternProperties": {"^x-": {}}, "additionalProperties": False}

    assert told(schema, {"x-a": 1, "y": 2}) == ["$.y: is not allowed"]


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        pytest.param(
            {"anyOf": [CAT, DOG]},
            {"kind": "dog", "barks": "2"},
            ["$.barks: '2' (string) is not an integer; the number 2 would be  (as Dog, the nearest of 2)"],
            id="the one with the same constant",
        ),
        pytest.param(
            {"oneOf": [CAT, DOG]},
            {"kind": "dogg"},
            [
                "$.kind: 'dogg' is not 'cat'  (as Cat, the nearest of 2)",
                "$.meows: is missing  (as Cat, the nearest of 2)",
            ],
            id="the first of two as near",
        ),
        pytest.param(
            {"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "string", "minLength": 9}]},
            [1, "x"],
            ["$[1]: 'x' (string) is not an integer  (the nearest of 2 alternatives)"],
            id="the one of the same type",
        ),
        pytest.param(
            {"anyOf": [DOG, {"type": "null"}]}, {"kind": "dog"}, ["$.barks: is missing"], id="the only one beside null"
        ),
        pytest.param(
            {"anyOf": [{"type": "integer"}, {"type": ["null", "integer"]}]},
            "x",
            ["$: 'x' (string) is neither an integer nor null"],
            id="types only",
        ),
        pytest.param(
            {"oneOf": [{"const": "low"}, {"enum": ["mid", "high"]}]},
            "hihg",
            ["$: 'hihg' is none of 'low', 'mid', 'high'; did you mean 'high'?"],
            id="constants only",
        ),
        pytest.param(
            {
                "anyOf": [{"$ref": "#/$defs/Dog"}, {"type": "null"}, {"type": "string"}],
                "$defs": {"Dog": {**DOG, "title": ""}},
            },
            {"kind": "dog"},
            ["$.barks: is missing  (as Dog, the nearest of 3)"],
            id="called by its reference",
        ),
        pytest.param(
            {"anyOf": [{"anyOf": [CAT, DOG]}, {"type": "null"}]},
            {"kind": "cat"},
            ["$.meows: is missing  (as Cat, the nearest of 2)"],
            id="alternatives within alternatives",
        ),
    ],
)
def test_of_alternatives_only_the_nearest_is_told(schema: dict[str, Any], value: object, expected: list[str]) -> None:
    assert told(schema, value) == expected


@pytest.mark.parametrize(
    ("draft", "holds"),
    [(None, True), (DRAFT4, False), (DRAFT7, True), ("http://json-schema.org/draft-06/schema", True)],
)
def test_the_draft_is_that_of_schema(draft: str | None, holds: bool) -> None:
    schema = {"type": "integer", **({"$schema": draft} if draft else {})}

    assert (told(schema, 1.0) == []) is holds


@pytest.mark.parametrize(
    ("kind", "value", "holds"),
    [
        ("date-time", "2024-02-29T23:59:60Z", True),
        ("date-time", "2023-02-29T00:00:00Z", False),
        ("date-time", "2024-01-01 00:00:00Z", False),
        ("date-time", "2024-01-01T00:00:00", False),
        ("time", "00:29:60+00:30", True),
        ("time", "12:00:60Z", False),
        ("time", "24:00:00Z", False),
        ("date", "2024-02-30", False),
        ("uuid", "2eb8aa08-aa98-11ea-b4aa-73b441d16380", True),
        ("ipv4", "256.0.0.1", False),
        ("uri", "::", True),
        ("time", 1, True),
        ("date-time", 1, True),
    ],
)
def test_formats_are_checked_the_same_whatever_is_installed(kind: str, value: object, holds: bool) -> None:
    assert (told({"$schema": DRAFT7, "format": kind}, value) == []) is holds


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        pytest.param(
            {"title": "Order", "properties": {"n": {"type": "strin"}}},
            "The schema Order is no JSON schema of draft 2020-12: $.properties.n.type: 'strin' is none of 'array', "
            "'boolean', 'integer', 'null', 'number', 'object', 'string'; did you mean 'string'?  "
            "(as simpleTypes, the nearest of 2).",
            id="a type that is none",
        ),
        pytest.param(
            {"$schema": DRAFT4, "properties": {"n": True}},
            'The schema {"$schema": "http://json-s… {"n": true}} is no JSON schema of draft 4: '
            "$.properties.n: true (boolean) is not an object.",
            id="a draft without boolean schemas",
        ),
        pytest.param(
            {"title": "Order", "minimum": "1", "maximum": "2", "minLength": -1, "required": "a", "enum": 1},
            "The schema Order is no JSON schema of draft 2020-12: $.enum: 1 (number) is not an array; "
            "$.maximum: '2' (string) is not a number; the number 2 would be; $.minLength: -1 is not >= 0 (and 2 more).",
            id="many mistakes",
        ),
        pytest.param(
            {"title": "Order", "pattern": "("},
            "The schema Order is no JSON schema of draft 2020-12: $.pattern: '(' is not a regular expression.",
            id="a pattern that is none",
        ),
        pytest.param(
            {"$schema": DRAFT4, "title": "Order", "items": {"patternProperties": {"\\p{L}": {}}}},
            "The schema Order has the pattern '\\\\p{L}' in patternProperties, which is no regular expression of "
            "Python's: bad escape \\p.",
            id="a pattern of keys that is none",
        ),
        pytest.param(
            {}, "The schema {} admits every JSON value, so only a text without JSON could fail it.", id="nothing"
        ),
        pytest.param(
            {"$schema": "http://example.com/mine"},
            'The schema {"$schema": "http://example.com/mine"} is of the draft \'http://example.com/mine\'. '
            "Valid drafts: 4, 6, 7, 2019-09, 2020-12.",
            id="an unknown draft",
        ),
        pytest.param(
            {"title": "Order", "items": {"$ref": "https://example.com/item.json"}},
            "The schema Order refers to 'https://example.com/item.json', and nothing is fetched from the network. "
            "Save that schema in a file and refer to the file.",
            id="a remote reference",
        ),
        pytest.param(
            {"title": "Order", "items": {"$ref": "#/$defs/Itm"}, "$defs": {"Item": {}}},
            "The schema Order refers to '#/$defs/Itm', which is not there; did you mean 'Item'?",
            id="a misspelt reference",
        ),
        pytest.param(
            {"title": "Order", "items": {"$ref": "#/$defs/Product"}, "$defs": {"Item": {}}},
            "The schema Order refers to '#/$defs/Product', which is not there (there are Item).",
            id="a reference to nothing",
        ),
        pytest.param(
            {"title": "Order", "items": {"$ref": "#item"}},
            "The schema Order refers to '#item', which is not there.",
            id="an anchor to nothing",
        ),
        pytest.param(
            {"title": "Order", "items": {"$ref": "item.json"}},
            "The schema Order refers to 'item.json', and a schema that is no file has no folder to look in. "
            "Give the path of the schema's file instead.",
            id="a file without a folder",
        ),
        pytest.param(
            {"title": "Order", "items": {"$ref": "#/default"}, "default": 1},
            "The schema Order is no JSON schema of draft 2020-12: $: 1 is no schema.",
            id="a reference to what is no schema",
        ),
        pytest.param(
            {"title": "Order", "default": {1, 2}},
            "The schema {'title': 'Order', 'default': {1, 2}} is not JSON: "
            "Object of type set is not JSON serializable.",
            id="what is no JSON",
        ),
    ],
)
def test_a_wrong_schema_is_refused_with_where_it_is_wrong(schema: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        from_mapping(schema)

    assert str(raised.value) == message


def test_a_change_of_the_dict_does_not_change_the_schema() -> None:
    schema = {"required": ["a"]}
    ready = from_mapping(schema)
    schema["required"].append("b")

    assert [str(one) for one in ready.violations({})] == ["$.a: is missing"]


def test_metaschemas_are_at_hand() -> None:
    assert told({"$ref": DRAFT7}, {"type": 1}) == [
        "$.type: 1 is none of 'array', 'boolean', 'integer', 'null', 'number', 'object', 'string'  "
        "(as simpleTypes, the nearest of 2)",
    ]


def write(folder: Path, **files: Any) -> None:
    for name, contents in files.items():
        text = contents if isinstance(contents, str) else json.dumps(contents)
        folder.joinpath(name.replace("__", "/").replace("_", ".")).write_text(text, encoding="utf-8")


ITEM = {
    "type": "object",
    "required": ["price"],
    "properties": {"tax": {"$ref": "#/$defs/tax"}},
    "$defs": {"tax": {"type": "number"}},
}


@pytest.mark.parametrize(
    "order",
    [
        pytest.param({"items": {"$ref": "item.json"}}, id="beside it"),
        pytest.param({"items": {"$ref": "./item.json#"}}, id="with an empty fragment"),
        pytest.param(
            {"$id": "https://example.com/v1/order.json", "items": {"$ref": "item.json"}}, id="published elsewhere"
        ),
        pytest.param(
            {"$id": "https://example.com/v1/order.json", "items": {"$ref": "https://example.com/v1/item.json"}},
            id="published elsewhere, in full",
        ),
        pytest.param({"items": {"$ref": "#/$defs/Item"}, "$defs": {"Item": {"$ref": "item.json"}}}, id="in two steps"),
        pytest.param({"items": {"$ref": "item.yaml"}}, id="in YAML"),
    ],
)
def test_references_lead_into_files_beside_the_schema(tmp_path: Path, order: dict[str, Any]) -> None:
    yaml = "type: object\nrequired: [price]\nproperties:\n  tax: {type: number}\n"
    write(tmp_path, order_json=order, item_json=ITEM, item_yaml=yaml)
    schema = from_file(str(tmp_path / "order.json"))

    assert schema.name == "order"
    assert [str(one) for one in schema.violations([{"tax": "x"}])] == [
        "$[0].price: is missing",
        "$[0].tax: 'x' (string) is not a number",
    ]


def test_a_file_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, order_json={"title": "Order", "items": {"$ref": "item.json"}}, item_json=ITEM)
    schema = from_file(str(tmp_path / "order.json"))
    tmp_path.joinpath("item.json").unlink()

    assert schema.name == "Order"
    assert [str(one) for one in schema.violations([{}])] == ["$[0].price: is missing"]


def test_a_part_of_a_file_is_meant_by_its_fragment(tmp_path: Path) -> None:
    write(tmp_path, order_json={"$defs": {"Price": {"minimum": 0}}, "type": "object"})
    schema = from_file(f"{tmp_path / 'order.json'}#/$defs/Price")

    assert schema.name == "Price"
    assert [str(one) for one in schema.violations(-1)] == ["$: -1 is not >= 0"]


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        pytest.param(
            '{"a": 1,}',
            "The schema file 'it.json' is not JSON: the JSON has a trailing comma at line 1, column 8.\n"
            '  {"a": 1,}\n         ^',
            id="no JSON",
        ),
        pytest.param("[1]", "The schema file 'it.json' holds no object, but [1].", id="no object"),
        pytest.param(
            '{"type": "x"}',
            "The schema 'it.json' is no JSON schema of draft 2020-12: $.type: 'x' is none of 'array', "
            "'boolean', 'integer', 'null', 'number', 'object', 'string'  (as simpleTypes, the nearest of 2).",
            id="no schema",
        ),
        pytest.param(
            '{"$id": "https://example.com/it.json", "$ref": "other.json"}',
            "The schema 'it.json' refers to 'other.json'. There is no file 'other.json' beside the schema, and nothing "
            "is fetched from 'https://example.com/other.json'.",
            id="a published neighbour that is not there",
        ),
        pytest.param(
            '{"$ref": "other.json"}',
            "The schema 'it.json' refers to 'other.json'. The schema file 'other.json' cannot be "
            "read: there is no such file in 'HERE'.",
            id="a neighbour that is not there",
        ),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, contents: str, message: str) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, it_json=contents)
    with pytest.raises(ConfigurationError) as raised:
        from_file("it.json")

    assert str(raised.value).replace(f"{tmp_path}/", "").replace(str(tmp_path), "HERE") == message


def test_yaml_needs_its_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, it_yaml="type: object")
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(MissingExtraError) as raised:
        from_file(str(tmp_path / "it.yaml"))

    assert str(raised.value) == (
        f"'{tmp_path / 'it.yaml'}' is read with PyYAML, which is not installed: "
        'pip install "pytest-llm-regression[yaml]"'
    )


def test_yaml_that_holds_itself_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, it_yaml="&a {properties: {child: *a}}")
    with pytest.raises(ConfigurationError) as raised:
        from_file("it.yaml")

    assert str(raised.value) == (
        "The schema file 'it.yaml' holds a part that holds itself. A schema says that with $ref."
    )


def test_yaml_is_read_as_json_would_be(tmp_path: Path) -> None:
    write(tmp_path, it_yaml="enum: [no, 2020-01-01, 1, 1.5, true, null, 0x10]\n")
    schema = from_file(str(tmp_path / "it.yaml"))

    assert all(schema.violations(value) == [] for value in ("no", "2020-01-01", 1, 1.5, True, None, "0x10"))
    assert str(schema.violations("yes")[0]) == "$: 'yes' is none of 'no', '2020-01-01', 1, 1.5, true, null, '0x10'"
