"""What caused a difference: the prompt, the tools, the schema, the parameters, the model, or only the output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pytest_llm.text import and_list, short

__all__ = ["Cause", "Origin", "Part", "causes", "sentence"]

Part = Literal[
    "API", "prompt", "tools", "schema", "parameters", "model", "served model", "system fingerprint", "output only"
]
_HASHED: dict[str, Part] = {"prompt": "prompt", "tools": "tools", "schema": "schema", "params": "parameters"}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an answer came from: what was asked of which model, and who answered.

    ``parts`` are the hashes of the parts of the request; an empty field is not known.
    """

    dialect: str = ""
    model: str = ""
    served_model: str = ""
    system_fingerprint: str = ""
    fingerprint: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, object] = field(default_factory=dict)
    recorded: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that changed, with what it was and is where that is short."""

    part: Part
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        return f"{self.part} ({self.old} → {self.new})" if self.old or self.new else self.part


def causes(old: Origin, new: Origin) -> list[Cause]:
    """Return what changed, the primary cause first; "output only" alone when nothing that is known did.

    What was asked comes before who answered: a prompt that changed explains an answer that did, whoever gave it. A
    served model that changed with the model asked for is no cause of its own. What one side does not know (a system
    fingerprint that is null) has not changed.
    """
    if old.dialect and new.dialect and old.dialect != new.dialect:
        return [Cause("API", old.dialect, new.dialect), *_of_models(old, new)]
    found = [
        Cause(part, *(_params(old.params, new.params) if name == "params" else ("", "")))
        for name, part in _HASHED.items()
        if old.parts.get(name) != new.parts.get(name) and old.parts and new.parts
    ]
    found += _of_models(old, new)
    return found or [Cause("output only")]


def sentence(found: Sequence[Cause]) -> str:
    """Return the causes in one clause: *the served model changed (a → b), the prompt did not*."""
    first = found[0]
    if first.part == "output only":
        return "only the output changed: the request and the model are the same"
    values = f" ({first.old} → {first.new})" if first.old or first.new else ""
    said = f"the {first.part} changed{values}"
    if len(found) > 1:
        return f"{said}, and the {and_list(list(map(str, found[1:])))}"
    return said if first.part in ("prompt", "API") else f"{said}, the prompt did not"


def _of_models(old: Origin, new: Origin) -> list[Cause]:
    asked = _differ("model", old.model, new.model)
    found = asked or _differ("served model", old.served_model, new.served_model)
    return found or _differ("system fingerprint", old.system_fingerprint, new.system_fingerprint)


def _differ(part: Part, old: str, new: str) -> list[Cause]:
    return [Cause(part, short(old, 40), short(new, 40))] if old and new and old != new else []


def _params(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[str, str]:
    """Return the parameters that differ, before and after."""
    names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    return _listed(old, names), _listed(new, names)


def _listed(params: Mapping[str, object], names: Sequence[str]) -> str:
    return short(", ".join(f"{name}={params[name]!r}" if name in params else f"no {name}" for name in names), 60)
