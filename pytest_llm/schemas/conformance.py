"""JSON checked against a schema: the violations, with those of the JSON itself, however deep it is nested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pytest_llm.messages import Response
from pytest_llm.schemas.answers import in_response
from pytest_llm.schemas.compiling import Schema, compiled
from pytest_llm.schemas.faults import Fault
from pytest_llm.schemas.locating import Document
from pytest_llm.schemas.violations import in_order
from pytest_llm.text import plural

__all__ = ["json_of", "violations"]


def json_of(response: Response, schema: object = None) -> Any:
    """Return the JSON of a response; with a schema, as what that stands for.

    Raises ``ValueError`` when there is none, or with every violation.
    """
    found = in_response(response)
    if isinstance(found, Fault):
        raise ValueError(f"The response is not JSON: {found}")
    if schema is None:
        return found[0].value
    ready = compiled(schema)
    wrong = violations(ready, found)
    if isinstance(wrong, Fault):
        raise ValueError(f"The response is not JSON: {wrong}")
    if wrong:
        told = "".join(f"\n  {line}" for line in wrong)
        raise ValueError(f"The response does not conform to {ready.name} ({plural(len(wrong), 'violation')}):{told}")
    return ready.built(found[0].value)


def violations(schema: Schema, documents: Sequence[Document]) -> list[str] | Fault:
    """Return every violation of several documents as a line, or why they cannot be checked."""
    lines: list[str] = []
    for one in documents:
        try:
            found = in_order([*schema.violations(one.value), *one.repeated])
        except RecursionError:
            return Fault("the JSON is nested too deeply to be checked")
        lines += [f"{violation}" if len(documents) == 1 else f"{violation}  ({one.where})" for violation in found]
    return lines
