"""What docs/expectations.md says a failure prints is what it prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEXT = Path(__file__).parents[2].joinpath("docs", "expectations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
CODE = [text for kind, text in BLOCKS if kind == "python" and text.startswith("assert") and "similar_to" not in text]
SAID = [text.splitlines() for kind, text in BLOCKS if kind == "text"]
SETUP = "import re\nfrom pytest_llm import *\n\ndef test_it():\n"


@pytest.mark.parametrize("code", CODE, ids=range(len(CODE)))
def test_a_failure_in_the_docs_is_what_pytest_prints(pytester: pytest.Pytester, code: str) -> None:
    pytester.makepyfile(SETUP + "".join(f"    {line}\n" for line in code.splitlines()))
    result = pytester.runpytest_inprocess("-p", "no:asyncio")
    printed = [line[8:] for line in result.stdout.lines if line.startswith("E  ")]

    assert printed in SAID
