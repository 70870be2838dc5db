"""The options on the command line and in the ini file, and which of them wins."""

from __future__ import annotations

import os
import re
from typing import Any, Literal, NamedTuple, get_args

import pytest

from pytest_llm.plugin.drift.options import Drift, add_drift_options, read_drift

__all__ = [
    "REVIEWS",
    "RecordMode",
    "Settings",
    "UndecidedAction",
    "UnusedAction",
    "add_options",
    "check_marker",
    "in_ci",
    "read_settings",
    "record_mode",
]

RecordMode = Literal["none", "once", "missing", "all"]
UnusedAction = Literal["warn", "fail", "delete"]
UndecidedAction = Literal["warn", "fail"]
_MARKER_ARGUMENTS = ("model", "record", "cassette")
_TYPES = {"record": RecordMode, "unused": UnusedAction, "undecided": UndecidedAction}


class Settings(NamedTuple):
    """The session's options after the command line has won over the ini file."""

    record: RecordMode
    live: bool
    model: str
    base_url: str
    max_calls: int | None
    max_cost: float | None
    concurrency: int
    unused: UnusedAction
    max_age_days: int | None
    folder: str
    hosts: frozenset[str]
    embedder: str
    calibrate: bool
    trials: int | None
    confidence: float
    undecided: UndecidedAction
    power: bool
    attribute: bool = False
    judge_model: str = ""
    judge_base_url: str = ""
    judge_probe: bool = False
    judge_min_kappa: float | None = None
    drift: Drift | None = None


def add_options(parser: pytest.Parser) -> None:
    """Declare every option and ini name."""
    group = parser.getgroup("llm", "LLM regression testing")
    for name, metavar, text in _BOTH:
        group.addoption(f"--llm-{name}", dest=f"llm_{name.replace('-', '_')}", default=None, metavar=metavar, help=text)
        parser.addini(f"llm_{name.replace('-', '_')}", f"Like --llm-{name}.", default=None)
    group.addoption(
        "--llm-live", action="store_true", default=False, help="neither read nor write cassettes: call the provider"
    )
    for action, text in REVIEWS.items():
        group.addoption(f"--llm-{action}", action="store_true", default=False, help=text)
    group.addoption(
        "--llm-reason", default=None, metavar="TEXT", help="with --llm-accept: why, kept with what is accepted"
    )
    group.addoption(
        "--llm-calibrate",
        action="store_true",
        default=False,
        help="say what the similarity thresholds of the suite separate, and where they separate nothing",
    )
    group.addoption(
        "--llm-attribute",
        action="store_true",
        default=False,
        help="where a snapshot's prompt and model both changed, ask old and new of both, and say what each did",
    )
    group.addoption(
        "--llm-power",
        action="store_true",
        default=False,
        help="say for each sample what drop its trials can detect, and how many would detect 5 points",
    )
    group.addoption(
        "--llm-judge-probe",
        action="store_true",
        default=False,
        help="after the run, ask the judge live how far injections, padding, praise and order move its grades",
    )
    add_drift_options(parser, group)
    parser.addini("llm_dir", "folder of the recordings, beside each test module (default: __llm__)", default="__llm__")
    parser.addini(
        "llm_prompts",
        "folder of the prompt files, beside the test module or at the root (default: prompts)",
        default="prompts",
    )
    parser.addini("llm_hosts", "more hosts whose requests are recorded: host or host:port", type="args", default=[])
    parser.addini("llm_confidence", "confidence of the intervals of rates and scores (default: 0.95)", default=None)
    parser.addini(
        "llm_undecided", "what a demand that the trials do not decide does: warn (default) or fail", default=None
    )
    parser.addini("llm_max_age", "age after which recordings are called stale, as 90d (default: never)", default=None)


REVIEWS = {
    "pending": "list the answers that wait for review, of the tests that are named; run no test",
    "accept": "accept the answers that wait for review, of the tests that are named; run no test",
    "reject": "drop the answers that wait for review, of the tests that are named; run no test",
}
_BOTH = (
    (
        "record",
        "MODE",
        "none: replay only (default). once: record absent cassettes. "
        "missing: record absent interactions too. all: record anew",
    ),
    ("model", "NAME", "model under test; local/smollm2-135m starts one on this machine"),
    ("base-url", "URL", "endpoint of the model under test (OpenAI-compatible)"),
    ("embedder", "KIND:MODEL", "embedder of similar_to (default: sentence-transformers:all-MiniLM-L6-v2)"),
    ("judge-model", "NAME", "model that grades for llm_judge (no default)"),
    ("judge-min-kappa", "K", "agreement with people (0 to 1) that a judge must have reached to grade"),
    ("judge-base-url", "URL", "endpoint of the judge (OpenAI-compatible; default: that of the model under test)"),
    ("max-calls", "N", "budget: live calls of the whole run"),
    ("max-cost", "USD", "budget: money for live calls of the whole run"),
    ("concurrency", "N", "live calls in flight (default: 8)"),
    ("trials", "N", "trials of every sample and every llm_trials test, in place of their own"),
    ("unused", "ACTION", "recordings that no test used: warn (default), fail or delete"),
)


