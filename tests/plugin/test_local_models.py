"""The whole flow of a snapshot on real models of this machine: record, accept, change, see the cause, review."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from pytest_llm.local import LOCAL_MODELS, LocalServer, start

from .project import Project

MODELS = ("smollm2-135m", "gemma3-270m")
MISSING = [
    package
    for package in ("xllamacpp", *(package for model in MODELS for package, _ in LOCAL_MODELS[model].parts))
    if find_spec(package) is None
]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
SUITE = """
    def test_it(llm, llm_prompt, llm_snapshot):
        prompt = llm_prompt("capital", country="France")
        assert llm.ask(prompt, **prompt.params) == llm_snapshot
"""
FILE = """\
    ---
    params: {"temperature": 0, "max_tokens": 16}
    ---

    What is the capital of {country}? Answer in one short sentence.
    """


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, LocalServer]]:
    """Serve two models; each says its own name whatever name it is asked by."""
    with start(f"local/{MODELS[0]}") as small, start(f"local/{MODELS[1]}") as other:
        yield {"small": small, "other": other}


def explained(result: pytest.RunResult) -> list[str]:
    """Return the lines of the failure's explanation."""
    return [line[8:] for line in result.stdout.lines if line.startswith("E  ")]


def contents(project: Project) -> dict[str, bytes]:
    """Return the bytes of each file beside the tests."""
    return {name: project.path.joinpath(name).read_bytes() for name in project.files}


def test_a_word_of_the_prompt_and_the_model_behind_a_name_are_told_as_the_cause(
    project: Project, servers: dict[str, LocalServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    def record(mode: str, server: str = "small") -> pytest.RunResult:
        return project.run(f"--llm-record={mode}", f"--llm-base-url={servers[server].base_url}")

    project.ini(llm_model="assistant")
    project.write(SUITE)
    project.write(FILE, "prompts/capital.md")
    record("once").assert_outcomes(failed=1)
    project.run("--llm-accept")
    project.run().assert_outcomes(passed=1)

    before = contents(project)
    record("all").assert_outcomes(passed=1)

    assert contents(project) == before

    project.write(FILE.replace("capital of {country}? A", "currency of {country}? A"), "prompts/capital.md")
    changed = explained(record("missing"))

    assert changed[:2] == [
        "assert response == llm_snapshot  (the prompt changed (prompts/capital.md))",
        "  prompt, message 1 (user): What is the [-capital-]{+currency+} of France? Answer in one…",
    ]
    assert changed[2].startswith("  - The capital of France is Paris")

    project.run("--llm-accept")
    project.run().assert_outcomes(passed=1)
    switched = explained(record("all", "other"))

    assert switched[0] == (
        "assert response == llm_snapshot  (the served model changed (smollm2-135m → gemma3-270m), the prompt did not)"
    )
