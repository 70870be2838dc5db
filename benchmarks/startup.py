"""What the plugin adds to the start of a suite that uses none of it: paired runs with and without.

python -m benchmarks.startup [pairs]
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import entry_points
from pathlib import Path
from statistics import median

SUITE = "def test_one():\n    assert 1 + 1 == 2\n"
MODULES = "import sys\n\ndef test_two():\n    print('LOADED', *sys.modules)\n"
HEAVY = ("openai", "httpx", "httpx2", "numpy", "torch", "hypothesis", "anyio", "jsonschema", "rapidfuzz")


def run(folder: Path, plugin: bool, *arguments: str) -> tuple[float, float, str]:
    """Return wall and CPU milliseconds of one run of pytest, and what it printed.

    Other plugins of the environment stay out, so that none has imported what this one would have to.
    """
    others = {point.name for point in entry_points(group="pytest11")} - {"llm-regression"}
    blocked = [f"-pno:{name}" for name in sorted(others if plugin else others | {"llm-regression"})]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "pytest", "-q", "-pno:cacheprovider", *blocked, *arguments]
    before, start = cpu_of_children(), time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    taken, used = time.perf_counter() - start, cpu_of_children() - before
    return taken * 1e3, used * 1e3, done.stdout


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_one.py").write_text(SUITE)
        (folder / "modules.py").write_text(MODULES)
        for plugin in (True, False):
            run(folder, plugin)
        wall: list[float] = []
        cpu: list[float] = []
        without: list[float] = []
        for turn in range(pairs):
            taken = {plugin: run(folder, plugin) for plugin in ((True, False) if turn % 2 else (False, True))}
            wall.append(taken[True][0] - taken[False][0])
            cpu.append(taken[True][1] - taken[False][1])
            without.append(taken[False][0])
        print(f"An idle suite without the plugin: {median(without):.0f} ms (median of {pairs} paired runs)")
        print(f"The plugin adds {median(wall):+.1f} ms of wall time, {median(cpu):+.1f} ms of CPU (median difference)")
        print(f"which is {median(wall) / median(without):.1%}")
        output = run(folder, True, "-s", "modules.py")[2]
        loaded = next(line for line in output.splitlines() if "LOADED" in line).partition("LOADED")[2].split()
        mine = sorted(name for name in loaded if name.startswith("pytest_llm"))
        print(f"It imports {len(mine)} of its modules: {' '.join(mine)}")
        print(f"and of {', '.join(HEAVY)}: {', '.join(sorted({*loaded} & {*HEAVY})) or 'none'}")


if __name__ == "__main__":
    main()
