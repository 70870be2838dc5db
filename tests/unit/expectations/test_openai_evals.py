"""Samples of OpenAI Evals, graded by our expectations, get the verdicts that evals computes itself."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import Expectation
from pytest_llm.expectations.references import loose_match
from pytest_llm.expectations.texts import contains_any, starts_with

SHARED = Path(os.environ.get("PYTEST_LLM_SHARED_DATA") or Path(__file__).parents[3] / ".." / "shared" / "data")
REGISTRY = SHARED / "evals" / "registry"

OURS: dict[str, Callable[[list[str]], Expectation]] = {
    "Match": lambda ideals: starts_with(*ideals),
    "Includes": lambda ideals: contains_any(*ideals),
    "Includes, ignore_case": lambda ideals: contains_any(*ideals, ignore_case=True),
    "FuzzyMatch": loose_match,
}

# The suites of the registry, by the class that grades them and the folder of their samples.
SUITES = {
    "crontab.dev.v0": ("Match", "crontab"),
    "day-of-week-from-date.dev.v0": ("Match", "day-of-week-from-date"),
    "syntax-check.dev.v1": ("Match", "syntax-check"),
    "test-fuzzy-match.s1.simple-v0": ("FuzzyMatch", "test_fuzzy_match"),
    "test-includes.s1.simple-v0": ("Includes", "test_fuzzy_match"),
    "test-includes-ignore-case.s1.simple-v0": ("Includes, ignore_case", "test_fuzzy_match"),
}

# What the classes of evals 3.0.1.post1 recorded for each sample and completion, in order: how many verdicts, how many
# of them true, and all of them as the bits of a number. Each class graded the samples of every suite.
VERDICTS = {
    "crontab: Match": (210, 84, 0x330CC330CC330CC330CC330CC330CC330CC330CC330CC330CC330),
    "crontab: Includes": (210, 127, 0x3B4ED3B4ED3B4ED3B4ED3B4ED3B4ED3B4ED3B4FD3B4ED3B4ED3B4),
    "crontab: Includes, ignore_case": (210, 127, 0x3B4ED3B4ED3B4ED3B4ED3B4ED3B4ED3B4ED3B4FD3B4ED3B4ED3B4),
    "crontab: FuzzyMatch": (210, 148, 0x3BCEF3BCEF3BCEF3BCEF3BC8FBFCEF3BCEF3BCFF3BCEF3BCEF3BC),
    "day-of-week-from-date: Match": (200, 48, 0xC0300C0300C0300C0340D0340C0340D0340D0300C0300C0340),
    "day-of-week-from-date: Includes": (200, 88, 0xE1384E1384E1384E13C4F13C4E13C4F13C4F1384E1384E13C4),
    "day-of-week-from-date: Includes, ignore_case": (200, 128, 0xED3B4ED3B4ED3B4ED3F4FD3F4ED3F4FD3F4FD3B4ED3B4ED3F4),
    "day-of-week-from-date: FuzzyMatch": (200, 148, 0xEF3BCEF3BCEF3BCEF3FCFF3FCEF3FCFF3FCFF3BCEF3BCEF3FC),
    "syntax-check: Match": (190, 43, 0x340C0320D0300C0300C0300C0300C0320C0300C8300C0300),
    "syntax-check: Includes": (190, 81, 0x3C4E13A4F1384E1384E1384E1384E13A4E1384E9384E1384),
    "syntax-check: Includes, ignore_case": (190, 116, 0x3F4ED3B4FD3B4ED3B4ED3B4ED3B4ED3B4ED3B4ED3B4ED3B4),
    "syntax-check: FuzzyMatch": (190, 136, 0x3FCEF3BCFF3FCEF3BCEF3BCEF3BCEF3BCEF3BCEF3BCEF3BC),
    "test_fuzzy_match: Match": (30, 6, 0x300C0300),
    "test_fuzzy_match: Includes": (30, 14, 0x384ED384),
    "test_fuzzy_match: Includes, ignore_case": (30, 18, 0x3B4ED3B4),
    "test_fuzzy_match: FuzzyMatch": (30, 21, 0x3BCEF3BC),
}


def ideals(sample: dict[str, object]) -> list[str]:
    ideal = sample["ideal"]
    return ideal if isinstance(ideal, list) else [str(ideal)]


def completions(samples: list[dict[str, object]], place: int) -> list[str]:
    """Return what a model might have answered to a sample."""
    ideal = ideals(samples[place])[0]
    return [
        ideal,
        f"{ideal}, that is the answer.",
        f"The answer is {ideal}, I think.",
        ideals(samples[(place + 1) % len(samples)])[0],
        ideal.upper(),
        ideal.lower(),
        ideal[: max(1, len(ideal) // 2)],
        f'"{ideal}"',
        "",
        "I do not know.",
    ]


def verdicts(kind: str, folder: str) -> str:
    """Return a digit for each sample and completion: 1 that our expectation holds, 0 that not, - that it is refused."""
    path = REGISTRY / "data" / folder / "samples.jsonl"
    if not path.is_file():
        pytest.skip("The shared data is absent: ../shared/data/evals (or PYTEST_LLM_SHARED_DATA) holds the samples.")
    samples = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    said = ""
    for place, sample in enumerate(samples):
        try:
            expectation = OURS[kind](ideals(sample))
        except ConfigurationError:
            said += "-" * len(completions(samples, place))
        else:
            said += "".join(str(int(expectation.check(text).holds)) for text in completions(samples, place))
    return said


@pytest.mark.parametrize("suite", SUITES)
def test_every_suite_gets_the_verdicts_of_evals(suite: str) -> None:
    kind, folder = SUITES[suite]
    count, held, bits = VERDICTS[f"{folder}: {kind}"]
    ours = verdicts(kind, folder)

    assert (len(ours), ours.count("1")) == (count, held)
    assert int(ours, 2) == bits


@pytest.mark.parametrize("key", VERDICTS)
def test_every_class_gives_its_verdicts_on_the_samples_of_other_suites_too(key: str) -> None:
    folder, kind = key.split(": ")
    count, _, bits = VERDICTS[key]
    theirs = f"{bits:0{count}b}"
    ours = verdicts(kind, folder)

    assert [place for place, (one, other) in enumerate(zip(ours, theirs, strict=True)) if one not in (other, "-")] == []
    # One ideal, "* * * * *", is nothing but punctuation: loose_match refuses it, evals compares two empty texts.
    assert ours.count("-") == (10 if key == "crontab: FuzzyMatch" else 0)


def test_the_suites_are_those_of_the_registry() -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML reads the registry")
    if not REGISTRY.is_dir():
        pytest.skip("The shared data is absent: ../shared/data/evals (or PYTEST_LLM_SHARED_DATA) holds the registry.")
    found = {}
    for path in (REGISTRY / "evals").glob("*.yaml"):
        for name, spec in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            kind = spec.get("class", "").rpartition(":")[2]
            if kind in OURS:
                case = ", ignore_case" if spec["args"].get("ignore_case") else ""
                found[name] = (kind + case, spec["args"]["samples_jsonl"].partition("/")[0])

    assert found == SUITES
