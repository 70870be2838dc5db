"""Misses in pytest's reports: they cannot be swallowed, and they show the user's frames and nobody else's."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pytest

from pytest_llm.errors import CassetteError, CassetteMissError, LLMError, LLMOutcome, UngradedError

if TYPE_CHECKING:
    from pytest_llm.player import Player

__all__ = ["as_outcome", "clean_report", "insist", "noted", "plain", "tell"]

_PACKAGE = str(Path(__file__).parents[1])


def noted(player: Player | None) -> tuple[int, int]:
    """Return how many outcomes and how much cassette trouble a test has met."""
    return (len(player.outcomes), len(player.troubles)) if player is not None else (0, 0)


def insist(player: Player | None, before: tuple[int, int], error: BaseException | None) -> None:
    """Raise the first outcome noted since ``before`` when ``error``, which the test ended with, is another.

    Cassette trouble that was swallowed is raised in the same way.
    """
    if player is None or isinstance(error, KeyboardInterrupt | SystemExit | pytest.exit.Exception):
        return
    new = player.outcomes[before[0] :]
    if new and error not in new:
        swallowed = new[0].with_traceback(None) if new[0].__traceback__ is None else new[0]
        raise swallowed from None
    troubles: list[CassetteError] = player.troubles[before[1] :]
    if troubles and not isinstance(error, LLMOutcome):
        pytest.fail("\n".join(dict.fromkeys(map(str, troubles))), pytrace=False)


def as_outcome(call: pytest.CallInfo[Any], root: Path) -> bool:
    """Cut an outcome's traceback to the user's own frames; say whether the call ended with an outcome."""
    info = call.excinfo
    if info is None or not isinstance(info.value, LLMOutcome | LLMError):
        return False
    error = info.value
    error.__cause__ = error.__context__ = None
    error.__suppress_context__ = True
    trace = _only(error.__traceback__, lambda path: _is_users(path, str(root)))
    error.__traceback__ = trace
    call.excinfo = pytest.ExceptionInfo.from_exc_info((type(error), error, trace or info.tb))
    return True


def tell(report: pytest.TestReport, error: BaseException, story: str) -> None:
    """Put the story into the line of pytest's short summary, and let no xfail hide the outcome."""
    if hasattr(report, "wasxfail"):
        del report.wasxfail
    report.outcome = "failed"
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        crash.message = story
    if isinstance(error, CassetteMissError):
        report.llm_unrecorded = True  # type: ignore[attr-defined]
    if isinstance(error, UngradedError):
        report.llm_ungraded = True  # type: ignore[attr-defined]


def plain(
    info: pytest.ExceptionInfo[BaseException], refused: Mapping[str, Sequence[str]] | None = None
) -> pytest.ExceptionInfo[BaseException]:
    """Let pytest say "assert ..." of an assertion with a quote in it too; it looks at the repr, or at ``msg``.

    Of a claim that was refused its evidence takes the place of where the claim came from.
    """
    error = info.value
    if not isinstance(error, AssertionError) or not str(error).startswith("assert ") or hasattr(error, "msg"):
        return info
    claim = str(error).partition("\n +  where ")[0]
    if (evidence := (refused or {}).get(claim.removeprefix("assert "))) is not None:
        error.args = ("\n  ".join([claim, *evidence]),)
    error.msg = "AssertionError('assert "  # type: ignore[attr-defined]
    return pytest.ExceptionInfo.from_exc_info((info.type, error, info.tb))


def clean_report(report: pytest.TestReport, redact: Callable[[str], str]) -> None:
    """Redact every text of a report: the traceback with its locals, captured output, logs."""
    report.sections = [(redact(name), redact(text)) for name, text in report.sections]
    if report.longrepr is not None:
        report.longrepr = _clean(report.longrepr, redact, set())


def _clean(value: Any, redact: Callable[[str], str], seen: set[int]) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, tuple):
        return tuple(_clean(item, redact, seen) for item in value)
    if isinstance(value, list):
        return [_clean(item, redact, seen) for item in value]
    if hasattr(value, "__dict__") and id(value) not in seen:
        seen.add(id(value))
        for name, item in list(vars(value).items()):
            if (cleaned := _clean(item, redact, seen)) is not item:
                object.__setattr__(value, name, cleaned)
    return value


def _only(trace: TracebackType | None, wanted: Callable[[str], bool]) -> TracebackType | None:
    kept: list[TracebackType] = []
    while trace is not None:
        if wanted(trace.tb_frame.f_code.co_filename):
            kept.append(trace)
        trace = trace.tb_next
    chain: TracebackType | None = None
    for entry in reversed(kept):
        chain = TracebackType(chain, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return chain


@lru_cache(1024)
def _is_users(path: str, root: str) -> bool:
    inside = os.path.abspath(path).startswith(root + os.sep)
    installed = "site-packages" in path or "dist-packages" in path or path.startswith((sys.prefix, _PACKAGE))
    return inside and not installed
