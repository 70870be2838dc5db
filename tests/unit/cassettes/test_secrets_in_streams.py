"""A secret that is spread over the events of a stream does not reach a file."""

from __future__ import annotations

import pytest

from pytest_llm.cassettes.redaction import REDACTED, Redactor
from pytest_llm.cassettes.secrets_in_streams import redact_events

SECRET = "sk-proj-Abcdef1234567890Ghijkl"
redactor = Redactor((), {})


def delta(text: str, index: object = 0) -> dict[str, object]:
    return {"choices": [{"delta": {"content": text}, "index": index}]}


def test_a_secret_cut_into_deltas_is_found_in_the_whole() -> None:
    events = [
        delta("Use "),
        *map(delta, ("sk-pro", "j-Abcdef12", "34567890", "Ghijkl")),
        delta(" now"),
        "data: [DONE]\n\n",
    ]

    assert redact_events(events, redactor) == [
        delta(f"Use {REDACTED} now"),
        *[delta("")] * 5,
        "data: [DONE]\n\n",
    ]


def test_choices_are_joined_each_by_itself() -> None:
    events = [delta("sk-proj-Abcdef", 0), delta("1234567890Ghijkl", 1)]

    assert redact_events(events, redactor) == events


@pytest.mark.parametrize("wrap", [lambda item: ["delta", item], lambda item: {"$line": item}], ids=["named", "line"])
def test_named_events_and_lines_are_read_too(wrap: object) -> None:
    assert callable(wrap)
    events = [wrap({"text": SECRET[:9]}), wrap({"text": SECRET[9:]})]

    assert redact_events(events, redactor) == [wrap({"text": REDACTED}), wrap({"text": ""})]


def test_a_secret_within_one_event_leaves_the_others_as_they_are() -> None:
    assert redact_events([delta(f"{SECRET} a"), delta("b")], redactor) == [delta(f"{REDACTED} a"), delta("b")]


def test_a_stream_without_secrets_is_not_changed() -> None:
    events = [
        delta("a\nb"),
        {"a": {"$lines": ["x", "y"]}},
        ["ping", {}],
        {"$line": {"n": 1}},
        {"$base64": "/w=="},
        "raw",
    ]
    stored = [{"choices": [{"delta": {"content": {"$lines": ["a", "b"]}}, "index": 0}]}, *events[1:]]

    assert redact_events(stored, redactor) == stored


@pytest.mark.parametrize("index", [{"a": 1}, [1], None, "x"])
def test_an_index_may_be_anything(index: object) -> None:
    events = [delta("a", index), delta("b", index)]

    assert redact_events(events, redactor) == events
