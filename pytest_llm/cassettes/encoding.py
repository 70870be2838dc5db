"""Content encodings of HTTP bodies: gzip, deflate, brotli, zstd."""

from __future__ import annotations

import importlib
import zlib

__all__ = ["decode_content"]


def decode_content(body: bytes, encoding: str | None) -> bytes | None:
    """Return the body without its content encoding, or None when that is not possible here.

    ``encoding`` is the value of the Content-Encoding header; several are undone from last to first.
    """
    for name in reversed((encoding or "identity").lower().split(",")) if body else ():
        decoded = _decode(body, name.strip())
        if decoded is None:
            return None
        body = decoded
    return body


def _decode(body: bytes, name: str) -> bytes | None:
    match name:
        case "identity" | "":
            return body
        case "gzip" | "x-gzip":
            return _inflate(body, 31)
        case "deflate":
            decoded = _inflate(body, 15)
            return _inflate(body, -15) if decoded is None else decoded
        case "br":
            return _foreign(body, "Decompressor", "brotli", "brotlicffi")
        case "zstd":
            return _foreign(body, "ZstdDecompressor", "compression.zstd", "backports.zstd", "zstandard")
    return None


def _inflate(body: bytes, bits: int) -> bytes | None:
    decoder = zlib.decompressobj(bits)
    try:
        return decoder.decompress(body) + decoder.flush()
    except zlib.error:
        return None


def _foreign(body: bytes, decompressor: str, *modules: str) -> bytes | None:
    """Decode by the first module that is installed, piecewise, for a stream that was cut short has no end."""
    for name in modules:
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        made = getattr(module, decompressor)()
        made = made.decompressobj() if name == "zstandard" else made
        try:
            return bytes(made.process(body) if hasattr(made, "process") else made.decompress(body))
        except Exception:  # each of the modules has its own
            return None
    return None
