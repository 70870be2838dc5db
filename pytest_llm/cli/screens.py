"""What a reviewer sees of an answer that waits: whose it is, why it differs, and how."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from itertools import zip_longest

from pytest_llm.cli.layout import Layout
from pytest_llm.cli.words import Row, Segment, rows, visible
from pytest_llm.paths import shown
from pytest_llm.snapshots.document import Document
from pytest_llm.snapshots.pending import Pending
from pytest_llm.text import plural

__all__ = ["conversation", "head", "overview"]

_COMPARABLE = 20_000


def head(one: Pending, place: str, layout: Layout) -> Iterator[str]:
    """Yield the lines that say which answer this is and what caused it to differ."""
    name = one.document.meta.get("name", "")
    yield from layout.line(visible(f"{place}  {one.test}{f'  {name!r}' if name else ''}"), "bold")
    yield from layout.line(visible(one.cause), "cause")
    yield from layout.line(visible(f"{shown(one.path)}{_asked(one)}"), "dim")


def overview(one: Pending, accepted: Document | None, layout: Layout) -> Iterator[str]:
    """Yield what differs: the messages of the prompt that changed, then the answer."""
    if accepted is not None:
        yield from _messages(accepted, one.document, layout)
    yield from _answers(one, accepted, layout, whole=False)


def conversation(one: Pending, accepted: Document | None, layout: Layout) -> Iterator[str]:
    """Yield the whole of it: every message, every accepted answer, the answer that waits, and all that differs."""
    for role, text in one.document.prompt:
        yield from _section(f"prompt: {role}", text, layout)
    for number, text in enumerate(accepted.answers if accepted is not None else (), 1):
        yield from _section(f"accepted answer {number}", one.kind.readable(text), layout)
    for text in one.document.answers:
        yield from _section("answer that waits", one.kind.readable(text), layout)
    if accepted is not None:
        yield ""
        yield from _answers(one, accepted, layout, whole=True)


def _asked(one: Pending) -> str:
    meta = one.document.meta
    served, model = str(meta.get("served_model", "")), str(meta.get("model", ""))
    if not model:
        return ""
    return f"  {model}" + (f" (served: {served})" if served not in ("", model) else "")


def _section(title: str, text: str, layout: Layout) -> Iterator[str]:
    yield from layout.line(f"-- {visible(title)}", "dim")
    for line in text.split("\n"):
        yield from layout.line(visible(line))


def _messages(accepted: Document, now: Document, layout: Layout) -> Iterator[str]:
    for number, (old, new) in enumerate(zip_longest(accepted.prompt, now.prompt), 1):
        if old != new:
            role = (new or old)[0]
            yield from layout.line(f"-- prompt, message {number}: {visible(role)}", "dim")
            yield from layout.difference(_rows(old[1] if old else None, new[1] if new else None, whole=False))


def _answers(one: Pending, accepted: Document | None, layout: Layout, *, whole: bool) -> Iterator[str]:
    several = len(one.document.answers) > 1
    known = tuple(map(one.kind.readable, accepted.answers if accepted is not None else ()))
    for number, answer in enumerate(map(one.kind.readable, one.document.answers), 1):
        title = f"answer {number} of {len(one.document.answers)}" if several else "answer"
        if accepted is None:
            yield from layout.line(f"-- {title}: none is accepted yet", "dim")
            yield from layout.difference(_rows(None, answer, whole=whole))
            continue
        nearest = _nearest(known, answer)
        of = f", beside the nearest of {plural(len(known), 'accepted answer')}"
        yield from layout.line(f"-- {title}{of if len(known) > 1 else ''}", "dim")
        yield from layout.difference(_rows(nearest, answer, whole=whole))


def _rows(old: str | None, new: str | None, *, whole: bool) -> Iterator[Row]:
    if old is not None and new is not None:
        yield from rows(old, new, whole=whole)
    elif old is not None:
        yield from (Row([Segment(visible(line), "old")], None) for line in old.split("\n"))
    elif new is not None:
        yield from (Row(None, [Segment(visible(line), "new")]) for line in new.split("\n"))


def _nearest(accepted: tuple[str, ...], answer: str) -> str:
    if len(accepted) == 1 or len(answer) > _COMPARABLE:
        return accepted[0]
    matcher = difflib.SequenceMatcher(None, "", answer, autojunk=True)

    def alike(text: str) -> float:
        matcher.set_seq1(text)
        return matcher.quick_ratio()

    return max(accepted, key=alike)
