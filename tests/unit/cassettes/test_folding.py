"""Journals are folded into their cassette: nothing lost, nothing twice, a failed refresh destroys nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_llm.cassettes.folding import Folded, fold, overlay, set_aside_path
from pytest_llm.cassettes.journal import Journal, journals_of
from pytest_llm.cassettes.store import Cassette
from pytest_llm.errors import CassetteError

if TYPE_CHECKING:
    from conftest import Make

Write = Callable[..., Path]


def stable(dialect: str) -> Callable[[object], object]:
    del dialect
    return lambda value: {key: item for key, item in value.items() if key != "id"} if isinstance(value, dict) else value


def folded(path: Path, stale: bool = False) -> Folded:
    result = fold(path, "now", stable, lambda entry: stale)
    assert result is not None
    return result


def answers(path: Path) -> list[tuple[str, int, str]]:
    return [(entry["fingerprint"], entry["draw"], entry["response"]["answer"]) for entry in Cassette(path).entries]


@pytest.fixture
def write(path: Path) -> Write:
    def journal(entries: list[dict[str, Any]], owner: str = "main", mode: str = "missing", **more: Any) -> Path:
        written = Journal(path, owner)
        for order, entry in enumerate(entries, 1):
            written.append({"_mode": mode, "_session": "now", "_order": order, **entry})
        for test, outcome in more.items():
            written.end(test, outcome)
        written.close()
        return written.path

    return journal


def test_without_journals_nothing_is_folded(path: Path) -> None:
    assert fold(path, "now", stable, lambda entry: False) is None
    assert not path.exists()


def test_new_interactions_are_added_after_the_old_ones(path: Path, make: Make, write: Write) -> None:
    Cassette(path).write([make("old")])
    write([make("new", "b")])
    result = folded(path)

    assert answers(path) == [("old", 1, "a"), ("new", 1, "b")]
    assert (result.added, result.recovered, result.damaged, result.torn) == (1, 0, 0, 0)
    assert journals_of(path) == []


def test_interactions_are_in_the_order_in_which_they_were_asked(path: Path, make: Make, write: Write) -> None:
    write([make("second", _order=2), make("first", _order=1)])
    folded(path)

    assert [question for question, *_ in answers(path)] == ["first", "second"]


def test_the_same_answer_to_the_same_draw_is_not_added_twice(path: Path, make: Make, write: Write) -> None:
    Cassette(path).write([make(response={"answer": "a", "id": "1"})])
    before = path.read_bytes()
    write([make(response={"answer": "a", "id": "2"})])
    folded(path)

    assert path.read_bytes() == before


def test_two_processes_that_recorded_one_draw_differently_keep_both(path: Path, make: Make, write: Write) -> None:
    write([make(answer="one"), make(answer="two", draw=2)], "gw0")
    write([make(answer="three"), make(answer="two", draw=2)], "gw1")
    folded(path)

    assert answers(path) == [("q", 1, "one"), ("q", 2, "two"), ("q", 3, "three")]


def test_an_old_interaction_without_a_draw_number_is_the_first(path: Path, make: Make, write: Write) -> None:
    old = make()
    del old["draw"]
    Cassette(path).write([old])
    write([make(answer="b")])
    folded(path)

    assert [entry.get("draw") for entry in Cassette(path).entries] == [None, 2]


def test_a_refresh_that_passed_replaces_only_its_own_test(path: Path, make: Make, write: Write) -> None:
    Cassette(path).write([make("q"), make("gone"), make("other", test="test_it[a]")])
    write([make("q", "new"), make("more")], mode="all", test_it="passed")
    folded(path)

    assert answers(path) == [("q", 1, "new"), ("more", 1, "a"), ("other", 1, "a")]


def test_a_refresh_with_equal_answers_keeps_the_old_bytes(path: Path, make: Make, write: Write) -> None:
    Cassette(path).write([make(response={"answer": "a", "id": "1"}), make(draw=2, answer="b")])
    before = path.read_bytes()
    write(
        [make(response={"answer": "a", "id": "2"}, recorded="2026-02-02"), make(draw=2, answer="b", latency=3)],
        mode="all",
        test_it="passed",
    )
    folded(path)

    assert path.read_bytes() == before


def test_a_refresh_renews_what_is_stale_though_the_answer_is_equal(path: Path, make: Make, write: Write) -> None:
    Cassette(path).write([make()])
    write([make(recorded="2026-02-02")], mode="all", test_it="passed")
    folded(path, stale=True)

    assert [entry["recorded"] for entry in Cassette(path).entries] == ["2026-02-02"]


@pytest.mark.parametrize("outcome", [{"test_it": "failed"}, {}], ids=["failed", "interrupted"])
def test_a_refresh_that_did_not_pass_is_set_aside(
    path: Path, make: Make, write: Write, outcome: dict[str, str]
) -> None:
    Cassette(path).write([make(), make("other", test="test_it[a]")])
    before = path.read_bytes()
    write([make(answer="new")], mode="all", **outcome)
    result = folded(path)

    assert path.read_bytes() == before
    assert result.set_aside == set_aside_path(path) == path.with_name("test_it.rerecorded.json")
    assert result.set_aside_tests == ["test_it"]
    assert answers(set_aside_path(path)) == [("q", 1, "new"), ("other", 1, "a")]
    assert journals_of(path) == []


def test_what_was_set_aside_waits_for_its_own_test_and_goes_when_that_passes(
    path: Path, make: Make, write: Write
) -> None:
    Cassette(path).write([make(), make("other", test="test_it[a]")])
    write([make(answer="new")], mode="all", test_it="failed")
    folded(path)
    write([make("other", "renewed", test="test_it[a]")], mode="all", **{"test_it[a]": "failed"})
    folded(path)

    assert answers(set_aside_path(path)) == [("q", 1, "new"), ("other", 1, "renewed")]

    write([make(answer="newer")], mode="all", test_it="passed")
    folded(path)

    assert answers(set_aside_path(path)) == [("q", 1, "newer"), ("other", 1, "renewed")]

    write([make("other", "last", test="test_it[a]")], mode="all", **{"test_it[a]": "passed"})
    folded(path)

    assert answers(path) == [("q", 1, "newer"), ("other", 1, "last")]
    assert not set_aside_path(path).exists()


def test_what_a_crash_left_is_recovered_and_said_so(path: Path, make: Make, write: Write) -> None:
    journal = write([make(_session="before"), make("two")])
    journal.write_bytes(journal.read_bytes() + b'{"test": "to')
    cassette, recovered = overlay(path, "now", stable)
    result = folded(path)

    assert (len(cassette), recovered) == (2, 1)
    assert (result.added, result.recovered, result.torn, result.damaged) == (2, 1, 1, 0)
    assert [question for question, *_ in answers(path)] == ["q", "two"]


def test_a_damaged_journal_gives_what_it_has_and_is_kept(path: Path, make: Make, write: Write) -> None:
    journal = write([make(), make("two")])
    journal.write_bytes(journal.read_bytes().replace(b'{"_mode', b"{_mode", 1))
    result = folded(path)

    assert result.damaged == 1
    assert [question for question, *_ in answers(path)] == ["two"]
    assert journal.with_name(f"{journal.name}.damaged").exists()
    assert not journal.exists()


def test_when_the_cassette_cannot_be_read_the_journals_stay(path: Path, make: Make, write: Write) -> None:
    path.write_text("{")
    write([make()])
    with pytest.raises(CassetteError):
        folded(path)

    assert len(journals_of(path)) == 1
    assert path.read_text() == "{"


def test_trials_recorded_at_the_same_time_are_folded_in_order_with_draws_of_their_own(path: Path, make: Make) -> None:
    journal = Journal(path, "main")
    for trial, order, text in ((2, 1, "c"), (1, 1, "a"), (2, 2, "d"), (1, 2, "b")):
        number = {"trial": trial} if trial > 1 else {}
        journal.append(make("q", text, draw=order, _order=order, _session="now", _mode="once", **number))
    journal.end("test_it", "passed", ".F")
    journal.close()

    folded(path)

    assert [
        (entry.get("trial", 1), *answer[1:])
        for entry, answer in zip(Cassette(path).entries, answers(path), strict=True)
    ] == [(1, 1, "a"), (1, 2, "b"), (2, 1, "c"), (2, 2, "d")]
    assert Cassette(path).trials == {"": ".F"}
