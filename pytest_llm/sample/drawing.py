"""Asks the same several times: in threads or tasks, in rounds, and in an order that a replay repeats."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ALL_COMPLETED, FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass

from pytest_llm.cassettes.entry import Entry
from pytest_llm.errors import ConfigurationError

__all__ = ["ROUND", "Terms", "ask_in_tasks", "ask_in_threads", "check_params", "check_trials", "in_order"]

ROUND = 8
"""Trials of a round of a sample that may stop early: a constant, so that a replay looks when the recording did."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run says of its samples: the trials that override every other number, and how many calls at once."""

    trials: int | None = None
    at_once: int = 8
    replays: bool = False


def check_trials(trials: object) -> int:
    """Return a number of trials; refuses what is none."""
    if isinstance(trials, bool) or not isinstance(trials, int) or trials < 1:
        raise ConfigurationError(f"llm.sample(trials={trials!r}): a sample takes a whole number of trials, at least 1.")
    return trials


def check_params(params: dict[str, object], trials: int) -> None:
    """Refuse parameters with which the draws would be no draws."""
    if params.get("n", 1) != 1:
        raise ConfigurationError(
            f"llm.sample(n={params['n']!r}) asks one call for several choices, and an n of choices from one call is "
            "not n calls: they share what the provider routes, caches and batches. Use trials= alone."
        )
    if trials > 1 and params.get("seed") is not None:
        raise ConfigurationError(
            f"llm.sample(seed={params['seed']!r}) makes the {trials} trials copies of one draw, which tell nothing of "
            "the next. Leave seed out."
        )


def ask_in_threads(ask: Callable[[], list[Entry]], count: int, at_once: int) -> list[list[Entry]]:
    """Call ``ask`` so many times, several at once, each in a copy of this context.

    When one raises, those in flight come to their end (they are paid for and recorded), no other begins, and the first
    error is raised.
    """
    if at_once == 1 or count == 1:
        return [ask() for _ in range(count)]
    with ThreadPoolExecutor(min(at_once, count), "llm-sample") as pool:
        asked = [pool.submit(copy_context().run, ask) for _ in range(count)]
        try:
            wait(asked, return_when=FIRST_EXCEPTION)
        finally:
            for one in asked:
                one.cancel()
        wait(asked, return_when=ALL_COMPLETED)
    failed = [one.exception() for one in asked if not one.cancelled() and one.exception() is not None]
    if failed and failed[0] is not None:
        raise failed[0]
    return [one.result() for one in asked]


async def ask_in_tasks(ask: Callable[[], Awaitable[list[Entry]]], count: int, at_once: int) -> list[list[Entry]]:
    """Do the same with tasks of the running event loop."""
    import anyio

    left = iter(range(count))
    answers: list[list[Entry]] = []
    failed: list[BaseException] = []

    async def work() -> None:
        for _ in left:
            if failed:
                return
            try:
                answers.append(await ask())
            except anyio.get_cancelled_exc_class():
                raise
            except BaseException as error:  # ours are no exceptions; the first one is raised when all are through
                failed.append(error)

    async with anyio.create_task_group() as tasks:
        for _ in range(min(at_once, count)):
            tasks.start_soon(work)
    if failed:
        raise failed[0]
    return answers


def in_order(asked: Sequence[Sequence[Entry]]) -> list[Entry]:
    """Return the last answer to each call in the order in which they took their place among the draws."""
    return sorted((entries[-1] for entries in asked), key=lambda entry: (entry.get("draw", 1), entry.get("_order", 0)))
