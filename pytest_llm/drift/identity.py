"""The rung of identity: who answered, by the API's own word. A fact, no statistics."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_llm.drift.values import Draw, Evidence, Probe
from pytest_llm.text import and_list, plural, short

__all__ = ["identity_evidence"]


def identity_evidence(probes: Sequence[Probe]) -> list[Evidence]:
    """Return what the API says of itself: one line for each thing that changed, else one line for what did not.

    The served model and the prompt's token count name a change (the latter moves only when the tokenizer, the chat
    template or a hidden system prompt does). A fingerprint or a version header that was never seen before may be
    another backend of the same model: ``changed`` stays None. Sameness of any of them proves nothing.
    """
    measured = [probe for probe in probes if probe.measured]
    before = [draw for probe in measured for draw in probe.baseline]
    after = [draw for probe in measured for draw in probe.fresh]
    found = [*_served(before, after), *_tokens(measured), *_fingerprints(before, after), *_headers(before, after)]
    return found or _same(before, after)


def _served(before: Sequence[Draw], after: Sequence[Draw]) -> list[Evidence]:
    old, new = ({draw.served_model for draw in draws} - {""} for draws in (before, after))
    if not old or not new or new <= old:
        return []
    return [Evidence("identity", f"the served model changed: {_named(old)} → {_named(new)}", True, calls=len(after))]


def _tokens(probes: Sequence[Probe]) -> list[Evidence]:
    moved = []
    for probe in probes:
        old, new = ({draw.prompt_tokens for draw in draws} - {None} for draws in (probe.baseline, probe.fresh))
        if old and new and not old & new:
            moved.append((probe, old, new))
    if not moved:
        return []
    probe, old, new = moved[0]
    said = f"{_named(old)} → {_named(new)} for {short(probe.prompt, 60) or probe.name!r}" + (
        f" and others, {plural(len(moved), 'request')} of {len(probes):,}" if len(moved) > 1 else ""
    )
    cause = "the tokenizer, the chat template or a system prompt is another"
    return [Evidence("identity", f"the same prompt has another number of tokens: {said}; {cause}", True)]


def _fingerprints(before: Sequence[Draw], after: Sequence[Draw]) -> list[Evidence]:
    old, new = ({draw.system_fingerprint for draw in draws} - {""} for draws in (before, after))
    if not old or not new - old:
        return []
    return [Evidence("identity", f"a system fingerprint never seen before: {_named(new - old)} (was {_named(old)})")]


def _headers(before: Sequence[Draw], after: Sequence[Draw]) -> list[Evidence]:
    found = []
    for name in sorted({name for draw in before for name in draw.headers}):
        old, new = ({draw.headers[name] for draw in draws if name in draw.headers} for draws in (before, after))
        if new - old:
            found.append(Evidence("identity", f"the header {name} changed: {_named(old)} → {_named(new)}"))
    return found


def _same(before: Sequence[Draw], after: Sequence[Draw]) -> list[Evidence]:
    models = {draw.served_model for draw in (*before, *after)} - {""}
    if not models:
        return []
    return [Evidence("identity", f"the served model is still {_named(models)}", False, calls=len(after))]


def _named(values: set[str] | set[int | None]) -> str:
    listed = sorted(str(value) for value in values)
    return and_list([short(value, 60) for value in listed[:3]]) + (f" and {len(listed) - 3} more" if listed[3:] else "")
