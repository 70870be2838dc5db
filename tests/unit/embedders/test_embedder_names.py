"""How an embedder is spelled, found and asked."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from pytest_llm.embedders.base import DEFAULT, Name, cut, load, read_name, weights
from pytest_llm.errors import ConfigurationError, MissingExtraError
from pytest_llm.plugin.embedding import Vectors, cosine


class Lengths:
    """Embeds a text as its numbers of letters and words."""

    window = 3

    def __init__(self, rows: int | None = None) -> None:
        self.rows = rows
        self.batches: list[list[str]] = []

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return as many rows as told, else one a text."""
        self.batches.append(list(texts))
        return [[len(text), len(text.split())] for text in texts][: self.rows]

    def tokens(self, text: str) -> int:
        """Count words."""
        return len(text.split())


@pytest.mark.parametrize(
    ("text", "kind", "model", "shown"),
    [
        ("sentence-transformers:all-MiniLM-L6-v2", "sentence-transformers", "all-MiniLM-L6-v2", DEFAULT),
        ("all-MiniLM-L6-v2", "sentence-transformers", "all-MiniLM-L6-v2", DEFAULT),
        ("BAAI/bge-small-en", "sentence-transformers", "BAAI/bge-small-en", "sentence-transformers:BAAI/bge-small-en"),
        ("onnx:./models/small", "onnx", "./models/small", "onnx:small"),
        ("onnx:/opt/models/small", "onnx", "/opt/models/small", "onnx:small"),
        ("openai:text-embedding-3-small", "openai", "text-embedding-3-small", "openai:text-embedding-3-small"),
        ("mine:v2:beta", "mine", "v2:beta", "mine:v2:beta"),
    ],
)
def test_a_name_is_a_kind_and_a_model_and_shows_no_folder_of_this_machine(
    text: str, kind: str, model: str, shown: str
) -> None:
    name = read_name(text)

    assert (name.kind, name.model, str(name)) == (kind, model, shown)


@pytest.mark.parametrize("text", ["onnx:", ":model"])
def test_a_name_without_a_model_is_an_error(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_name(text)

    assert str(caught.value) == (
        f"--llm-embedder={text!r} names no model. Valid: sentence-transformers:MODEL, onnx:MODEL, model2vec:MODEL, "
        "openai:MODEL, or what a pytest_llm_embedder hook knows."
    )


@pytest.mark.parametrize(
    ("name", "package", "extra"),
    [
        (DEFAULT, "sentence_transformers", 'sentence-transformers: pip install "pytest-llm-regression[semantic]"'),
        ("onnx:small", "onnxruntime", 'onnxruntime and tokenizers: pip install "pytest-llm-regression[onnx]"'),
        ("model2vec:small", "model2vec", 'model2vec: pip install "pytest-llm-regression[static]"'),
    ],
)
def test_a_missing_package_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, name: str, package: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError) as caught:
        load(read_name(name))

    assert str(caught.value) == f"The embedder {name} needs {extra}"


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    assert weights(Name("onnx", str(tmp_path))) == tmp_path
    assert weights(Name("onnx", "no-such-model")) is None


def test_a_text_longer_than_the_window_is_told() -> None:
    assert cut(Lengths(), ["one two", "one two three four"]) == {"one two three four": "3 of 4 tokens"}


def test_an_embedder_without_a_window_cuts_nothing() -> None:
    class Plain:
        def embed(self, texts: Sequence[str]) -> list[list[float]]:
            return [[1.0] for _ in texts]

    assert cut(Plain(), ["one two three four"]) == {}


def test_each_distinct_text_is_embedded_once() -> None:
    embedder = Lengths()
    vectors = Vectors(Name("mine", "lengths"), lambda: embedder)
    vectors.embed(["a", "b b", "a"])
    vectors.embed(["b b", "c"])

    assert embedder.batches == [["a", "b b"], ["c"]]
    assert vectors.embedded == 3
    assert vectors.rows(["c", "a"]) == [[1, 1], [1, 1]]


def test_the_embedder_is_made_when_it_is_needed() -> None:
    made: list[Lengths] = []
    vectors = Vectors(Name("mine", "lengths"), lambda: made.append(Lengths()) or made[-1])
    vectors.embed([])

    assert made == []

    vectors.embed(["a"])
    vectors.embed(["b"])

    assert len(made) == 1


def test_an_embedder_that_returns_too_few_vectors_is_named() -> None:
    vectors = Vectors(Name("mine", "lengths"), lambda: Lengths(rows=1))
    with pytest.raises(ConfigurationError) as caught:
        vectors.embed(["a", "b"])

    assert str(caught.value) == "The embedder mine:lengths returned 1 vectors for 2 texts, not one a text."


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([1, 0], [2, 0], 1),
        ([1, 0], [0, 1], 0),
        ([1, 0], [-3, 0], -1),
        ([3, 4], [4, 3], 0.96),
        ([0, 0], [1, 1], 0),
        ([1e-200, 1e-200], [1e-200, 0], 0),
    ],
)
def test_the_cosine(one: list[float], other: list[float], expected: float) -> None:
    assert cosine(one, other) == pytest.approx(expected, abs=1e-12)


def test_vectors_of_unequal_length_have_no_cosine() -> None:
    with pytest.raises(ValueError, match="shorter"):
        cosine([1, 2], [1])
