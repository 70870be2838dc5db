"""Types are checked as pydantic checks them, and their violations are told in the words of JSON schemas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, TypeAdapter, field_validator
from typing_extensions import TypedDict

from pytest_llm.errors import ConfigurationError
from pytest_llm.schemas.types import from_type, json_schema_of


class Item(BaseModel):
    price: float = Field(ge=0)
    quantity: int = 1


class Cat(BaseModel):
    kind: Literal["cat"]
    meows: bool


class Dog(BaseModel):
    kind: Literal["dog"]
    barks: int


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: int
    currency: Literal["EUR", "USD"]
    items: list[Item] = []
    notes: dict[str, Item] = {}
    pet: Cat | Dog | None = None
    tagged: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None
    either: int | bool | None = None
    size: Size = Size.SMALL
    code: Annotated[str, Field(min_length=2, max_length=4, pattern="^[A-Z]+$")] = "AB"
    tags: Annotated[list[str], Field(min_length=1, max_length=2)] = ["a"]
    due: date | None = None
    even: int = 0
    level: Literal[1, 2, 3, "it's"] = 1
    rate: Annotated[float, Field(gt=0, lt=1)] = 0.5
    step: Annotated[int, Field(le=9, multiple_of=3)] = 3
    alias: int = Field(0, alias="theAlias")

    @field_validator("even")
    @classmethod
    def is_even(cls, value: int) -> int:
        if value % 2:
            raise ValueError("it is odd")
        if value > 100:
            raise AssertionError("it is large")
        return value


class Strict(BaseModel):
    model_config = ConfigDict(strict=True)

    day: date
    count: int


@dataclass
class Inner:
    count: int


@dataclass
class Outer:
    inner: Inner
    others: list[Inner]


class Movie(TypedDict):
    title: str
    year: int


GOOD = {"id": 1, "currency": "EUR"}


def told(kind: object, value: object) -> list[str]:
    return [str(violation) for violation in from_type(kind).violations(value)]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        pytest.param({"id": "a"}, "$.id: 'a' (string) is not an integer", id="a type"),
        pytest.param({"id": 1.5}, "$.id: 1.5 (number) is not an integer", id="a float"),
        pytest.param({"id": None}, "$.id: null is not an integer", id="null"),
        pytest.param({"items": {}}, "$.items: {} (object) is not an array", id="a list"),
        pytest.param({"items": [3]}, "$.items[0]: 3 (number) is not an object", id="a model"),
        pytest.param({"items": [{"price": -1}]}, "$.items[0].price: -1 is not >= 0.0", id="a limit"),
        pytest.param({"rate": 0}, "$.rate: 0 is not > 0.0", id="an exclusive minimum"),
        pytest.param({"rate": 1}, "$.rate: 1 is not < 1.0", id="an exclusive maximum"),
        pytest.param({"step": 12}, "$.step: 12 is not <= 9", id="a maximum"),
        pytest.param({"step": 4}, "$.step: 4 is not a multiple of 3", id="a multiple"),
        pytest.param({"notes": {"x": {}}}, "$.notes.x.price: is missing", id="a field within a dict"),
        pytest.param(
            {"currency": "eur"}, "$.currency: 'eur' is none of 'EUR', 'USD'; did you mean 'EUR'?", id="a literal"
        ),
        pytest.param(
            {"size": "lrge"}, "$.size: 'lrge' is none of 'small', 'large'; did you mean 'large'?", id="an enum"
        ),
        pytest.param({"code": "A"}, "$.code: 'A' has 1 character, not at least 2", id="a short string"),
        pytest.param({"code": "ABCDE"}, "$.code: 'ABCDE' has 5 characters, not at most 4", id="a long string"),
        pytest.param({"code": "ab"}, "$.code: 'ab' does not match '^[A-Z]+$'", id="a pattern"),
        pytest.param({"tags": []}, "$.tags: has 0 items, not at least 1", id="a short list"),
        pytest.param({"tags": ["a", "b", "c"]}, "$.tags: has 3 items, not at most 2", id="a long list"),
        pytest.param(
            {"due": "soon"}, "$.due: 'soon' should be a valid date or datetime, input is too short", id="a date"
        ),
        pytest.param({"even": 3}, "$.even: 3: it is odd", id="a validator"),
        pytest.param({"even": 300}, "$.even: 300: it is large", id="an assertion"),
        pytest.param({"theAlias": "x"}, "$.theAlias: 'x' (string) is not an integer", id="an alias"),
        pytest.param({"thealias": 1}, "$.thealias: is not allowed; did you mean 'theAlias'?", id="a misspelt key"),
        pytest.param({"zzz": 1}, "$.zzz: is not allowed", id="an unknown key"),
        pytest.param({"either": []}, "$.either: [] (array) is neither an integer nor a boolean", id="a union of types"),
        pytest.param(
            {"pet": {"kind": "dog", "barks": "x"}},
            "$.pet.barks: 'x' (string) is not an integer  (as Dog, the nearest of 2)",
            id="a union of models",
        ),
        pytest.param(
            {"tagged": {"kind": "dog", "barks": "x"}},
            "$.tagged.barks: 'x' (string) is not an integer",
            id="a tagged union",
        ),
        pytest.param(
            {"tagged": {"kind": "dgo"}}, "$.tagged.kind: 'dgo' is none of 'cat', 'dog'; did you mean 'dog'?", id="a tag"
        ),
        pytest.param(
            {"level": "3"}, "$.level: '3' is none of 1, 2, 3, \"it's\"; the number 3 would be", id="a mixed literal"
        ),
        pytest.param({"tagged": {}}, "$.tagged: has no 'kind', which says what it is", id="no tag"),
    ],
)
def test_a_violation_is_told(field: dict[str, Any], expected: str) -> None:
    assert told(Order, {**GOOD, **field}) == [expected]


def test_a_misspelt_key_is_told_from_both_sides() -> None:
    assert told(Order, {"id": 1, "currancy": "EUR"}) == [
        "$.currancy: is not allowed; did you mean 'currency'?",
        "$.currency: is missing; 'currancy' is there",
    ]


@pytest.mark.parametrize(
    ("kind", "name", "value", "wrong", "expected"),
    [
        pytest.param(list[Item], "list[Item]", [{"price": 1}], [{}], "$[0].price: is missing", id="a list of models"),
        pytest.param(
            TypeAdapter(dict[str, Item]),
            "the type",
            {"a": {"price": 1}},
            {"a": 1},
            "$.a: 1 (number) is not an object",
            id="an adapter",
        ),
        pytest.param(
            Outer,
            "Outer",
            {"inner": {"count": 1}, "others": []},
            {"inner": {}, "others": []},
            "$.inner.count: is missing",
            id="a dataclass",
        ),
        pytest.param(
            Movie, "Movie", {"title": "Alien", "year": 1979}, {"title": "Alien"}, "$.year: is missing", id="a TypedDict"
        ),
        pytest.param(
            tuple[int, str],
            "tuple[int, str]",
            [1, "a"],
            [1, 2],
            "$[1]: 2 (number) is not a string; the string '2' would be",
            id="a tuple",
        ),
        pytest.param(
            Strict,
            "Strict",
            {"day": "2024-01-31", "count": 1},
            {"day": "2024-01-31", "count": "1"},
            "$.count: '1' (string) is not an integer; the number 1 would be",
            id="a strict model",
        ),
        pytest.param(int | None, "int | None", None, "x", "$: 'x' (string) is not an integer", id="an optional"),
    ],
)
def test_a_type_is_a_schema(kind: object, name: str, value: object, wrong: object, expected: str) -> None:
    schema = from_type(kind)

    assert schema.name == name
    assert schema.violations(value) == []
    assert told(kind, wrong) == [expected]


@pytest.mark.parametrize(
    ("kind", "value", "built"),
    [
        (Item, {"price": "1.5"}, Item(price=1.5)),
        (list[Item], [{"price": 2}], [Item(price=2)]),
        (Outer, {"inner": {"count": 1}, "others": [{"count": 2}]}, Outer(Inner(1), [Inner(2)])),
        (Movie, {"title": "Alien", "year": 1979}, {"title": "Alien", "year": 1979}),
        (Strict, {"day": "2024-01-31", "count": 1}, Strict(day=date(2024, 1, 31), count=1)),
        (list[str], ["\ud83d"], ["\ud83d"]),
    ],
)
def test_a_value_becomes_an_instance(kind: object, value: object, built: object) -> None:
    assert from_type(kind).built(value) == built


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        pytest.param(object, "object admits every JSON value, so only a text without JSON could fail it.", id="object"),
        pytest.param(Any, "Any admits every JSON value, so only a text without JSON could fail it.", id="anything"),
        pytest.param(
            pytest.Item,
            "<class '_pytest.nodes.Item'> is not a schema: Unable to generate pydantic-core schema for <class "
            "'_pytest.nodes.Item'>. Valid are a JSON schema (a dict, or the path of its file), an OpenAPI component "
            "('openapi.yaml#/components/schemas/Pet'), and what pydantic's TypeAdapter takes.",
            id="another class",
        ),
    ],
)
def test_what_is_no_schema_is_refused(kind: object, message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        from_type(kind)

    assert str(raised.value) == message


def test_a_type_without_a_json_schema_is_checked_all_the_same() -> None:
    class Wanted(BaseModel):
        model_config = ConfigDict(extra="forbid")

        call: Callable[[], int] | None = None

    assert told(Wanted, {"cal": 1}) == ["$.cal: is not allowed"]


def test_a_union_with_a_function_that_tells_is_told() -> None:
    def kind_of(value: Any) -> str:
        return "large" if "meows" in value else "small"

    tagged = Annotated[Annotated[Cat, Tag("cat")] | Annotated[Dog, Tag("dog")], Discriminator(kind_of)]

    assert told(tagged, {"barks": 1}) == ["$: 'small' is none of 'cat', 'dog'"]


def test_a_type_is_declared_as_a_json_schema() -> None:
    assert json_schema_of(Inner) == {
        "properties": {"count": {"title": "Count", "type": "integer"}},
        "required": ["count"],
        "title": "Inner",
        "type": "object",
    }