def read_settings(config: pytest.Config) -> Settings:
    """Read the options; raises ``pytest.UsageError`` that lists the valid values."""
    record, unused = _choice(config, "record", "none"), _choice(config, "unused", "warn")
    if in_ci() and config.getoption("llm_record") is None:
        record = "none"
    if config.getoption("llm_reason") is not None and not config.getoption("llm_accept"):
        raise pytest.UsageError("--llm-reason says why an answer is accepted: it goes with --llm-accept only.")
    hosts = frozenset(str(host).lower() for host in config.getini("llm_hosts"))
    _check_endpoints(_text(config, "model"), _text(config, "base_url"), hosts)
    return Settings(
        record,
        bool(config.getoption("llm_live")),
        _text(config, "model"),
        _text(config, "base_url"),
        _number(config, "max_calls", int, None),
        _number(config, "max_cost", float, None),
        _number(config, "concurrency", int, 8),
        unused,
        _days(config.getini("llm_max_age")),
        str(config.getini("llm_dir")),
        hosts,
        _text(config, "embedder"),
        bool(config.getoption("llm_calibrate")),
        _number(config, "trials", int, None),
        _confidence(config.getini("llm_confidence")),
        _checked("undecided", given := config.getini("llm_undecided") or "warn", f"llm_undecided={given!r}"),
        bool(config.getoption("llm_power")),
        bool(config.getoption("llm_attribute")),
        _text(config, "judge_model"),
        _judge_url(config),
        bool(config.getoption("llm_judge_probe")),
        _number(config, "judge_min_kappa", float, None),
        read_drift(config),
    )


def _check_endpoints(model: str, base_url: str, hosts: frozenset[str]) -> None:
    if base_url and not base_url.startswith(("http://", "https://")):
        raise pytest.UsageError(
            f"--llm-base-url={base_url!r} is not a URL: it begins with neither http:// nor https://."
        )
    if base_url and model.startswith("local/"):
        raise pytest.UsageError(f"--llm-base-url={base_url!r} does not go with {model!r}, which has its own endpoint.")
    if wrong := next((host for host in hosts if "/" in host), None):
        raise pytest.UsageError(f"llm_hosts: {wrong!r} is not a host. Valid hosts: api.example.com, localhost:8080.")


def _judge_url(config: pytest.Config) -> str:
    url, model = _text(config, "judge_base_url"), _text(config, "judge_model")
    if url and not url.startswith(("http://", "https://")):
        raise pytest.UsageError(
            f"--llm-judge-base-url={url!r} is not a URL: it begins with neither http:// nor https://."
        )
    if url and model.startswith("local/"):
        raise pytest.UsageError(f"--llm-judge-base-url={url!r} does not go with {model!r}, which has its own endpoint.")
    return url


def record_mode(item: pytest.Item, settings: Settings) -> RecordMode:
    """Return the record mode of a test: its marker's, else the session's; a marker records nothing in CI."""
    for marker in item.iter_markers("llm"):
        if (value := marker.kwargs.get("record")) is not None:
            mode: RecordMode = _checked("record", value, f"@pytest.mark.llm(record={value!r})")
            return "none" if in_ci() else mode
    return settings.record


def marked(item: pytest.Item, name: str) -> Any:
    """Return an argument of the closest ``llm`` marker that has it, or None."""
    return next((value for mark in item.iter_markers("llm") if (value := mark.kwargs.get(name)) is not None), None)


def check_marker(item: pytest.Item) -> None:
    """Raise ``pytest.UsageError`` when an ``llm`` marker has an argument that does not exist."""
    for marker in item.iter_markers("llm"):
        unknown = [
            *map(repr, marker.args),
            *(key for key in marker.kwargs if key not in ("model", "record", "cassette")),
        ]
        if unknown:
            raise pytest.UsageError(
                f"{item.nodeid}: @pytest.mark.llm does not take {', '.join(unknown)}. "
                "Its arguments: model=, record=, cassette=."
            )


def in_ci() -> bool:
    """Say whether this is continuous integration: the environment variable ``CI`` is set."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def _raw(config: pytest.Config, name: str) -> str | None:
    given = config.getoption(f"llm_{name}")
    return given if given is not None else config.getini(f"llm_{name}") or None


def _text(config: pytest.Config, name: str) -> str:
    return str(_raw(config, name) or "")


def _choice(config: pytest.Config, name: str, default: str) -> Any:
    return _checked(name, _raw(config, name) or default, _said(config, name))


def _said(config: pytest.Config, name: str) -> str:
    if config.getoption(f"llm_{name}") is not None:
        return f"--llm-{name.replace('_', '-')}={config.getoption(f'llm_{name}')!r}"
    return f"llm_{name}={config.getini(f'llm_{name}')!r} in the ini file"


def _checked(name: str, value: object, said: str) -> Any:
    valid = get_args(_TYPES[name])
    if value not in valid:
        what = "a record mode. Valid modes" if name == "record" else "an action. Valid actions"
        raise pytest.UsageError(f"{said} is not {what}: {', '.join(valid)}.")
    return value


def _number(config: pytest.Config, name: str, kind: type[int] | type[float], default: Any) -> Any:
    raw = _raw(config, name)
    if raw is None:
        return default
    try:
        value = kind(raw)
    except ValueError:
        value = kind(-1)
    least = 1 if name in ("concurrency", "trials") else 0
    if not least <= value < float("inf"):
        what = "a whole number" if kind is int else "a number"
        raise pytest.UsageError(f"{_said(config, name)} is not {what} of at least {least}.")
    return value


def _confidence(raw: str | None) -> float:
    try:
        value = float(raw or 0.95)
    except ValueError:
        value = 0.0
    if not 0.5 <= value < 1:
        raise pytest.UsageError(f"llm_confidence={raw!r} is not a confidence: a number from 0.5 to below 1, as 0.95.")
    return value


def _days(raw: str | None) -> int | None:
    if not raw:
        return None
    match = re.fullmatch(r"(\d+)\s*([dwmy])", raw.strip())
    if match is None:
        raise pytest.UsageError(f"llm_max_age={raw!r} is not an age. Valid ages: 90d, 12w, 6m, 1y.")
    return int(match[1]) * {"d": 1, "w": 7, "m": 30, "y": 365}[match[2]]
