"""The cause of a difference, told from real recorded calls of four APIs that were changed in one place or two."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_llm.budget import Budget, Limiter
from pytest_llm.cassettes.journal import Journal
from pytest_llm.cassettes.redaction import Redactor
from pytest_llm.cassettes.store import Cassette
from pytest_llm.http import HTTPRequest
from pytest_llm.origins import differing, origin_of
from pytest_llm.player import Player
from pytest_llm.readings import Readings
from pytest_llm.recorder import LiveCall
from pytest_llm.snapshots.cause import Origin, causes, sentence
from pytest_llm.studio import Hosts, Place, Studio

if TYPE_CHECKING:
    from conftest import Exchange

JSON = (("content-type", "application/json"),)
READINGS = Readings(Redactor())


class Call:
    """A recorded call that may be changed: its URL, and the JSON of its request and response."""

    def __init__(self, url: str, body: dict[str, Any], answer: Any) -> None:
        self.url, self.body, self.answer = url, body, answer


Change = Callable[[Call], None]


def put(*path: str | int, value: Any) -> Change:
    """Change a value of the request."""

    def change(call: Call) -> None:
        inner: Any = call.body
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = value

    return change


def served(key: str, value: object) -> Change:
    """Change a value of the answer."""

    def change(call: Call) -> None:
        call.answer[key] = value

    return change


def gemini_model(call: Call) -> None:
    call.url = call.url.replace("gemini-3-flash-preview", "gemini-3-pro")


def tool(name: str) -> dict[str, Any]:
    return {"name": name, "description": "Find something.", "parameters": {"type": "object", "properties": {}}}


SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
PROMPTS: dict[str, Change] = {
    "openai-chat": put("messages", 0, "content", value="Tell me: what is the capital of the country?"),
    "anthropic-messages": put("system", value="Be brief."),
    "openai-responses": put("input", value=[{"role": "user", "content": "Give me the name of the largest city."}]),
    "gemini": put("contents", 0, "parts", 0, "text", value="What is the largest city of Mexico?"),
}
CHANGES: dict[str, dict[str, Change]] = {
    "openai-chat": {
        "prompt": PROMPTS["openai-chat"],
        "tools": put("tools", 1, value={"type": "function", "function": tool("find_river")}),
        "schema": put("response_format", "json_schema", "schema", value=SCHEMA),
        "parameters": put("temperature", value=0.7),
        "model": put("model", value="gpt-5"),
        "served model": served("model", "gpt-4o-2024-11-20"),
        "system fingerprint": served("system_fingerprint", "fp_another"),
    },
    "anthropic-messages": {
        "prompt": PROMPTS["anthropic-messages"],
        "tools": put("tools", 0, "description", value="Another description."),
        "schema": put("output_format", value={"type": "json_schema", "schema": SCHEMA}),
        "parameters": put("max_tokens", value=99),
        "model": put("model", value="claude-opus-4-6"),
        "served model": served("model", "claude-haiku-4-5-20260301"),
    },
    "openai-responses": {
        "prompt": PROMPTS["openai-responses"],
        "tools": put("tools", 0, "description", value="Another description."),
        "schema": put("text", value={"format": {"type": "json_schema", "name": "city", "schema": SCHEMA}}),
        "parameters": put("top_p", value=0.5),
        "model": put("model", value="gpt-5"),
        "served model": served("model", "gpt-4o-2024-11-20"),
    },
    "gemini": {
        "prompt": PROMPTS["gemini"],
        "tools": put("tools", 0, "functionDeclarations", 0, "description", value="Another description."),
        "schema": put("generationConfig", "responseJsonSchema", value=SCHEMA),
        "parameters": put("generationConfig", "temperature", value=0.7),
        "model": gemini_model,
        "served model": served("modelVersion", "gemini-3-flash-preview-2"),
    },
}
SOURCES = {
    "openai-chat": "test_openai_native_output_multiple",
    "anthropic-messages": "test_multiple_parallel_tool_calls",
    "openai-responses": "test_openai_responses_output_type",
    "gemini": "test_native_output_with_function_tools_stream",
}
ORDER = ["prompt", "tools", "schema", "parameters", "model", "served model", "system fingerprint"]
FOLLOWS = {("model", "served model"), ("model", "system fingerprint"), ("served model", "system fingerprint")}
PAIRS = [
    pytest.param(dialect, pair, [pair[0]] if pair in FOLLOWS else list(pair), id=f"{dialect}: {' and '.join(pair)}")
    for dialect, changes in CHANGES.items()
    for count in (1, 2)
    for pair in combinations([name for name in ORDER if name in changes], count)
]


def calls_of(dialect: str, traffic: Sequence[Exchange]) -> list[Call]:
    """Return the recorded calls of one test; of a stream the answer that it comes to."""
    found = [one for one in traffic if SOURCES[dialect] in one.cassette]
    made = []
    for one in found:
        lines = one.response.body.decode().replace("\r\n", "\n").split("\n")
        events = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
        answer = joined(events) if events else json.loads(one.response.body)
        made.append(Call(one.request.url.replace("streamGenerateContent?alt=sse", "generateContent"), {}, answer))
        made[-1].body = json.loads(one.request.body)
    if dialect == "openai-chat":
        for call in made:
            call.body["tools"].append({"type": "function", "function": tool("find_city")})
    return made


def joined(events: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the answer of Gemini that the events of a stream come to."""
    parts = [part for event in events for part in event["candidates"][0].get("content", {}).get("parts", [])]
    return {**events[-1], "candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP"}]}


