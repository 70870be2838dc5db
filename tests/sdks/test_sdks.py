"""The providers' own SDKs: recorded against a loopback server, replayed without it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from shutil import copy
from subprocess import run
from typing import Any

import pytest
from server import Loopback

from pytest_llm.plugin.drift.variants import asks_logprobs

SUITES = Path(__file__).parent / "suites"
SECRETS = ("_API_KEY", "_ACCESS_KEY_ID", "_SECRET_ACCESS_KEY", "_TOKEN")
PLUGINS = ("-p", "no:cacheprovider", "-p", "no:asyncio")
INI = """[pytest]
llm_concurrency = 20
filterwarnings =
    error
    ignore:Inheritance class AiohttpClientSession:DeprecationWarning
"""
LAX = INI.replace("    error\n", "    default\n")  # litellm deprecates, and leaves event loops open
SDKS = [
    pytest.param("openai", "openai", id="openai"),
    pytest.param("anthropic", "anthropic", id="anthropic"),
    pytest.param("gemini", "google.genai", id="gemini"),
    pytest.param("groq", "groq", id="groq"),
    pytest.param("litellm", "litellm", id="litellm"),
    pytest.param("bedrock", "boto3", id="bedrock"),
    pytest.param("requests", "requests", id="requests"),
    pytest.param("others", "ollama", id="mistral-ollama-together"),
]
HONOURING = ("openai", "anthropic", "groq")  # they wait as long as retry-after says, so the recording did too


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    server = Loopback()
    yield server
    server.stop()


class Runs:
    """Runs one SDK's suite in processes of their own."""

    def __init__(self, folder: Path, name: str, url: str) -> None:
        self.folder = folder
        self.module = f"test_{name}.py"
        self.url = url
        copy(SUITES / "inner_conftest.py", folder / "conftest.py")
        copy(SUITES / f"{name}_suite.py", folder / self.module)
        (folder / "pytest.ini").write_text(LAX if name == "litellm" else INI)

    def __call__(self, phase: str, *arguments: str) -> dict[str, str]:
        """Return the outcome of each test."""
        dropped = ("CI", "PYTEST_ADDOPTS")
        kept = {key: value for key, value in os.environ.items() if not key.endswith(SECRETS) and key not in dropped}
        told = {"PHASE": phase, "DUMPS": str(self.folder / phase), "SERVER": self.url}
        told["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else a thread of litellm's own fetches it, and sleeps
        command = [sys.executable, "-m", "pytest", "-vv", "--tb=short", *PLUGINS, *arguments]
        ran = run(command, cwd=self.folder, env=kept | told, capture_output=True, text=True, timeout=240, check=False)
        print(ran.stdout[-20_000:], ran.stderr[-5_000:])
        lines = (line.split() for line in ran.stdout.splitlines() if line.startswith(f"{self.module}::"))
        return {words[0].partition("::")[2]: words[1] for words in lines if len(words) > 2}

    def dumped(self, phase: str) -> dict[str, dict[str, Any]]:
        """Return what each test kept, and its waits."""
        return {path.stem: json.loads(path.read_text()) for path in sorted((self.folder / phase).iterdir())}


def suite_of(name: str, package: str, folder: Path, loopback: Loopback) -> Runs:
    if find_spec(package.partition(".")[0]) is None or find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    return Runs(folder, name, loopback.url)


@pytest.mark.parametrize(("name", "package"), SDKS)
def test_an_sdk_returns_again_what_was_recorded_and_no_application_hides_what_was_not(
    name: str, package: str, loopback: Loopback, tmp_path: Path
) -> None:
    suite = suite_of(name, package, tmp_path, loopback)
    recorded = suite("record", "--llm-record=once")
    loopback.stop()
    asked = list(loopback.requests)
    replayed = suite("replay")
    first, second = suite.dumped("record"), suite.dumped("replay")
    fallbacks = {test for test in first if "fallback" in test}

    assert recorded
    assert set(recorded.values()) == {"PASSED"}
    assert replayed == {test: "UNRECORDED" if misses(test) else "PASSED" for test in recorded}
    assert loopback.requests == asked
    assert without(fallbacks, second) == without(fallbacks, first)
    assert [second[test]["got"] for test in fallbacks] == [["Sorry, try later."]] * len(fallbacks)
    assert [told["waits"] for told in second.values() if told["waits"]] == []
    assert name not in HONOURING or 2.5 in first["test_busy"]["waits"]


def misses(test: str) -> bool:
    """Say whether a test asks in replay for what was not recorded: another prompt, or a sixth draw."""
    return "fallback" in test or "five_draws" in test


def without(left_out: set[str], dumped: dict[str, dict[str, Any]]) -> dict[str, object]:
    return {test: told["got"] for test, told in dumped.items() if test not in left_out}


WHICH = ("-k", "test_chat or test_responses or test_message or test_stream and not fallback and not tools")
PROBED = [
    pytest.param("openai", "openai", {"openai-chat": True, "openai-responses": True}, id="openai"),
    pytest.param("anthropic", "anthropic", {"anthropic-messages": False}, id="anthropic"),
    pytest.param("gemini", "google.genai", {"gemini": True}, id="gemini"),
]


@pytest.mark.parametrize(("name", "package", "telling"), PROBED)
def test_an_sdks_requests_get_a_baseline_with_twins_and_are_probed(
    name: str, package: str, telling: dict[str, bool], loopback: Loopback, tmp_path: Path
) -> None:
    suite = suite_of(name, package, tmp_path, loopback)
    suite("record", "--llm-record=once", *WHICH)

    suite("baseline", "--llm-baseline", "--llm-trials=2", *WHICH)
    entries = [
        entry for file in tmp_path.rglob("*.drift.json") for entry in json.loads(file.read_text())["interactions"]
    ]
    probed = suite("drift", "--llm-drift", "--llm-trials=2", *WHICH)

    assert {entry["dialect"]: asks_logprobs(entry) for entry in entries} == telling
    assert {entry["dialect"] for entry in entries if entry.get("probe")} == set(telling)
    assert probed
    assert all(test.endswith("[drift]") for test in probed)
