"""The file of an accepted sample: JSON, one line a draw, grouped by case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pytest_llm.errors import SnapshotError
from pytest_llm.messages import Response, ToolCall, Usage
from pytest_llm.snapshots.document import Document

__all__ = ["document_of", "draws_of", "parse", "readable", "render", "texts"]

VERSION = 1
_PLAIN = ("text", "refusal", "finish_reason", "model", "system_fingerprint", "reasoning", "latency", "cost", "error")
Draws = Mapping[str, tuple[Response, ...]]


def document_of(draws: Draws, meta: Mapping[str, object]) -> Document:
    """Return the draws of each case as a document; an answer of it is a case, as JSON."""
    cases = [{"case": case, "draws": [_plain(one) for one in found]} for case, found in draws.items()]
    return Document(dict(meta), (), tuple(json.dumps(one, ensure_ascii=False, sort_keys=True) for one in cases))


def draws_of(document: Document) -> dict[str, tuple[Response, ...]]:
    """Return the draws of each case."""
    cases = map(json.loads, document.answers)
    return {str(one["case"]): tuple(map(_response, one["draws"])) for one in cases}


def render(document: Document) -> str:
    """Return the file's text: sorted keys, a draw a line."""
    head = {**document.meta, "version": VERSION}
    lines = [f"{_json(key)}: {_json(head[key])}" for key in sorted(head)]
    cases = ",\n  ".join(_case(json.loads(answer)) for answer in document.answers)
    at = sum(key < "cases" for key in head)
    lines.insert(at, f'"cases": [\n  {cases}\n ]')
    return "{\n " + ",\n ".join(lines) + "\n}\n"


def parse(text: str, shown: str) -> Document:
    """Return what a file holds; raises ``SnapshotError`` that says what is wrong with it."""
    try:
        content = json.loads(text)
        version = content.pop("version")
        answers = [json.dumps(one, ensure_ascii=False, sort_keys=True) for one in content.pop("cases")]
        document = Document(content, (), tuple(answers))
        if not draws_of(document) or not all(draws_of(document).values()):
            raise ValueError("it holds no draw")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        why = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise SnapshotError(f"{shown} is no baseline: {why}. Restore it: git checkout -- {shown}") from None
    if version != VERSION:
        raise SnapshotError(f"{shown} has version {version!r}, and this pytest-llm-regression reads version {VERSION}.")
    return document


def texts(answer: str) -> tuple[str, ...]:
    """Return the texts of the draws of a case."""
    return tuple(str(draw.get("text", "")) for draw in json.loads(answer)["draws"])


def readable(answer: str) -> str:
    """Return a case as prose: each draw under its number, with its tool calls and what went wrong."""
    case = json.loads(answer)
    lines = [f"case: {case['case']}"] if case["case"] else []
    for number, draw in enumerate(case["draws"], 1):
        lines += [f"draw {number}:", *str(draw.get("text", "")).split("\n")]
        lines += [f"→ {one['name']}({_json(one['arguments'])})" for one in draw.get("tool_calls", ())]
        lines += [f"{name}: {draw[name]}" for name in ("refusal", "error") if name in draw]
    return "\n".join(lines)


def _case(case: Mapping[str, Any]) -> str:
    draws = ",\n    ".join(_json(draw) for draw in case["draws"])
    return f'{{"case": {_json(case["case"])}, "draws": [\n    {draws}\n  ]}}'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _plain(response: Response) -> dict[str, object]:
    """Return what predicates look at of a response, as JSON."""
    said = {name: value for name in _PLAIN if (value := getattr(response, name)) not in (None, "")}
    if response.tool_calls:
        said["tool_calls"] = [{"arguments": one.arguments, "name": one.name} for one in response.tool_calls]
    if response.usage is not None:
        usage = response.usage
        said["usage"] = {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens}
    return said


def _response(plain: Mapping[str, Any]) -> Response:
    given = dict(plain)
    if calls := given.pop("tool_calls", None):
        given["tool_calls"] = tuple(ToolCall(one["name"], one["arguments"]) for one in calls)
    if usage := given.pop("usage", None):
        given["usage"] = Usage(**usage)
    return Response(**given)
