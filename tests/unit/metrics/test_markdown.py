"""Markup without its effect is found with its line; ordinary answers have none."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest
from growth import LIMIT, growth, repeated

from pytest_llm.metrics.markdown import Defect, defects

pytest.importorskip("markdown_it", reason="the extra markdown is not installed")

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("PYTEST_LLM_SHARED_DATA") or ROOT / ".." / "shared" / "data")


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        pytest.param("Run:\n```py\nx", 2, "the code fence ``` does not end", id="fence"),
        pytest.param("- a\n  ```\n  x\n- b", 2, "the code fence ``` does not end", id="fence in a list"),
        pytest.param("| a | b |\n|---|---|\n| 1 | 2 | 3 |", 3, "the table row has 3 cells, its header 2", id="cells"),
        pytest.param("| a | b | c |\n|---|---|\n| 1 |", 2, "the table's delimiter row has 2 cells, its header 3",
                     id="no table"),
        pytest.param("| a | b |\n|---|---|\n| 1 |", 3, "the table row has 1 cell, its header 2", id="one cell"),
        pytest.param("use `pip\ninstall", 1, "the code span ` does not end", id="code span"),
        pytest.param("ok\n\n**Note: this\nis it", 3, "the emphasis ** does not end or begin", id="emphasis"),
        pytest.param("this is bold** here", 1, "the emphasis ** does not end or begin", id="emphasis that ends only"),
        pytest.param("see [text](", 1, "the link [text]( has no end or no valid target", id="link"),
        pytest.param("see [text](http://a b)", 1, "the link [text]( has no end or no valid target", id="link, space"),
        pytest.param("![a cat](http://x", 1, "the link [a cat]( has no end or no valid target", id="image"),
        pytest.param("see [text][ref]", 1, "the reference [text][ref] has no definition", id="reference"),
        pytest.param("a\n##Title", 2, "the heading needs a space after ##", id="heading"),
        pytest.param("# A\n### B", 2, "the heading of level 3 follows one of level 1", id="level"),
        pytest.param("重点\uff1a\n\n**这是", 3, "the emphasis ** does not end or begin", id="Chinese"),
        pytest.param("a\r\n\r\nانظر [هنا](", 3, "the link [هنا]( has no end or no valid target", id="Arabic, CRLF"),  # noqa: RUF001
    ],
)  # fmt: skip
def test_broken_markup_is_found_with_its_line(text: str, line: int, what: str) -> None:
    assert defects(text) == [Defect(line, what)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🎉 plain",
        "你好 **粗体**。",
        "2**3 and 2 ** 3, a*b*c",
        "arr[0][1](x) and f(x)[1][2]",
        "[1][2] says so [^1]",
        "`a``b`",
        "~~~\n```\n~~~",
        "``` inline ``` x",
        "#hashtag ##",
        "*foot* **kwargs",
        "it costs `` and ''",
        "don`t",
        "\\`x and \\*\\*y",
        "\\[ f(x) \\](z)",
        "| a | b |\n|:--|--:|\n| `x\\|y` | 2 |\n",
        "a | b\n--|--\n1|2",
        "# A\n## B\n### C\n# D",
        "    ##code",
        "- [ ] todo\n- [x] done",
        "[text]: http://a\n\n[text] and [text][text]",
        "**a** **b** *c* ***d***",
        "1. a\n\n   ```\n   x\n   ```\n",
        "> ```\n> x\n> ```",
        "<!-- x\n`y -->",
    ],
)
def test_markup_that_works_or_is_none_is_no_defect(text: str) -> None:
    assert defects(text) == []


def test_recorded_and_ordinary_answers_have_no_defect() -> None:
    found = sorted((SHARED / "generations").glob("*.jsonl"))
    if not found:
        pytest.skip("The shared data is absent: ../shared/data/generations (or PYTEST_LLM_SHARED_DATA).")
    answers = [json.loads(line)["text"] for path in found for line in path.read_text(encoding="utf-8").splitlines()]
    with (SHARED / "llmdrift" / "SENSITIVEQ_EVAL.csv").open(encoding="utf-8", newline="") as file:
        answers += [row["answer"] for row in csv.DictReader(file)]
    for path in (ROOT / "examples").rglob("*.cassette.json"):
        answers += texts(json.loads(path.read_text(encoding="utf-8")))

    assert len(answers) > 2_000
    assert [(text, wrong) for text in answers if (wrong := defects(text))] == []


def texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    if isinstance(value, list):
        whole = all(isinstance(item, str) for item in value)
        return ["\n".join(value)] if whole else [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("piece", ["word ", "字", "**a** `b` [c](d)\n\n"], ids=["words", "Chinese", "markup"])
def test_a_long_text_is_read_in_proportion(piece: str) -> None:
    assert defects(piece * 1_000) == []
    assert growth(defects, repeated(piece)) < LIMIT
