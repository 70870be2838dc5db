"""CPU per replayed request through the openai SDK, against the SDK over a mock transport and against vcrpy.

python -m benchmarks.replay [interactions ...]
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from statistics import median

import openai

from benchmarks.material import ask, canned_client, replaying, vcr_replaying, write_cassette, write_vcr_cassette
from pytest_llm.cassettes.store import Cassette

SIZES = (10, 100, 1_000, 5_000)
REPEATS = 40
BLOCK = 100
VCR_REPEATS = 3
VCR_BLOCK = 50
VCR_BODY_BLOCK = 5


def cpu(client: AbstractContextManager[openai.OpenAI], numbers: range) -> float:
    """Return the milliseconds of CPU per request, without what it takes to load a cassette."""
    with client as ready:
        gc.collect()
        start = time.process_time()
        ask(ready, numbers)
        return (time.process_time() - start) / len(numbers) * 1e3


def vcr_cpu(path: Path, size: int, length: int, *, body: bool) -> float:
    blocks = [block(size, length, turn) for turn in range(1, VCR_REPEATS + 1)]
    return median(cpu(vcr_replaying(path, body=body, first=numbers[0]), numbers) for numbers in blocks)


def block(size: int, length: int, turn: int) -> range:
    """Return the questions of one repeat; the repeats are spread over the whole cassette."""
    length = min(size, length)
    start = (turn * 7919 * length) % (size - length + 1)
    return range(start, start + length)


def wall(action: Callable[[], object], repeats: int) -> float:
    """Return the median milliseconds an action takes."""
    taken = []
    for _ in range(repeats):
        gc.collect()
        start = time.perf_counter()
        result = action()
        taken.append((time.perf_counter() - start) * 1e3)
        del result
    return median(taken)


def memory(action: Callable[[], object]) -> float:
    """Return the MB of Python objects that the result of an action holds."""
    gc.collect()
    tracemalloc.start()
    result = action()
    held = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    del result
    return held


def measure(size: int, folder: Path) -> None:
    ours, theirs = folder / f"{size}.cassette.json", folder / f"{size}.yaml"
    write_cassette(ours, size)
    write_vcr_cassette(theirs, size)
    limits, replays = [], []
    ask(canned_client(range(20)), range(20))
    for turn in range(REPEATS):
        numbers = block(size, BLOCK, turn)
        limits.append(cpu(nullcontext(canned_client(numbers)), numbers))
        replays.append(cpu(replaying(ours), numbers))
    vcr = [vcr_cpu(theirs, size, VCR_BLOCK, body=False), vcr_cpu(theirs, size, VCR_BODY_BLOCK, body=True)]
    limit, replay = median(limits), median(replays)
    added = median(mine - theirs for mine, theirs in zip(replays, limits, strict=True))
    print(
        f"{size:>6,} {limit:>9.3f} {replay:>9.3f} {added:>+9.3f} {limit / replay:>9.2f} "
        f"{vcr[0]:>9.2f} {vcr[0] / replay:>8.1f}x {vcr[1]:>9.2f} {vcr[1] / replay:>8.1f}x",
        flush=True,
    )


def loading(size: int, folder: Path) -> None:
    path = folder / f"{size}.cassette.json"

    def load() -> object:
        cassette = Cassette(path)
        return cassette, cassette.track("")

    def load_vcr() -> object:
        with vcr_replaying(folder / f"{size}.yaml", body=False) as client:
            return client

    once = wall(load_vcr, 1)
    ours = wall(load, 25)
    print(
        f"{size:>6,} {path.stat().st_size / 1e6:>8.2f} {ours:>9.2f} {once:>9.0f} {once / ours:>8.0f}x "
        f"{memory(load):>10.1f} {memory(load) * 1e3 / size:>8.1f}",
        flush=True,
    )


def main() -> None:
    sizes = [int(argument.replace("_", "")) for argument in sys.argv[1:]] or SIZES
    with tempfile.TemporaryDirectory() as folder:
        print(f"CPU per request in ms, medians of {REPEATS} interleaved blocks of at most {BLOCK} requests")
        print(
            f"(vcrpy: {VCR_REPEATS} blocks of at most {VCR_BLOCK}, by body {VCR_BODY_BLOCK}, spread over the cassette)"
        )
        print(" inter-    limit      ours      ours     limit     vcrpy    vcrpy  vcrpy by by body")
        print("actions                       - limit    / ours              / ours      body   / ours")
        for size in sizes:
            measure(size, Path(folder))
        print("\nLoading in ms of wall time, medians of 25 (vcrpy: once), and memory held")
        print(" inter-     file      ours     vcrpy    vcrpy     memory   kB per")
        print("actions       MB                       / ours         MB    inter.")
        for size in sizes:
            loading(size, Path(folder))


if __name__ == "__main__":
    main()
