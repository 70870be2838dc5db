"""Sentence encoders as ONNX files: no torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pytest_llm.embedders.base import Name, weights
from pytest_llm.errors import ConfigurationError, MissingExtraError

__all__ = ["OnnxEmbedder"]

_BATCH = 32
_WINDOW = 256
_TOKENIZER_PACKAGE = Name("sentence-transformers", "all-MiniLM-L6-v2")


class OnnxEmbedder:
    """A folder that holds ``model.onnx`` (itself or in ``onnx/``) and ``tokenizer.json``.

    The vectors of the tokens are averaged, as the sentence-transformers models of the MiniLM and MPNet families do,
    unless the model has an output ``sentence_embedding`` of its own. Texts are read up to 256 tokens.
    """

    window: int | None = _WINDOW

    def __init__(self, name: Name) -> None:
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise MissingExtraError(
                f'The embedder {name} needs onnxruntime and tokenizers: pip install "pytest-llm-regression[onnx]"'
            ) from error
        folder = weights(name)
        if folder is None:
            raise ConfigurationError(
                f"--llm-embedder=onnx:{name.model} names no folder. "
                "Name one that holds model.onnx and tokenizer.json: --llm-embedder=onnx:./model"
            )
        model, tokenizer = _files(name, folder)
        self._session: Any = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
        self._inputs = {item.name for item in self._session.get_inputs()}
        self._outputs = [item.name for item in self._session.get_outputs()]
        self._whole: Any = Tokenizer.from_file(str(tokenizer))
        self._whole.no_truncation()
        self._whole.no_padding()
        self._cut: Any = Tokenizer.from_file(str(tokenizer))
        self._cut.enable_truncation(_WINDOW)
        self._cut.enable_padding()

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return one vector a text."""
        rows: list[Sequence[float]] = []
        for start in range(0, len(texts), _BATCH):
            rows += self._embedded(texts[start : start + _BATCH])
        return rows

    def tokens(self, text: str) -> int:
        """Return how many tokens the model makes of a text."""
        return len(self._whole.encode(text).ids)

    def _embedded(self, texts: Sequence[str]) -> list[Sequence[float]]:
        import numpy as np

        encoded = self._cut.encode_batch(list(texts))
        mask = np.array([item.attention_mask for item in encoded], dtype=np.int64)
        given = {
            "input_ids": np.array([item.ids for item in encoded], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        outputs = self._session.run(None, {key: value for key, value in given.items() if key in self._inputs})
        if "sentence_embedding" in self._outputs:
            return list(outputs[self._outputs.index("sentence_embedding")])
        weight = mask[:, :, None].astype(np.float32)
        return list((outputs[0] * weight).sum(axis=1) / weight.sum(axis=1))


def _files(name: Name, folder: Path) -> tuple[Path, Path]:
    model = next((path for path in (folder / "model.onnx", folder / "onnx" / "model.onnx") if path.exists()), None)
    places = [folder / "tokenizer.json"]
    if not Path(name.model).is_dir() and (packaged := weights(_TOKENIZER_PACKAGE)) is not None:
        places.append(packaged / "tokenizer.json")
    tokenizer = next((path for path in places if path.exists()), None)
    for what, found in (("model.onnx", model), ("tokenizer.json", tokenizer)):
        if found is None:
            raise ConfigurationError(f"--llm-embedder=onnx:{name.model}: there is no {what} in {folder.name}.")
    assert model is not None
    assert tokenizer is not None
    return model, tokenizer
