"""Whether the data support a demand: PASS, FAIL, or UNDECIDED when more trials are needed."""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pytest_llm import host

__all__ = ["UndecidedWarning", "Verdict", "Word"]

_PACKAGE = str(Path(__file__).parents[1])
Word = Literal["PASS", "FAIL", "UNDECIDED"]


class UndecidedWarning(UserWarning):
    """The trials decide a demand neither way; ``llm_undecided = fail`` makes it a failure."""


@dataclass(frozen=True, slots=True, repr=False)
class Verdict:
    """What the data say of a demand. True when it passes, and when it is undecided unless ``llm_undecided = fail``."""

    word: Word
    claim: str
    evidence: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return self.claim

    def __bool__(self) -> bool:
        if self.word == "PASS":
            return True
        runner = host.current()
        if self.word == "FAIL" or (runner is not None and runner.undecided == "fail"):
            if runner is not None:
                runner.refused(self.claim, self.evidence)
            return False
        warnings.warn(self.claim, UndecidedWarning, stacklevel=_outside())
        return True


def _outside() -> int:
    """Return the stack level, as ``__bool__`` counts it, of the first frame that is not of this package."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith((_PACKAGE, "<string>")):
        level, frame = level + 1, frame.f_back
    return level
