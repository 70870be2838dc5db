"""A suite of 500 `similar_to` asserts, replayed where no embedder is installed, against the same suite with `==`.

python -m benchmarks.similar_to [pairs]
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

COUNT = 500
WORDS = "refund order parcel window receipt store item purchase policy return customer card payment label box".split()
RECORDER = """
from collections import Counter
from zlib import crc32


class Words:
    def embed(self, texts):
        with open("embedded.txt", "a") as file:
            file.writelines(f"{text}\\n" for text in texts)
        return [self.row(text) for text in texts]

    def row(self, text):
        row = [0.0] * 256
        for word, count in Counter(text.lower().split()).items():
            row[crc32(word.encode()) % 256] += count
        return row


def pytest_llm_embedder(config, name):
    return Words()
"""
LAYOUTS = {
    "500 tests of one assert": """
import pytest
from pytest_llm import similar_to
from texts import PAIRS

@pytest.mark.parametrize("number", range({count}))
def test_it(number{fixture}):
    answer, reference = PAIRS[number]
    assert answer == {expected}
""",
    "one test of 500 asserts": """
import pytest
from pytest_llm import similar_to
from texts import PAIRS

def test_it({fixture}):
    for answer, reference in PAIRS:
        assert answer == {expected}
""",
}


def sentence(number: int) -> str:
    return " ".join(WORDS[(number * step + step) % len(WORDS)] for step in range(2, 16)) + f" as case {number}."


def suite(folder: Path, layout: str, expected: str, fixture: str) -> None:
    folder.mkdir()
    pairs = [(sentence(number), sentence(number).replace("window", "period")) for number in range(COUNT)]
    (folder / "texts.py").write_text(f"PAIRS = {pairs!r}\n")
    body = LAYOUTS[layout].format(count=COUNT, expected=expected, fixture=fixture)
    if not layout.startswith("500"):
        body = body.replace("(, ", "(")
    (folder / "test_it.py").write_text(body)
    (folder / "pytest.ini").write_text("[pytest]\n")


def run(folder: Path, *arguments: str) -> float:
    """Return the CPU milliseconds of one run of pytest; raise when it does not pass."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    command = [sys.executable, "-m", "pytest", "-q", "-pno:cacheprovider", "-ppytest_llm.plugin", *arguments]
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3


def measure(root: Path, layout: str, fixture: str, pairs: int) -> None:
    ours, plain = root / "ours", root / "plain"
    suite(ours, layout, "similar_to(reference, threshold=0.5)", fixture)
    suite(plain, layout, "reference.replace('period', 'window')", fixture)
    (ours / "conftest.py").write_text(RECORDER)
    run(ours, "--llm-record=once")
    embedded = (ours / "embedded.txt").read_text().splitlines()
    (ours / "conftest.py").write_text("")
    times: dict[Path, list[float]] = {ours: [], plain: []}
    for turn in range(pairs + 1):
        for folder in (ours, plain) if turn % 2 else (plain, ours):
            times[folder].append(run(folder))
    times = {folder: found[1:] for folder, found in times.items()}  # the first compiles
    ratio = median(one / other for one, other in zip(times[ours], times[plain], strict=True))
    print(f"{layout:<26}{median(times[plain]):>8.0f}{median(times[ours]):>10.0f}{ratio:>8.2f}", end="")
    print(f"{len(embedded):>10}{len(set(embedded)):>10}")


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    print(f"CPU ms of a whole run of pytest, medians of {pairs} paired runs; texts embedded while recording")
    print(f"{'suite':<26}{'==':>8}{'similar':>10}{'ratio':>8}{'embedded':>10}{'distinct':>10}")
    for layout in LAYOUTS:
        with tempfile.TemporaryDirectory() as name:
            measure(Path(name), layout, "", pairs)


if __name__ == "__main__":
    main()
