"""The expectation that an answer is the accepted one, and what caused it not to be."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import LINES, Expectation, Finding
from pytest_llm.expectations.meaning import similar_to
from pytest_llm.expectations.structure import conforming_to
from pytest_llm.messages import Response
from pytest_llm.snapshots.cause import Cause, Origin, causes, sentence
from pytest_llm.snapshots.document import Document
from pytest_llm.snapshots.rendering import Mask, masked
from pytest_llm.text import excerpts, short

__all__ = ["Granted", "Keeper", "Snapshot"]

_NAME = re.compile(r"\w[\w .-]{0,79}")


class Keeper(Protocol):
    """Keeps a test's snapshots, and knows where an answer came from."""

    def clean(self, text: str) -> str:
        """Return a text without what may reach no file."""

    def read(self, name: str) -> Document | None:
        """Return an accepted snapshot, None when there is none."""

    def origin(self, value: object) -> tuple[Origin, tuple[tuple[str, str], ...]]:
        """Return where a value came from and the conversation that it answers, as far as that is known."""

    def wait(self, name: str, document: Document, found: Sequence[Cause], reference: Document | None) -> None:
        """Keep what does not match until it is reviewed, if anything may be written."""

    def settle(self, name: str) -> None:
        """Drop what waits under a name that matches again."""


@dataclass(eq=False, repr=False)
class Snapshot(Expectation):
    """An accepted answer: ``assert response == llm_snapshot``.

    ``llm_snapshot("name")`` is a second one of the same test. By default a value has to be exactly the accepted one,
    but for its masks; ``similar=0.85`` asks for the same meaning (as ``similar_to`` with its guards), ``schema=`` for
    the same structure, ``by=`` takes a function of the accepted text and the new one. Of several accepted answers any
    will do.
    """

    takes_samples = True

    keeper: Keeper
    name: str = ""
    similar: float | None = None
    schema: object = None
    by: Callable[[str, str], object] | None = None
    masks: tuple[Mask, ...] = field(default=())

    def __repr__(self) -> str:
        given = [repr(self.name)] if self.name else []
        given += [f"similar={self.similar:g}"] if self.similar is not None else []
        given += ["schema=..."] if self.schema is not None else []
        given += [f"by={getattr(self.by, '__name__', 'function')}"] if self.by is not None else []
        return f"llm_snapshot({', '.join(given)})" if given else "llm_snapshot"

    def __call__(
        self,
        name: str = "",
        *,
        similar: float | None = None,
        schema: object = None,
        by: Callable[[str, str], object] | None = None,
    ) -> Snapshot:
        """Return the snapshot of this name, compared in this way."""
        if name and (not isinstance(name, str) or not _NAME.fullmatch(name)):
            raise ConfigurationError(
                f"llm_snapshot({name!r}) is no name: letters, digits, spaces, '.', '-' and '_', at most 80 of them."
            )
        if sum(way is not None for way in (similar, schema, by)) > 1:
            raise ConfigurationError("llm_snapshot() is compared in one way: similar=, schema= or by=.")
        self.use()
        return replace(self, name=name or self.name, similar=similar, schema=schema, by=by)

    def mask(self, pattern: str, put: str = "<masked>") -> Snapshot:
        """Return the snapshot with a part that may differ: a regular expression, or a JSON path (``$.items[*].id``)."""
        try:
            re.compile(pattern)
        except re.error as error:
            if not pattern.startswith("$."):
                raise ConfigurationError(f"mask({pattern!r}) is no regular expression: {error}.") from None
        self.use()
        return replace(self, masks=(*self.masks, (pattern, put)))

    def finding(self, value: object) -> Finding:
        """Compare with each accepted answer; leave what differs for review."""
        origin, prompt = self.keeper.origin(value)
        text = self.keeper.clean(masked(value, self.masks))
        document = Document(_meta(origin, self._policy()), prompt, (text,))
        accepted = self.keeper.read(self.name)
        claim = f"{'response' if isinstance(value, Response) else 'value'} == {self!r}"
        if accepted is None:
            self.keeper.wait(self.name, document, (), None)
            lines = tuple(f"+ {_cut(line)}" for line in text.split("\n")[:LINES])
            return Finding(False, f"{claim}  (there is none yet)", lines, tuple(text.split("\n")))
        found = [self._compared(one, text, value) for one in accepted.answers]
        if holding := [one for one in found if one.holds]:
            self.keeper.settle(self.name)
            return Finding(True, claim, holding[0].evidence, holding[0].whole)
        changed = causes(_origin(accepted), origin)
        self.keeper.wait(self.name, document, changed, accepted)
        measured = f"{found[0].claim}; " if found[0].claim else ""
        evidence = [*_prompt_change(accepted, document, changed), *_changes(accepted.answers[0], text)]
        return Finding(
            False,
            f"{claim}  ({measured}{sentence(changed)})",
            tuple(evidence[:LINES]),
            tuple(
                difflib.unified_diff(accepted.answers[0].split("\n"), text.split("\n"), "accepted", "now", lineterm="")
            ),
        )

    def _policy(self) -> str:
        if self.similar is not None:
            return f"similar {self.similar:g}"
        if self.by is not None:
            return f"by {getattr(self.by, '__name__', 'function')}"
        return "exact" if self.schema is None else "schema"

    def _compared(self, accepted: str, text: str, value: object) -> Finding:
        if self.similar is not None:
            return similar_to(accepted, self.similar).check(text)
        if self.schema is not None:
            return conforming_to(self.schema).check(value)  # type: ignore[arg-type]
        if self.by is not None:
            return Finding(bool(self.by(accepted, text)), f"by {getattr(self.by, '__name__', 'function')}")
        return Finding(accepted == text, "")


