"""``pytest --llm-drift`` end to end on a real local model whose server changes behind one name and port.

    python -m benchmarks.drift_live [SCENARIO ...] [--folder FOLDER] [--runs 20] [--show]

An example suite (three test functions, six prompts, four of them sampled) is recorded from SmolLM2-135M and given a
baseline. Then the front that stands before the model answers with another model, with the same one requantised, with a
hidden system sentence, at another temperature, from two backends, with errors, or as before; each time a copy of the
suite is probed by ``pytest --llm-drift`` in a process of its own. Without a scenario all of them are run. ``--folder``
keeps what was recorded, so that scenarios can be run one at a time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.requantise import requantise
from pytest_llm.local import LOCAL_MODELS, start

SUITE = """
import pytest


@pytest.mark.parametrize("city", ["Paris", "Rome", "Tokyo"])
def test_city(llm, city):
    answer = llm.ask(f"Name one sight of {city}.", temperature=0.7, max_tokens=16)
    assert city in answer.text


@pytest.mark.parametrize(
    ("question", "right"),
    [("How many days does a week have?", "7"), ("May I return shoes after 10 days? Answer yes or no.", "No")],
)
def test_answer(llm, question, right):
    assert right in llm.ask(question, temperature=0, max_tokens=8).text


def test_subject(llm):
    answer = llm.ask("Write the subject of a mail to a customer whose parcel is late.", temperature=0.7, max_tokens=16)
    assert 0 < len(answer.text.strip()) <= 120
