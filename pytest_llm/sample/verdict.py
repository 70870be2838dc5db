"""Whether the data support a demand: PASS, FAIL, or UNDECIDED when more trials are needed."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Literal

from pytest_llm import host

__all__ = ["UndecidedWarning", "Verdict", "Word"]

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
        if self.word != "UNDECIDED":
            return self.word == "PASS"
        runner = host.current()
        if runner is not None and runner.undecided == "fail":
            return False
        warnings.warn(self.claim, UndecidedWarning, stacklevel=2)
        return True
