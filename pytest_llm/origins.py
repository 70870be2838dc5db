"""Where a value came from: the call of the test that gave it, what it asked, and how it differs from an older one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_llm.cassettes.differences import Difference, differences
from pytest_llm.cassettes.entry import Entry
from pytest_llm.cassettes.redaction import Redactor
from pytest_llm.messages import Interaction, Response
from pytest_llm.prompts.filled import FilledPrompt
from pytest_llm.readings import Readings
from pytest_llm.snapshots.asking import asking, holds
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
    """Return where a value came from and the conversation it answers: the call that gave it, else the test's last.

    ``timeline`` are the calls of the test so far, each with whether it was replayed; ``prompts`` those filled from
    files, each with the file's name in snapshots.
    """
    if not timeline:
        return Origin(), ()
    made = [readings.interaction(entry, replayed=replayed) for entry, replayed in timeline]
    place = next((index for index in reversed(range(len(made))) if _gave(made[index], value)), len(made) - 1)
    prompt = tuple((message.role, spoken(message)) for message in made[place].request.messages)
    used = {file: one for file, one in prompts if _is_in(one, prompt, readings.redactor)}
    return _origin(readings, made[: place + 1], timeline[place][0], used), prompt


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
    readings: Readings, made: Sequence[Interaction], entry: Entry, prompts: Mapping[str, FilledPrompt]
) -> Origin:
    request, response = made[-1].request, made[-1].response
    params = readings.parts_of(entry).get("params")
    texts = [readings.redactor.text(message["content"]) for one in prompts.values() for message in one.messages]
    return Origin(
        request.dialect,
        request.model,
        response.model,
        response.system_fingerprint or "",
        made[-1].fingerprint,
        {**(entry.get("parts") or {}), **asking(made, texts)},
        params if isinstance(params, dict) else {},
        made[-1].recorded,
        {file: Template(one.template, one.variables) for file, one in prompts.items()},
    )
