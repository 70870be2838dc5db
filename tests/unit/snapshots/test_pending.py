"""What waits beside an accepted answer: found, accepted exactly as reviewed whatever happens meanwhile, rejected."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_llm.errors import SnapshotError
from pytest_llm.snapshots.document import Document
from pytest_llm.snapshots.kinds import BASELINE, SNAPSHOT
from pytest_llm.snapshots.labels import Rating, append_rating
from pytest_llm.snapshots.pending import Pending, accept, find, leave, reject, settle
from pytest_llm.snapshots.store import read, write

PROMPT = (("user", "How long?"),)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def waiting(folder: Path, answer: str = "40 days", **given: str) -> Pending:
    """Leave an answer beside the snapshot and return what waits."""
    document = Document({"model": "new"}, PROMPT, (answer,))
    leave(folder / "t.snap.md", SNAPSHOT, document, test="t.py::t", name="", cause="the prompt changed", **given)
    return find(folder.iterdir())[0][0]


def accepted(folder: Path) -> Document | None:
    return read(folder / "t.snap.md", SNAPSHOT)


def taken(one: Pending, *, variant: bool = False, **by: str) -> Path:
    return accept(one, by=by, variant=variant, then=lambda: None)


def snapshot(folder: Path, *answers: str) -> None:
    write(folder / "t.snap.md", SNAPSHOT, Document({"test": "t.py::t", "model": "old"}, PROMPT, answers))


def test_what_waits_says_its_test_its_cause_and_the_file_that_it_would_become(folder: Path) -> None:
    one = waiting(folder)

    assert (one.test, one.cause, one.path.name, one.accepted) == (
        "t.py::t",
        "the prompt changed",
        "t.pending.md",
        folder / "t.snap.md",
    )


def test_accepting_keeps_who_and_why_and_nothing_of_the_review(folder: Path) -> None:
    path = taken(waiting(folder), reviewer="Ann", reason="shorter")

    assert accepted(folder) == Document(
        {"test": "t.py::t", "model": "new", "reviewer": "Ann", "reason": "shorter"}, PROMPT, ("40 days",)
    )
    assert list(folder.iterdir()) == [path]


def test_a_variant_joins_the_accepted_answers_once(folder: Path) -> None:
    snapshot(folder, "30 days", "a month")
    taken(waiting(folder), variant=True)
    taken(waiting(folder), variant=True)

    assert accepted(folder) == Document({"test": "t.py::t", "model": "new"}, PROMPT, ("30 days", "a month", "40 days"))


def test_a_kind_without_variants_refuses_one(folder: Path) -> None:
    snapshot(folder, "30 days")
    one = waiting(folder)

    with pytest.raises(SnapshotError, match=r"^A snapshot has no variants: t\.pending\.md\.$"):
        taken(replace(one, kind=replace(SNAPSHOT, variants=False)), variant=True)


def test_a_baseline_waits_is_accepted_and_rated_a_draw_a_line(folder: Path) -> None:
    path = folder / "__llm__/test_it/t.baseline.json"
    case = {"case": "oslo", "draws": [{"text": "30 days"}, {"text": "a month", "error": "cut"}]}
    leave(path, BASELINE, Document({}, (), (json.dumps(case),)), test="t.py::t", name="", cause="there is none yet")
    one = find(path.parent.iterdir())[0][0]
    labels = append_rating(one, Rating("bad", "vague"), "Ann")
    taken(one, reason="first")
    lines = [json.loads(line) for line in labels.read_text().splitlines()]

    assert BASELINE.readable(one.document.answers[0]).splitlines() == [
        "case: oslo",
        "draw 1:",
        "30 days",
        "draw 2:",
        "a month",
        "error: cut",
    ]
    assert labels == folder / "__llm__/labels.jsonl"
    assert [(line["answer"], line["label"], line["note"]) for line in lines] == [
        ("30 days", "bad", "vague"),
        ("a month", "bad", "vague"),
    ]
    assert [path.name for path in path.parent.iterdir()] == ["t.baseline.json"]
    assert read(path, BASELINE).meta == {"test": "t.py::t", "reason": "first"}  # type: ignore[union-attr]


def test_rejecting_drops_what_waits_and_nothing_else(folder: Path) -> None:
    snapshot(folder, "30 days")
    reject(waiting(folder))

    assert [path.name for path in folder.iterdir()] == ["t.snap.md"]


@pytest.mark.parametrize("decide", [taken, reject], ids=["accept", "reject"])
def test_what_a_run_has_replaced_since_it_was_read_is_not_decided(folder: Path, decide: object) -> None:
    one = waiting(folder)
    waiting(folder, "50 days")

    with pytest.raises(SnapshotError) as error:
        decide(one)  # type: ignore[operator]

    assert str(error.value) == "t.pending.md has changed since it was read, by a run of its test. Review it again."
    assert accepted(folder) is None
    assert find(folder.iterdir())[0][0].document.answers == ("50 days",)


@pytest.mark.parametrize("decide", [taken, reject], ids=["accept", "reject"])
def test_what_another_reviewer_has_decided_is_gone(folder: Path, decide: object) -> None:
    one = waiting(folder)
    taken(one)
    before = accepted(folder)

    with pytest.raises(SnapshotError) as error:
        decide(one)  # type: ignore[operator]

    assert str(error.value) == (
        "t.pending.md is gone: it was accepted or rejected meanwhile, or the answer holds again."
    )
    assert accepted(folder) == before


def test_a_snapshot_that_has_changed_since_is_not_accepted_over(folder: Path) -> None:
    snapshot(folder, "30 days")
    one = waiting(folder)
    snapshot(folder, "31 days")

    with pytest.raises(SnapshotError) as error:
        taken(one)

    assert str(error.value) == (
        't.snap.md has changed since t.pending.md was made. Run the test again: pytest "t.py::t"'
    )
    assert accepted(folder).answers == ("31 days",)  # type: ignore[union-attr]


def test_what_waits_goes_when_the_answer_holds_again_but_not_what_a_refresh_gave(folder: Path) -> None:
    path = folder / "t.snap.md"
    one = waiting(folder)
    settle(path, SNAPSHOT)
    gone = not one.path.exists()
    waiting(folder, rerecorded="t.cassette.json")
    settle(path, SNAPSHOT)
    stays = one.path.exists()
    settle(path, SNAPSHOT, refreshed=True)

    assert (gone, stays, one.path.exists()) == (True, True, False)


def test_a_damaged_file_is_told_and_the_others_are_found(folder: Path) -> None:
    waiting(folder)
    folder.joinpath("s.pending.md").write_text("<<<<<<< ours\n---\n>>>>>>> theirs\n")
    folder.joinpath("u.pending.md").write_bytes(b"\xff")
    found, damaged = find(sorted(folder.iterdir()))

    assert [one.path.name for one in found] == ["t.pending.md"]
    assert damaged == [
        "s.pending.md holds a merge conflict at line 1. Delete it and run its test again: rm s.pending.md",
        "u.pending.md is no snapshot: byte 0 is not UTF-8. Delete it and run its test again: rm u.pending.md",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 and fork")
def test_kill_9_at_any_point_leaves_the_old_or_the_new_and_the_next_acceptance_completes_it(tmp_path: Path) -> None:
    script = Path(__file__).with_name("killed.py")
    done = subprocess.run([sys.executable, script, tmp_path, "30"], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)

    assert told["points"] > 10
    assert told["states"] == ["new", "new, waits", "old, waits"]
    assert (told["after"], told["left"]) == (["new"], [])
