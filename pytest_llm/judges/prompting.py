"""What a judge is asked: prompts from Markdown files, and the JSON schemas of its answers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from pytest_llm.judges.data import encoded
from pytest_llm.judges.rubric import Rubric
from pytest_llm.messages import Message
from pytest_llm.text import or_list

__all__ = [
    "Asked",
    "check_prompt",
    "chunk_prompt",
    "grade_prompt",
    "list_prompt",
    "pair_prompt",
    "prompt_hash",
    "retry_prompt",
    "template",
    "verify_prompt",
]

Asked = tuple[list[Message], dict[str, Any]]
"""The messages, and the JSON schema of the answer."""
_LISTED = 11
_SLOT = re.compile(r"\{\{(\w+)\}\}")


@cache
def template(name: str) -> str:
    """Return a prompt as it stands in its file."""
    return (files("pytest_llm.judges") / "prompts" / f"{name}.md").read_text(encoding="utf-8").strip()


def prompt_hash(name: str) -> str:
    """Return the first 16 hex digits of the SHA-256 of a prompt with the rule on data, which every prompt holds."""
    told = "\n".join(template(one) for one in (name, "data_rule", "data", "retry"))
    return sha256(told.encode()).hexdigest()[:16]


def filled(name: str, **slots: str) -> str:
    """Return a prompt with its slots filled, in one pass: what is filled in is not looked at again."""
    return _SLOT.sub(lambda match: slots[match[1]], template(name))


def grade_prompt(rubric: Rubric, data: Mapping[str, object]) -> Asked:
    """Ask for a reason and then a grade."""
    spelled = list(rubric.spellings)
    said = or_list([f'"{one}"' for one in spelled] if rubric.scale == (0, 1) else spelled)
    if len(spelled) > _LISTED:
        said = f"a whole number from {spelled[0]} to {spelled[-1]}"
    system = filled(
        "grade",
        criterion=rubric.criterion,
        scale=f"{rubric.range}, {_direction(rubric)}" if rubric.scale != (0, 1) else rubric.range,
        levels="".join(f"\n{_spelled(rubric, grade)}: {text}" for grade, text in sorted(rubric.levels.items())),
        examples="".join(_example(rubric, example) for example in rubric.examples),
        data_rule=template("data_rule"),
        grades=said,
    )
    values: list[Any] = spelled if rubric.scale == (0, 1) else list(rubric.spellings.values())
    return _messages(system, data), _object({"reason": _TEXT, "grade": {"enum": values}})


def check_prompt(criteria: Sequence[str], data: Mapping[str, object]) -> Asked:
    """Ask for yes or no on each criterion."""
    return _items("check", criteria, data)


def verify_prompt(name: str, claims: Sequence[str], data: Mapping[str, object]) -> Asked:
    """Ask whether the text ``name`` of the data supports each claim; claims are data too."""
    numbered = {str(number): claim for number, claim in enumerate(claims, 1)}
    return _items("verify", [""] * len(claims), {**data, "claims": numbered}, text=name)


def chunk_prompt(data: Mapping[str, object], count: int) -> Asked:
    """Ask whether each passage of the context is useful for the answer."""
    return _items("chunks", [""] * count, data)


def list_prompt(name: str, text: str, data: Mapping[str, object]) -> Asked:
    """Ask for the claims (or the points) of the text that is called ``text`` in the data."""
    system = filled(name, text=text, data_rule=template("data_rule"))
    return _messages(system, data), _object({"items": {"type": "array", "items": _TEXT}})


def pair_prompt(criterion: str, data: Mapping[str, object]) -> Asked:
    """Ask which of two answers is better, or whether they tie."""
    system = filled("prefer", criterion=criterion, data_rule=template("data_rule"))
    return _messages(system, data), _object({"reason": _TEXT, "better": {"enum": ["first", "second", "tie"]}})


def retry_prompt(messages: Sequence[Message], answer: str, fault: str) -> list[Message]:
    """Ask once more, saying what was wrong with the answer."""
    return [*messages, Message("assistant", answer), Message("user", filled("retry", fault=fault))]


_TEXT = {"type": "string"}
_ITEM = {"reason": _TEXT, "verdict": {"enum": ["yes", "no"]}}


def _items(name: str, listed: Sequence[str], data: Mapping[str, object], **slots: str) -> Asked:
    # An object with a key an item: every provider's strict mode enforces it, as none does the length of a list.
    keys = [str(number) for number in range(1, len(listed) + 1)]
    lines = "\n".join(f"{key}. {' '.join(text.split())}" for key, text in zip(keys, listed, strict=True))
    count = keys[0] if len(keys) == 1 else f"{keys[0]} to {keys[-1]}"
    system = filled(name, listed=lines, count=count, data_rule=template("data_rule"), **slots)
    return _messages(system, data), _object({key: _object(_ITEM) for key in keys})


def _messages(system: str, data: Mapping[str, object]) -> list[Message]:
    return [Message("system", system), Message("user", filled("data", data=encoded(data)))]


def _object(properties: Mapping[str, object]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _direction(rubric: Rubric) -> str:
    low, high = rubric.scale
    best, worst = (high, low) if rubric.better == "higher" else (low, high)
    return f"{best} is the best and {worst} the worst"


def _spelled(rubric: Rubric, grade: int) -> str:
    return next(text for text, value in rubric.spellings.items() if value == grade)


def _example(rubric: Rubric, example: Any) -> str:
    shown = encoded({"answer": example.answer})
    grade = _spelled(rubric, example.grade)
    spelled = f'"{grade}"' if rubric.scale == (0, 1) else grade
    return f"\n\nFor example, of\n{shown}\nthe grade is {spelled}: {example.reason}"
