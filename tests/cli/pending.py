"""A folder in which answers wait, as tests leave them."""

from __future__ import annotations

from pathlib import Path

from pytest_llm.snapshots.document import Document
from pytest_llm.snapshots.kinds import SNAPSHOT
from pytest_llm.snapshots.pending import leave
from pytest_llm.snapshots.store import write

__all__ = ["FOLDER", "leave_three", "texts"]

FOLDER = Path("tests/__llm__/test_refund")
_META = {"dialect": "openai-chat", "model": "gpt-4o", "served_model": "gpt-4o-2024-11-20", "fingerprint": "81ef02"}
_PROMPT = (("system", "Be brief."), ("user", "How long may I return this?"))


def leave_three(root: Path) -> None:
    """Leave a changed answer, one with a changed prompt that would drive a terminal, and a first one."""
    root.joinpath("tests").mkdir()
    root.joinpath("tests/test_refund.py").write_text("")
    folder = root / FOLDER
    for test in ("test_a", "test_b"):
        meta = {**_META, "test": f"tests/test_refund.py::{test}"}
        write(folder / f"{test}.snap.md", SNAPSHOT, Document(meta, _PROMPT, ("You have 30 days.\nKeep it.",)))
    later = (_PROMPT[0], ("user", "How long may I send this back?"))
    for test, prompt, answer, cause in (
        ("test_a", _PROMPT, "You have 14 days.\nKeep it.", "only the output changed"),
        ("test_b", later, "\x1b]0;owned\x07\x1b[2JYou have 14 days.", "the prompt changed"),
        ("test_c", _PROMPT, "\n".join(f"Line {n}." for n in range(60)), "there is none yet"),
    ):
        path, node = folder / f"{test}.snap.md", f"tests/test_refund.py::{test}"
        leave(path, SNAPSHOT, Document(_META, prompt, (answer,)), test=node, name="", cause=cause)


def texts(root: Path) -> dict[str, str]:
    """Return the files of the folder with their texts, by name."""
    return {path.name: path.read_text("utf-8") for path in sorted(root.joinpath(FOLDER).iterdir())}
