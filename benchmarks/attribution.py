"""Whether ``--llm-attribute`` gives a worse prompt and a worse model their own effects: on real models of this machine.

python -m benchmarks.attribution [--seeds 5] [--draws 10]

Three changes, each experimented with once a seed: a prompt that is worse by design (any city in place of the capital
of France) on two models that both know the answer; a model that is worse by design (gemma3-270m, a base model, which
does not answer in sentences) with a prompt of which the model sees no change; and neither, but a model's name.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from textwrap import dedent

TEST = """
    import os

    import pytest

    OLD = os.environ["WHEN"] == "old"
    BETTER = "What is the capital of France? Answer in one sentence."
    WORSE = "Name a city. Answer in one sentence."
    two_models = pytest.mark.llm(model="local/smollm2-135m" if OLD else "local/gemma3-270m")
    seeds = pytest.mark.parametrize("seed", range({seeds}))


    def ask(llm, llm_snapshot, prompt):
        # The name makes it another prompt of which the model sees nothing.
        message = {{"role": "user", "content": prompt, "name": "old" if OLD else "new"}}
        response = llm.ask([message], temperature=0.7, max_tokens=10)
        assert response == llm_snapshot(by=lambda accepted, text: OLD)
        return response.text


    @pytest.mark.llm(model="local/smollm2-135m")
    @seeds
    def test_nothing_changed(llm, llm_snapshot, seed):
        renamed = llm.using("weights-a" if OLD else "weights-b")
        assert ask(renamed, llm_snapshot, BETTER).endswith("Paris.")


    @two_models
    @seeds
    def test_worse_prompt(llm, llm_snapshot, seed):
        assert "Paris" in ask(llm, llm_snapshot, BETTER if OLD else WORSE)


    @two_models
    @seeds
    def test_worse_model(llm, llm_snapshot, seed):
        assert "capital of France is" in ask(llm, llm_snapshot, BETTER)
"""
LINE = re.compile(r"Attribution of \S+::(test_\w+)\[(\d+)\]")


def run(folder: Path, when: str, *options: str) -> str:
    """Run pytest in the project and return what it says."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=no", *options]
    environment = {**os.environ, "WHEN": when, "HF_HUB_OFFLINE": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout


def main() -> None:
    """Record the old answers, change what is to change, and print what each experiment found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--draws", type=int, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.joinpath("pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        folder.joinpath("test_it.py").write_text(dedent(TEST).format(seeds=given.seeds), encoding="utf-8")
        run(folder, "old", "--llm-record=once")
        run(folder, "old", "--llm-accept")
        said = run(folder, "new", "--llm-record=missing", "--llm-attribute", f"--llm-trials={given.draws}")
    lines = said.splitlines()
    for place, line in enumerate(lines):
        if found := LINE.match(line):
            sys.stdout.write(f"{found[1]} {found[2]}: {lines[place + 1].strip()}\n    {lines[place + 2].strip()}\n")
    sys.stdout.write("\n".join(line.strip() for line in lines if "made for it" in line) + "\n")


if __name__ == "__main__":
    main()
