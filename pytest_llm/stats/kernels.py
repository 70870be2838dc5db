"""Gram matrices and feature vectors of texts, log-probabilities and embeddings: what two samples are compared by."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "categories",
    "energy_gram",
    "hamming_gram",
    "logprob_rows",
    "ngram_features",
    "spectrum_gram",
    "studentised",
]

FEATURES = 256
_PRIME = 1_000_003
_SPREAD = 0x9E3779B97F4A7C15


def hamming_gram(texts: Sequence[str], length: int = 1000) -> NDArray[np.float64]:
    """Return the (n, n) Hamming kernel: the share of equal positions over the longest text's characters.

    Characters past ``length`` are not read; a text that is shorter is padded, as in Gao, Liang and Guestrin (2024),
    "Model equality testing: which model is this API serving?", arXiv:2410.20247.
    """
    import numpy as np

    width = max(1, *(min(len(text), length) for text in texts))
    codes = np.array([text[:width].ljust(width, "\0") for text in texts], dtype=f"<U{width}")
    rows = codes.view(np.uint32).reshape(len(texts), width)
    gram: NDArray[np.float64] = np.stack([(rows == row).mean(axis=1) for row in rows])
    return gram


def spectrum_gram(texts: Sequence[str], n: int = 3) -> NDArray[np.float64]:
    """Return the (n, n) spectrum kernel: the cosine of counts of character ``n``-grams.

    Leslie, Eskin and Noble (2002), "The spectrum kernel: a string kernel for SVM protein classification".
    """
    import numpy as np

    known: dict[str, int] = {}
    cells = [[known.setdefault(gram, len(known)) for gram in _ngrams(text, n)] for text in texts]
    counts = np.stack([np.bincount(row, minlength=len(known)) for row in cells]).astype(np.float32)
    unit = counts / np.linalg.norm(counts, axis=1, keepdims=True)
    gram: NDArray[np.float64] = (unit @ unit.T).astype(np.float64)
    return gram


def ngram_features(texts: Sequence[str], n: int = 3, size: int = FEATURES) -> NDArray[np.float32]:
    """Return (texts, ``size``) unit rows: signed hashed counts of character ``n``-grams, comparable between all texts.

    Weinberger et al. (2009), "Feature hashing for large scale multitask learning": inner products are kept in the mean.
    """
    import numpy as np

    rows = np.zeros((len(texts), size), np.float32)
    for place, text in enumerate(texts):
        codes = np.frombuffer(_padded(text, n).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
        hashed = np.zeros(len(codes) - n + 1, np.uint64)
        for start in range(n):
            hashed = hashed * np.uint64(_PRIME) ^ codes[start : len(codes) - n + 1 + start]
        hashed = hashed * np.uint64(_SPREAD) >> np.uint64(40)
        signs = 1.0 - 2.0 * (hashed >> np.uint64(23))
        rows[place] = np.bincount(hashed % np.uint64(size), weights=signs, minlength=size)
    unit: NDArray[np.float32] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1.0)
    return unit


def energy_gram(points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return minus the (n, n) Euclidean distances of (n, d) points, the kernel of the energy distance.

    Szekely and Rizzo (2013), "Energy statistics: a class of statistics based on distances".
    """
    import numpy as np

    points = np.asarray(points, np.float64)
    squares = (points**2).sum(axis=1)
    gram: NDArray[np.float64] = -np.sqrt(np.maximum(squares[:, None] + squares[None, :] - 2 * points @ points.T, 0.0))
    return gram


def categories(values: Sequence[Hashable]) -> NDArray[np.int64]:
    """Return (n,) numbers, equal where the values are."""
    import numpy as np

    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(value, len(known)) for value in values], np.int64)


def logprob_rows(calls: Sequence[Mapping[str, float]]) -> NDArray[np.float64]:
    """Return (calls, tokens) log-probabilities over the union of the calls' tokens.

    A token that a call did not list lies below its smallest value and is censored there.
    """
    import numpy as np

    tokens = sorted(set().union(*calls))
    return np.array([[call.get(token, min(call.values())) for token in tokens] for call in calls], np.float64)


def studentised(rows: NDArray[np.float64], floor: float = 0.01) -> NDArray[np.float64]:
    """Return (n, d) rows whose columns are divided by their own deviation within the pooled rows, and by the root of d.

    ``floor`` (nats) is added to each deviation, so that rounding in a constant column does not become a difference.
    """
    import numpy as np

    scaled: NDArray[np.float64] = rows / (rows.std(axis=0) + floor) / np.sqrt(rows.shape[1])
    return scaled


def _padded(text: str, n: int) -> str:
    # An empty or short text has one n-gram as well: nothing may divide by zero.
    return "\2" * (n - 1) + text + "\3" * (n - 1)


def _ngrams(text: str, n: int) -> list[str]:
    padded = _padded(text, n)
    return [padded[start : start + n] for start in range(len(padded) - n + 1)]