class Granted(Snapshot):
    """A snapshot that holds whatever it is compared with: where an experiment asks something else on purpose."""

    def finding(self, value: object) -> Finding:
        """Say that it holds."""
        del value
        return Finding(True, f"{self!r} is granted")


def _meta(origin: Origin, policy: str) -> dict[str, object]:
    known = {
        "dialect": origin.dialect,
        "model": origin.model,
        "served_model": origin.served_model,
        "system_fingerprint": origin.system_fingerprint,
        "fingerprint": origin.fingerprint,
        "parts": dict(origin.parts),
        "params": dict(origin.params),
        "recorded": origin.recorded,
        "comparison": policy,
    }
    return {key: item for key, item in known.items() if item not in ("", {})}


def _origin(document: Document) -> Origin:
    meta = document.meta
    texts = {
        name: str(meta.get(name) or "")
        for name in ("dialect", "model", "served_model", "system_fingerprint", "fingerprint", "recorded")
    }
    parts, params = meta.get("parts"), meta.get("params")
    return Origin(
        **texts,
        parts=parts if isinstance(parts, dict) else {},
        params=params if isinstance(params, dict) else {},
    )


def _prompt_change(accepted: Document, now: Document, changed: Sequence[Cause]) -> list[str]:
    """Return the first message of the prompt that differs, when the prompt is a cause."""
    if all(cause.part != "prompt" for cause in changed):
        return []
    for number, (old, new) in enumerate(zip(accepted.prompt, now.prompt, strict=False), 1):
        if old != new:
            before, after = excerpts(old[1], new[1])
            return [f"prompt, message {number} ({new[0]}):", f"- {before}", f"+ {after}"]
    counts = f"{len(accepted.prompt)} → {len(now.prompt)}"
    return [f"prompt: the number of messages, {counts}"] if len(accepted.prompt) != len(now.prompt) else []


def _changes(old: str, new: str) -> list[str]:
    """Return the first lines that differ, two by two."""
    before, after = old.split("\n"), new.split("\n")
    lines: list[str] = []
    for tag, start, end, first, last in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for one, other in zip(before[start:end], after[first:last], strict=False):
            shown = excerpts(one, other)
            lines += [f"- {shown[0]}", f"+ {shown[1]}"]
        common = min(end - start, last - first)
        lines += [f"- {_cut(line)}" for line in before[start + common : end]]
        lines += [f"+ {_cut(line)}" for line in after[first + common : last]]
    return lines


def _cut(line: str) -> str:
    """Return a line as it is indented, its middle cut out when it is long."""
    indent = line[: len(line) - len(line.lstrip())][:16]
    return indent + short(line, 96 - len(indent))
