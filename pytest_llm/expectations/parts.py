"""Expectations inside lists and dicts: each part that fails, with its path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pytest_llm.expectations.base import Expectation, Finding, several
from pytest_llm.text import short

__all__ = ["as_expectation", "explained"]


def as_expectation(value: object) -> Expectation | None:
    """Return the expectation that a value holds: itself, or the parts of a list, tuple or dict; None if it has none."""
    if isinstance(value, Expectation):
        return value
    return Parts(value) if _holds_expectation(value) else None


@dataclass(eq=False, repr=False)
class Parts(Expectation):
    """A list or dict with expectations inside."""

    expected: object

    def __repr__(self) -> str:
        return repr(self.expected)

    def finding(self, value: object) -> Finding:
        """Show the parts that fail, each with its path."""
        found = list(explained(value, self.expected))
        failed = [one for one in found if not one.holds]
        if len(failed) == 1:
            return failed[0]
        claim = f"all {len(found)} parts hold" + (f"  ({len(failed)} fail)" if failed else "")
        return several(claim, failed, holds=not failed)


def explained(value: object, expected: object, path: str = "$") -> list[Finding]:
    """Return a finding for each part of a list or dict that holds expectations."""
    if isinstance(expected, Expectation):
        one = expected.found(value)
        return [replace(one, claim=f"{path}: {one.claim}")]
    if isinstance(expected, dict) and isinstance(value, dict):
        return _explained_dict(value, expected, path)
    if isinstance(expected, list | tuple) and type(value) is type(expected):
        return _explained_list(value, expected, path)
    return [Finding(bool(value == expected), f"{path}: {short(repr(value), 60)} == {short(repr(expected), 60)}")]


def _explained_dict(value: dict[object, object], expected: dict[object, object], path: str) -> list[Finding]:
    found = []
    for key, wanted in expected.items():
        place = f"{path}.{key}" if isinstance(key, str) and key.isidentifier() else f"{path}[{key!r}]"
        if key in value:
            found += explained(value[key], wanted, place)
        else:
            _reach(wanted)
            keys = f"its keys are {short(', '.join(map(repr, value)), 60)}" if value else "it has none"
            found.append(Finding(False, f"{path} has the key {key!r}  ({keys})"))
    extra = [key for key in value if key not in expected]
    if extra:
        found.append(Finding(False, f"{path} has no other keys  (it has {short(', '.join(map(repr, extra)), 60)})"))
    return found


def _explained_list(value: Sequence[object], expected: Sequence[object], path: str) -> list[Finding]:
    found = []
    for index, wanted in enumerate(expected):
        if index < len(value):
            found += explained(value[index], wanted, f"{path}[{index}]")
        else:
            _reach(wanted)
    if len(value) != len(expected):
        found.append(Finding(False, f"{path}: length {len(value)} == {len(expected)}"))
    return found


def _reach(expected: object) -> None:
    """Note every expectation within a value as compared, though there was nothing to compare it with."""
    if isinstance(expected, Expectation):
        expected.compared = True
    elif isinstance(expected, dict):
        for item in expected.values():
            _reach(item)
    elif isinstance(expected, list | tuple):
        for item in expected:
            _reach(item)


def _holds_expectation(value: object, depth: int = 8) -> bool:
    if isinstance(value, Expectation):
        return True
    if depth == 0 or not isinstance(value, dict | list | tuple):
        return False
    items = value.values() if isinstance(value, dict) else value
    return any(_holds_expectation(item, depth - 1) for item in items)
