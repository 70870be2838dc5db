"""No call beyond the budget, whoever asks for it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pytest_llm.budget import Budget, Limiter
from pytest_llm.errors import BudgetExceededError, ConfigurationError

GREEDY = """
import sys
from pathlib import Path
from pytest_llm.budget import Budget
from pytest_llm.errors import BudgetExceededError
budget = Budget(None, 1.0, Path(sys.argv[1]))
granted = 0
while True:
    try:
        reservation = budget.reserve(0.02)
    except BudgetExceededError:
        break
    assert budget.spent()[1] <= 1.0 + 1e-6
    budget.settle(reservation, 0.01)
    granted += 1
print(granted)
"""


@pytest.fixture(params=["memory", "file"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path / "budget.json" if request.param == "file" else None


def test_calls_are_granted_up_to_their_number(path: Path | None) -> None:
    budget = Budget(2, None, path)
    budget.reserve(1.0)
    budget.reserve(1.0)
    with pytest.raises(BudgetExceededError) as error:
        budget.reserve(0.0)

    expected = "2 of 2 live calls are used up, so this one was not made. Raise --llm-max-calls to allow more."
    assert str(error.value) == expected
    assert budget.spent() == (2, 2.0)


def test_calls_are_granted_up_to_their_cost(path: Path | None) -> None:
    budget = Budget(None, 0.3, path)
    budget.reserve(0.1)
    budget.reserve(0.2)
    with pytest.raises(BudgetExceededError) as error:
        budget.reserve(0.05)

    assert str(error.value) == (
        "$0.3000 of $0.3000 are spent and this call may cost $0.0500 more, so it was not made. "
        "Raise --llm-max-cost to allow it."
    )


def test_settling_gives_back_what_was_not_used(path: Path | None) -> None:
    budget = Budget(5, 1.0, path)
    budget.settle(budget.reserve(0.9), 0.25)

    assert budget.spent() == pytest.approx((1, 0.25))


def test_releasing_gives_back_call_and_cost(path: Path | None) -> None:
    budget = Budget(1, 1.0, path)
    budget.release(budget.reserve(0.9))

    assert budget.spent() == pytest.approx((0, 0.0))
    budget.reserve(1.0)


def test_no_limit_still_counts(path: Path | None) -> None:
    budget = Budget(None, None, path)
    budget.settle(budget.reserve(1e6), 2.5)

    assert budget.spent() == (1, 2.5)


def test_threads_share_a_budget(path: Path | None) -> None:
    budget = Budget(50, None, path)
    granted: list[object] = []

    def ask() -> None:
        for _ in range(20):
            try:
                granted.append(budget.reserve(0.0))
            except BudgetExceededError:
                return

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(granted) == 50


def test_eight_processes_share_a_budget(tmp_path: Path) -> None:
    path = tmp_path / "budget.json"
    asking = [
        subprocess.Popen([sys.executable, "-c", GREEDY, str(path)], stdout=subprocess.PIPE, text=True) for _ in range(8)
    ]
    granted = [int(process.communicate(timeout=60)[0]) for process in asking]

    assert [process.returncode for process in asking] == [0] * 8
    assert 1.0 - 8 * 0.02 <= 0.01 * sum(granted) <= 1.0 + 1e-6
    assert json.loads(path.read_text())["calls"] == sum(granted)
    assert Budget(None, None, path).spent() == pytest.approx((sum(granted), 0.01 * sum(granted)))


@pytest.mark.parametrize("limits", [(-1, None), (None, -0.5), (None, float("nan"))])
def test_a_limit_below_zero_is_refused(limits: tuple[int | None, float | None]) -> None:
    with pytest.raises(ConfigurationError, match="is not a limit: it must be 0 or more"):
        Budget(*limits)


def test_the_limiter_lets_so_many_calls_be_in_flight() -> None:
    limiter = Limiter(2)

    assert [limiter.try_acquire(), limiter.try_acquire()] == [0.0, 0.0]
    assert limiter.try_acquire() > 0
    limiter.release()
    assert limiter.try_acquire() == 0.0


def test_holding_makes_everybody_wait_the_longest_time_asked_for() -> None:
    now = 100.0
    limiter = Limiter(2, clock=lambda: now)
    limiter.hold(2.5)
    limiter.hold(1.0)

    assert limiter.try_acquire() == 2.5
    now = 102.5
    assert limiter.try_acquire() == 0.0


def test_a_limiter_that_lets_nothing_through_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="concurrency=0 lets no call through: it must be 1 or more"):
        Limiter(0)
