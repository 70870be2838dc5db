"""What structure a response has: JSON that conforms to a schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import LINES, Expectation, Finding, limited, text_of
from pytest_llm.messages import Response
from pytest_llm.schemas.answers import in_value
from pytest_llm.schemas.compiling import Schema, compiled
from pytest_llm.schemas.conformance import violations
from pytest_llm.schemas.faults import Fault
from pytest_llm.schemas.locating import Document
from pytest_llm.schemas.types import name_of
from pytest_llm.text import plural, short

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = ["conforming_to"]


@dataclass(eq=False, repr=False)
class ConformsTo(Expectation):
    """JSON that conforms to a schema."""

    schema: Schema
    said: str
    tool: str | None = None
    whole_text: bool = False

    def __repr__(self) -> str:
        tool = "" if self.tool is None else f", tool={self.tool!r}"
        return f"conforming_to({self.said}{tool}{', whole_text=True' if self.whole_text else ''})"

    def finding(self, value: object) -> Finding:
        """Find the JSON, and tell every violation."""
        documents = in_value(value, tool=self.tool, whole_text=self.whole_text)
        claim = f"{_subject(value)} conforms to {self.schema.name}"
        whole = tuple((text_of(value) or "").split("\n")) if text_of(value) else ()
        if isinstance(documents, Fault):
            return _unread(claim, documents, whole)
        wrong = violations(self.schema, documents)
        if isinstance(wrong, Fault):
            return _unread(claim, wrong, whole)
        more = tuple(wrong) if len(wrong) > LINES else ()
        return Finding(not wrong, claim + _aside(wrong, documents), _first(wrong), (*more, *whole))


def conforming_to(
    schema: type[Any] | UnionType | Mapping[str, Any] | str | Path | TypeAdapter[Any],
    *,
    tool: str | None = None,
    whole_text: bool = False,
) -> Expectation:
    """Expect JSON that conforms to a schema; the failure lists every violation with its JSON path.

    ``schema`` is one of

    * a JSON schema as a dict, or the path of its ``.json`` or ``.yaml`` file: of draft 4, 6, 7, 2019-09 or 2020-12, by
      its ``$schema``, without one 2020-12. References lead into the schema itself and into local files, relative to the
      file; nothing is ever fetched. YAML needs the extra ``yaml``.
    * a schema of an OpenAPI 3.0 or 3.1 document: ``"openapi.yaml#/components/schemas/Pet"``.
    * a type that pydantic understands: a model, a dataclass, a TypedDict, ``list[Model]``, a ``TypeAdapter``. It is
      checked as pydantic checks it: '3' passes for an int, and an unknown key is ignored, unless the type says
      otherwise (``ConfigDict(strict=True, extra="forbid")``).

    The JSON of a response or text is the whole text, else a fenced block (labelled json, or not at all), else the first
    object or array within the prose; ``whole_text=True`` admits only the first. A response without a text stands for
    the arguments of its tool call; ``tool=`` names the tool whose call is meant, and each of several calls of it must
    conform. Any other value (a dict, a list, an instance of a model or dataclass) is taken as the JSON that it
    becomes. A key that an object holds twice is a violation.

    The ``format`` of a JSON schema is checked for date, date-time and time (RFC 3339), email, ipv4, ipv6, regex and
    uuid; others are not, as jsonschema needs further packages for them. A ``pattern`` is a regular expression of
    Python's.

    Raises ``ConfigurationError`` for a schema that is wrong, saying where.
    """
    if tool is not None and not tool:
        raise ConfigurationError("conforming_to(tool='') needs the name of a tool, or no tool= at all.")
    return ConformsTo(compiled(schema), _said(schema), tool, whole_text)


def _said(schema: object) -> str:
    if isinstance(schema, Mapping):
        return short(repr(dict(schema)), 60)
    return repr(str(schema)) if isinstance(schema, str | Path) else name_of(schema)


def _subject(value: object) -> str:
    return "response" if isinstance(value, Response) else "text" if isinstance(value, str) else "value"


def _unread(claim: str, fault: Fault, whole: tuple[str, ...]) -> Finding:
    return Finding(False, f"{claim}  ({fault.reason})", fault.lines, whole)


def _aside(wrong: Sequence[str], documents: Sequence[Document]) -> str:
    """Say how many violations there are, and where the JSON is unless it is the whole text."""
    where = [f"JSON {documents[0].where}"] if len(documents) == 1 and documents[0].where else []
    said = "; ".join([*([plural(len(wrong), "violation")] if wrong else []), *where])
    return f"  ({said})" if said else ""


def _first(lines: Sequence[str]) -> tuple[str, ...]:
    return limited([*map(_cut, lines)])


def _cut(line: str) -> str:
    return line if len(line) <= 120 else short(line, 120)
