"""What caused a difference: the prompt, the tools, the schema, the parameters, the model, or only the output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from pytest_llm.text import and_list, short

__all__ = ["Cause", "Origin", "Part", "Template", "causes", "sentence"]

Part = Literal[
    "API",
    "endpoint",
    "prompt",
    "variables",
    "tools",
    "schema",
    "parameters",
    "model",
    "served model",
    "system fingerprint",
    "conversation",
    "output only",
]
_HASHED: dict[str, Part] = {"prompt": "prompt", "tools": "tools", "schema": "schema", "params": "parameters"}

_UNKNOWN = "a request is not known"


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt file that a request was made from: the hash of its text, and those of its variables by name."""

    digest: str
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an answer came from: what was asked of which model, and who answered.

    ``parts`` are the hashes of the parts of the request; an empty field is not known. Three more tell what of the
    prompt changed: ``asked`` is its text without what quotes earlier answers of the same test, ``quoted`` is these
    quotes and the results of tools, ``beside`` is what was asked without what came from prompt files. ``templates``
    are those files, by their path from the root of the tests. Of a value that no single call gave, ``calls`` are how
    many gave it together; names and hashes are then of all of them, the fingerprint and parameters of the last.
    """

    dialect: str = ""
    model: str = ""
    served_model: str = ""
    system_fingerprint: str = ""
    fingerprint: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, object] = field(default_factory=dict)
    recorded: str = ""
    templates: Mapping[str, Template] = field(default_factory=dict)
    calls: int = 1


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that changed, with what it was and is where that is short; ``note`` says where."""

    part: Part
    old: str = ""
    new: str = ""
    note: str = ""

    def __str__(self) -> str:
        return f"{self.part}{self.values}"

    @property
    def values(self) -> str:
        """What it was and is and where, in parentheses; nothing when that is not known."""
        change = f"{self.old} → {self.new}" if self.old or self.new else ""
        said = ", ".join(filter(None, (change, self.note)))
        return f" ({said})" if said else ""


def causes(old: Origin, new: Origin) -> list[Cause]:
    """Return what changed, the primary cause first; "output only" alone when nothing that is known did.

    Its note says when a request is not known: the value came from no call of a model.

    What was asked comes before who answered: a prompt that changed explains an answer that did, whoever gave it. A
    served model that changed with the model asked for is no cause of its own, nor is the system fingerprint of another
    model. What one side does not know (a system fingerprint that is null) has not changed. A prompt that changed only
    in what it quotes of earlier answers is no cause but a consequence, and stands last as "conversation". Of two APIs
    only the text of the prompt and the models can be compared.
    """
    if old.dialect and new.dialect and old.dialect != new.dialect:
        prompt = [Cause("prompt", note=_outside(new))] if _changed(old, new, "asked") and _knows(old, new) else []
        return [Cause("API", old.dialect, new.dialect), *prompt, *_of_models(old, new)]
    found = [cause for name in _HASHED if old.parts and new.parts for cause in _of_part(name, old, new)]
    found += _of_models(old, new)
    if not found and old.fingerprint and new.fingerprint and old.fingerprint != new.fingerprint:
        found = [Cause("endpoint")]
    found.sort(key=lambda cause: cause.part == "conversation")
    known = (old.parts or old.fingerprint) and (new.parts or new.fingerprint)
    return found or [Cause("output only", note="" if known else _UNKNOWN)]


def sentence(found: Sequence[Cause]) -> str:
    """Return the causes in one clause: *the served model changed (a → b), the prompt did not*."""
    first, others = found[0], found[1:]
    if first.part == "output only":
        return "only the output changed" + ("" if first.note else ": the request and the model are the same")
    said = _clause(first)
    if others:
        return f"{said}, and the {and_list(list(map(str, others)))}"
    if first.part == "variables":
        return f"{said}, its template did not"
    return said if first.part in ("prompt", "API") else f"{said}, the prompt did not"


def _clause(cause: Cause) -> str:
    subject = {"variables": "variables of the prompt", "conversation": "conversation before it"}
    return f"the {subject.get(cause.part, cause.part)} changed{cause.values}"


def _of_part(name: str, old: Origin, new: Origin) -> list[Cause]:
    if not _changed(old, new, name):
        return []
    if name == "prompt":
        return [_prompt(old, new)]
    return [Cause(_HASHED[name], *(_params(old.params, new.params) if name == "params" else ("", "")))]


def _changed(old: Origin, new: Origin, name: str) -> bool:
    return old.parts.get(name) != new.parts.get(name)


def _knows(old: Origin, new: Origin) -> bool:
    return "asked" in old.parts and "asked" in new.parts


def _prompt(old: Origin, new: Origin) -> Cause:
    """Tell a prompt that changed by itself from one that quotes other answers, and a template from its variables."""
    if _knows(old, new) and not _changed(old, new, "asked") and _changed(old, new, "quoted"):
        return Cause("conversation")
    if not old.templates or old.templates.keys() != new.templates.keys():
        return Cause("prompt", note=and_list(list(new.templates)) if old.templates and new.templates else "")
    said = [(file, old.templates[file], new.templates[file]) for file in new.templates]
    rewritten = [
        f"{file}{_filled(one, other, ' and its {}')}" for file, one, other in said if one.digest != other.digest
    ]
    filled = [_filled(one, other, f"{{}} of {file}") for file, one, other in said if one.digest == other.digest]
    where = and_list([*rewritten, *filter(None, filled)]) if rewritten or any(filled) else _outside(new)
    if rewritten or not any(filled) or _changed(old, new, "beside"):
        return Cause("prompt", note=where)
    return Cause("variables", note=where)


def _filled(old: Template, new: Template, said: str) -> str:
    """Return which variables changed, in these words; nothing if none did."""
    names = sorted({*old.variables, *new.variables})
    changed = [name for name in names if old.variables.get(name) != new.variables.get(name)]
    return said.format(and_list(changed)) if changed else ""


def _outside(origin: Origin) -> str:
    return f"not {and_list(list(origin.templates))}" if origin.templates else ""


def _of_models(old: Origin, new: Origin) -> list[Cause]:
    asked = _differ("model", old.model, new.model)
    if asked and old.served_model and old.served_model == new.served_model:
        return [replace(cause, note=f"both answered by {new.served_model}") for cause in asked]
    if asked:
        return asked
    found = _differ("served model", old.served_model, new.served_model)
    return found or _differ("system fingerprint", old.system_fingerprint, new.system_fingerprint)


def _differ(part: Part, old: str, new: str) -> list[Cause]:
    return [Cause(part, short(old, 40), short(new, 40))] if old and new and old != new else []


def _params(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[str, str]:
    """Return the parameters that differ, before and after."""
    names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    return _listed(old, names), _listed(new, names)


def _listed(params: Mapping[str, object], names: Sequence[str]) -> str:
    return short(", ".join(f"{name}={params[name]!r}" if name in params else f"no {name}" for name in names), 60)
