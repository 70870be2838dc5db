"""Strict JSON (RFC 8259) read at a place of a text, with every key that an object repeats."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from math import isinf
from typing import Any

from pytest_llm.schemas.faults import Fault, fault, fault_at
from pytest_llm.schemas.violations import Path, Violation
from pytest_llm.text import short

__all__ = ["Broken", "Parsed", "parsed"]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A JSON value, where it ends in the text, and the keys that its objects hold more than once."""

    value: Any
    end: int
    repeated: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """No JSON value: what Python's decoder raised. What it means is told on demand, as that reads the whole text."""

    text: str
    start: int
    error: ValueError | RecursionError

    def fault(self) -> Fault:
        """Return the place and the likely reason."""
        if isinstance(self.error, json.JSONDecodeError):
            return fault(self.text, self.start, self.error.pos, self.error.msg)
        if isinstance(self.error, RecursionError):
            return Fault("the JSON is nested too deeply to be read")
        return _beyond(self.text, self.start, self.error)


def parsed(text: str, start: int = 0) -> Parsed | Broken:
    """Read the JSON value that begins at ``start``; what follows it is not looked at."""
    repeated: list[tuple[Any, list[str]]] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        item = dict(pairs)
        if len(item) != len(pairs):
            repeated.append((item, [key for key, _ in pairs]))
        return item

    decoder = json.JSONDecoder(object_pairs_hook=unique, parse_constant=_refused, parse_float=_finite)
    try:
        value, end = decoder.raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        return Broken(text, start, error)
    return Parsed(value, end, _violations(value, repeated) if repeated else ())


def _refused(constant: str) -> float:
    raise ValueError(constant)


def _finite(digits: str) -> float:
    number = float(digits)
    if isinf(number):
        raise ValueError(digits)
    return number


def _beyond(text: str, start: int, error: ValueError) -> Fault:
    """Return the fault of what Python's decoder reads or gives up on, and JSON does not have."""
    token = str(error)
    if not re.fullmatch(r"-?Infinity|NaN|[-+.\deE]+", token):  # an integer of thousands of digits
        token = max(re.findall(r"\d+", text[start:]), key=len)
    place = next(
        (
            match.start(1)
            for match in re.finditer(rf'"(?:[^"\\]|\\.)*+"|({re.escape(token)})', text[start:])
            if match[1]
        ),
        0,
    )
    if token[-1].isdigit():
        return fault_at(
            text, start + place, f"the JSON has a number beyond what can be computed with ({short(token, 16)})"
        )
    return fault_at(text, start + place, f"the JSON has {token}, which is no JSON number")


def _violations(value: Any, repeated: list[tuple[Any, list[str]]]) -> tuple[Violation, ...]:
    paths = _paths(value, {id(item) for item, _ in repeated})
    return tuple(
        Violation((*paths[id(item)], key), f"is there {keys.count(key)} times in one object")
        for item, keys in repeated
        if id(item) in paths
        for key in dict.fromkeys(keys)
        if keys.count(key) > 1
    )


def _paths(value: Any, wanted: set[int]) -> dict[int, Path]:
    """Return the path of each wanted object; one that a repeated key displaced has none."""
    paths: dict[int, Path] = {}
    todo: list[tuple[Any, Path]] = [(value, ())]
    while todo:
        item, path = todo.pop()
        if id(item) in wanted:
            paths[id(item)] = path
        if isinstance(item, dict):
            todo += [(inner, (*path, key)) for key, inner in item.items()]
        elif isinstance(item, list):
            todo += [(inner, (*path, index)) for index, inner in enumerate(item)]
    return paths
