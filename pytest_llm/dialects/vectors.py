"""The vectors of an embeddings answer, in the shapes that the providers give them."""

from __future__ import annotations

import base64
import binascii
import sys
from array import array
from collections.abc import Mapping

from pytest_llm.dialects.reading import dig, mapping, mappings, number, sequence

__all__ = ["vectors"]

Vector = tuple[float, ...]


def vectors(body: Mapping[str, object]) -> tuple[Vector, ...]:
    """Return the vectors of an answer, one a text; base64 holds 32-bit floats, the lowest byte first."""
    listed = mappings(body.get("data")) or mappings(body.get("embeddings")) or mappings(body.get("predictions"))
    if listed:
        return tuple(vector for item in listed if (vector := _of_item(item)))
    held = body.get("embeddings")
    if isinstance(held, dict):
        # Cohere: the lists by their type, of which the floats are the most exact.
        held = held.get("float") or next(iter(held.values()), None)
    if rows := tuple(vector for row in sequence(held) if (vector := _vector(row))):
        return rows
    single = _of_item(body)
    return (single,) if single else ()


def _of_item(item: Mapping[str, object]) -> Vector:
    for value in (item.get("embedding"), item.get("values"), item.get("embeddings")):
        if vector := _vector(value) or _vector(mapping(value).get("values")):
            return vector
    return _vector(dig(item, "embeddingsByType", "float"))


def _vector(value: object) -> Vector:
    if isinstance(value, str):
        return _decoded(value)
    numbers = [number(item) for item in sequence(value)]
    return tuple(item for item in numbers if item is not None) if None not in numbers else ()


def _decoded(text: str) -> Vector:
    floats = array("f")
    try:
        floats.frombytes(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return ()
    if sys.byteorder == "big":
        floats.byteswap()
    return tuple(floats)
