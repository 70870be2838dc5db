"""A cassette file: what is in it, how it is found, and what is said when it cannot be read or written."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_llm.cassettes.files import write_text
from pytest_llm.cassettes.store import Cassette, Track, slot_of
from pytest_llm.errors import CassetteError

if TYPE_CHECKING:
    from conftest import Make

WHOLE = """\
{
  "interactions": [
    {
      "dialect": "openai-chat", "draw": 1, "fingerprint": "q",
      "headers": {"content-type": "application/json"}, "method": "POST",
      "path": "/v1/chat/completions", "recorded": "2026-01-01",
      "request": {"messages": [{"content": "q", "role": "user"}]}, "response": {"answer": "a"},
      "status": 200, "test": "test_it"
    }
  ],
  "version": 1
}
"""


def test_a_cassette_is_written_in_sorted_keys_without_what_is_empty(path: Path, make: Make) -> None:
    Cassette(path).write([make(query="", model=None, _order=3)])

    assert json.loads(path.read_text()) == json.loads(WHOLE)
    assert [*json.loads(path.read_text())["interactions"][0]] == sorted(json.loads(WHOLE)["interactions"][0])
    assert path.read_text().endswith("}\n")
    assert os.listdir(path.parent) == [path.name]


def test_writing_what_was_read_changes_no_byte(path: Path, make: Make) -> None:
    Cassette(path).write([make("one"), make("two", "a\u2028b"), make("three", test="test_it[x-1]", response=None)])
    before = path.read_bytes()
    Cassette(path).write(Cassette(path).entries)

    assert path.read_bytes() == before


def test_a_cassette_of_nothing_is_no_file(path: Path, make: Make) -> None:
    cassette = Cassette(path)
    cassette.write([make()])
    cassette.remove({0})

    assert not path.exists()
    assert not cassette.exists
    assert repr(Cassette(path)) == "<Cassette test_it.cassette.json: 0 interactions>"


def test_each_set_of_parameters_has_a_track_of_its_own(path: Path, make: Make) -> None:
    cassette = Cassette(path)
    cassette.write([make("one"), make("two", test="test_it[a]"), make("three", test="test_it[b[0]]")])

    assert [*cassette.track("").draws] == ["one"]
    assert [*cassette.track("[a]").draws] == ["two"]
    assert [*cassette.track("[b[0]]").draws] == ["three"]
    assert [*cassette.track("[c]").draws] == []


@pytest.mark.parametrize(
    ("test", "name", "slot"),
    [
        ("test_it", "test_it.cassette.json", ""),
        ("TestIt::test_it[a-b]", "x.cassette.json", "[a-b]"),
        ("test_it[a]", "x.shared.cassette.json", "test_it[a]"),
    ],
)
def test_the_slot_is_what_tells_the_tests_of_one_cassette_apart(test: str, name: str, slot: str) -> None:
    assert slot_of(test, Path(name)) == slot


def test_draws_are_in_the_order_of_their_numbers_not_of_the_file(make: Make) -> None:
    track = Track([make(answer="c", draw=3), make(answer="a", draw=1), make(answer="b", draw=2)])

    assert [entry["response"]["answer"] for entry in track.draws["q"]] == ["a", "b", "c"]


def test_a_draw_without_a_number_is_the_first(make: Make) -> None:
    second, first = make(answer="second", draw=2), make(answer="first")
    del first["draw"]

    assert Track([second, first]).draws["q"] == [first, second]


RESTORE = "Restore it: git checkout -- test_it.cassette.json"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(
            b"", f"test_it.cassette.json is cut short: its JSON ends in the middle, at line 1. {RESTORE}", id="empty"
        ),
        pytest.param(
            WHOLE[:200].encode(),
            f"test_it.cassette.json is cut short: its JSON ends in the middle, at line 6. {RESTORE}",
            id="truncated",
        ),
        pytest.param(
            WHOLE.replace('"status": 200,', '"status": 200').encode(),
            "test_it.cassette.json is not JSON: Expecting ',' delimiter at line 8, column 21, near "
            '\'"status": 200 "test": "test_it"\'. '
            "Mend that line, or restore the file: git checkout -- test_it.cassette.json",
            id="a comma is gone",
        ),
        pytest.param(
            b'{\n<<<<<<< HEAD\n  "version": 1\n=======\n  "version": 2\n>>>>>>> main\n}\n',
            "test_it.cassette.json holds a merge conflict between lines 2 and 6. Take either side: "
            "git checkout --ours test_it.cassette.json, or --theirs; then record what is missing.",
            id="merge conflict",
        ),
        pytest.param(
            b'{"version": 2, "interactions": []}',
            "test_it.cassette.json has format version 2, and this pytest-llm-regression reads 1. "
            "Upgrade it: pip install --upgrade pytest-llm-regression",
            id="newer version",
        ),
        pytest.param(
            b'{"interactions": []}',
            f"test_it.cassette.json is no cassette: it has no 'version'. {RESTORE}",
            id="no version",
        ),
        pytest.param(b"[]", f"test_it.cassette.json is no cassette: it has no 'version'. {RESTORE}", id="a list"),
        pytest.param(
            b'{"version": 1}',
            "test_it.cassette.json is no cassette: 'interactions' is not a list.",
            id="no interactions",
        ),
        pytest.param(
            b"\xff{}", f"test_it.cassette.json is no cassette: byte 0 is not UTF-8. {RESTORE}", id="not UTF-8"
        ),
        pytest.param(
            WHOLE.replace('"status": 200, ', "").encode(),
            f"test_it.cassette.json: interaction 1 has no 'status'. {RESTORE}",
            id="no status",
        ),
        pytest.param(
            b'{"version": 1, "interactions": [3]}',
            "test_it.cassette.json: interaction 1 has no 'dialect', 'fingerprint', 'method', 'path', 'status' and "
            f"'test'. {RESTORE}",
            id="no interaction",
        ),
    ],
)
def test_a_file_that_cannot_be_understood_says_why_and_stays_as_it_is(path: Path, content: bytes, message: str) -> None:
    path.write_bytes(content)
    with pytest.raises(CassetteError) as caught:
        Cassette(path)

    assert str(caught.value) == message
    assert path.read_bytes() == content


def test_a_file_with_windows_line_ends_is_read(path: Path) -> None:
    path.write_bytes(WHOLE.replace("\n", "\r\n").encode())

    assert len(Cassette(path)) == 1


def test_a_directory_in_its_place_cannot_be_read(path: Path) -> None:
    path.mkdir()
    with pytest.raises(CassetteError, match=r"^test_it.cassette.json cannot be read: Is a directory\.$"):
        Cassette(path)


def test_when_writing_fails_the_old_file_stands_and_nothing_else(
    path: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    Cassette(path).write([make("old")])
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(CassetteError, match=r"^test_it.cassette.json cannot be written: No space left on device\.$"):
        Cassette(path).write([make("new")])

    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


def test_files_have_the_permissions_that_the_umask_leaves(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_text(tmp_path / "file", "x")
    finally:
        os.umask(old)

    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640


def test_the_recordings_of_a_trial_are_its_own_and_the_first_needs_no_number(path: Path, make: Make) -> None:
    cassette = Cassette(path)
    cassette.write([make("q", "a"), make("q", "b", trial=2), make("q", "c", trial=2, draw=2)])

    assert [entry["response"]["answer"] for entry in cassette.track("").entries] == ["a"]
    assert [entry["response"]["answer"] for entry in cassette.track("", 2).draws["q"]] == ["b", "c"]
    assert cassette.track("", 3).entries == []
    assert cassette.last_trial("") == 2
    assert cassette.last_trial("[x]") == 0


def test_how_trials_went_is_kept_as_long_as_their_recordings_are(path: Path, make: Make) -> None:
    cassette = Cassette(path)
    cassette.trials = {"": "..F", "[gone]": "F"}
    cassette.write([make()])

    assert json.loads(path.read_text())["trials"] == {"": "..F"}
    assert Cassette(path).trials == {"": "..F"}


def test_outcomes_of_trials_that_are_none_are_a_clear_error(path: Path, make: Make) -> None:
    Cassette(path).write([make()])
    path.write_text(path.read_text().replace('"version": 1', '"trials": {"": "..x"},\n  "version": 1'))

    with pytest.raises(CassetteError, match=r"'trials' does not hold the outcomes of trials, as '..F.'"):
        Cassette(path)
