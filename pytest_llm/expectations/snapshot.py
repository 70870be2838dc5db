"""The expectation that an answer is the accepted one, and what caused it not to be."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from pytest_llm.cassettes.differences import Difference
from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import Drawn, Expectation, Finding, limited
from pytest_llm.expectations.meaning import similar_to
from pytest_llm.expectations.structure import conforming_to
from pytest_llm.messages import Response
from pytest_llm.snapshots.cause import Cause, Origin, Template, causes, sentence
from pytest_llm.snapshots.changes import answer_lines, answer_whole, cut, prompt_lines, prompt_whole
from pytest_llm.snapshots.document import Document
from pytest_llm.snapshots.rendering import Mask, is_path, masked, remasked, steps
from pytest_llm.snapshots.words import apart
from pytest_llm.text import plural

__all__ = ["Granted", "Keeper", "Snapshot"]

_NAME = re.compile(r"\w[\w .-]{0,79}")
_REQUEST = 4  # of the seven lines below a claim, those on what was asked
_OF_PROMPT = frozenset({"prompt", "variables", "conversation"})


class Keeper(Protocol):
    """Keeps a test's snapshots, and knows where an answer came from."""

    @property
    def records(self) -> bool:
        """Whether calls of this test are being recorded, so that what they came to may be noted."""

    def clean(self, text: str) -> str:
        """Return a text without what may reach no file."""

    def read(self, name: str) -> Document | None:
        """Return an accepted snapshot, None when there is none."""

    def former(self, name: str, document: Document) -> Document | None:
        """Return the snapshot that accepts this very answer under the name of a test that is gone, None without one."""

    def origin(self, value: object) -> tuple[Origin, tuple[tuple[str, str], ...]]:
        """Return where a value came from and the conversation that it answers, as far as that is known."""

    def differing(self, old: Origin, new: Origin) -> Sequence[Difference]:
        """Return how two requests differ, the older first; nothing when the older one is no longer recorded."""

    def wait(self, name: str, document: Document, found: Sequence[Cause], reference: Document | None) -> None:
        """Keep what does not match until it is reviewed, if anything may be written.

        Raises ``ConfigurationError`` when another value was compared under the name before, which one review cannot
        accept both of.
        """

    def settle(self, name: str, texts: Sequence[str]) -> None:
        """Drop what waits under a name that these texts match again."""

    def keep(self, name: str, document: Document) -> None:
        """Write an accepted snapshot whose answers are as they were, if the test passes."""


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
        given += [f"schema={getattr(self.schema, '__name__', '...')}"] if self.schema is not None else []
        given += [f"by={_name(self.by)}"] if self.by is not None else []
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
        if is_path(pattern):
            steps(pattern)
        else:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ConfigurationError(f"mask({pattern!r}) is no regular expression: {error}.") from None
        self.use()
        return replace(self, masks=(*self.masks, (pattern, put)))

    def finding(self, value: object) -> Finding:
        """Compare with each accepted answer, of a sample each draw; leave what differs for review."""
        draws = list(value.draws) if isinstance(value, Drawn) else [value]
        texts = [masked(one, self.masks) for one in draws]
        accepted = self.keeper.read(self.name)
        known = accepted.answers if accepted is not None else ()  # in which there is nothing to clean
        texts = [text if text in known else self.keeper.clean(text) for text in texts]
        claim = f"{_subject(value)} == {self!r}"
        if accepted is None:
            accepted = self.keeper.former(self.name, self._document(value, texts)[1])
        if accepted is None:
            return self._first(value, texts, claim)
        answers = [remasked(answer, self.masks) for answer in accepted.answers]
        found = [self._compared(answers, text, one) for text, one in zip(texts, draws, strict=True)]
        if all(one.holds for one in found):
            self.keeper.settle(self.name, texts)
            if known:
                self._refresh(value, texts, accepted)
            return Finding(True, claim, found[0].evidence, found[0].whole)
        return self._changed(value, texts, accepted, answers, claim, found)

    def _refresh(self, value: object, texts: Sequence[str], accepted: Document) -> None:
        """While recording, note the new origin of answers that are the accepted ones: the next cause starts there."""
        if not self.keeper.records or not set(texts) <= set(accepted.answers):
            return
        origin, document = self._document(value, texts)
        if causes(_origin(accepted), origin)[0].part != "output only":
            kept = {key: item for key, item in accepted.meta.items() if key in document.meta or key not in _OF_ORIGIN}
            self.keeper.keep(self.name, replace(document, meta={**kept, **document.meta}, answers=accepted.answers))

    def _first(self, value: object, texts: Sequence[str], claim: str) -> Finding:
        """Let the first answer wait."""
        self.keeper.wait(self.name, self._document(value, texts)[1], (), None)
        whole = "\n\n".join(dict.fromkeys(texts)).split("\n")
        return Finding(False, f"{claim}  (there is none yet)", limited([f"+ {cut(line)}" for line in whole]), (*whole,))

    def _changed(
        self,
        value: object,
        texts: Sequence[str],
        accepted: Document,
        answers: Sequence[str],
        claim: str,
        found: Sequence[Finding],
    ) -> Finding:
        """Let what is not accepted wait, and say what caused it; of several draws the furthest is shown."""
        origin, document = self._document(value, texts)
        old = _origin(accepted)
        changed = causes(old, origin)
        self.keeper.wait(self.name, document, changed, accepted)
        failing = [index for index, one in enumerate(found) if not one.holds]
        worst = max(failing, key=lambda index: min(apart(answer, texts[index]) for answer in answers))
        text, nearest = texts[worst], min(answers, key=lambda answer: apart(answer, texts[worst]))
        said = [_count(len(failing), len(found))] if isinstance(value, Drawn) else []
        said += [*filter(None, [found[worst].claim]), sentence(changed)]
        lines = _noise(answers, text, "draw" if "draws" in accepted.meta else "answer", worst, len(found))
        lines += _evidence(accepted, document, changed, self.keeper.differing(old, origin))
        lines += found[worst].evidence if self.schema is not None else answer_lines(nearest, text)
        whole = (*prompt_whole(accepted.prompt, document.prompt), *answer_whole(nearest, text))
        mixed = len(failing) < len(found)
        return Finding(False, f"{claim}  ({'; '.join(said)})", limited(lines), whole, unfit=mixed)

    def _document(self, value: object, texts: Sequence[str]) -> tuple[Origin, Document]:
        origin, prompt = self.keeper.origin(value.draws[-1] if isinstance(value, Drawn) else value)
        meta = _meta(origin, self._policy()) | ({"draws": len(texts)} if isinstance(value, Drawn) else {})
        return origin, Document(meta, prompt, tuple(dict.fromkeys(texts)))

    def _policy(self) -> str:
        if self.similar is not None:
            return f"similar {self.similar:g}"
        if self.by is not None:
            return f"by {_name(self.by)}"
        return "exact" if self.schema is None else "schema"

    def _compared(self, answers: Sequence[str], text: str, value: object) -> Finding:
        """Compare with the accepted answers; the claim is what was measured."""
        if self.similar is not None:
            found = similar_to(list(answers), self.similar).check(text)
            return replace(found, claim=found.claim.partition("  (")[0])
        if self.schema is not None:
            found = conforming_to(self.schema).check(value)  # type: ignore[arg-type]
            return replace(found, claim=found.claim.partition("  (")[2].removesuffix(")"))
        if self.by is not None:
            by = self.by
            return Finding(any(_says(by, answer, text) for answer in answers), f"by {_name(by)}")
        return Finding(text in answers, "")


