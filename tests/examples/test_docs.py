"""What the documentation says a failure prints is what it prints, and its files are tests that pass."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Thread

import pytest
from plugin.server import Provider

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "expectations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
CODE = [text for kind, text in BLOCKS if kind == "python" and text.startswith("assert") and "similar_to" not in text]
SAID = [text.splitlines() for kind, text in BLOCKS if kind == "text"]
SETUP = "import re\nfrom pytest_llm import *\n\ndef test_it():\n"
FILES = re.findall(
    r"^```python\n# (test_\w+\.py)\n(.*?)^```$", (DOCS / "properties.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
)

# The embedder of a project whose machine has no model: which letters a text has, and how often.
LETTERS = """
from string import ascii_lowercase

class Letters:
    def embed(self, texts):
        return [[float(text.lower().count(letter)) for letter in ascii_lowercase] for text in texts]

def pytest_llm_embedder(config, name):
    return Letters()
"""


@pytest.mark.parametrize("code", CODE, ids=range(len(CODE)))
def test_a_failure_in_the_docs_is_what_pytest_prints(pytester: pytest.Pytester, code: str) -> None:
    pytester.makepyfile(SETUP + "".join(f"    {line}\n" for line in code.splitlines()))
    result = pytester.runpytest_inprocess("-p", "no:asyncio")
    printed = [line[8:] for line in result.stdout.lines if line.startswith("E  ")]

    assert printed in SAID


def test_the_properties_in_the_docs_are_recorded_and_replayed(pytester: pytest.Pytester) -> None:
    for name, text in [*FILES, ("conftest.py", LETTERS)]:
        (pytester.path / name).write_text(text, encoding="utf-8")
    with Provider() as provider:
        provider.always("4 stars")
        pytester.makeini(f"[pytest]\nllm_model = gpt-4o-mini\nllm_base_url = {provider.url}\n")
        Thread(target=provider.serve_forever, args=(0.02,), daemon=True).start()
        # In processes of their own: pytester lets a second run in this one import anew what the first imported, and of
        # a module that is there twice one copy notes the answers of which the other knows nothing.
        recorded = pytester.runpytest_subprocess("--llm-record=once")
        provider.shutdown()
    replayed = pytester.runpytest_subprocess()
    tables = [
        [line.split()[:2] for line in result.outlines if " hold (" in line and "95% CI" in line]
        for result in (recorded, replayed)
    ]

    recorded.assert_outcomes(passed=4)
    replayed.assert_outcomes(passed=4)
    assert tables[0] == tables[1]
    assert [row[0] for row in tables[0]] == ["case", "paraphrases", "punctuation", "typos", "added", "asked"]
