"""What docs/samples.md says a failure prints is what it prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEXT = Path(__file__).parents[2].joinpath("docs", "samples.md").read_text(encoding="utf-8")
PAIRS = re.findall(r"^```python\n(assert .*?)^```\n\n```text\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
SETUP = """
from pytest_llm import *

def is_yes(response):
    return response.text == "yes"

def test_it():
    sample = Sample(["yes"] * 13 + ["no"] * 5 + ["maybe"] * 2)
"""


@pytest.mark.parametrize(("code", "said"), PAIRS, ids=range(len(PAIRS)))
def test_a_failure_in_the_docs_of_samples_is_what_pytest_prints(
    pytester: pytest.Pytester, code: str, said: str
) -> None:
    pytester.makepyfile(SETUP + "".join(f"    {line}\n" for line in code.splitlines()))
    result = pytester.runpytest_inprocess("-p", "no:asyncio")
    printed = [line[8:] for line in result.stdout.lines if line.startswith("E  ")]

    assert printed == said.splitlines()


def test_every_kind_of_failure_is_in_the_docs_of_samples() -> None:
    assert len(PAIRS) == 5
