"""A run is read from the calls of a test: its steps, the tools they call, and the results, whatever API spoke."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from random import Random

import pytest

from pytest_llm.dialects import dialect_for
from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.tools import calls
from pytest_llm.http import HTTPRequest, HTTPResponse
from pytest_llm.messages import Interaction, Message, Request, Response, ToolCall, Usage
from pytest_llm.trajectory import Step, TracedCall, Trajectory

OSLO, ROME = ToolCall("weather", {"city": "Oslo"}, "1"), ToolCall("weather", {"city": "Rome"}, "2")
USER = Message("user", "Where is it warmer?")


def asked(*messages: Message, response: Response, model: str = "m") -> Interaction:
    return Interaction(Request("openai-chat", model, messages), response)


def answers(*made: ToolCall) -> Response:
    return Response(tool_calls=made, finish_reason="tool_calls")


def echo(*made: ToolCall) -> Message:
    return Message("assistant", tool_calls=made)


def result(text: str, call_id: str | None = None) -> Message:
    return Message("tool", text, tool_call_id=call_id)


def says(text: str) -> Response:
    return Response(text, (text,), finish_reason="stop")


def test_a_call_counts_where_it_was_answered_and_not_where_it_is_quoted() -> None:
    first = [USER, echo(OSLO), result("snow", "1")]
    second = [*first, echo(ROME), result("sun", "2")]
    run = Trajectory.of(
        [
            asked(USER, response=answers(OSLO)),
            asked(*first, response=answers(ROME)),
            asked(*second, response=says("In Rome.")),
        ]
    )

    assert run.calls == (TracedCall("weather", {"city": "Oslo"}, "1", "snow"), TracedCall(*_parts(ROME), "sun"))
    assert (run.tools, run.text, len(run)) == (("weather", "weather"), "In Rome.", 3)
    assert [(step.model, step.text, len(step.calls)) for step in run] == [
        ("m", "", 1),
        ("m", "", 1),
        ("m", "In Rome.", 0),
    ]


def _parts(call: ToolCall) -> tuple[str, object, str | None]:
    return call.name, call.arguments, call.id


def test_it_shows_itself_as_a_few_lines() -> None:
    usage = Usage(100, 10)
    run = Trajectory.of(
        [
            asked(USER, response=replace(answers(OSLO, ROME), usage=usage, cost=0.002, latency=1.25)),
            asked(
                USER, echo(OSLO, ROME), result("snow", "1"), response=replace(says("In Rome."), usage=usage, cost=0.001)
            ),
        ]
    )

    assert repr(run) == "<trajectory: 2 steps, calls weather, weather>"
    assert str(run).splitlines() == [
        "1. m calls",
        "     weather(city='Oslo') → 'snow'",
        "     weather(city='Rome')",
        "2. m says 'In Rome.'",
        "2 steps, 2 calls, 220 tokens, $0.0030, 1.2 s",
    ]
    assert (repr(Trajectory()), str(Trajectory())) == (
        "<trajectory: 0 steps, calls nothing>",
        "0 steps, 0 calls, 0 tokens, $0.00, 0.0 s",
    )


def test_its_figures_are_the_sums_of_its_steps() -> None:
    one = Response("a", usage=Usage(10, 5, 4, 1, 2), cost=0.25, latency=0.5)
    run = Trajectory.of(
        [asked(USER, response=one), asked(USER, response=one), asked(USER, response=replace(one, latency=None))]
    )

    assert run.usage == Usage(30, 15, 12, 3, 6)
    assert run.cost == 0.75
    assert run.latency == 1.0
    assert [(step.usage, step.cost, step.latency) for step in run][2] == (one.usage, 0.25, None)


def test_a_cost_that_is_not_known_is_no_zero() -> None:
    run = Trajectory.of([asked(USER, response=Response("a", model="house-1", usage=Usage(1, 1)))])
    uncounted = Trajectory.of([asked(USER, response=Response("a"))])

    with pytest.raises(
        ConfigurationError,
        match=r"^The cost is not known: there is no price for 'house-1'\. Give it one by the hook pytest_llm_prices\.$",
    ):
        _ = run.cost
    with pytest.raises(ConfigurationError, match=r"^The cost is not known: an answer of 'm' counts no tokens, so no "):
        _ = uncounted.cost
    assert str(run).endswith("1 step, 0 calls, 2 tokens, cost unknown, 0.0 s")


def test_failures_embeddings_and_counts_are_no_steps_but_what_they_quote_is_seen() -> None:
    history = [USER, echo(OSLO), result("snow", "1")]
    run = Trajectory.of(
        [
            asked(USER, response=Response(status=429, error="slow down")),
            asked(USER, response=answers(OSLO)),
            asked(Message("user", "snow"), response=Response(texts=("",), embeddings=((0.5,),))),
            asked(*history, response=Response(usage=Usage(30))),
            asked(*history, response=Response(status=500, error="broken")),
        ]
    )

    assert [step.calls for step in run] == [(TracedCall(*_parts(OSLO), "snow"),)]


# -- results --

NO_ID = replace(OSLO, id=None)
AGAIN = replace(ROME, id="1")


@pytest.mark.parametrize(
    ("interactions", "expected"),
    [
        pytest.param(
            [
                asked(USER, response=answers(OSLO, ROME)),
                asked(USER, echo(OSLO, ROME), result("sun", "2"), result("snow", "1"), response=says("x")),
            ],
            ["snow", "sun"],
            id="by id, in another order",
        ),
        pytest.param(
            [
                asked(USER, response=answers(NO_ID, replace(ROME, id=None))),
                asked(USER, echo(NO_ID, replace(ROME, id=None)), result("snow"), result("sun"), response=says("x")),
            ],
            ["snow", "sun"],
            id="by position",
        ),
        pytest.param(
            [
                asked(USER, response=answers(NO_ID, ToolCall("time"))),
                asked(
                    USER,
                    echo(NO_ID, ToolCall("time")),
                    result("noon", "time"),
                    result("snow", "weather"),
                    response=says("x"),
                ),
            ],
            ["snow", "noon"],
            id="by the tool's name",
        ),
        pytest.param(
            [
                asked(USER, response=answers(OSLO)),
                asked(USER, echo(NO_ID), result("snow", "weather"), response=says("x")),
            ],
            ["snow"],
            id="an id that the request dropped",
        ),
        pytest.param(
            [
                asked(USER, response=answers(OSLO)),
                asked(USER, echo(OSLO), result("snow", "1"), response=answers(AGAIN)),
                asked(USER, echo(OSLO), result("snow", "1"), echo(AGAIN), result("sun", "1"), response=says("x")),
            ],
            ["snow", "sun"],
            id="ids that begin anew with each answer",
        ),
        pytest.param(
            [
                asked(USER, response=answers(NO_ID)),
                asked(USER, echo(NO_ID), result("snow"), response=answers(NO_ID)),
                asked(USER, echo(NO_ID), result("snow"), echo(NO_ID), result("thaw"), response=says("x")),
            ],
            ["snow", "thaw"],
            id="the same call twice without ids",
        ),
        pytest.param(
            [asked(USER, response=answers(OSLO)), asked(USER, echo(OSLO), response=says("x"))],
            [None],
            id="no result",
        ),
        pytest.param([asked(USER, response=answers(OSLO))], [None], id="no later request"),
        pytest.param(
            [
                asked(USER, response=answers(OSLO)),
                asked(Message("user", "Sum up."), echo(OSLO), result("snow", "1"), response=says("x")),
            ],
            ["snow"],
            id="a history that was rewritten",
        ),
        pytest.param(
            [
                asked(USER, response=answers(NO_ID)),
                asked(Message("user", "1"), echo(NO_ID), result("snow"), response=answers(NO_ID)),
                asked(
                    Message("user", "2"), echo(NO_ID), result("snow"), echo(NO_ID), result("thaw"), response=says("x")
                ),
            ],
            ["snow", "thaw"],
            id="a history that is rewritten again and again, without ids",
        ),
        pytest.param(
            [
                asked(USER, response=answers(OSLO)),
                asked(USER, echo(OSLO), response=answers(AGAIN)),
                asked(USER, echo(OSLO), echo(AGAIN), result("sun", "1"), response=says("x")),
            ],
            [None, "sun"],
            id="no result, and an id that begins anew",
        ),
        pytest.param(
            [asked(USER, response=answers(OSLO)), asked(result("snow", "1"), response=says("x"))],
            ["snow"],
            id="the result alone",
        ),
        pytest.param(
            [
                asked(USER, response=answers(OSLO, ROME)),
                asked(USER, echo(OSLO, ROME), result("snow", "1"), echo(), response=says("x")),
                asked(USER, echo(OSLO, ROME), result("snow", "1"), echo(), result("sun", "2"), response=says("x")),
            ],
            ["snow", "sun"],
            id="a result that comes later",
        ),
        pytest.param(
            [
                asked(USER, response=answers(OSLO)),
                asked(
                    USER,
                    echo(OSLO),
                    Message("tool", tool_call_id="1", attachments=("image/png, 3 kB",)),
                    response=says("x"),
                ),
            ],
            ["image/png, 3 kB"],
            id="a picture",
        ),
    ],
)
def test_a_result_is_found(interactions: Sequence[Interaction], expected: Sequence[str | None]) -> None:
    assert [call.result for call in Trajectory.of(interactions).calls] == expected


@pytest.mark.parametrize("order", list(permutations(range(2, 6))))
def test_conversations_side_by_side_keep_their_results_apart(order: Sequence[int]) -> None:
    a, b = Message("user", "A"), Message("user", "B")
    later = {
        2: asked(a, echo(NO_ID), result("snow"), response=says("a")),
        3: asked(b, echo(NO_ID), result("fog"), response=says("b")),
        4: asked(a, echo(NO_ID), result("snow"), Message("assistant", "a"), a, response=says("aa")),
        5: asked(b, echo(NO_ID), result("fog"), Message("assistant", "b"), b, response=says("bb")),
    }
    run = Trajectory.of(
        [asked(a, response=answers(NO_ID)), asked(b, response=answers(NO_ID)), *(later[n] for n in order)]
    )

    assert [call.result for call in run.calls] == ["snow", "fog"]


def test_two_conversations_that_begin_alike_have_each_their_own_result() -> None:
    first, second = ([USER, echo(NO_ID), result(text)] for text in ("snow", "thaw"))
    run = Trajectory.of(
        [
            asked(USER, response=answers(NO_ID)),
            asked(USER, response=answers(NO_ID)),
            asked(*first, response=says("x")),
            asked(*first, Message("assistant", "x"), USER, response=says("y")),
            asked(*second, response=says("z")),
        ]
    )

    assert [call.result for call in run.calls] == ["snow", "thaw"]


# -- the providers' APIs --

ARGUMENTS = json.dumps({"city": "Oslo"})
TOOL_CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": ARGUMENTS}}
CHAT_ECHO = {"role": "assistant", "content": None, "tool_calls": [TOOL_CALL]}
RESPONSES_CALL = {"type": "function_call", "call_id": "c1", "id": "fc1", "name": "weather", "arguments": ARGUMENTS}
ITEM = {"role": "user", "content": "Hi"}
GEMINI_USER = {"role": "user", "parts": [{"text": "Hi"}]}
GEMINI_CALL = {"role": "model", "parts": [{"functionCall": {"name": "weather", "args": {"city": "Oslo"}}}]}
OLLAMA_ECHO = {
    "role": "assistant",
    "content": "",
    "tool_calls": [{"function": {"name": "weather", "arguments": {"city": "Oslo"}}}],
}
TOOL_USE = {"type": "tool_use", "id": "c1", "name": "weather", "input": {"city": "Oslo"}}
BEDROCK_USE = {"toolUse": {"toolUseId": "c1", "name": "weather", "input": {"city": "Oslo"}}}
BEDROCK_RESULT = {"toolResult": {"toolUseId": "c1", "content": [{"text": "snow"}]}}

APIS = {
    "openai-chat": (
        "/v1/chat/completions",
        {"model": "m", "messages": [ITEM]},
        {"choices": [{"message": CHAT_ECHO, "finish_reason": "tool_calls"}]},
        {"model": "m", "messages": [ITEM, CHAT_ECHO, {"role": "tool", "tool_call_id": "c1", "content": "snow"}]},
    ),
    "openai-chat, function_call": (
        "/v1/chat/completions",
        {"model": "m", "messages": [ITEM]},
        {"choices": [{"message": {"role": "assistant", "function_call": TOOL_CALL["function"]}}]},
        {
            "model": "m",
            "messages": [
                ITEM,
                {"role": "assistant", "function_call": TOOL_CALL["function"]},
                {"role": "function", "name": "weather", "content": "snow"},
            ],
        },
    ),
    "openai-responses": (
        "/v1/responses",
        {"model": "m", "input": [ITEM]},
        {"output": [{"type": "reasoning", "summary": []}, RESPONSES_CALL], "status": "completed"},
        {
            "model": "m",
            "input": [
                ITEM,
                {"type": "reasoning", "summary": []},
                RESPONSES_CALL,
                {"type": "function_call_output", "call_id": "c1", "output": "snow"},
            ],
        },
    ),
    "openai-responses, previous_response_id": (
        "/v1/responses",
        {"model": "m", "input": "Hi"},
        {"id": "r1", "output": [RESPONSES_CALL], "status": "completed"},
        {
            "model": "m",
            "previous_response_id": "r1",
            "input": [{"type": "function_call_output", "call_id": "c1", "output": "snow"}],
        },
    ),
    "anthropic": (
        "/v1/messages",
        {"model": "m", "max_tokens": 9, "messages": [ITEM]},
        {"content": [{"type": "text", "text": "Let me see."}, TOOL_USE], "stop_reason": "tool_use"},
        {
            "model": "m",
            "max_tokens": 9,
            "messages": [
                ITEM,
                {"role": "assistant", "content": [{"type": "text", "text": "Let me see."}, TOOL_USE]},
                {
                    "role": "user",
                    "content": [
                        {"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": "snow"}]},
                        {"type": "text", "text": "Go on."},
                    ],
                },
            ],
        },
    ),
    "gemini": (
        "/v1beta/models/m:generateContent",
        {"contents": [GEMINI_USER]},
        {"candidates": [{"content": GEMINI_CALL, "finishReason": "STOP"}]},
        {
            "contents": [
                GEMINI_USER,
                GEMINI_CALL,
                {"role": "user", "parts": [{"functionResponse": {"name": "weather", "response": {"result": "snow"}}}]},
            ]
        },
    ),
    "ollama": (
        "/api/chat",
        {"model": "m", "stream": False, "messages": [ITEM]},
        {"message": OLLAMA_ECHO, "done_reason": "stop", "done": True},
        {"model": "m", "stream": False, "messages": [ITEM, OLLAMA_ECHO, {"role": "tool", "content": "snow"}]},
    ),
    "cohere": (
        "/v2/chat",
        {"model": "m", "stream": False, "messages": [ITEM]},
        {"message": CHAT_ECHO, "finish_reason": "TOOL_CALL"},
        {
            "model": "m",
            "stream": False,
            "messages": [ITEM, CHAT_ECHO, {"role": "tool", "tool_call_id": "c1", "content": "snow"}],
        },
    ),
    "bedrock": (
        "/model/m/converse",
        {"messages": [{"role": "user", "content": [{"text": "Hi"}]}]},
        {"output": {"message": {"role": "assistant", "content": [BEDROCK_USE]}}, "stopReason": "tool_use"},
        {
            "messages": [
                {"role": "user", "content": [{"text": "Hi"}]},
                {"role": "assistant", "content": [BEDROCK_USE]},
                {"role": "user", "content": [BEDROCK_RESULT]},
            ]
        },
    ),
}


def read(path: str, body: object, answer: object) -> Interaction:
    dialect = dialect_for("POST", path)
    assert dialect is not None
    request = HTTPRequest(
        "POST", f"https://host.test{path}", (("content-type", "application/json"),), json.dumps(body).encode()
    )
    response = HTTPResponse.of(200, "application/json", [json.dumps(answer).encode()])
    return Interaction(dialect.read_request(request), dialect.read_response(response))


@pytest.mark.parametrize("api", APIS)
def test_a_run_is_read_from_every_api(api: str) -> None:
    path, first, answer, second = APIS[api]
    run = Trajectory.of([read(path, first, answer), read(path, second, {})])

    assert [(call.name, call.arguments, call.result) for call in run.calls] == [("weather", {"city": "Oslo"}, "snow")]


def test_a_long_run_is_read_fast() -> None:
    history: list[Message] = [USER]
    interactions = []
    for number in range(200):
        call = ToolCall("weather", {"city": "Oslo", "day": number % 3})
        interactions.append(asked(*history, response=answers(call)))
        history += [echo(call), result(str(number))]
    interactions.append(asked(*history, response=says("Done.")))
    run = Trajectory.of(interactions)

    assert [call.result for call in run.calls] == [str(number) for number in range(200)]


# -- precision and recall --


def run_of(*tools: str) -> Trajectory:
    return Trajectory((Step("m", Response(), tuple(map(TracedCall, tools))),))


@pytest.mark.parametrize(
    ("made", "expected", "precision", "recall"),
    [
        pytest.param("ab", "ab", 1.0, 1.0, id="the same"),
        pytest.param("ba", "ab", 1.0, 1.0, id="in another order"),
        pytest.param("abc", "ab", 2 / 3, 1.0, id="one extra"),
        pytest.param("a", "ab", 1.0, 0.5, id="one missing"),
        pytest.param("aab", "ab", 2 / 3, 1.0, id="one twice"),
        pytest.param("ab", "aab", 1.0, 2 / 3, id="one expected twice"),
        pytest.param("cd", "ab", 0.0, 0.0, id="others"),
        pytest.param("", "ab", 0.0, 0.0, id="nothing"),
        pytest.param("abcd", "aefbg", 0.5, 0.4, id="two of four and five"),
    ],
)
def test_precision_and_recall_are_the_shares_of_the_pairs(
    made: str, expected: str, precision: float, recall: float
) -> None:
    run = run_of(*made)

    assert run.precision(list(expected)) == precision
    assert run.recall(list(expected)) == recall
    assert run.recall(run_of(*expected)) == recall


def test_a_call_that_fits_many_leaves_the_rest_their_own() -> None:
    run = Trajectory(
        (Step("m", Response(), tuple(TracedCall("weather", {"city": city}) for city in ("Oslo", "Rome"))),)
    )
    anywhere, oslo = calls("weather"), calls("weather", city="Oslo")

    assert run.recall([anywhere, oslo]) == run.recall([oslo, anywhere]) == 1.0
    assert run.precision([oslo, oslo]) == 0.5


class OneOf:
    """Equal to each of some values."""

    def __init__(self, values: set[int]) -> None:
        self.values = values

    def __eq__(self, other: object) -> bool:
        return other in self.values

    __hash__ = None  # type: ignore[assignment]


def test_the_pairs_are_as_many_as_any_assignment_has() -> None:
    random = Random(7)
    for _ in range(200):
        made = [random.randrange(5) for _ in range(random.randrange(1, 5))]
        expected = [set(random.sample(range(5), random.randrange(0, 4))) for _ in range(random.randrange(1, 5))]
        padded = [*made, *[None] * len(expected)]
        best = max(
            sum(value in values for value, values in zip(chosen, expected, strict=True))
            for chosen in permutations(padded, len(expected))
        )
        run = Trajectory((Step("m", Response(), tuple(TracedCall("f", {"x": value}) for value in made)),))
        wanted = [calls("f", x=OneOf(values)) for values in expected]

        assert run.recall(wanted) == best / len(expected)
        assert run.precision(wanted) == best / len(made)


def test_one_expected_call_need_not_be_a_list() -> None:
    assert run_of("a", "b").precision("a") == run_of("a", "b").precision(calls("a")) == 0.5


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        pytest.param(
            [],
            "Precision and recall need at least one expected call. To expect none: trajectory == calls_nothing().",
            id="none",
        ),
        pytest.param(
            run_of(),
            "Precision and recall need at least one expected call. To expect none: trajectory == calls_nothing().",
            id="an empty run",
        ),
        pytest.param(3, "3 is no list of expected calls, nor a trajectory.", id="a number"),
        pytest.param([3], "3 is no tool. A tool is a function, a declaration or a name.", id="a list of no tools"),
    ],
)
def test_expected_calls_that_are_none_are_refused(expected: object, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        run_of("a").precision(expected)

    assert str(caught.value) == message
