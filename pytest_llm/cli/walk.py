"""The walk through the answers that wait: one screen each, one key a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pytest_llm.cassettes.redaction import Redactor
from pytest_llm.cli.screens import conversation, head, overview
from pytest_llm.cli.terminal import EndOfInputError, Terminal
from pytest_llm.cli.words import visible
from pytest_llm.errors import LLMError, SnapshotError
from pytest_llm.paths import shown
from pytest_llm.reviewing import accept
from pytest_llm.snapshots.document import Document
from pytest_llm.snapshots.labels import Label, Rating, append_rating
from pytest_llm.snapshots.pending import Pending, load, reject
from pytest_llm.snapshots.store import read
from pytest_llm.text import plural

__all__ = ["Walk"]

_KEYS = "a accept  {variant}r reject  s skip  ? all  g good  b bad  n note  q quit > "
_LABELS: dict[str, Label] = {"g": "good", "b": "bad"}


class _QuitError(Exception):
    """The reviewer has seen enough."""


@dataclass
class Walk:
    """One review: what waits, the terminal, what the front matter says of the reviewer, and what was done."""

    found: Sequence[Pending]
    terminal: Terminal
    by: Mapping[str, str]
    done: list[str] = field(default_factory=list)
    failed: bool = False
    _rating: Rating = field(default_factory=Rating)

    def run(self) -> int:
        """Go through what waits and say what was done; return 1 when something could not be, else 0."""
        left = len(self.found)
        try:
            with self.terminal.pressing():
                for number, one in enumerate(self.found, 1):
                    self._review(one, f"{number} of {len(self.found)}")
                    left -= 1
        except (EndOfInputError, KeyboardInterrupt, _QuitError):
            self.done.append(f"{plural(left, 'answer')} not reviewed")
        self.terminal.clear()
        for line in self.done:
            self.terminal.write(line)
        return int(self.failed)

    def _review(self, one: Pending, place: str) -> None:
        self._rating = Rating()
        waits: Pending | None = one
        status = ""
        while waits is not None:
            try:
                self._decide(waits, place, status)
                return
            except LLMError as error:
                status, self.failed = str(error), True
                waits = self._again(waits)
            finally:
                self._keep_rating(one)
        self.done.append(status)

    def _again(self, one: Pending) -> Pending | None:
        """Return what waits in a file now, None when nothing does that can be read."""
        try:
            read(one.accepted, one.kind)
            return load(one.path, one.kind)
        except SnapshotError:
            return None

    def _decide(self, one: Pending, place: str, status: str) -> None:
        """Show an answer until a key decides it; raises ``SnapshotError`` when that cannot be done."""
        accepted = read(one.accepted, one.kind)
        variant = accepted is not None and one.kind.variants
        while True:
            self._draw(one, accepted, place, status)
            key, status = self.terminal.key(), ""
            if key == "q":
                raise _QuitError
            if key == "?":
                self.terminal.page(list(conversation(one, accepted, self.terminal.layout)))
            elif key in ("g", "b"):
                self._rating = replace(self._rating, label=_LABELS[key])
            elif key == "n":
                self._rating = replace(self._rating, note=Redactor().text(self.terminal.ask("\nNote: ")))
            elif key in ("a", "r", "s") or (key == "v" and variant):
                self._do(key, one)
                return
            elif key:
                status = f"{key!r} does nothing here."

    def _do(self, key: str, one: Pending) -> None:
        if key in ("a", "v"):
            path = accept(one, self.by, variant=key == "v")
            self.done.append(f"{'accepted' if key == 'a' else 'accepted as a variant'} {shown(path)}")
        elif key == "r":
            reject(one)
            self.done.append(f"rejected {shown(one.path)}")
        else:
            self.done.append(f"skipped {shown(one.path)}")

    def _draw(self, one: Pending, accepted: Document | None, place: str, status: str) -> None:
        layout = self.terminal.layout
        above = list(head(one, place, layout))
        variant = "v variant  " if accepted is not None and one.kind.variants else ""
        below = [""]
        below += layout.line(f"rated {visible(str(self._rating))}", "bold") if self._rating != Rating() else []
        below += layout.line(visible(status), "cause") if status else []
        prompt = _KEYS.format(variant=variant)
        body = list(overview(one, accepted, layout))
        room = max(3, self.terminal.size.lines - len(above) - len(below) - len(layout.line(prompt)))
        if self.terminal.is_screen and len(body) > room:
            body[room - 1 :] = layout.line(f"… {plural(len(body) - room + 1, 'more line')}: ? shows all", "dim")
        self.terminal.draw([*above, *body, *below], prompt)

    def _keep_rating(self, one: Pending) -> None:
        if self._rating == Rating():
            return
        rating, self._rating = self._rating, Rating()
        try:
            path = append_rating(one, rating, self.by.get("reviewer", ""))
        except SnapshotError as error:
            self.done.append(str(error))
            self.failed = True
        else:
            self.done.append(f"rated {rating} in {shown(path)}")
