"""The kinds of accepted files: what their names end in, and how they are read and written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pytest_llm.snapshots import baseline, document
from pytest_llm.snapshots.document import Document

__all__ = ["BASELINE", "KINDS", "SNAPSHOT", "Kind", "kind_of"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of accepted file.

    ``accepted`` and ``pending`` are what the names of the accepted file and of the one that waits end in. ``parse``
    takes a file's text and how an error calls the file, and raises ``SnapshotError``; ``render`` is its inverse. What
    waits may be accepted beside what is accepted already when ``variants``. ``texts`` gives the texts that a model
    answered of a document's answer, ``readable`` the answer as a person reads it.
    """

    noun: str
    accepted: str
    pending: str
    parse: Callable[[str, str], Document]
    render: Callable[[Document], str]
    variants: bool = True
    texts: Callable[[str], tuple[str, ...]] = lambda answer: (answer,)
    readable: Callable[[str], str] = str

    def pending_path(self, accepted: Path) -> Path:
        """Return the file in which a change of an accepted file waits."""
        return accepted.with_name(accepted.name.removesuffix(self.accepted) + self.pending)

    def accepted_path(self, pending: Path) -> Path:
        """Return the file that what waits would become."""
        return pending.with_name(pending.name.removesuffix(self.pending) + self.accepted)


BASELINE = Kind(
    "baseline",
    ".baseline.json",
    ".baseline.pending.json",
    baseline.parse,
    baseline.render,
    variants=False,
    texts=baseline.texts,
    readable=baseline.readable,
)
SNAPSHOT = Kind("snapshot", ".snap.md", ".pending.md", document.parse, document.render)
KINDS = (SNAPSHOT, BASELINE)


def kind_of(path: Path) -> Kind | None:
    """Return the kind of a file, accepted or pending, by its name; None of any other file."""
    return next((kind for kind in KINDS if path.name.endswith((kind.accepted, kind.pending))), None)
