"""What the judges of one test share: what was asked already, and whom to tell."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_llm.client import Client
from pytest_llm.judges.calibration import Calibration
from pytest_llm.judges.grade import Checklist, Grade
from pytest_llm.judges.inputs import Inputs
from pytest_llm.judges.rubric import Rubric

if TYPE_CHECKING:
    from pytest_llm.judging.judge import Judge

__all__ = ["Bench", "together"]

T = TypeVar("T")
_AT_ONCE = 16  # threads; the calls in flight are limited by --llm-concurrency


@dataclass
class Bench:
    """Shared by a test's judges.

    ``client_for`` gives the client of another model; ``graded`` is told of each new grade, by which judge and of what;
    ``calibration_for`` gives the calibration of a model on a rubric, ``note_for`` what a grade must be told with, or
    raises ``UngradedError``; ``checklists`` are those given so far, which pytest shows by their repr alone.
    """

    client_for: Callable[[str], Client]
    graded: Callable[[Judge, Inputs, Grade], None] = lambda judge, inputs, grade: None
    calibration_for: Callable[[str, Rubric], Calibration | None] = lambda model, rubric: None
    note_for: Callable[[Grade, Calibration | None], str] = lambda grade, calibration: ""
    checklists: list[Checklist] = field(default_factory=list)
    _done: dict[tuple[object, ...], Future[Any]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def once(self, key: tuple[object, ...], work: Callable[[], T]) -> T:
        """Return what ``work`` gives, done once for each key; who comes while it is done waits for it."""
        with self._lock:
            future = self._done.get(key)
            mine = future is None
            if future is None:
                future = self._done[key] = Future()
        if mine:
            try:
                future.set_result(work())
            except BaseException as error:  # whoever waits gets it too
                future.set_exception(error)
        result: T = future.result()
        return result


def together(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """Return what each task gives, in order, done at the same time; all are done before the first error is raised."""
    if len(tasks) < 2:
        return [task() for task in tasks]
    with ThreadPoolExecutor(min(len(tasks), _AT_ONCE)) as pool:
        futures = [pool.submit(copy_context().run, task) for task in tasks]
    return [future.result() for future in futures]
