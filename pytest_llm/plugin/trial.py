"""``@pytest.mark.llm_trials``: what it asks of a test, and one of the trials."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from pytest_llm.errors import ConfigurationError
from pytest_llm.plugin.stash import SETTINGS
from pytest_llm.plugin.trial_answers import TrialAnswers

if TYPE_CHECKING:
    from pytest_llm.player import Player
    from pytest_llm.plugin.cells import Cell
    from pytest_llm.plugin.ledger import Account
    from pytest_llm.studio import Place
    from pytest_llm.wire.handler import Handler

__all__ = ["Demand", "Trial", "check_trials", "demand_of", "refuse"]

_ARGUMENTS = ("n", "rate", "confidence", "concurrent")


@dataclass(frozen=True, slots=True)
class Demand:
    """``trials`` runs of a test of which at least a share of ``rate`` must pass.

    Without ``confidence`` the share that was observed must meet the rate; with it, the data must support the rate.
    ``whole`` says that no option asks for fewer trials than the marker does; ``concurrent``, that bodies may run in
    several threads at once.
    """

    trials: int
    rate: float = 1.0
    confidence: float | None = None
    concurrent: bool = False
    whole: bool = True


@dataclass(eq=False)
class Trial:
    """One run of a test function with its own fixtures and its own draws.

    ``answers`` are those that all trials of the test compared with what is accepted; ``cell`` is what an experiment
    asks in it instead, ``endpoint`` gives the URL of a model that has one of its own;
    ``opens`` makes the player that answers it, in place of the cassette's.
    """

    number: int
    item: pytest.Function
    player: Player | None = None
    reports: dict[str, pytest.TestReport] = field(default_factory=dict)
    errors: dict[str, BaseException | None] = field(default_factory=dict)
    aside: Any = None
    answers: TrialAnswers = field(default_factory=TrialAnswers)
    cell: Cell | None = None
    endpoint: Callable[[str], str | None] = lambda model: None
    opens: Callable[[Place], tuple[Player, Handler]] | None = None

    def note(self, call: pytest.CallInfo[Any], report: pytest.TestReport) -> None:
        """Keep what a phase came to."""
        self.reports[call.when] = report
        self.errors[call.when] = call.excinfo.value if call.excinfo is not None else None

    @property
    def ready(self) -> bool:
        """Whether it is set up."""
        return "setup" in self.reports and self.reports["setup"].passed

    @property
    def skipped(self) -> bool:
        """Whether it skipped the test, in its setup or its body."""
        return any(isinstance(error, pytest.skip.Exception) for error in self.errors.values())

    @property
    def passed(self) -> bool:
        """Whether its body passed, whatever is expected of the test."""
        return self.ready and "call" in self.errors and self.errors["call"] is None

    @property
    def troubled(self) -> bool:
        """Whether it ended in trouble, which is not a bad score."""
        from pytest_llm.plugin.trial_trouble import is_trouble

        return not self.skipped and (not self.ready or is_trouble(self))

    @property
    def ended_badly(self) -> bool:
        """Whether there can be no verdict on the test."""
        return self.skipped or self.troubled

    @property
    def account(self) -> Account | None:
        """What the trial did, told by its last report."""
        return getattr(self.reports.get("teardown"), "llm", None)


def demand_of(node: pytest.Item) -> Demand | None:
    """Return what the marker closest to a test asks, None without one.

    Raises ``pytest.UsageError`` that says what is wrong with it, and what would be right.
    """
    marker = node.get_closest_marker("llm_trials")
    if marker is None:
        return None
    said = f"@pytest.mark.llm_trials({_spelled(marker)})"
    given = {**dict(zip(_ARGUMENTS, marker.args, strict=False)), **marker.kwargs}
    unknown = [*map(repr, marker.args[len(_ARGUMENTS) :]), *(name for name in marker.kwargs if name not in _ARGUMENTS)]
    if unknown:
        raise pytest.UsageError(f"{said} does not take {', '.join(unknown)}. Its arguments: {', '.join(_ARGUMENTS)}.")
    override = node.config.stash[SETTINGS].trials
    trials = given.get("n", override)
    rate, confidence, concurrent = given.get("rate", 1.0), given.get("confidence"), given.get("concurrent", False)
    if not isinstance(trials, int) or isinstance(trials, bool) or trials < 1:
        raise pytest.UsageError(f"{said}: n={trials!r} is not a number of trials: a whole number of at least 1.")
    if not _is_number(rate) or not 0 < rate <= 1:
        raise pytest.UsageError(f"{said}: rate={rate!r} is not a rate that a test can fail: above 0, at most 1.")
    if confidence is not None and (not _is_number(confidence) or not 0.5 <= confidence < 1):
        raise pytest.UsageError(f"{said}: confidence={confidence!r} is not a confidence: from 0.5 to below 1, as 0.95.")
    if not isinstance(concurrent, bool):
        raise pytest.UsageError(f"{said}: concurrent={concurrent!r} is neither True nor False.")
    demand = Demand(override or trials, float(rate), confidence, concurrent, (override or trials) >= trials)
    _refuse_unreachable(demand, said)
    return demand


def check_trials(node: pytest.Item) -> None:
    """Raise ``pytest.UsageError`` when the ``llm_trials`` marker of a test asks what cannot be."""
    demand_of(node)


def refuse(node: pytest.Item) -> None:
    """Fail the collection of a test whose marker asks what cannot be."""
    trouble = ""
    try:
        demand_of(node)
    except pytest.UsageError as error:
        trouble = str(error)
    if trouble:
        pytest.fail(f"{node.nodeid}: {trouble}", pytrace=False)


def _refuse_unreachable(demand: Demand, said: str) -> None:
    if demand.confidence is None:
        return
    from pytest_llm.plugin.deciding import least

    try:
        needed = least(demand.rate, demand.confidence)
    except ConfigurationError as error:
        raise pytest.UsageError(f"{said}: {error}") from None
    if demand.trials < needed:
        raise pytest.UsageError(
            f"{said} can never pass: {demand.trials} of {demand.trials} passing trials do not show a rate of "
            f"{demand.rate:g} at {demand.confidence:.0%} confidence. It takes at least n={needed}."
        )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _spelled(marker: pytest.Mark) -> str:
    return ", ".join([*map(repr, marker.args), *(f"{name}={value!r}" for name, value in marker.kwargs.items())])