def origin(calls: Sequence[Call], folder: Path) -> tuple[Origin, Player]:
    """Record the calls as a run does, and return where the last answer came from."""
    studio = Studio(READINGS, Hosts(frozenset()), Limiter(8), Budget(None, None), {}, "test", lambda *_: None)
    folder.mkdir()
    journal = Journal(folder / "test_it.cassette.json", "main")
    player = Player(
        studio,
        Place("test_it.py::test_it", "test_it", ""),
        Cassette(folder / "test_it.cassette.json"),
        "missing",
        fresh=True,
        journal=lambda: journal,
        find_elsewhere=lambda *_: None,
    )
    for call in calls:
        live = player.handle(HTTPRequest("POST", call.url, JSON, json.dumps(call.body).encode()))
        assert isinstance(live, LiveCall)
        live.delay()
        live.answer(200, JSON, "OK")
        live.chunk(json.dumps(call.answer).encode())
        live.finish()
    journal.close()
    return origin_of(READINGS, player.timeline, None)[0], player


def told(old: Sequence[Call], new: Sequence[Call], folder: Path) -> tuple[list[str], str]:
    """Return the causes, and the clause that tells them."""
    found = causes(origin(old, folder / "old")[0], origin(new, folder / "new")[0])
    return [cause.part for cause in found], sentence(found)


@pytest.mark.parametrize(("dialect", "changed", "expected"), PAIRS)
def test_each_cause_is_told_alone_and_with_every_other(
    dialect: str, changed: tuple[str, ...], expected: list[str], real_traffic: list[Exchange], tmp_path: Path
) -> None:
    old = calls_of(dialect, real_traffic)[:1]
    new = deepcopy(old)
    for name in changed:
        CHANGES[dialect][name](new[0])

    assert told(old, new, tmp_path)[0] == expected


def test_the_cases_hold_each_cause_alone_and_in_every_pair() -> None:
    changed = {param.values[1] for param in PAIRS}

    assert len(PAIRS) == 91
    assert changed == {*((cause,) for cause in ORDER), *combinations(ORDER, 2)}
    assert all(param.values[2] for param in PAIRS)


def reordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


def renamed(value: Any) -> Any:
    """Give the ids that a provider made up another value, wherever they stand."""
    if isinstance(value, dict):
        return {key: renamed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [renamed(item) for item in value]
    return (
        f"{value}9" if isinstance(value, str) and value.startswith(("call_", "toolu_", "chatcmpl-", "msg_")) else value
    )


def reorder_keys(call: Call) -> None:
    call.body, call.answer = reordered(call.body), reordered(call.answer)


def rename_ids(call: Call) -> None:
    call.body, call.answer = renamed(call.body), renamed(call.answer)


def spell_numbers(call: Call) -> None:
    numbers = {key: float(item) for key, item in call.body.items() if type(item) is int}
    call.body.update(numbers)


def move_host(call: Call) -> None:
    call.url = call.url.replace("https://api.", "https://proxy.")


SAME = {
    "reordered JSON keys": reorder_keys,
    "changed ids": rename_ids,
    "numbers spelled otherwise": spell_numbers,
    "another host": move_host,
    "nothing": lambda call: None,
}


@pytest.mark.parametrize("change", SAME)
@pytest.mark.parametrize("dialect", CHANGES)
def test_what_says_the_same_is_no_cause(
    dialect: str, change: str, real_traffic: list[Exchange], tmp_path: Path
) -> None:
    old = calls_of(dialect, real_traffic)
    new = deepcopy(old)
    for call in new:
        SAME[change](call)

    assert told(old, new, tmp_path)[0] == ["output only"]


@pytest.mark.parametrize("dialect", ["openai-chat"])
def test_another_order_of_the_tools_is_a_change_of_the_tools_and_called_so(
    dialect: str, real_traffic: list[Exchange], tmp_path: Path
) -> None:
    old = calls_of(dialect, real_traffic)[:1]
    new = deepcopy(old)
    new[0].body["tools"].reverse()
    (before, recorded), (after, made) = origin(old, tmp_path / "old"), origin(new, tmp_path / "new")
    found = differing(READINGS, recorded.made, made.made, before, after)

    assert sentence(causes(before, after)) == "the tools changed, the prompt did not"
    assert [(one.part, one.where, one.summary) for one in found] == [
        ("tools", "order", "get_user_country, find_city → find_city, get_user_country")
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("fp_1", "fp_2", "the system fingerprint changed (fp_1 → fp_2), the prompt did not", id="changed"),
        pytest.param("fp_1", None, "only the output changed: the request and the model are the same", id="now null"),
        pytest.param(None, "fp_2", "only the output changed: the request and the model are the same", id="was null"),
        pytest.param(None, None, "only the output changed: the request and the model are the same", id="null"),
    ],
)
def test_a_system_fingerprint_changes_only_from_one_to_another(
    before: str | None, after: str | None, expected: str, real_traffic: list[Exchange], tmp_path: Path
) -> None:
    old = calls_of("openai-chat", real_traffic)[:1]
    new = deepcopy(old)
    old[0].answer["system_fingerprint"], new[0].answer["system_fingerprint"] = before, after

    assert told(old, new, tmp_path)[1] == expected


