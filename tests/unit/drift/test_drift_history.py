"""The history of drift: what is kept of a run, by several writers, and how it is shown."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pytest_llm.cli import main
from pytest_llm.drift.history import Run, add_run, runs, sparkline
from pytest_llm.drift.planning import Candidate, plan


def a_run(day: int, **distances: float) -> Run:
    return Run(f"run {day}", f"2026-11-{day:02}T03:00:00+00:00", "UNCHANGED", "PASS", "", "b", 10, 0.5, distances)


def test_runs_come_back_as_they_were_the_oldest_first(tmp_path: Path) -> None:
    added = [a_run(2, a=0.5), a_run(1, a=0.25, b=1.0), a_run(3)]
    for run in added:
        add_run(tmp_path / "new" / "drift.sqlite", run)

    assert runs(tmp_path / "new" / "drift.sqlite") == [added[1], added[0], added[2]]
    assert runs(tmp_path / "new" / "drift.sqlite", last=1) == [added[2]]


def test_many_may_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "drift.sqlite"

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda day: add_run(path, a_run(day, a=0.1)), range(1, 25)))

    assert len(runs(path)) == 24


def test_a_sparkline_has_a_bar_a_run_and_a_dot_for_none() -> None:
    assert sparkline([0.0, 0.5, None, 1.0, -0.2]) == "▁▅·█▁"


def test_the_command_tells_runs_and_requests_and_plots_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, plot = tmp_path / "drift.sqlite", tmp_path / "plot.svg"
    add_run(path, a_run(1, ask=0.0))
    add_run(path, Run("2", "2026-11-02T03:00:00+00:00", "BEHAVIOUR CHANGED", "FAIL", "worse", "b", 1, 0, {"a<b": 0.9}))

    code = main(["drift", "history", "--file", str(path), "--svg", str(plot)])

    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        "2026-11-01 03:00  UNCHANGED  (10 calls, $0.5000)",
        "2026-11-02 03:00  FAIL BEHAVIOUR CHANGED  (1 call, $0.00)",
        "unlike the baseline, in 2 runs, from 0 (▁) to 1 (█), · where it was not asked:",
        f"  {'a<b':60}  ·█",
        f"  {'ask':60}  ▁·",
        f"written: {plot}",
    ]
    bars = ElementTree.parse(plot).getroot().findall("{http://www.w3.org/2000/svg}rect")
    assert [bar.get("fill") for bar in bars] == ["#c0392b", "#5d7c99"]


def test_without_a_run_the_command_says_what_adds_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drift", "history", "--file", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.endswith("One is added by: pytest --llm-drift\n")


def test_a_plot_goes_into_a_folder_that_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, plot = tmp_path / "drift.sqlite", tmp_path / "none" / "x.svg"
    add_run(path, a_run(1, ask=0.0))

    code = main(["drift", "history", "--file", str(path), "--svg", str(plot)])

    assert code == 2
    assert capsys.readouterr().err == f"pytest-llm: --svg={plot}: there is no folder {plot.parent}.\n"
    assert not plot.parent.exists()


# -- the plan of a night --


def test_calls_go_to_the_most_telling_requests_first() -> None:
    long, short, tied, greedy = (
        Candidate("long", False, 10, None, 900.0),
        Candidate("short", False, 10, None, 3.0),
        Candidate("tied", False, 10, 0.1, 500.0),
        Candidate("greedy", True, 10),
    )

    assert plan([long, short, tied, greedy], None) == [("greedy", 4), ("tied", 10), ("short", 10), ("long", 10)]


def test_when_calls_are_short_every_request_has_its_turn() -> None:
    many = [Candidate(f"r{number}", False, 10, None, float(number)) for number in range(7)]

    planned = [plan(many, 4, night=night, wanted=2) for night in range(6)]

    assert all(sum(draws for _, draws in one) == 4 and one[0] == ("r0", 2) for one in planned)
    assert {name for one in planned for name, _ in one} == {one.name for one in many}
