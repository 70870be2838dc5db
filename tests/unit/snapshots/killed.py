"""Accepts what waits in processes that are killed, and prints the states that they leave, as JSON."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pytest_llm.snapshots.document import Document
from pytest_llm.snapshots.kinds import SNAPSHOT
from pytest_llm.snapshots.pending import Pending, accept, find, leave
from pytest_llm.snapshots.store import write

OLD, NEW = "old answer\n" * 200, "new answer\n" * 200


def prepare(folder: Path, count: int) -> None:
    for number in range(count):
        path = folder / f"test_{number}.snap.md"
        write(path, SNAPSHOT, Document({"test": "t"}, (), (OLD,)))
        leave(path, SNAPSHOT, Document({"test": "t"}, (), (NEW,)), test="t", name="", cause="")


def waiting(folder: Path) -> list[Pending]:
    return find(sorted(folder.glob("*.pending.md")))[0]


def accept_all(folder: Path) -> None:
    for one in waiting(folder):
        accept(one, by={"reason": "why"}, variant=False, then=lambda: None)


def in_child(work: Callable[[], None], delay: float | None = None) -> bool:
    """Do it in a process, killed after a delay if one is given; say whether it came to its end."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    if delay is not None:
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1] == 0


def duration(folder: Path) -> float:
    """Return how many seconds this machine takes to accept twenty, at its best."""
    spent = []
    for number in range(3):
        prepare(folder / str(number), 20)
        began = time.monotonic()
        in_child(lambda one=folder / str(number): accept_all(one))
        spent.append(time.monotonic() - began)
    return min(spent)


def killed_at(folder: Path, point: int) -> None:
    """Accept, and be killed before the operation on files of this number."""
    seen = 0

    def hook(event: str, _: object) -> None:
        nonlocal seen
        if event != "os.kill" and event.startswith(("open", "os.", "tempfile.", "fcntl.")):
            seen += 1
            if seen > point:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    accept_all(folder)


def state(folder: Path) -> list[str]:
    """Return of each snapshot whether it is the old one or the new, and whether something waits still."""
    found = []
    for path in sorted(folder.glob("*.snap.md")):
        text = path.read_text()
        kinds = {SNAPSHOT.render(Document({"test": "t"}, (), (OLD,))): "old"}
        kinds[SNAPSHOT.render(Document({"test": "t", "reason": "why"}, (), (NEW,)))] = "new"
        waits = SNAPSHOT.pending_path(path).exists()
        found.append(f"{kinds.get(text, 'neither')}{', waits' if waits else ''}")
    return found


def main(root: Path, kills: int) -> None:
    states: set[str] = set()
    after: set[str] = set()
    left = []
    points = 0
    ended = False
    while not ended:
        folder = root / f"point {points}"
        prepare(folder, 1)
        ended = in_child(lambda folder=folder, point=points: killed_at(folder, point))
        states.update(state(folder))
        accept_all(folder)
        after.update(state(folder))
        left += [path.name for path in folder.iterdir() if path.suffix == ".tmp"]
        points += 1
    killed = number = 0
    source = random.Random(0)
    took = duration(root / "whole")
    while killed < kills:
        number += 1
        folder = root / f"time {number}"
        prepare(folder, 20)
        killed += not in_child(lambda folder=folder: accept_all(folder), source.uniform(0, took))
        states.update(state(folder))
        accept_all(folder)
        after.update(state(folder))
        left += [path.name for path in folder.iterdir() if path.suffix == ".tmp"]
    print(json.dumps({"points": points, "states": sorted(states), "after": sorted(after), "left": left}))


main(Path(sys.argv[1]), int(sys.argv[2]))
