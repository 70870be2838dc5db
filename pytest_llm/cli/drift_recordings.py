"""Recordings as draws by request: a cassette, a baseline, or a folder of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.redaction import Redactor
from pytest_llm.cassettes.store import Cassette
from pytest_llm.dialects import probing
from pytest_llm.drift.reading import draw_of, is_greedy
from pytest_llm.drift.values import Draw
from pytest_llm.errors import ConfigurationError
from pytest_llm.fingerprint import fingerprint
from pytest_llm.messages import Interaction
from pytest_llm.readings import Readings
from pytest_llm.text import short

__all__ = ["SUFFIXES", "recorded"]

CASSETTE, BASELINE = SUFFIXES = (".cassette.json", ".drift.json")


def recorded(path: Path, other: Path | None = None) -> dict[str, tuple[str, list[Draw], bool]]:
    """Return by request its prompt, its draws, and whether it is asked at temperature 0.

    Of a folder that is what the baselines hold, and the cassettes of tests that have none, or whose baseline is the
    very same in the ``other`` folder it is compared with. A request is known on the other side by its cassette, its
    test, and its prompt, parameters, tools and schema; not by the model, which may be what differs, nor by whether
    log-probabilities are asked for, as a baseline asks for them where its test does not. A recording of a baseline
    names its session; for others it is their day. What failed is left out.

    Raises ``ConfigurationError`` when there is no recording there, ``CassetteError`` for one that cannot be read.
    """
    files = _inside(path, other) if path.is_dir() else [path] if path.is_file() else []
    if not files:
        raise ConfigurationError(f"{path} is no recording, and no folder with a *{' or *'.join(SUFFIXES)} in it.")
    readings = Readings(Redactor())
    found: dict[str, tuple[str, list[Draw], bool]] = {}
    for file in files:
        home = str(file.relative_to(path)) if path.is_dir() else ""
        for entry in Cassette(file).entries:
            interaction = readings.interaction(entry, replayed=True)
            if interaction.response.status < 400 and not interaction.response.embeddings:
                _add(found, _key(home, entry, readings), entry, interaction)
    return found


def _inside(folder: Path, other: Path | None) -> list[Path]:
    """Return the baselines in a folder, and the cassettes of tests that have none of their own."""
    baselines = [file for file in sorted(folder.rglob(f"*{BASELINE}")) if not _is_copy(file, folder, other)]
    better = {str(file).removesuffix(BASELINE) for file in baselines}
    return baselines + [
        file for file in sorted(folder.rglob(f"*{CASSETTE}")) if str(file).removesuffix(CASSETTE) not in better
    ]


def _is_copy(file: Path, folder: Path, other: Path | None) -> bool:
    """Say whether a baseline beside a cassette is also that of the other folder, so that only the cassettes differ."""
    twin = other / file.relative_to(folder) if other is not None else file
    beside = file.with_name(file.name.removesuffix(BASELINE) + CASSETTE)
    return twin != file and twin.is_file() and beside.is_file() and twin.read_bytes() == file.read_bytes()


def _add(found: dict[str, tuple[str, list[Draw], bool]], key: str, entry: Entry, interaction: Interaction) -> None:
    request = interaction.request
    prompt = request.messages[-1].text if request.messages else ""
    session = str(entry.get("session") or interaction.recorded)
    draw = draw_of(interaction.response, session=session, headers=entry.get("headers"), told=entry.get("logprobs"))
    found.setdefault(key, (prompt, [], is_greedy(request.params)))[1].append(draw)


def _key(home: str, entry: Entry, readings: Readings) -> str:
    parts = _parts(entry, readings)
    known = ".".join(str(parts[name]) for name in sorted(parts) if name != "model") or entry["fingerprint"]
    for suffix in SUFFIXES:
        home = home.removesuffix(suffix)
    return " ".join(filter(None, (home, short(entry["test"], 80), known)))


def _parts(entry: Entry, readings: Readings) -> Mapping[str, str]:
    """Return the hashes of a request's parts, as they are when no log-probabilities are asked for."""
    body, dialect = entry.get("request"), str(entry["dialect"])
    bare = probing.asking_no_logprobs(dialect, body) if isinstance(body, dict) else body
    if bare == body:
        return entry.get("parts") or {}
    parts = readings.parts_of({**entry, "request": bare})
    return fingerprint(entry["method"], entry["path"], "", parts).parts
