"""The journal: every recorded interaction at once on disk, beside its cassette, one file a process.

A line is the JSON of one interaction or a note ``{"_end": "passed"}`` on how its test went. The process that writes
a journal holds a lock on it, so a journal whose lock is free is finished or was left by a crash.
"""

from __future__ import annotations

import errno
import json
import os
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.files import shown
from pytest_llm.errors import CassetteError
from pytest_llm.text import plural

__all__ = ["Journal", "Record", "journals_of", "read_journal"]

_SUFFIX = ".journal"


class Journal:
    """Appends the interactions of one cassette as they are recorded.

    Raises ``CassetteError`` when the file cannot be made, before anything is called.
    """

    def __init__(self, cassette: Path, owner: str) -> None:
        self.path = cassette.with_name(f".{cassette.name}.{owner}{_SUFFIX}")
        self._unwritten: list[bytes] = []
        self._write_lock = threading.Lock()
        try:
            cassette.parent.mkdir(parents=True, exist_ok=True)
            self._file = _open_locked(self.path)
        except OSError as error:
            raise CassetteError(
                f"Nothing can be recorded in {shown(cassette.parent)}: {error.strerror or error}. Nothing was called."
            ) from error

    def append(self, entry: Entry) -> None:
        """Write one interaction; what could not be written is kept and tried again with the next one.

        Raises ``CassetteError`` with the system's reason, the interaction being kept in memory.
        """
        line = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"
        with self._write_lock:
            self._unwritten.append(line)
            self._flush()

    def end(self, test: str, outcome: str, trials: str = "") -> None:
        """Note how a test went: ``passed`` or ``failed``, and each of its trials, ``.`` or ``F``, if it has some."""
        self.append({"_end": outcome, "test": test, **({"trials": trials} if trials else {})})

    def close(self) -> None:
        """Write what is left and give up the lock.

        What cannot be written here goes to the system's folder of temporary files, and the ``CassetteError`` says so.
        """
        with self._write_lock:
            try:
                self._flush()
            except CassetteError as error:
                raise CassetteError(self._spill()) from error
            finally:
                os.close(self._file)

    def _spill(self) -> str:
        handle, name = tempfile.mkstemp(prefix=self.path.name.lstrip("."), suffix=_SUFFIX)
        with os.fdopen(handle, "wb") as file:
            file.writelines(self._unwritten)
        return (
            f"{plural(len(self._unwritten), 'line')} of {shown(self.path)} could not be written there and stand in "
            f"{name}. Make room and add it: cat {name} >> {shown(self.path)}"
        )

    def _flush(self) -> None:
        while self._unwritten:
            try:
                written = os.write(self._file, self._unwritten[0])
            except OSError as error:
                raise CassetteError(
                    f"{plural(len(self._unwritten), 'recording')} kept in memory: {shown(self.path)} cannot be "
                    f"written: {error.strerror or error}. Make room while the run goes on; the next write tries again."
                ) from error
            rest = self._unwritten[0][written:]
            if rest:
                self._unwritten[0] = rest
            else:
                self._unwritten.pop(0)


@dataclass
class Record:
    """What a journal holds: interactions in order of completion, how each test ended, lines that are damaged."""

    path: Path
    entries: list[Entry] = field(default_factory=list)
    outcomes: dict[str, str] = field(default_factory=dict)
    trials: dict[str, str] = field(default_factory=dict)
    damaged: int = 0
    torn: bool = False


def journals_of(cassette: Path) -> list[Path]:
    """Return the journals beside a cassette that no living process writes."""
    found = sorted(cassette.parent.glob(f".{_escaped(cassette.name)}.*{_SUFFIX}"))
    return [path for path in found if _is_free(path)]


def read_journal(path: Path) -> Record:
    """Read a journal; a last line that is torn and lines that are damaged are counted, the rest is kept."""
    record = Record(path)
    lines = path.read_bytes().split(b"\n")
    record.torn = lines.pop() != b""
    for line in lines:
        item = _parsed(line)
        if item is None:
            record.damaged += 1
        elif "_end" in item:
            record.outcomes[item["test"]] = item["_end"]
            if "trials" in item:
                record.trials[item["test"]] = item["trials"]
        else:
            record.entries.append(item)
    return record


def _parsed(line: bytes) -> Any:
    try:
        item = json.loads(line)
    except ValueError:
        return None
    return item if isinstance(item, dict) and "test" in item and ("_end" in item or "fingerprint" in item) else None


def _escaped(name: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)


def _is_free(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return os.access(path, os.R_OK)
    try:
        return _try_lock(handle)
    finally:
        os.close(handle)


def _open_locked(path: Path) -> int:
    """Open a journal and hold its lock, again when another run folded and removed it in between."""
    while True:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        while not _try_lock(handle):
            time.sleep(0.001)
        if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
            _end_torn_line(path, handle)
            return handle
        os.close(handle)


def _end_torn_line(path: Path, handle: int) -> None:
    """End the line that a crash of a process of the same name left torn, so that the next one stands by itself."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        if size and file.read(1) != b"\n":
            os.write(handle, b"\n")


def _try_lock(handle: int) -> bool:
    """Lock a file without waiting; closing it gives the lock up. True where the system knows no such locks."""
    try:
        import fcntl
    except ImportError:
        return _try_lock_windows(handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EAGAIN, errno.EACCES)
    return True


def _try_lock_windows(handle: int) -> bool:
    import msvcrt

    locking: Any = getattr(msvcrt, "locking", None)
    try:
        os.lseek(handle, 1 << 30, os.SEEK_SET)
        locking(handle, getattr(msvcrt, "LK_NBLCK", 2), 1)
    except OSError:
        return False
    return True
