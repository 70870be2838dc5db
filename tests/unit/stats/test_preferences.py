"""Pairs asked in both orders: by hand, and on the recorded choices of the four judges of LLMBar."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_llm.errors import ConfigurationError
from pytest_llm.stats.agreement import accuracy, cohen_kappa
from pytest_llm.stats.intervals import wilson
from pytest_llm.stats.preferences import Choice, preferences, winner


@pytest.mark.parametrize(
    ("asked", "swapped", "expected"),
    [
        ("first", "second", "a"),
        ("second", "first", "b"),
        ("first", "first", "tie"),
        ("second", "second", "tie"),
        ("tie", "tie", "tie"),
        ("tie", "second", "tie"),
        ("first", "tie", "tie"),
    ],
)
def test_only_a_winner_in_both_orders_wins(asked: Choice, swapped: Choice, expected: str) -> None:
    assert winner(asked, swapped) == expected


def test_a_summary_counts_wins_flips_and_places() -> None:
    asked: list[Choice] = ["first", "first", "second", "tie", "first", "second"]
    swapped: list[Choice] = ["second", "first", "first", "tie", "tie", "second"]
    found = preferences(asked, swapped)

    assert (found.wins, found.losses, found.ties, found.flips) == (1, 1, 4, 3)
    assert (found.firsts, found.seconds) == (5, 4)
    assert (found.n, found.win_rate, found.consistency) == (6, 0.5, 0.5)
    assert found.position_bias == pytest.approx(1 / 24)
    assert (str(found.interval), str(found.position_interval)) == ("95% CI 0.26-0.74", "95% CI [-0.22, +0.28]")


def test_a_judge_that_always_takes_the_first_has_nothing_but_ties() -> None:
    found = preferences(["first"] * 40, ["first"] * 40)

    assert (found.win_rate, found.consistency, found.position_bias) == (0.5, 0.0, 0.5)
    assert found.position_interval.signed() == "95% CI [+0.41, +0.50]"


def test_without_ties_the_interval_of_a_win_rate_is_wilsons() -> None:
    found = preferences(["first"] * 13 + ["second"] * 7, ["second"] * 13 + ["first"] * 7)

    assert (found.interval.low, found.interval.high) == pytest.approx(
        (wilson(13, 20).low, wilson(13, 20).high), abs=1e-9
    )


def test_ties_narrow_the_interval_of_a_win_rate() -> None:
    tied = preferences(["first"] * 13 + ["tie"] * 7, ["second"] * 13 + ["tie"] * 7)
    untied = wilson(33, 40)

    assert tied.win_rate == 33 / 40
    assert tied.interval.high - tied.interval.low < wilson(16, 20).high - wilson(16, 20).low
    assert (tied.interval.low, tied.interval.high) == pytest.approx((untied.low, untied.high), abs=0.05)


@pytest.mark.parametrize(
    ("asked", "swapped", "message"),
    [
        (["first"], [], "Each pair must be asked in both orders, and there are 1 and 0 choices."),
        (["a"], ["first"], "'a' is not a choice. Valid ones: first, second, tie."),
    ],
)
def test_pairs_that_cannot_be_judged_are_refused(asked: Any, swapped: Any, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        preferences(asked, swapped)

    assert str(caught.value) == message


@pytest.mark.parametrize("judge", ["GPT-4", "ChatGPT", "ChatGPT-0301", "Falcon"])
def test_recorded_choices_give_the_figures_of_their_authors(llmbar: Path, judge: str) -> None:
    folder = llmbar / "evaluators" / judge / "Vanilla"
    items = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    published = json.loads((folder / "statistics.json").read_text(encoding="utf-8"))
    labels = [str(item["label"]) for item in items]
    one, two = ([item["results"][0][f"swap = {swap}"]["winner"] for item in items] for swap in (False, True))
    # The file names winners; the judge named places, which the swap exchanges.
    asked: list[Choice] = ["first" if name == "1" else "second" for name in one]
    swapped: list[Choice] = ["second" if name == "1" else "first" for name in two]
    found = preferences(asked, swapped)
    right = sum(
        {"1": "a", "2": "b"}[label] == winner(*pair)
        for label, pair in zip(labels, zip(asked, swapped, strict=True), strict=True)
    )

    assert f"{found.n - found.flips} / 100 = {found.consistency * 100}%" == published["equal"]
    assert f"{right} / 100 = {right / 100 * 100}%" == published["correct_both"]
    for name, winners in (("False", one), ("True", two)):
        share = accuracy(labels, winners)[0]

        assert f"{round(share * 100)} / 100 = {share * 100}%" == published[f"correct_{name}"]
        # The authors read the winner "2" as 0 before they compare with labels of 1 and 2.
        assert cohen_kappa([int(one == "1") for one in winners], list(map(int, labels))) == published[f"kappa_{name}"]
    assert cohen_kappa(one, two) == published["kappa_agreement"]
