"""What changed in a conversation and in an answer, as lines to read."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from pytest_llm.snapshots.words import inline, runs, word_diff
from pytest_llm.text import excerpts, plural, printable, short

__all__ = ["answer_lines", "answer_whole", "cut", "prompt_lines", "prompt_whole"]

Turn = tuple[str, str]
"""(role, text) of a message."""
_WIDTH = 96


def prompt_lines(old: Sequence[Turn], new: Sequence[Turn], most: int) -> list[str]:
    """Return at most so many lines: each message that changed, word by word, cut around its first changes."""
    blocks = [_short(label, before, after) for label, before, after in _messages(old, new)]
    lines: list[str] = []
    for number, block in enumerate(blocks):
        left = blocks[number + 1 :]
        if len(lines) + len(block) + bool(left) > most and lines:
            return [*lines, f"and {plural(len(blocks) - number, 'more message')}"]
        lines += block
    return lines


def prompt_whole(old: Sequence[Turn], new: Sequence[Turn]) -> list[str]:
    """Return every message that changed in full, word by word."""
    lines: list[str] = []
    for label, before, after in _messages(old, new):
        lines.append(f"{label}:")
        text = inline(runs(before, after)) if before is not None and after is not None else _one_side(before, after)
        lines += [f"  {printable(line)}" for line in text.split("\n")]
    return lines


def answer_lines(old: str, new: str) -> list[str]:
    """Return the lines that differ, two by two."""
    before, after = old.split("\n"), new.split("\n")
    lines: list[str] = []
    for tag, start, end, first, last in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for one, other in zip(before[start:end], after[first:last], strict=False):
            shown = excerpts(one, other)
            lines += [f"- {shown[0]}", f"+ {shown[1]}"]
        common = min(end - start, last - first)
        lines += [f"- {cut(line)}" for line in before[start + common : end]]
        lines += [f"+ {cut(line)}" for line in after[first + common : last]]
    return lines


def answer_whole(old: str, new: str) -> list[str]:
    """Return the whole difference of two answers."""
    return list(difflib.unified_diff(old.split("\n"), new.split("\n"), "accepted", "now", lineterm=""))


def cut(line: str) -> str:
    """Return a line as it is indented, its middle cut out when it is long."""
    indent = line[: len(line) - len(line.lstrip())][:16]
    return indent + short(line, _WIDTH - len(indent))


def _messages(old: Sequence[Turn], new: Sequence[Turn]) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield each message that changed: where it is, its text before and after, None where there is none."""
    found = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for tag, start, end, first, last in found:
        if tag == "equal":
            continue
        for index in range(max(end - start, last - first)):
            before = old[start + index] if start + index < end else None
            after = new[first + index] if first + index < last else None
            role = (after or before or ("", ""))[0]
            if before and after and before[0] != after[0]:
                role = f"{before[0]} → {after[0]}"
            number = (first if after else start) + index + 1
            yield f"prompt, message {number} ({role})", before and before[1], after and after[1]


def _short(label: str, before: str | None, after: str | None) -> list[str]:
    if before is None or after is None:
        return [f"{label} {'is new' if before is None else 'is gone'}: {short(_one_side(before, after), _WIDTH)}"]
    if before == after:
        return [label]
    if (words := word_diff(before, after, _WIDTH)) is not None:
        return [f"{label}: {words}"]
    return [f"{label}:", *(f"{mark} {text}" for mark, text in zip("-+", excerpts(before, after), strict=True))]


def _one_side(before: str | None, after: str | None) -> str:
    return (before if before is not None else after) or ""
