"""1 000 snapshots compared by `llm_snapshot` and by syrupy, the same texts, in the same run.

python -m benchmarks.snapshots [pairs]
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

COUNT = 1_000
WORDS = "refund order parcel window receipt store item purchase policy return customer card payment label box".split()
LAYOUTS = {
    "1 000 tests of one": """
import pytest
from texts import TEXTS

@pytest.mark.parametrize("number", range({count}))
def test_it({fixture}, number):
    assert TEXTS[number] == {fixture}
""",
    "one test of 1 000": """
from texts import TEXTS

def test_it({fixture}):
    for number, text in enumerate(TEXTS):
        assert text == {named}
""",
}
TOOLS = {
    "syrupy": ("snapshot", "snapshot(name=f'{number}')", "syrupy", ("--snapshot-update",)),
    "ours": ("llm_snapshot", "llm_snapshot(f'{number}')", "pytest_llm.plugin", ()),
}


def text(number: int) -> str:
    """Return three paragraphs, as a model might write them."""
    paragraphs = []
    for part in range(3):
        words = [WORDS[(number * step + step * part + step) % len(WORDS)] for step in range(2, 40)]
        paragraphs.append(f"{' '.join(words).capitalize()}, as case {number}.")
    return "\n\n".join(paragraphs)


def suite(folder: Path, layout: str, tool: str) -> None:
    fixture, named, _, _ = TOOLS[tool]
    folder.mkdir()
    (folder / "texts.py").write_text(f"TEXTS = {[text(number) for number in range(COUNT)]!r}\n")
    (folder / "test_it.py").write_text(LAYOUTS[layout].format(count=COUNT, fixture=fixture, named=named))
    (folder / "pytest.ini").write_text("[pytest]\n")


def run(folder: Path, tool: str, *arguments: str, fails: bool = False) -> float:
    """Return the CPU milliseconds of one run of pytest; raise when it does not end as it should."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONDONTWRITEBYTECODE", "CI")}
    environment = {**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-pno:cacheprovider", "--tb=no", f"-p{TOOLS[tool][2]}"]
    done = subprocess.run([*command, *arguments], cwd=folder, env=environment, capture_output=True, text=True)
    if (done.returncode != 0) is not fails:
        raise RuntimeError(done.stdout + done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3


def accept(folder: Path, tool: str, layout: str) -> None:
    """Make the texts the accepted ones, in our case one assert at a time as its failures ask for."""
    if tool == "syrupy":
        run(folder, tool, *TOOLS[tool][3])
        return
    source = (folder / "test_it.py").read_text()
    (folder / "test_it.py").write_text(source.replace("assert ", "_ = "))
    run(folder, tool)
    run(folder, tool, "--llm-accept")
    (folder / "test_it.py").write_text(source)


def measure(root: Path, layout: str, pairs: int) -> None:
    times: dict[str, list[float]] = {tool: [] for tool in TOOLS}
    for tool in TOOLS:
        suite(root / tool, layout, tool)
        accept(root / tool, tool, layout)
    for turn in range(pairs + 1):
        for tool in sorted(TOOLS, reverse=bool(turn % 2)):
            times[tool].append(run(root / tool, tool))
    ours, theirs = (found[1:] for found in (times["ours"], times["syrupy"]))  # the first compiles
    ratio = median(one / other for one, other in zip(ours, theirs, strict=True))
    print(f"{layout:<24}{median(theirs):>10.0f}{median(ours):>10.0f}{ratio:>8.2f}", flush=True)


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    print(f"CPU ms of a whole run of pytest, medians of {pairs} paired runs; ratio is ours / syrupy")
    print(f"{'suite':<24}{'syrupy':>10}{'ours':>10}{'ratio':>8}")
    for layout in LAYOUTS:
        with tempfile.TemporaryDirectory() as name:
            measure(Path(name), layout, pairs)


if __name__ == "__main__":
    main()
