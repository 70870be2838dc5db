"""``pytest --llm-drift`` end to end on real local models whose server changes behind one name and port.

    python -m benchmarks.drift_live [--quiet-runs 20] [--draws 10]

A test suite of three prompts is recorded from SmolLM2-135M and given a baseline. Then the server behind the same port
answers with another model, with a hidden system sentence, at another temperature, or as before; each time the suite is
probed by ``pytest --llm-drift`` in a process of its own, and the verdict, the exit code and the calls are printed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import urllib.request
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pytest_llm.local import start

SUITE = """
import pytest


@pytest.mark.parametrize("city", ["Paris", "Rome"])
def test_city(llm, city):
    answer = llm.ask(f"Name one sight of {city}.", temperature=0.7, max_tokens=24)
    assert answer.text.strip()


def test_refund(llm):
    answer = llm.ask("May I return shoes after 10 days? Answer yes or no.", temperature=0, max_tokens=12)
    assert "yes" in answer.text.lower()
"""


class Front(ThreadingHTTPServer):
    """One port, behind which the model, a hidden sentence or the temperature can be changed; the name stays."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = ""
        self.hidden = ""
        self.hotter = 0.0
        self.calls = 0


class _Handler(BaseHTTPRequestHandler):
    server: Front
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        front = self.server
        front.calls += 1
        body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if front.hidden:
            body["messages"] = [{"role": "system", "content": front.hidden}, *body["messages"]]
        if front.hotter and body.get("temperature"):
            body["temperature"] += front.hotter
        asked = urllib.request.Request(
            f"{front.behind}/chat/completions", json.dumps(body).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(asked, timeout=600) as answer:
            document = json.loads(answer.read())
        document["model"] = "aliased"  # an alias that is echoed hides a swap
        data = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def pytest_in(folder: Path, front: Front, *options: str) -> tuple[int, str, int]:
    """Return the exit code of pytest, what it said, and the calls that came."""
    before = front.calls
    environment = {**os.environ, "OPENAI_API_KEY": "none", "COLUMNS": "160"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *options]
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return result.returncode, result.stdout, front.calls - before


def told(name: str, found: tuple[int, str, int]) -> None:
    """Print a scenario: exit code, calls, the line of the suite and of each item."""
    code, said, calls = found
    lines = [line for line in said.splitlines() if re.match(r"(The suite|test_suite\.py::\S+  )", line)]
    sys.stdout.write("\n".join([f"{name}: exit code {code}, {calls} calls", *(f"    {line}" for line in lines)]) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run the scenarios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quiet-runs", type=int, default=20)
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--show", action="store_true", help="print the whole summary of each changed scenario")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        small, other = (
            stack.enter_context(start(f"local/{name}")).base_url for name in ("smollm2-135m", "gemma3-270m")
        )
        front = stack.enter_context(Front())
        threading.Thread(target=front.serve_forever, daemon=True).start()
        front.behind = small
        folder.joinpath("test_suite.py").write_text(SUITE, encoding="utf-8")
        folder.joinpath("pytest.ini").write_text(
            f"[pytest]\nllm_model = aliased\nllm_base_url = http://127.0.0.1:{front.server_port}/v1\n", encoding="utf-8"
        )
        draws = f"--llm-trials={arguments.draws}"
        told("recording", pytest_in(folder, front, "--llm-record=once"))
        told("baseline", pytest_in(folder, front, "--llm-baseline", draws))
        for name, behind, hidden, hotter in (
            ("another model", other, "", 0.0),
            ("a hidden system sentence", small, "Be brief.", 0.0),
            ("temperature 0.7 to 1.4", small, "", 0.7),
        ):
            front.behind, front.hidden, front.hotter = behind, hidden, hotter
            found = pytest_in(folder, front, "--llm-drift", draws)
            told(name, found)
            if arguments.show:
                sys.stdout.write(found[1])
        front.behind, front.hidden, front.hotter = small, "", 0.0
        alarms = warned = 0
        for _ in range(arguments.quiet_runs):
            code, said, _ = pytest_in(folder, front, "--llm-drift", draws)
            alarms += code != 0
            warned += "WARN" in said
        quiet = arguments.quiet_runs
        sys.stdout.write(f"nothing changed: {alarms} of {quiet} runs failed, {warned} warned\n")


if __name__ == "__main__":
    main()
