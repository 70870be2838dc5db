"""A user's project: its files, pytest run in it, and what its recordings and terminal say."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from .server import Provider


@dataclass
class Project:
    """A user's project: its files, and pytest run in it."""

    pytester: pytest.Pytester
    provider: Provider

    @property
    def path(self) -> Path:
        return self.pytester.path

    def ini(self, **options: str) -> None:
        """Write the ini file; the model and its endpoint are in it unless given otherwise."""
        lines = {
            "llm_base_url": self.provider.url,
            "llm_model": "gpt-4o-mini",
            "filterwarnings": "error",
            "asyncio_default_fixture_loop_scope": "function",
            **options,
        }
        text = "".join(f"{name} = {value}\n" for name, value in lines.items())
        self.path.joinpath("pytest.ini").write_text(f"[pytest]\n{text}", encoding="utf-8")

    def write(self, source: str, name: str = "test_it.py") -> Path:
        """Write a file of the project, its test module by default."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(source), encoding="utf-8")
        return path

    def run(self, *args: str, subprocess: bool = False) -> pytest.RunResult:
        """Run pytest here, in this process unless asked otherwise."""
        plain = ("-p", "no:cacheprovider") if not any(arg.startswith(("--lf", "--last")) for arg in args) else ()
        if subprocess:
            return self.pytester.runpytest_subprocess(*plain, *args)
        return self.pytester.runpytest_inprocess(*plain, *args)

    def record(self, *args: str, mode: str = "once") -> pytest.RunResult:
        """Record, and see to it that everything passed."""
        result = self.run(f"--llm-record={mode}", *args)
        assert result.ret == 0, result.stdout.str()
        return result

    def cassette(self, test: str = "test_it", module: str = "test_it") -> Path:
        """Return a test function's cassette."""
        return self.path / "__llm__" / module / f"{test}.cassette.json"

    def interactions(self, test: str = "test_it", module: str = "test_it") -> list[dict[str, Any]]:
        """Return what a cassette holds."""
        found: list[dict[str, Any]] = json.loads(self.cassette(test, module).read_text("utf-8"))["interactions"]
        return found

    def answers(self, test: str = "test_it", module: str = "test_it") -> list[str]:
        """Return the recorded texts of a cassette."""
        entries = self.interactions(test, module)
        return [entry["response"]["choices"][0]["message"]["content"] for entry in entries]

    @property
    def files(self) -> list[str]:
        """The files that stand beside the tests in the folder of the recordings."""
        return sorted(
            path.relative_to(self.path).as_posix()
            for path in self.path.rglob("*")
            if "__llm__" in path.parts and path.is_file()
        )


def section(result: pytest.RunResult) -> list[str]:
    """Return the lines of our section of the terminal summary."""
    lines = result.outlines
    start = next((index for index, line in enumerate(lines) if line.strip("- ") == "llm" and line[0] == "-"), None)
    if start is None:
        return []
    end = next((i for i in range(start + 1, len(lines)) if lines[i].startswith(("=====", "-----"))), len(lines))
    return lines[start + 1 : end]


def errors(result: pytest.RunResult) -> list[str]:
    """Return the lines of the report that say what went wrong, without their mark."""
    return [line[1:].strip(" ") if line[1:4] == "   " else line for line in result.outlines if line.startswith("E  ")]
