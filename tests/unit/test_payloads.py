"""A type becomes the response format of a request, closed as strict mode asks."""

from __future__ import annotations

from pydantic import BaseModel

from pytest_llm.payloads import response_format


class House(BaseModel):
    properties: dict[str, int]
    rooms: int = 1


def test_a_field_with_the_name_of_a_keyword_is_a_field_like_others() -> None:
    assert response_format(House) == {
        "type": "json_schema",
        "json_schema": {
            "name": "House",
            "schema": {
                "title": "House",
                "type": "object",
                "properties": {
                    "properties": {
                        "title": "Properties",
                        "type": "object",
                        "additionalProperties": {"type": "integer"},
                    },
                    "rooms": {"title": "Rooms", "type": "integer", "default": 1},
                },
                "required": ["properties", "rooms"],
                "additionalProperties": False,
            },
            "strict": True,
        },
    }
