"""What the tests of ours did, told by their reports: one account of the run, with and without xdist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_llm.cassettes.entry import number_of
from pytest_llm.plugin.progress import Progress

if TYPE_CHECKING:
    from pytest_llm.cassettes.entry import Entry
    from pytest_llm.cassettes.folding import Folded
    from pytest_llm.player import Player
    from pytest_llm.plugin.session import Session

__all__ = ["Account", "Ledger", "account_of", "key_of", "merged"]

Account = dict[str, Any]
"""What a test's teardown report carries in ``report.llm``: plain JSON values, so that xdist can pass it on."""


def account_of(
    player: Player, session: Session, *, passed: bool, family: tuple[int, bool], trouble: list[str]
) -> Account:
    """Return a test's account.

    ``family`` is the number of collected tests of its function, and whether that is all of them.
    """
    tally = player.tally
    return {
        "nodeid": player.place.nodeid,
        "cassette": str(player.cassette.path),
        "passed": passed,
        "siblings": family[0],
        "whole": family[1],
        "live": player.mode == "live",
        "refresh": player.mode == "all",
        "played": [key_of(entry, player.place.slot) for entry in player.played],
        "adopted": str(player.adopted.path) if player.adopted is not None else None,
        "options": player.place.options,
        "misses": [{"command": miss.command, "story": miss.story} for miss in player.misses],
        "replayed": tally.replayed,
        "saved_seconds": tally.saved_seconds,
        "saved_cost": player.saved_cost,
        "recorded": tally.recorded,
        "calls": tally.live,
        "errors": tally.errors if tally.recorded else [],
        "spent": tally.spent,
        "unpriced": sorted(tally.unpriced),
        "stale": tally.oldest if session.is_old(tally.oldest) else "",
        "trouble": trouble,
        "explored": tally.explored,
    }


def merged(accounts: Sequence[Account], *, passed: bool, whole: bool, trouble: list[str]) -> Account:
    """Return the account of a test from those of its trials."""
    first = accounts[0]
    account = {**first, "passed": passed, "whole": first["whole"] and whole, "trouble": trouble}
    for name in ("replayed", "saved_seconds", "saved_cost", "recorded", "calls", "spent"):
        account[name] = sum(one[name] for one in accounts)
    for name in ("played", "misses", "errors"):
        account[name] = [item for one in accounts for item in one[name]]
    account["explored"] = tuple(sum(one["explored"][place] for one in accounts) for place in (0, 1))
    account["accepted"] = {path: former for one in accounts for path, former in one.get("accepted", {}).items()}
    account["unpriced"] = sorted({model for one in accounts for model in one["unpriced"]})
    account["stale"] = min((one["stale"] for one in accounts if one["stale"]), default="")
    account["adopted"] = next((one["adopted"] for one in accounts if one["adopted"]), None)
    return account


def key_of(entry: Entry, slot: str) -> list[Any]:
    """Return what identifies an interaction within its cassette."""
    return [slot, *number_of(entry)]


@dataclass(eq=False, repr=False)  # pluggy puts plugins into sets
class Ledger:
    """The accounts of the run, by test, and what became of the files. A plugin: it reads every report."""

    progress: Progress
    accounts: dict[str, Account] = field(default_factory=dict)
    folded: list[Folded] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    unused_answers: list[str] = field(default_factory=list)
    scores: list[Account] = field(default_factory=list)
    snapshots: list[Account] = field(default_factory=list)
    samples: list[Account] = field(default_factory=list)
    trials: list[Account] = field(default_factory=list)
    attributions: list[Account] = field(default_factory=list)
    relations: list[Account] = field(default_factory=list)
    reviewed: list[str] = field(default_factory=list)
    review_failed: bool = False
    ungraded: list[str] = field(default_factory=list)
    judges_moved: list[Account] = field(default_factory=list)
    judge_drift: list[str] = field(default_factory=list)
    to_probe: list[Account] = field(default_factory=list)
    probed: list[str] = field(default_factory=list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in the account that a test's last report carries."""
        account: Account | None = getattr(report, "llm", None)
        if account is not None:
            self.accounts[account["nodeid"]] = account
            if hasattr(report, "node"):  # from an xdist worker, whose calls are not counted here one by one
                self.progress.add(account["calls"], account["spent"])

        if getattr(report, "llm_ungraded", False):
            self.ungraded.append(report.nodeid)

        scores: Account | None = getattr(report, "llm_scores", None)
        if scores is not None:
            self.scores.append(scores)

        trials: Account | None = getattr(report, "llm_trials", None)
        if trials is not None:
            self.trials.append(trials)
        self.to_probe += getattr(report, "llm_probed", [])
        self.judges_moved += getattr(report, "llm_judge_moved", [])

        snapshots: list[Account] = getattr(report, "llm_snapshots", [])
        self.snapshots += snapshots

        samples: list[Account] = getattr(report, "llm_samples", [])
        self.samples += samples

        relations: list[Account] = getattr(report, "llm_relations", [])
        self.relations += relations

    def sum(self, name: str) -> float:
        """Return a figure summed over all tests."""
        return float(sum(account[name] for account in self.accounts.values()))

    @property
    def cassettes(self) -> list[Path]:
        """The cassettes of the tests that ran, each once, in order."""
        return [Path(path) for path in dict.fromkeys(account["cassette"] for account in self.accounts.values())]

    def of(self, cassette: Path) -> list[Account]:
        """Return the accounts of one cassette's tests."""
        return [account for account in self.accounts.values() if account["cassette"] == str(cassette)]
