"""A judge's answer, read strictly: what is not exactly in its format is no grade."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pytest_llm.judges.contradictions import contradiction, verdict_contradiction
from pytest_llm.judges.rubric import Rubric
from pytest_llm.text import and_list, or_list, short

__all__ = ["FaultKind", "Unreadable", "read_choice", "read_grade", "read_list", "read_verdicts"]

FaultKind = Literal["malformed", "contradictory", "cut off", "a refusal"]
_FENCE = re.compile(r"\A```(?:json)?[ \t]*\n(.*)\n```\Z", re.DOTALL | re.IGNORECASE)
_THOUGHT = re.compile(r"\A<think>.*?</think>", re.DOTALL)
_WORD = re.compile(r"\w")


class Unreadable(Exception):
    """A judge's answer is no grade; the message is a sentence that the judge can be told."""

    def __init__(self, kind: FaultKind, message: str) -> None:
        super().__init__(message)
        self.kind: FaultKind = kind


def read_grade(text: str, rubric: Rubric) -> tuple[int, str]:
    """Return the grade and its reason; raises ``Unreadable`` for anything else."""
    found = _object(text, ("reason", "grade"))
    reason = _reason(found["reason"], "")
    grade = _grade(found["grade"], rubric)
    if trouble := contradiction(reason, grade, rubric):
        raise Unreadable("contradictory", trouble)
    return grade, reason


def read_verdicts(text: str, count: int) -> list[tuple[bool, str]]:
    """Return what was said of each item, in order: whether it holds, and why."""
    keys = [str(number) for number in range(1, count + 1)]
    found = _object(text, keys)
    return [_verdict(found[key], key) for key in keys]


def read_list(text: str) -> list[str]:
    """Return the listed texts, each once."""
    items = _object(text, ("items",))["items"]
    if not isinstance(items, list) or not all(isinstance(item, str) and _WORD.search(item) for item in items):
        raise Unreadable("malformed", '"items" is no list of texts.')
    return list(dict.fromkeys(" ".join(item.split()) for item in items))


def read_choice(text: str) -> tuple[Literal["first", "second", "tie"], str]:
    """Return which of two answers is better, and why."""
    found = _object(text, ("reason", "better"))
    reason = _reason(found["reason"], "")
    better = found["better"]
    if better not in ("first", "second", "tie"):
        raise Unreadable("malformed", f'"better" is {_shown(better)}, not "first", "second" or "tie".')
    return better, reason


def _verdict(value: object, key: str) -> tuple[bool, str]:
    if not isinstance(value, dict):
        raise Unreadable("malformed", f'"{key}" is {_shown(value)}, not an object.')
    _check_keys(value, ("reason", "verdict"), f'"{key}"')
    reason = _reason(value["reason"], f' of "{key}"')
    if value["verdict"] not in ("yes", "no"):
        raise Unreadable("malformed", f'the verdict of "{key}" is {_shown(value["verdict"])}, not "yes" or "no".')
    holds = value["verdict"] == "yes"
    if trouble := verdict_contradiction(reason, holds):
        raise Unreadable("contradictory", f'"{key}": {trouble}')
    return holds, reason


def _grade(value: object, rubric: Rubric) -> int:
    spelled = rubric.spellings
    if rubric.scale == (0, 1):
        if isinstance(value, str) and value in spelled:
            return spelled[value]
    elif type(value) is int and str(value) in spelled:
        return value
    valid = [f'"{one}"' for one in spelled] if rubric.scale == (0, 1) else list(spelled)
    raise Unreadable("malformed", f'"grade" is {_shown(value)}, not {or_list(valid)}.')


def _reason(value: object, of: str) -> str:
    if not isinstance(value, str) or not _WORD.search(value) or not value.strip(". \n"):
        raise Unreadable("malformed", f"the reason{of} is {_shown(value)}, not a sentence.")
    return " ".join(value.split())


def _object(text: str, keys: Sequence[str]) -> dict[str, Any]:
    body = _THOUGHT.sub("", text.strip()).strip()
    if fenced := _FENCE.match(body):
        body = fenced[1].strip()
    if not body:
        raise Unreadable("malformed", "the answer is empty.")
    try:
        found = json.loads(body, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise Unreadable("malformed", f"it is not one JSON object ({error.msg}, character {error.pos + 1}).") from None
    except RecursionError:
        raise Unreadable("malformed", "it is nested too deep.") from None
    except ValueError as error:  # of Python's own limit on the digits of a number too
        raise Unreadable("malformed", f"it is not one JSON object ({short(str(error), 60)}).") from None
    if not isinstance(found, dict):
        raise Unreadable("malformed", f"it is {_shown(found)}, not a JSON object.")
    _check_keys(found, keys, "it")
    return found


def _check_keys(found: Mapping[str, object], keys: Sequence[str], what: str) -> None:
    missing = [f'"{key}"' for key in keys if key not in found]
    extra = [_shown(key) for key in found if key not in keys]
    if missing:
        raise Unreadable("malformed", f"{what} lacks {and_list(missing)}.")
    if extra:
        raise Unreadable("malformed", f"{what} has {and_list(extra[:3])}, which was not asked for.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unreadable("malformed", "it names a key twice.")
    return found


def _no_number(name: str) -> float:
    raise Unreadable("malformed", f"{name} is no JSON.")


def _shown(value: object) -> str:
    return short(json.dumps(value, ensure_ascii=False), 40)
