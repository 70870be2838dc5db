"""Where a value came from: the call of the test that gave it, what it asked, and how it differs from an older one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_llm.cassettes.differences import Difference, differences
from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.redaction import Redactor
from pytest_llm.messages import Interaction, Response
from pytest_llm.prompts.filled import FilledPrompt
from pytest_llm.readings import Readings
from pytest_llm.snapshots.asking import asking, digest, holds
from pytest_llm.snapshots.cause import Origin, Template
from pytest_llm.snapshots.rendering import spoken

__all__ = ["differing", "origin_of"]

Turn = tuple[str, str]


def origin_of(
    readings: Readings,
    timeline: Sequence[tuple[Entry, bool]],
    value: object,
    prompts: Sequence[tuple[str, FilledPrompt]] = (),
) -> tuple[Origin, tuple[Turn, ...]]:
    """Return where a value came from and the conversation it answers: the call that gave it, else all of the test's.

    ``timeline`` are the calls of the test so far, each with whether it was replayed; ``prompts`` those filled from
    files, each with the file's name in snapshots.
    """
    if not timeline:
        return Origin(), ()
    made = [readings.interaction(entry, replayed=replayed) for entry, replayed in timeline]
    place = next((index for index in reversed(range(len(made))) if _gave(made[index], value)), None)
    first, end = (place, place + 1) if place is not None else (0, len(made))
    made = made[:end]
    turns = [(message.role, spoken(message)) for one in made[first:] for message in one.request.messages]
    prompt = tuple(turns if end - first == 1 else dict.fromkeys(turns))
    used = {file: one for file, one in prompts if _is_in(one, prompt, readings.redactor)}
    return _origin(readings, made, [entry for entry, _ in timeline[first:end]], used), prompt


def _is_in(filled: FilledPrompt, prompt: Sequence[Turn], redactor: Redactor) -> bool:
    """Say whether a request holds every message of a prompt from a file."""
    texts = [redactor.text(message["content"]) for message in filled.messages]
    return all(any(holds(said, text) for _, said in prompt) for text in texts)


def differing(
    readings: Readings, recorded: Sequence[Entry], made: Sequence[Entry], old: Origin, new: Origin
) -> list[Difference]:
    """Return how the request of ``old``, if it is still recorded, differs from that of ``new``, which was made."""
    before, after = _entry(recorded, old.fingerprint), _entry(made, new.fingerprint)
    if before is None or after is None or old.fingerprint == new.fingerprint:
        return []
    return differences(readings.of_entry(before), readings.of_entry(after))


def _entry(entries: Sequence[Entry], fingerprint: str) -> Entry | None:
    return next((entry for entry in entries if entry["fingerprint"] == fingerprint), None)


def _gave(made: Interaction, value: object) -> bool:
    if isinstance(value, Response):
        return made.response == value
    if isinstance(value, list | tuple) and value:
        return _gave(made, value[-1])
    return isinstance(value, str) and value.strip() != "" and value.strip() == made.response.text.strip()


def _origin(
    readings: Readings, made: Sequence[Interaction], entries: Sequence[Entry], prompts: Mapping[str, FilledPrompt]
) -> Origin:
    """Return the origin of an answer to the last of the calls, or to all of them: ``entries`` are those that count."""
    request, counting = made[-1].request, made[-len(entries) :]
    params = readings.parts_of(entries[-1]).get("params")
    texts = [readings.redactor.text(message["content"]) for one in prompts.values() for message in one.messages]
    return Origin(
        request.dialect,
        _joined([one.request.model for one in counting]),
        _joined([one.response.model for one in counting]),
        _joined([one.response.system_fingerprint or "" for one in counting]),
        made[-1].fingerprint,
        {**_parts(entries), **asking(made, texts, every=len(entries) > 1)},
        params if isinstance(params, dict) else {},
        made[-1].recorded,
        {file: Template(one.template, one.variables) for file, one in prompts.items()},
        len(entries),
    )


def _joined(names: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(filter(None, names)))


def _parts(entries: Sequence[Entry]) -> dict[str, str]:
    """Return the hashes of the parts of a request; of several calls those of all requests together."""
    each = [entry.get("parts") or {} for entry in entries]
    if len(each) == 1:
        return dict(each[0])
    names = dict.fromkeys(name for parts in each for name in parts)
    return {name: _together([parts.get(name, "") for parts in each]) for name in names}


def _together(hashes: Sequence[str]) -> str:
    distinct = [*dict.fromkeys(hashes)]
    return distinct[0] if len(distinct) == 1 else digest(distinct)
