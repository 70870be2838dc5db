"""Another quantisation of the local model, by the quantisers of llama.cpp in the installed wheel.

python -m benchmarks.requantise OUT.gguf [Q8_0 | Q4_0 | Q5_0 | Q6_K | Q4_K | Q3_K | Q2_K] [smollm2-135m | gemma3-270m]
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from pytest_llm.local import LOCAL_MODELS, _weights

TYPES = {
    "Q4_0": 2,
    "Q4_1": 3,
    "Q5_0": 6,
    "Q5_1": 7,
    "Q8_0": 8,
    "Q2_K": 10,
    "Q3_K": 11,
    "Q4_K": 12,
    "Q5_K": 13,
    "Q6_K": 14,
}
BLOCK = 256  # of the K types; rows that are no multiple of it stay as they are, as llama.cpp falls back there too


class InitParams(ctypes.Structure):
    _fields_ = (("no_alloc", ctypes.c_bool), ("context", ctypes.c_void_p))


def load() -> ctypes.CDLL:
    spec = find_spec("xllamacpp.xllamacpp")
    library = ctypes.CDLL(spec.origin if spec and spec.origin else "")
    pointer, number, text = ctypes.c_void_p, ctypes.c_int64, ctypes.c_char_p
    library.gguf_init_from_file.argtypes, library.gguf_init_from_file.restype = (text, InitParams), pointer
    for name, given, returned in (
        ("gguf_get_n_tensors", (pointer,), number),
        ("gguf_get_alignment", (pointer,), ctypes.c_size_t),
        ("gguf_get_data_offset", (pointer,), ctypes.c_size_t),
        ("gguf_get_tensor_name", (pointer, number), text),
        ("gguf_get_tensor_type", (pointer, number), ctypes.c_int),
        ("gguf_get_tensor_offset", (pointer, number), ctypes.c_size_t),
        ("gguf_get_tensor_size", (pointer, number), ctypes.c_size_t),
        ("gguf_get_tensor_ne", (pointer, number), ctypes.POINTER(number)),
        ("gguf_set_tensor_type", (pointer, text, ctypes.c_int), None),
        ("gguf_write_to_file", (pointer, text, ctypes.c_bool), ctypes.c_bool),
        ("ggml_row_size", (ctypes.c_int, number), ctypes.c_size_t),
        ("ggml_quantize_chunk", (ctypes.c_int, pointer, pointer, number, number, number, pointer), ctypes.c_size_t),
    ):
        getattr(library, name).argtypes, getattr(library, name).restype = given, returned
    return library


def requantise(out: Path, file_type: str, model: str = "smollm2-135m") -> int:
    """Write a local model with its quantised tensors in another type and return how many were changed."""
    library, wanted = load(), TYPES[file_type]
    names = {number: name for name, number in TYPES.items()}
    with ExitStack() as cleanup:
        source = _weights(LOCAL_MODELS[model], cleanup)
        file = library.gguf_init_from_file(str(source).encode(), InitParams(True, None))
        count = library.gguf_get_n_tensors(file)
        raw = np.fromfile(source, np.uint8)
        places = [library.gguf_get_data_offset(file) + library.gguf_get_tensor_offset(file, n) for n in range(count)]
        kept, changed = [], 0
        alignment = library.gguf_get_alignment(file)
        tensors = [
            (
                library.gguf_get_tensor_name(file, n),
                library.gguf_get_tensor_type(file, n),
                raw[places[n] : places[n] + library.gguf_get_tensor_size(file, n)],
                [library.gguf_get_tensor_ne(file, n)[axis] for axis in range(4)],
            )
            for n in range(count)
        ]
        for name, old, data, shape in tensors:
            columns, rows = shape[0], shape[1] * shape[2] * shape[3]
            if old in names and not columns % (BLOCK if file_type.endswith("K") else 32):
                values = np.empty(rows * columns, np.float32)
                read = getattr(library, f"dequantize_row_{names[old].lower().replace('_k', '_K')}")
                data = np.ascontiguousarray(data)
                read(
                    data.ctypes.data_as(ctypes.c_void_p),
                    values.ctypes.data_as(ctypes.c_void_p),
                    ctypes.c_int64(values.size),
                )
                data = np.empty(library.ggml_row_size(wanted, columns) * rows, np.uint8)
                library.ggml_quantize_chunk(wanted, values.ctypes.data, data.ctypes.data, 0, rows, columns, None)
                library.gguf_set_tensor_type(file, name, wanted)
                changed += 1
            kept.append(data.tobytes().ljust(-(-data.size // alignment) * alignment, b"\0"))
        if not library.gguf_write_to_file(file, str(out).encode(), True):
            raise RuntimeError(f"llama.cpp could not write {out}.")
        with out.open("ab") as whole:
            whole.writelines(kept)
    return changed


if __name__ == "__main__":
    print(requantise(Path(sys.argv[1]), *(sys.argv[2:4] or ["Q8_0"])), "tensors")
