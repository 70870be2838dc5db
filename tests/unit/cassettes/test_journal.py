"""Nothing that was paid for is lost: the journal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_llm.cassettes.journal import Journal, journals_of, read_journal
from pytest_llm.errors import CassetteError

if TYPE_CHECKING:
    from conftest import Make

WRITER = """
import sys, time
from pathlib import Path
from pytest_llm.cassettes.journal import Journal
journal = Journal(Path(sys.argv[1]), "other")
journal.append({"test": "test_it", "fingerprint": "q", "draw": 1})
print("written", flush=True)
time.sleep(60)
"""


def test_what_is_appended_is_on_disk_at_once(path: Path, make: Make) -> None:
    journal = Journal(path, "main")
    journal.append(make("one", "é\u2028"))
    record = read_journal(journal.path)
    journal.end("test_it", "passed")
    journal.close()

    assert record.entries == [make("one", "é\u2028")]
    assert read_journal(journal.path).outcomes == {"test_it": "passed"}
    assert (record.damaged, record.torn) == (0, False)


def test_a_journal_is_free_when_its_process_has_closed_it(path: Path, make: Make) -> None:
    journal = Journal(path, "main")
    journal.append(make())
    while_open = journals_of(path)
    journal.close()

    assert while_open == []
    assert journals_of(path) == [journal.path]


def test_a_journal_of_a_killed_process_is_found_whole(path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "written\n"
        while_alive = journals_of(path)
        writer.send_signal(signal.SIGKILL)
        writer.wait()

    assert while_alive == []
    assert [len(read_journal(found).entries) for found in journals_of(path)] == [1]


def test_a_torn_line_and_a_damaged_one_are_counted_and_the_rest_is_kept(path: Path, make: Make) -> None:
    journal = Journal(path, "main")
    journal.append(make("one"))
    journal.close()
    line = journal.path.read_bytes()
    journal.path.write_bytes(line + b'{"half": \n' + b"[]\n" + line + line[:50])
    record = read_journal(journal.path)

    assert record.entries == [make("one"), make("one")]
    assert (record.damaged, record.torn) == (2, True)


def test_a_line_torn_by_a_crash_does_not_spoil_the_next_one(path: Path, make: Make) -> None:
    journal = Journal(path, "main")
    journal.append(make("one"))
    journal.close()
    with journal.path.open("ab") as file:
        file.write(b'{"test": "test_it", "fing')
    again = Journal(path, "main")
    again.append(make("two"))
    again.close()

    assert read_journal(again.path).entries == [make("one"), make("two")]
    assert read_journal(again.path).damaged == 1


def test_a_full_disk_keeps_what_was_paid_for_and_writes_it_when_there_is_room(
    path: Path, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(path, "main")
    write, room = os.write, [7]

    def scarce(handle: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(28, "No space left on device")
        written = write(handle, data[: room[0]])
        room[0] -= written
        return written

    monkeypatch.setattr(os, "write", scarce)
    for name in ("one", "two"):
        with pytest.raises(CassetteError, match=r"No space left on device\. Make room while the run goes on"):
            journal.append(make(name))
    room[0] = 1_000_000
    journal.append(make("three"))
    journal.close()

    assert read_journal(journal.path).entries == [make("one"), make("two"), make("three")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_refused_before_anything_is_called(path: Path) -> None:
    path.parent.chmod(0o500)
    with pytest.raises(CassetteError) as caught:
        Journal(path, "main")

    assert str(caught.value) == "Nothing can be recorded in .: Permission denied. Nothing was called."


def test_a_file_in_place_of_the_folder_is_refused_before_anything_is_called(path: Path) -> None:
    (path.parent / "folder").write_text("")
    with pytest.raises(CassetteError) as caught:
        Journal(path.parent / "folder" / path.name, "main")

    assert str(caught.value) == "Nothing can be recorded in folder: File exists. Nothing was called."


def test_names_with_brackets_find_their_own_journals_only(path: Path) -> None:
    odd = path.with_name("test_[ab].cassette.json")
    for cassette in (odd, path.with_name("test_a.cassette.json")):
        Journal(cassette, "main").close()

    assert [found.name for found in journals_of(odd)] == [".test_[ab].cassette.json.main.journal"]