def test_an_alias_that_resolves_to_another_version_is_the_served_model(
    real_traffic: list[Exchange], tmp_path: Path
) -> None:
    old = calls_of("openai-chat", real_traffic)[:1]
    new = deepcopy(old)
    new[0].answer["model"] = "gpt-4o-2024-11-20"

    assert old[0].body["model"] == "gpt-4o"
    assert told(old, new, tmp_path)[1] == (
        "the served model changed (gpt-4o-2024-08-06 → gpt-4o-2024-11-20), the prompt did not"
    )


def test_an_alias_that_is_pinned_to_what_it_stood_for_is_another_name_only(
    real_traffic: list[Exchange], tmp_path: Path
) -> None:
    old = calls_of("openai-chat", real_traffic)[:1]
    new = deepcopy(old)
    new[0].body["model"] = "gpt-4o-2024-08-06"

    assert told(old, new, tmp_path)[1] == (
        "the model changed (gpt-4o → gpt-4o-2024-08-06, both answered by gpt-4o-2024-08-06), the prompt did not"
    )


def test_streaming_is_a_parameter(real_traffic: list[Exchange], tmp_path: Path) -> None:
    old = calls_of("openai-chat", real_traffic)[:1]
    new = deepcopy(old)
    new[0].body["stream"] = True

    assert told(old, new, tmp_path)[1] == ("the parameters changed (stream=False → stream=True), the prompt did not")


def test_another_version_of_the_api_is_the_endpoint(real_traffic: list[Exchange], tmp_path: Path) -> None:
    old = calls_of("openai-chat", real_traffic)[:1]
    new = deepcopy(old)
    new[0].url = new[0].url.replace("/v1/", "/v2/")

    assert told(old, new, tmp_path)[1] == "the endpoint changed, the prompt did not"


def test_another_api_is_told_with_the_prompt_only_if_that_changed_too(
    real_traffic: list[Exchange], tmp_path: Path
) -> None:
    chat = calls_of("openai-chat", real_traffic)[:1]
    responses = calls_of("openai-responses", real_traffic)[:1]
    chat[0].body = {"model": "gpt-4o", "messages": [{"role": "system", "content": "Be brief."}]}
    responses[0].body = {"model": "gpt-4o", "input": [{"role": "developer", "content": "Be brief."}]}
    other = deepcopy(responses)
    other[0].body["input"][0]["content"] = "Be long."
    (tmp_path / "same").mkdir()
    (tmp_path / "other").mkdir()

    assert told(chat, responses, tmp_path / "same")[1] == "the API changed (openai-chat → openai-responses)"
    assert (
        told(chat, other, tmp_path / "other")[1] == "the API changed (openai-chat → openai-responses), and the prompt"
    )


@pytest.mark.parametrize("dialect", ["openai-chat", "anthropic-messages", "gemini"])
def test_a_conversation_that_quotes_another_answer_is_a_consequence(
    dialect: str, real_traffic: list[Exchange], tmp_path: Path
) -> None:
    old = calls_of(dialect, real_traffic)
    new = deepcopy(old)
    CHANGES[dialect]["served model"](new[0])
    CHANGES[dialect]["served model"](new[1])
    for call in new:
        _retell(call)
    (tmp_path / "prompt").mkdir()
    asked = deepcopy(new)
    for call in asked:
        PROMPTS[dialect](call)

    assert len(old) == 2
    assert told(old, new, tmp_path)[0] == ["served model", "conversation"]
    assert told(old, asked, tmp_path / "prompt")[0] == ["prompt", "served model"]


def _retell(call: Call) -> None:
    """Let the model call its tool with another argument, and the request quote it."""
    for part in ("body", "answer"):
        setattr(call, part, _with_argument(getattr(call, part)))


def _with_argument(value: Any) -> Any:
    if isinstance(value, dict):
        changed = {key: _with_argument(item) for key, item in value.items()}
        if isinstance(changed.get("arguments"), str):
            changed["arguments"] = json.dumps({**json.loads(changed["arguments"]), "more": 1})
        for key in ("args", "input"):
            if isinstance(changed.get(key), dict) and "name" in changed:
                changed[key] = {**changed[key], "more": 1}
        return changed
    return [_with_argument(item) for item in value] if isinstance(value, list) else value
