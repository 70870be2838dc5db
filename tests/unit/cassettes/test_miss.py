"""A miss says what changed, in the field's words and in at most eight lines."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_llm.cassettes.differences import Reading
from pytest_llm.cassettes.miss import Miss, MissKind, explain_miss, nearest
from pytest_llm.cassettes.redaction import Redactor
from pytest_llm.http import HTTPRequest
from pytest_llm.readings import Readings

readings = Readings(Redactor((), {}))
SYSTEM = {"role": "system", "content": "You answer briefly."}
USER = {"role": "user", "content": "Summarise this refund policy in one line."}
TOOL = {
    "type": "function",
    "function": {
        "name": "search",
        "description": "Search.",
        "parameters": {"type": "object", "properties": {"query": {"type": "string"}}},
    },
}
BASE: dict[str, Any] = {"model": "gpt-4o", "messages": [SYSTEM, USER], "temperature": 0}
COMMAND = 'pytest --llm-record=missing "test_it.py::test_it"'


def reading(body: object, url: str = "https://api.openai.com/v1/chat/completions") -> Reading:
    headers = (("content-type", "application/json"),)
    return readings.reading(readings.sought(HTTPRequest("POST", url, headers, json.dumps(body).encode())))


def explained(
    old: object, new: object, kind: MissKind = "unmatched", recorded: int = 3, test_recorded: int = 3, draws: int = 0
) -> Miss:
    asked = reading(new)
    entry = {"fingerprint": "9c1e42aa00000000", "draw": 1}
    near = nearest(asked, [entry], lambda _: reading(old)) if old is not None else None
    return explain_miss(
        kind,
        cassette="__llm__/test_it/test_it.cassette.json",
        recorded=recorded,
        test_recorded=test_recorded,
        near=near,
        fingerprint="9c1e42aa00000000",
        asked=asked,
        draws=draws,
        command=COMMAND,
    )


def user(text: str) -> dict[str, Any]:
    return BASE | {"messages": [SYSTEM, {"role": "user", "content": text}]}


def with_tool(**changed: object) -> dict[str, Any]:
    return BASE | {"tools": [TOOL | {"function": TOOL["function"] | changed}]}  # type: ignore[operator]


HEAD = "No recording of this request in __llm__/test_it/test_it.cassette.json (3 interactions)."
NEAREST = "The nearest, draw 1 of 9c1e42aa, differs in "


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        pytest.param(
            BASE,
            user("Summarise this refund policy in one sentence."),
            [
                "the prompt, message 2 (user):",
                "  - Summarise this refund policy in one line.",
                "  + Summarise this refund policy in one sentence.",
            ],
            id="a word of the prompt",
        ),
        pytest.param(BASE, BASE | {"temperature": 0.7}, ["the params, temperature: 0 → 0.7"], id="a parameter"),
        pytest.param(BASE, BASE | {"seed": 1}, ["the params, seed: 1 is new"], id="a new parameter"),
        pytest.param(BASE | {"stop": ["a"]}, BASE, ['the params, stop: ["a"] is gone'], id="a parameter is gone"),
        pytest.param(BASE, BASE | {"model": "gpt-4o-mini"}, ["the model: gpt-4o → gpt-4o-mini"], id="the model"),
        pytest.param(BASE, with_tool(), ["the tools, tool `search`: is new"], id="a new tool"),
        pytest.param(with_tool(), BASE, ["the tools, tool `search`: is gone"], id="a tool is gone"),
        pytest.param(
            with_tool(),
            with_tool(parameters={"type": "object", "properties": {"query": {}, "limit": {}}}),
            ["the tools, tool `search`: gained `limit`"],
            id="a tool gained an argument",
        ),
        pytest.param(
            with_tool(),
            with_tool(description="Search the web."),
            ['the tools, tool `search`: description: "Search." → "Search the web."'],
            id="a tool is described otherwise",
        ),
        pytest.param(
            BASE,
            BASE | {"messages": [SYSTEM, USER, {"role": "assistant", "content": "No."}]},
            ["the prompt, message 3 (assistant): is new: No."],
            id="a message more",
        ),
        pytest.param(
            BASE,
            BASE | {"messages": [SYSTEM]},
            ["the prompt, message 2 (user): is gone: " + USER["content"]],
            id="less",
        ),
        pytest.param(
            BASE,
            BASE | {"messages": [SYSTEM | {"role": "developer"}, USER]},
            ["the prompt, message 1 (developer): role system → developer"],
            id="a role",
        ),
    ],
)
def test_the_nearest_recording_is_named_with_what_differs(old: object, new: object, lines: list[str]) -> None:
    first, *more = lines

    assert explained(old, new).message.split("\n") == [HEAD, NEAREST + first, *more, f"Record it: {COMMAND}"]


def test_several_differences_are_listed_part_by_part() -> None:
    miss = explained(BASE, user("Hello?") | {"model": "gpt-5", "temperature": 1})

    assert miss.message.split("\n") == [
        HEAD,
        f"{NEAREST}the model, the prompt and the params:",
        "  model: gpt-4o → gpt-5",
        "  message 2 (user): Summarise this refund poli… in one line. → Hello?",
        "  temperature: 0 → 1",
        f"Record it: {COMMAND}",
    ]
    assert miss.story == "model, prompt and params differ; gpt-4o → gpt-5"


@pytest.mark.parametrize(
    ("kind", "recorded", "draws", "head", "story"),
    [
        pytest.param(
            "absent",
            0,
            0,
            "No recording of this request: __llm__/test_it/test_it.cassette.json does not exist. "
            "It asks gpt-4o: 'Summarise this refund policy in one line.'.",
            "no cassette yet",
            id="no cassette",
        ),
        pytest.param(
            "exhausted",
            3,
            2,
            "No draw 3 of this request in __llm__/test_it/test_it.cassette.json: it was asked once more than its "
            "2 recorded draws (9c1e42aa: gpt-4o: 'Summarise this refund policy in one line.').",
            "draw 3, only 2 recorded",
            id="draws ran out",
        ),
        pytest.param(
            "once",
            3,
            0,
            "No recording of this request in __llm__/test_it/test_it.cassette.json (3 interactions), and "
            "--llm-record=once records absent cassettes only.",
            "mode once, and the cassette exists",
            id="mode once",
        ),
        pytest.param(
            "cut",
            3,
            1,
            "The recording of this stream in __llm__/test_it/test_it.cassette.json ends early (9c1e42aa): when it was "
            "recorded the application stopped reading here, and now it reads on.",
            "the stream was cut short when it was recorded",
            id="a stream that was cut",
        ),
    ],
)
def test_each_kind_of_miss_says_so(kind: MissKind, recorded: int, draws: int, head: str, story: str) -> None:
    miss = explained(None, BASE, kind, recorded, recorded, draws)

    assert miss.message == f"{head}\nRecord it: {COMMAND}"
    assert miss.story == story


def test_other_parameters_of_the_test_are_told_apart() -> None:
    assert explained(None, BASE, test_recorded=0).message == (
        "No recording of this test in __llm__/test_it/test_it.cassette.json (3 interactions of its other parameters). "
        f"It asks gpt-4o: 'Summarise this refund policy in one line.'.\nRecord it: {COMMAND}"
    )


LONG = "The policy says many things, one after the other, at length. " * 1700
TALK = [{"role": ("user", "assistant")[number % 2], "content": f"Turn {number}"} for number in range(50)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(BASE | {"messages": TALK}, BASE | {"messages": TALK[::-1]}, id="fifty other messages"),
        pytest.param(BASE | {"messages": TALK}, BASE | {"messages": TALK[1:]}, id="the first of fifty is gone"),
        pytest.param(user(LONG), user(LONG[:70_000] + "!" + LONG[70_000:]), id="one character in 100 kB"),
        pytest.param(user("a\nb\nc" * 50), user("x\ny\nz" * 50), id="many lines"),
        pytest.param(user("a\rb\x0bc\x85d\u2028e"), user("a\rb\x0bc\x85d\u2028f"), id="odd line ends"),
        pytest.param(user("😀👩‍👩‍👧 \u202eabc"), user("😀👩‍👩‍👦 \u202eabc"), id="emoji"),
        pytest.param(user("\ud83d"), user("\ude00"), id="lone surrogates"),
        pytest.param(user("a b"), user("a  b"), id="a space"),
        pytest.param(user(""), user("text"), id="empty before"),
        pytest.param(user("text"), user(""), id="empty after"),
        pytest.param({}, BASE, id="an empty body"),
        pytest.param(BASE, {}, id="an empty body now"),
        pytest.param(BASE, [1, 2], id="no object"),
        pytest.param(BASE, BASE | {"messages": "no list"}, id="messages that are none"),
        pytest.param(BASE, BASE | {"messages": [None, 3, {"role": 1}]}, id="odd messages"),
        pytest.param(BASE, BASE | {f"p{n}": n for n in range(60)}, id="sixty parameters"),
        pytest.param(BASE, BASE | {"tools": [TOOL, TOOL, None, {"type": "web"}]}, id="odd tools"),
        pytest.param(BASE | {"seed": True}, BASE | {"seed": 1}, id="true and one"),
        pytest.param(BASE | {"user": LONG}, BASE | {"user": LONG[:50_000] + LONG[50_001:]}, id="a long parameter"),
    ],
)
def test_a_miss_has_at_most_eight_lines_that_any_terminal_shows(old: object, new: object) -> None:
    miss = explained(old, new)

    assert len(miss.message.splitlines()) <= 8
    assert max(map(len, miss.message.splitlines())) < 250
    assert all(line.isprintable() for line in miss.message.split("\n"))
    assert miss.story.isprintable()
    assert miss.message.endswith(f"\nRecord it: {COMMAND}")
    assert " differs in " in miss.message


@pytest.mark.parametrize("place", [0, 30, 5_000, 99_999])
def test_a_change_of_one_character_is_seen_wherever_it_is(place: int) -> None:
    message = explained(user(LONG), user(LONG[:place] + "§" + LONG[place:])).message

    assert "§" in message


def test_the_nearest_is_of_the_same_endpoint_and_most_like() -> None:
    candidates = {
        "other": reading({"model": "m", "input": "Summarise"}, "https://api.openai.com/v1/embeddings"),
        "far": reading(user("Something else entirely, and longer") | {"temperature": 1}),
        "near": reading(user("Summarise this refund policy in a line.")),
    }
    entries = [{"fingerprint": name, "draw": 1} for name in candidates]
    found = nearest(reading(BASE), entries, lambda entry: candidates[entry["fingerprint"]])

    assert found is not None
    assert found[0]["fingerprint"] == "near"