"""
KEY = "key-of-the-benchmark"
MODEL = "smollm2-135m"
NIGHT_DRAWS = 5
SESSIONS, SESSION_DRAWS = 8, 5
WRONG_KEY = "another-key-of-the-benchmark"


@dataclass(frozen=True)
class Behind:
    """What answers: a local model, a hidden system sentence, what is added to the temperature."""

    model: str = MODEL
    hidden: str = ""
    hotter: float = 0.0


@dataclass
class Front:
    """One port, behind which everything can be changed; the name of the model stays.

    ``share`` of the calls go to ``second``, ``failing`` of them are answered 429 or 500, and after ``lives`` calls
    nothing answers any more.
    """

    models: dict[str, str]
    first: Behind = Behind()
    second: Behind = Behind()
    share: float = 0.0
    failing: float = 0.0
    lives: float = float("inf")
    calls: int = 0
    failed: int = 0
    rng: random.Random = field(default_factory=lambda: random.Random(0))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reply(self, authorization: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        """Return status and answer to a request; None where there is none."""
        with self.lock:
            self.calls += 1
            dead, chosen = self.calls > self.lives, self.second if self.rng.random() < self.share else self.first
            error = self.rng.choice([429, 500]) if self.rng.random() < self.failing else 0
            self.failed += bool(error)
        if dead:
            return None
        if authorization != f"Bearer {KEY}":
            return 401, {"error": {"message": "Incorrect API key provided.", "code": "invalid_api_key"}}
        if error:
            return error, {"error": {"message": "Try again later."}}
        if chosen.hidden:
            body["messages"] = [{"role": "system", "content": chosen.hidden}, *body["messages"]]
        if chosen.hotter and body.get("temperature"):
            body["temperature"] += chosen.hotter
        asked = urllib.request.Request(
            f"{self.models[chosen.model]}/chat/completions",
            json.dumps(body).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(asked, timeout=600) as answer:
            return 200, {**json.loads(answer.read()), "model": "aliased"}  # an alias that is echoed hides a swap


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, front: Front) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.front = front


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        found = self.server.front.reply(self.headers.get("authorization", ""), body)
        if found is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        status, document = found
        data = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@dataclass
class Run:
    """A run of pytest: exit code, what it said, the calls that came, those that failed, and how long it took."""

    code: int
    said: str
    calls: int
    failed: int
    seconds: float

    @property
    def lines(self) -> list[str]:
        """The lines of the suite and of each item."""
        told = r"(\d+ items?: |The suite|Could not|test_suite\.py::\S+  )"
        return [line for line in self.said.splitlines() if re.match(told, line)]

    @property
    def level(self) -> str:
        """FAIL when the run failed, WARN when it warned."""
        return "FAIL" if self.code else "WARN" if re.search(r"^The suite: WARN|\]  WARN", self.said, re.M) else "quiet"


class Night(NamedTuple):
    """What a night came to."""

    level: str
    calls: int


class Bench:
    """The models, the folder of what is recorded, and the port of the front."""

    def __init__(self, stack: ExitStack, folder: Path, show: bool) -> None:
        self.folder, self.show = folder, show
        self.stack = stack
        self.front = Front({})
        self.server = stack.enter_context(Server(self.front))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.behind(Behind())

    def behind(self, *sides: Behind) -> Front:
        """Put these behind the port, nothing else changed; models are started as they are needed."""
        for side in sides:
            if side.model not in self.front.models:
                self.front.models[side.model] = self._started(side.model)
        first, second = (*sides, *sides)[:2]
        fresh = Front(self.front.models, first, second)
        self.front = self.server.front = fresh
        return fresh

    def _started(self, model: str) -> str:
        if model not in LOCAL_MODELS:
            file = Path(self.stack.enter_context(tempfile.TemporaryDirectory()), f"{model}.gguf")
            requantise(file, model)
            LOCAL_MODELS[model] = replace(LOCAL_MODELS[MODEL], name=model, parts=(("xllamacpp", str(file)),))
        return self.stack.enter_context(start(f"local/{model}")).base_url

    def pytest(self, folder: Path, *options: str, key: str = KEY) -> Run:
        """Run pytest in a folder, against the port."""
        url = f"http://127.0.0.1:{self.server.server_port}/v1"
        folder.joinpath("pytest.ini").write_text(f"[pytest]\nllm_model = aliased\nllm_base_url = {url}\n", "utf-8")
        environment = {**os.environ, "OPENAI_API_KEY": key, "COLUMNS": "160"}
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *options]
        calls, failed, began = self.front.calls, self.front.failed, time.monotonic()
        found = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        return Run(
            found.returncode,
            found.stdout,
            self.front.calls - calls,
            self.front.failed - failed,
            time.monotonic() - began,
        )

    def recorded(self, name: str, record: Callable[[Path], None]) -> Path:
        """Return a copy of what is recorded under a name, recording it where it is not there yet."""
        kept = self.folder / name
        if not kept.exists():
            unfinished = self.folder / f"{name}.unfinished"
            unfinished.mkdir(parents=True, exist_ok=True)
            unfinished.joinpath("test_suite.py").write_text(SUITE, encoding="utf-8")
            record(unfinished)
            unfinished.rename(kept)
        copy = Path(self.stack.enter_context(tempfile.TemporaryDirectory()), "suite")
        shutil.copytree(kept, copy)
        return copy

    def standing(self, name: str, made: Callable[[], Path]) -> Path:
        """Return the folder of a suite that is probed night after night, which stands until the next invocation."""
        kept = self.folder / name
        if not kept.exists():
            shutil.copytree(made(), kept)
        return kept

    def night(self, name: str, run: Run | None = None) -> list[Night]:
        """Return the nights of that name so far, with this one."""
        file = self.folder / f"{name}.jsonl"
        if run is not None:
            with file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps([run.level, run.calls]) + "\n")
        return [Night(*json.loads(line)) for line in file.read_text("utf-8").splitlines()] if file.exists() else []

    def tell(self, name: str, run: Run) -> None:
        """Print a scenario."""
        lines = run.said.splitlines() if self.show else run.lines
        say(f"{name}: exit code {run.code}, {run.calls} calls, {run.seconds:.0f} s", *(f"    {line}" for line in lines))


def say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def one_session(bench: Bench) -> Path:
    """Return a copy of the suite with a baseline of one session."""

    def record(folder: Path) -> None:
        bench.behind(Behind())
        pass_once(bench, folder)
        bench.tell("baseline", bench.pytest(folder, "--llm-baseline"))

    return bench.recorded("one session", record)


def pass_once(bench: Bench, folder: Path) -> None:
    """Record the suite until it passes, as one would before it is committed."""
    passed = folder / "passed"
    for _ in range(10):
        if passed.exists():
            return
        run = bench.pytest(folder, "--llm-record=all")
        bench.tell("recording", run)
        if run.code == 0:
            passed.touch()
    raise RuntimeError(f"The suite does not pass:\n{run.said}")


def several_sessions(name: str, second: Behind) -> Callable[[Bench], Path]:
    """Return what gives a copy of the suite whose baseline has sessions of unlike shares of the second backend."""

    def copy(bench: Bench) -> Path:
        def record(folder: Path) -> None:
            bench.behind(Behind())
            pass_once(bench, folder)
            for session, share in enumerate(shares(1, SESSIONS), start=1):
                mixed(bench, second, share)
                bench.tell(
                    f"baseline, session {session}, share {share:.2f}",
                    bench.pytest(
                        folder,
                        "--llm-baseline",
                        f"--llm-baseline-sessions={session}",
                        f"--llm-trials={SESSION_DRAWS}",
                    ),
                )

        return bench.recorded(f"several sessions, {name}", record)

    return copy


def shares(seed: int, many: int) -> list[float]:
    rng = random.Random(seed)
    return [rng.random() for _ in range(many)]


def mixed(bench: Bench, second: Behind, share: float) -> None:
    front = bench.behind(Behind(), second)
    front.share, front.rng = share, random.Random(str(share))


def changed(name: str, behind: Behind) -> Callable[[Bench, int], None]:
    def scenario(bench: Bench, runs: int) -> None:
        folder = one_session(bench)
        bench.behind(behind)
        bench.tell(name, bench.pytest(folder, "--llm-drift"))

    return scenario


def quiet(bench: Bench, runs: int) -> None:
    """Run nights without any change, one after the other in one folder, so that each knows the one before."""
    name = "nothing changed"
    folder = bench.standing(name, lambda: one_session(bench))
    bench.behind(Behind())
    for number in range(len(bench.night(name)) + 1, runs + 1):
        run = bench.pytest(folder, "--llm-drift", f"--llm-trials={NIGHT_DRAWS}")
        bench.night(name, run)
        bench.tell(f"{name}, night {number}", run)
    say(counted(name, bench.night(name)))


def counted(name: str, nights: list[Night]) -> str:
    levels, calls = zip(*nights, strict=True)
    return (
        f"{name}: {levels.count('FAIL')} of {len(nights)} runs failed, {levels.count('WARN')} warned; "
        f"{min(calls)} to {max(calls)} calls a run"
    )


def two_backends(name: str, second: Behind) -> Callable[[Bench, int], None]:
    """Return nights of which each has another share of a second backend, as the sessions of the baseline had."""

    def scenario(bench: Bench, runs: int) -> None:
        several = bench.standing(
            f"{name}, baseline of {SESSIONS} sessions", lambda: several_sessions(name, second)(bench)
        )
        alone = bench.standing(f"{name}, baseline of one session", lambda: first_session_of(bench, several))
        for number, folder in ((number, folder) for number in range(1, runs + 1) for folder in (several, alone)):
            if number <= len(bench.night(folder.name)):
                continue
            share = shares(2, number)[-1]
            mixed(bench, second, share)
            run = bench.pytest(folder, "--llm-drift", "-vv", f"--llm-trials={SESSION_DRAWS}")
            bench.night(folder.name, run)
            bench.tell(f"{folder.name}, night {number}, share {share:.2f}", run)
            say(*(f"    {line}" for line in run.said.splitlines() if re.match(r"  \S+: .*p [=<] ", line)))
        for folder in (several, alone):
            say(counted(folder.name, bench.night(folder.name)))

    return scenario


def first_session_of(bench: Bench, folder: Path) -> Path:
    """Return a copy of a suite whose baseline is the first of the sessions alone."""
    copy = Path(bench.stack.enter_context(tempfile.TemporaryDirectory()), "suite")
    shutil.copytree(folder, copy)
    for file in copy.rglob("*.drift.json"):
        document = json.loads(file.read_text("utf-8"))
        first = document["interactions"][0]["session"]
        document["interactions"] = [entry for entry in document["interactions"] if entry["session"] == first]
        file.write_text(json.dumps(document), "utf-8")
    return copy


def failing(name: str, *options: str, key: str = KEY, **trouble: float) -> Callable[[Bench, int], None]:
    """Return a provider that fails while nothing else changed; what is recorded must stay as it is."""

    def scenario(bench: Bench, runs: int) -> None:
        folder = one_session(bench)
        front = bench.behind(Behind())
        for field_name, value in trouble.items():
            setattr(front, field_name, value)
        before = digest(folder)
        run = bench.pytest(folder, "--llm-drift", *options, key=key)
        kept = "what is recorded is as before" if digest(folder) == before else "WHAT IS RECORDED HAS CHANGED"
        bench.tell(f"{name} ({run.failed} answered 429 or 500; {kept})", run)
        if WRONG_KEY in run.said or any(WRONG_KEY.encode() in file.read_bytes() for file in files(folder)):
            raise RuntimeError("The key is told.")
        say(*(f"    | {line}" for line in run.said.splitlines()[-4:]))

    return scenario


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def digest(folder: Path) -> str:
    """Return the hash of all that was recorded: everything but the port, the history of runs and what Python keeps."""
    kept = [path for path in files(folder) if not {"pytest.ini", ".llm", "__pycache__"} & set(path.parts)]
    return hashlib.sha256(b"".join(str(path).encode() + path.read_bytes() for path in kept)).hexdigest()


HIDDEN = Behind(hidden="Be brief.")
SCENARIOS: dict[str, Callable[[Bench, int], None]] = {
    "swap": changed("another model", Behind("gemma3-270m")),
    "hidden": changed("a hidden system sentence", HIDDEN),
    "hotter": changed("temperature 0.7 to 1.4", Behind(hotter=0.7)),
    "Q8_0": changed("requantised, Q8_0", Behind("Q8_0")),
    "Q4_0": changed("requantised, Q4_0", Behind("Q4_0")),
    "Q2_K": changed("requantised, Q2_K", Behind("Q2_K")),
    "quiet": quiet,
    "two-Q2_K": two_backends("two backends, one Q2_K", Behind("Q2_K")),
    "two-hidden": two_backends("two backends, one with a hidden sentence", HIDDEN),
    "errors": failing("30 % of calls answer 429 or 500", failing=0.3),
    "dying": failing("dies after 30 calls", lives=30),
    "dead": failing("dead from the start", lives=0),
    "budget": failing("12 calls", "--llm-max-calls=12"),
    "key": failing("wrong key", key=WRONG_KEY),
}


def main() -> None:
    """Run the scenarios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=", ".join(SCENARIOS))
    parser.add_argument("--folder", type=Path, help="where what is recorded is kept")
    parser.add_argument(
        "--runs",
        type=int,
        default=20,
        help="nights of scenarios that have several, those of earlier invocations in the same folder among them",
    )
    parser.add_argument("--show", action="store_true", help="print all that pytest says")
    arguments = parser.parse_args()
    if arguments.runs < 1:
        parser.error(f"--runs {arguments.runs} is no number of nights.")
    if wrong := [name for name in arguments.scenarios if name not in SCENARIOS]:
        parser.error(f"{wrong[0]!r} is no scenario. Valid ones: {', '.join(SCENARIOS)}.")
    with ExitStack() as stack:
        folder = arguments.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bench = Bench(stack, folder, arguments.show)
        for name in arguments.scenarios or SCENARIOS:
            SCENARIOS[name](bench, arguments.runs)


if __name__ == "__main__":
    main()
