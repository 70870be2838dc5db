"""A suite that uses none of the fixtures pays nothing: nothing heavy is imported, nothing is written."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from .project import Project

HEAVY = (
    "openai httpx httpx2 httpcore aiohttp urllib3 requests anthropic numpy torch hypothesis jsonschema rapidfuzz"
    " pydantic anyio asyncio pytest_llm.hooks pytest_llm.player pytest_llm.dialects pytest_llm.wire pytest_llm.client"
)
SUITE = """
    import json
    import sys
    from pathlib import Path

    def test_it():
        Path("modules.json").write_text(json.dumps(sorted(sys.modules)))
"""


def imported(project: Project, *args: str) -> set[str]:
    """Return the modules that a run of the idle suite has imported, with our plugin alone or with none."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *args]
    environment = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PATH": "", "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(command, cwd=project.path, check=True, env=environment, stdout=subprocess.DEVNULL)
    path = project.path / "modules.json"
    found = set(json.loads(path.read_text("utf-8")))
    path.unlink()
    return found


def test_an_idle_suite_imports_nothing_heavy(project: Project) -> None:
    project.path.joinpath("pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    project.write(SUITE)

    more = imported(project, "-p", "pytest_llm.plugin") - imported(project)

    assert "pytest_llm.plugin" in more
    assert more.isdisjoint(HEAVY.split())
    assert not {name for name in more if not name.startswith("pytest_llm") and not name.startswith("_")} & {
        "email",
        "http",
        "json.tool",
        "multiprocessing",
        "sqlite3",
        "ssl",
    }


def test_an_idle_suite_writes_no_file(project: Project) -> None:
    project.write("def test_it():\n    pass\n")
    before = {path.name for path in project.path.iterdir()}

    project.run("--llm-record=all", "--llm-unused=delete").assert_outcomes(passed=1)

    assert {path.name for path in project.path.iterdir()} - before <= {"__pycache__"}


def test_an_idle_suite_says_nothing(project: Project) -> None:
    project.write("def test_it():\n    pass\n")

    result = project.run("--llm-record=all")

    assert not any("llm" in line for line in result.outlines if not line.startswith(("plugins:", "rootdir:")))


@pytest.mark.parametrize("outcome", ["assert True", "assert False"])
def test_an_idle_session_registers_no_hook_around_tests(project: Project, outcome: str) -> None:
    project.write(
        """
        def pytest_runtest_logfinish(nodeid):
            pass

        def pytest_sessionfinish(session):
            print("registered:", session.config.pluginmanager.has_plugin("llm-regression-running"))
        """,
        "conftest.py",
    )
    project.write(f"def test_it():\n    {outcome}\n")

    result = project.run("-s")

    assert "registered: False" in result.stdout.str()