def _subject(value: object) -> str:
    return "sample" if isinstance(value, Drawn) else "response" if isinstance(value, Response) else "value"


def _count(failing: int, draws: int) -> str:
    return f"{failing} of {plural(draws, 'draw')} {'is' if failing == 1 else 'are'} not accepted"


def _says(by: Callable[[str, str], object], accepted: str, text: str) -> bool:
    said = by(accepted, text)
    if isinstance(said, Expectation) or (isinstance(said, int | float) and not isinstance(said, bool)):
        raise ConfigurationError(
            f"llm_snapshot(by={_name(by)}) returned {said!r}, not whether the text may stand for the accepted one. "
            f"Of a score say what is enough: by=lambda accepted, now: {_name(by)}(accepted, now) >= 0.9"
        )
    return bool(said)


def _name(function: Callable[..., object]) -> str:
    return getattr(function, "__name__", "function")


_OF_ORIGIN = frozenset(
    {
        "dialect",
        "model",
        "served_model",
        "system_fingerprint",
        "fingerprint",
        "parts",
        "params",
        "prompts",
        "recorded",
        "draws",
        "calls",
    }
)


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
        "prompts": {
            file: {"template": one.digest, "variables": dict(one.variables)} for file, one in origin.templates.items()
        },
        "recorded": origin.recorded,
        "calls": origin.calls if origin.calls > 1 else "",
        "comparison": policy,
    }
    return {key: item for key, item in known.items() if item not in ("", {})}


def _origin(document: Document) -> Origin:
    meta = document.meta
    texts = {
        name: str(meta.get(name) or "")
        for name in ("dialect", "model", "served_model", "system_fingerprint", "fingerprint", "recorded")
    }
    parts, params, calls = meta.get("parts"), meta.get("params"), meta.get("calls")
    return Origin(
        **texts,
        parts=parts if isinstance(parts, dict) else {},
        params=params if isinstance(params, dict) else {},
        templates=_templates(meta.get("prompts")),
        calls=calls if isinstance(calls, int) else 1,
    )


def _templates(prompts: object) -> dict[str, Template]:
    found = prompts.items() if isinstance(prompts, dict) else ()
    return {
        file: Template(str(one.get("template", "")), dict(one.get("variables") or {}))
        for file, one in found
        if isinstance(one, dict)
    }


def _evidence(
    accepted: Document, now: Document, changed: Sequence[Cause], differing: Sequence[Difference]
) -> list[str]:
    """Return what changed in the request: messages from the snapshot, the rest where the old request is recorded."""
    parts = {cause.part for cause in changed}
    lines = prompt_lines(accepted.prompt, now.prompt, _REQUEST) if parts & _OF_PROMPT else []
    named = [one for one in differing if one.part in parts and (one.part != "prompt" or not lines)]
    lines += [f"{one.part}, {one.where or 'whole'}: {one.summary}" for one in named]
    return list(limited(lines, _REQUEST))


def _noise(answers: Sequence[str], text: str, noun: str, place: int, draws: int) -> list[str]:
    """Say how far the accepted answers are from each other, and how far this one is from them."""
    pairs = [apart(one, other) for index, one in enumerate(answers) for other in answers[:index]]
    if not pairs:
        return []
    this = f"draw {place + 1}" if draws > 1 else "this one"
    most = max(apart(answer, text) for answer in answers)
    return [f"the accepted {noun}s differ among themselves by up to {max(pairs):.2f}; {this} by up to {most:.2f}"]
