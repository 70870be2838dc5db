"""Without hypothesis the package works, and what draws says which extra to install."""

from __future__ import annotations

import subprocess
import sys

BLOCKED = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "hypothesis":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocker())
import pytest_llm
from pytest_llm import strategies as llm_st

print(pytest_llm.similar_to.__name__, *map(str, llm_st.RELATIONS["case"].variants("Hello", 1)))


@llm_st.metamorphic(invariant=["case", llm_st.paraphrasing({"Hello": "Hi"})], of="Hello", again=0)
def relation(variant):
    with llm_st.ScriptedModel(["Good day."]) as llm:
        assert llm.ask(variant).text == "Good day."


relation()
null = {"type": "null"}
for draw in (llm_st.texts, llm_st.responses, lambda: llm_st.prompts_like("Hello"), lambda: llm_st.json_values(null)):
    try:
        draw()
    except pytest_llm.errors.MissingExtraError as error:
        print(error)
"""
SAID = (
    "pytest_llm.strategies draws with hypothesis, which is not installed: "
    'pip install "pytest-llm-regression[hypothesis]"'
)


def _run(script: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_the_package_works_and_what_draws_says_which_extra_to_install() -> None:
    assert _run(BLOCKED.replace("import pytest_llm\n", "import pytest_llm, pytest_llm.errors\n")) == [
        "similar_to HELLO",
        *[SAID] * 4,
    ]


def test_importing_the_strategies_imports_no_hypothesis() -> None:
    script = (
        "import sys; from pytest_llm import strategies; print({'hypothesis', 'openai', 'scipy'} & set(sys.modules))"
    )

    assert _run(script) == ["set()"]
