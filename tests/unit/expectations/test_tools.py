"""Which tools an answer calls, with what arguments, how often, in what order: what holds, and what a failure says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from growth import LIMIT, growth

from pytest_llm.client import Chat, Client
from pytest_llm.errors import ConfigurationError
from pytest_llm.expectations.base import Expectation, satisfies
from pytest_llm.expectations.tools import calls, calls_nothing, calls_only
from pytest_llm.expectations.trajectories import calls_all, calls_at_most, calls_exactly, calls_in_order
from pytest_llm.messages import Interaction, Message, Request, Response, ToolCall
from pytest_llm.trajectory import Trajectory


def weather(city: str, days: int = 1) -> str:
    """The weather in a city."""
    return f"{city} {days}"


def book(city: str) -> str:
    """Book a trip."""
    return city


def now() -> str:
    """The time."""
    return ""


class Unknown:
    """A type without a schema."""


def search(database: Unknown, query: str) -> str:
    """Search with an argument that no model gives."""
    return f"{database} {query}"


OSLO = ToolCall("weather", {"city": "Oslo"})
ROME = ToolCall("weather", {"city": "Rome", "days": 3})
BOOK = ToolCall("book", {"city": "Oslo"})
NOW = ToolCall("now")
DECLARED = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string", "enum": ["Oslo", "Rome"]}}},
    },
}


def answer(*made: ToolCall, text: str = "") -> Response:
    return Response(text, (text,), made)


def call(arguments: Any, name: str = "weather") -> Response:
    return answer(ToolCall(name, arguments))


def asked(response: Response, *tools: dict[str, Any]) -> Interaction:
    return Interaction(Request("openai-chat", "m", (Message("user", "Hi"),), tools=tools), response)


def said(value: object, expectation: Expectation) -> list[str]:
    found = expectation.check(value)

    assert not found.holds
    assert len(found.evidence) <= 7
    return [found.claim, *found.evidence]


LIKE_OSLO = satisfies(lambda value: str(value).lower() == "oslo", "like Oslo")


@pytest.mark.parametrize(
    ("value", "expectation"),
    [
        pytest.param(answer(OSLO), calls(weather), id="a function"),
        pytest.param(answer(OSLO), calls("weather"), id="a name"),
        pytest.param(answer(OSLO), calls(DECLARED), id="a declaration"),
        pytest.param(answer(OSLO), calls(weather, city="Oslo"), id="an argument"),
        pytest.param(answer(ROME), calls(weather, city="Rome"), id="at least these arguments"),
        pytest.param(answer(OSLO), calls(weather, {"city": "Oslo"}), id="arguments in a mapping"),
        pytest.param(answer(NOW, ROME, OSLO), calls(weather, city="Oslo"), id="any of several"),
        pytest.param(answer(ToolCall("weather", {"city": "OSLO"})), calls(weather, city=LIKE_OSLO), id="nested"),
        pytest.param(
            call({"where": [{"city": "OSLO"}]}), calls("weather", where=[{"city": LIKE_OSLO}]), id="nested in lists"
        ),
        pytest.param(call({"at": [59.9, 10.7]}), calls("weather", at=(59.9, 10.7)), id="a tuple is a list"),
        pytest.param(answer(OSLO, ROME), calls(weather, times=2), id="twice"),
        pytest.param(answer(OSLO, ROME), calls(weather, city="Oslo", times=1), id="once with these arguments"),
        pytest.param(call({"times": 3}), calls("weather", {"times": 3}, times=1), id="an argument called times"),
        pytest.param(call({"tool": "x"}), calls("weather", tool="x"), id="an argument called tool"),
        pytest.param(call("", "now"), calls(now), id="no arguments as an empty text"),
        pytest.param(OSLO, calls(weather), id="a tool call"),
        pytest.param([answer(), answer(OSLO)], calls(weather), id="responses"),
        pytest.param([NOW, OSLO], calls(weather), id="tool calls"),
        pytest.param(asked(answer(OSLO), DECLARED), calls("weather", city="Oslo"), id="an interaction"),
        pytest.param(Trajectory.of([asked(answer(OSLO))]), calls(weather), id="a trajectory"),
        pytest.param(Trajectory.of([asked(answer(OSLO))]).steps[0], calls(weather), id="a step"),
        pytest.param(answer(ToolCall("search", {"query": "x"})), calls(search, query="x"), id="no schema"),
        pytest.param(
            asked(call("*.py", "grep"), {"type": "custom", "name": "grep"}), calls("grep"), id="an input of any text"
        ),
        pytest.param(answer(text="Hi"), calls_nothing(), id="nothing"),
        pytest.param(answer(OSLO), ~calls(book), id="not another"),
        pytest.param(answer(OSLO, ROME), calls_only(weather, book), id="only these tools"),
        pytest.param(answer(OSLO, OSLO), calls_only(calls(weather, city="Oslo")), id="only these calls"),
        pytest.param(answer(), calls_only(weather), id="only, and none at all"),
        pytest.param(answer(OSLO, BOOK), calls_exactly(calls(weather, city="Oslo"), "book"), id="exactly"),
        pytest.param(answer(OSLO, ROME, BOOK), calls_exactly(calls(weather, times=2), book), id="exactly, times"),
        pytest.param(answer(OSLO, BOOK), calls_exactly(OSLO, BOOK), id="exactly these values"),
        pytest.param(answer(BOOK, OSLO), calls_exactly(weather, book, any_order=True), id="exactly, in any order"),
        pytest.param(answer(NOW, OSLO, NOW, BOOK, NOW), calls_in_order(weather, book), id="in order"),
        pytest.param(answer(BOOK, NOW, OSLO), calls_all(weather, book), id="all"),
        pytest.param(
            answer(OSLO, ROME), calls_all(weather, calls(weather, city="Oslo")), id="all, where only one pairing fits"
        ),
        pytest.param(answer(BOOK), calls_at_most(weather, book), id="at most"),
        pytest.param(answer(ROME, OSLO), calls_at_most(calls(weather, times=2)), id="at most twice"),
        pytest.param(answer(), calls_at_most(weather), id="at most, and none at all"),
    ],
)
def test_it_holds(value: object, expectation: Expectation) -> None:
    found = expectation.check(value)

    assert found.holds, found
    assert found.evidence == ()
    assert value == expectation


@pytest.mark.parametrize(
    ("value", "expectation", "lines"),
    [
        pytest.param(
            answer(ROME),
            calls(weather, city="Oslo"),
            ["calls weather(city='Oslo')  (it calls weather(city='Rome', days=3))", "city: 'Rome' == 'Oslo'"],
            id="another argument",
        ),
        pytest.param(
            answer(text="It is sunny."),
            calls(weather),
            ["calls weather(...)  (it calls nothing, and says 'It is sunny.')"],
            id="nothing but a text",
        ),
        pytest.param(
            answer(), calls(weather), ["calls weather(...)  (it calls nothing, and says nothing)"], id="nothing"
        ),
        pytest.param([], calls(weather), ["calls weather(...)  (it calls nothing)"], id="an empty list"),
        pytest.param(
            Response(refusal="I cannot."),
            calls(weather),
            ["calls weather(...)  (it calls nothing, and refuses: 'I cannot.')"],
            id="a refusal",
        ),
        pytest.param(
            Response(status=500, error="overloaded"),
            calls(weather),
            ["calls weather(...)  (it calls nothing, and fails: 'overloaded')"],
            id="a failure",
        ),
        pytest.param(
            answer(OSLO),
            calls("weather", days=3, unit="C"),
            [
                "calls weather(days=3, unit='C')  (it calls weather(city='Oslo'))",
                "days: is there  (the arguments are 'city')",
                "unit: is there  (the arguments are 'city')",
            ],
            id="arguments that are absent",
        ),
        pytest.param(
            answer(NOW),
            calls("now", zone="CET"),
            ["calls now(zone='CET')  (it calls now())", "zone: is there  (there are no arguments)"],
            id="no arguments",
        ),
        pytest.param(
            answer(OSLO),
            calls(weather, city=satisfies(str.islower, "lower case")),
            [
                "calls weather(city=satisfies(lower case))  (it calls weather(city='Oslo'))",
                "city: satisfies(lower case)",
                "got 'Oslo'",
            ],
            id="an expectation within",
        ),
        pytest.param(
            answer(NOW, ROME, ToolCall("weather", {"city": "Bonn"}), NOW),
            calls(weather, city="Oslo", days=3),
            [
                "calls weather(city='Oslo', days=3)  "
                "(it calls now(), weather(city='Rome', days=3), weather(city='Bonn') and 1 more)",
                "nearest is weather(city='Rome', days=3)",
                "city: 'Rome' == 'Oslo'",
            ],
            id="the nearest of several",
        ),
        pytest.param(
            answer(OSLO, ROME),
            calls(weather, city="Oslo", times=2),
            [
                "calls weather(city='Oslo') 2 times  "
                "(1 time: it calls weather(city='Oslo') and weather(city='Rome', days=3))",
                "nearest is weather(city='Rome', days=3)",
                "city: 'Rome' == 'Oslo'",
            ],
            id="too seldom",
        ),
        pytest.param(
            answer(OSLO, OSLO),
            calls(weather, times=1),
            ["calls weather(...) 1 time  (2 times: it calls weather(city='Oslo') and weather(city='Oslo'))"],
            id="too often",
        ),
        pytest.param(
            answer(OSLO),
            calls(weather, times=3),
            ["calls weather(...) 3 times  (1 time: it calls weather(city='Oslo'))"],
            id="too seldom, with no other call",
        ),
        pytest.param(
            answer(OSLO),
            calls("wether"),
            ["calls wether(...)  (it calls weather(city='Oslo'))", "did you mean 'weather'?"],
            id="a name that is nearly right",
        ),
        pytest.param(
            call({}, "default_api.weather"),
            calls(weather),
            ["calls weather(...)  (it calls default_api.weather())", "did you mean 'default_api.weather'?"],
            id="a name with a prefix",
        ),
        pytest.param(
            asked(answer(text="Hi"), DECLARED),
            calls("wether"),
            [
                "calls wether(...)  (it calls nothing, and says 'Hi')",
                "'wether' is none of the declared tools: did you mean 'weather'?",
            ],
            id="a name that is not declared",
        ),
        pytest.param(
            asked(call({}, "wheather"), DECLARED),
            calls("weather"),
            ["calls weather(...)  (it calls wheather())", "'wheather' is none of the declared tools"],
            id="a call of a tool that is not declared",
        ),
        pytest.param(
            asked(answer(), DECLARED),
            calls(book),
            [
                "calls book(...)  (it calls nothing, and says nothing)",
                "'book' is none of the declared tools, which are weather",
            ],
            id="a tool that the model was not told of",
        ),
        pytest.param(
            call('{"city": "Oslo" "days": 3}'),
            calls(weather, city="Oslo"),
            [
                """calls weather(city='Oslo')  (it calls weather('{"city": "Oslo" "days": 3}'))""",
                "its arguments are no JSON object: the JSON has a missing comma at line 1, column 17",
                '  {"city": "Oslo" "days": 3}',
                "                  ^",
            ],
            id="broken arguments",
        ),
        pytest.param(
            call('["Oslo"]'),
            calls("weather"),
            [
                """calls weather(...)  (it calls weather('["Oslo"]'))""",
                'its arguments are no JSON object but ["Oslo"]',
            ],
            id="arguments that are a list",
        ),
        pytest.param(
            call({"city": "北京的天气" * 8 + "一"}),
            calls(weather, city="北京的天气" * 8 + "二"),
            [
                f"calls weather(city='{'北京的天气' * 8}二')  (it calls weather(city='{'北京的天气' * 8}一'))",
                "city differs:",
                f"- {'北京的天气' * 8}二",
                f"+ {'北京的天气' * 8}一",
            ],
            id="long Chinese texts",
        ),
        pytest.param(
            call({"city": "أوسلو"}),
            calls(weather, city="أوسلو 🌦"),
            ["calls weather(city='أوسلو 🌦')  (it calls weather(city='أوسلو'))", "city: 'أوسلو' == 'أوسلو 🌦'"],
            id="Arabic and emoji",
        ),
        pytest.param(
            call({f"a{n}": n for n in range(9)}),
            calls("weather", {f"a{n}": -1 for n in range(9)}),
            [
                "calls weather(a0=-1, a1=-1, a2=-1, a3=-1, a4=-1, a5=-1, a6=-1, a7=-1, a8=-1)  "
                "(it calls weather(a0=0, a1=1, a2=2, a3=3, a4=4, a…5, a6=6, a7=7, a8=8))",
                *(f"a{n}: {n} == -1" for n in range(6)),
                "and 3 more",
            ],
            id="many differences",
        ),
        pytest.param(
            answer(OSLO, text="Hi"), calls_nothing(), ["calls nothing  (it calls weather(city='Oslo'))"], id="something"
        ),
        pytest.param(
            answer(OSLO, BOOK),
            calls_only(weather),
            ["calls only weather  (it also calls book(city='Oslo'))"],
            id="another tool",
        ),
        pytest.param(
            answer(OSLO, ROME),
            calls_only(calls(weather, city="Oslo"), book),
            [
                "calls only weather(city='Oslo'), book  (it also calls weather(city='Rome', days=3))",
                "weather(city='Rome', days=3)",
                "  city: 'Rome' == 'Oslo'",
            ],
            id="other arguments",
        ),
        pytest.param(
            "Hi", calls(weather), ["'Hi' is a response, a trajectory or a chat  (its type is str)"], id="a text"
        ),
        pytest.param(
            [answer(), None],
            calls_nothing(),
            ["[Response(''), None] is a response, a trajectory or a chat  (its type is list)"],
            id="a list of something else",
        ),
    ],
)
def test_a_failure_says_what_is_called_instead(value: object, expectation: Expectation, lines: Sequence[str]) -> None:
    assert said(value, expectation) == lines


@pytest.mark.parametrize(
    ("value", "expectation", "lines"),
    [
        pytest.param(
            answer(OSLO, ROME),
            calls_exactly(calls(weather, city="Oslo"), book),
            [
                "calls exactly weather(city='Oslo'), book  (1 of 2 calls made, 1 missing, 1 extra)",
                "= weather(city='Oslo')",
                "+ weather(city='Rome', days=3)",
                "- book(...)",
            ],
            id="exactly: another tool",
        ),
        pytest.param(
            answer(OSLO, BOOK),
            calls_exactly(calls(weather, city="Rome"), book),
            [
                "calls exactly weather(city='Rome'), book  (1 of 2 calls made, 1 missing, 1 extra)",
                "+ weather(city='Oslo')",
                "    city: 'Oslo' == 'Rome'",
                "- weather(city='Rome')",
                "= book(city='Oslo')",
            ],
            id="exactly: another argument",
        ),
        pytest.param(
            answer(BOOK, OSLO),
            calls_exactly(weather, book),
            [
                "calls exactly weather, book  (each is called, but in another order)",
                "- weather(...)",
                "= book(city='Oslo')",
                "+ weather(city='Oslo')",
            ],
            id="exactly: another order",
        ),
        pytest.param(
            answer(OSLO, NOW),
            calls_exactly(ToolCall("weather", {})),
            [
                "calls exactly weather()  (0 of 1 call made, 1 missing, 2 extra)",
                "+ weather(city='Oslo')",
                "    city: is not there  (it is 'Oslo')",
                "+ now()",
                "- weather()",
            ],
            id="exactly: a value with no arguments",
        ),
        pytest.param(
            answer(OSLO, OSLO),
            calls_exactly(weather, book, any_order=True),
            [
                "calls in any order exactly weather, book  (1 of 2 calls made, 1 missing, 1 extra)",
                "= weather(city='Oslo')",
                "+ weather(city='Oslo')",
                "- book(...)",
            ],
            id="exactly, in any order",
        ),
        pytest.param(
            answer(text="No."),
            calls_exactly(weather, book),
            ["calls exactly weather, book  (it calls nothing, and says 'No.')", "- weather(...)", "- book(...)"],
            id="exactly: nothing",
        ),
        pytest.param(
            answer(BOOK, NOW, OSLO),
            calls_in_order(weather, book),
            [
                "calls in this order weather, book  (each is called, but in another order)",
                "- weather(...)",
                "= book(city='Oslo')",
                "  now()",
                "  weather(city='Oslo')",
            ],
            id="in order: another order",
        ),
        pytest.param(
            answer(OSLO, NOW),
            calls_in_order(weather, "boook", now),
            [
                "calls in this order weather, boook, now  (2 of 3 calls made, 1 missing)",
                "= weather(city='Oslo')",
                "- boook(...)",
                "= now()",
            ],
            id="in order: one missing",
        ),
        pytest.param(
            answer(BOOK, OSLO),
            calls_all(calls(weather, city="Rome"), "boook"),
            [
                "calls all of weather(city='Rome'), boook  (0 of 2 calls made, 2 missing)",
                "  book(city='Oslo')",
                "+ weather(city='Oslo')",
                "    city: 'Oslo' == 'Rome'",
                "- weather(city='Rome')",
                "- boook(...)",
                "    did you mean 'book'?",
            ],
            id="all: none",
        ),
        pytest.param(
            answer(OSLO),
            calls_all(calls(weather, times=2)),
            [
                "calls all of 2 x weather  (1 of 2 calls made, 1 missing)",
                "= weather(city='Oslo')",
                "- weather(...)",
            ],
            id="all: too few",
        ),
        pytest.param(
            answer(OSLO, OSLO, BOOK),
            calls_at_most(weather, book, now),
            [
                "calls at most weather, book, now  (3 calls, 1 extra)",
                "= weather(city='Oslo')",
                "+ weather(city='Oslo')",
                "= book(city='Oslo')",
            ],
            id="at most: once too often",
        ),
        pytest.param(
            answer(*[NOW] * 20, OSLO, *[NOW] * 20),
            calls_exactly(calls(now, times=40), book),
            [
                "calls exactly 40 x now, book  (40 of 41 calls made, 1 missing, 1 extra)",
                "= 20 calls",
                "+ weather(city='Oslo')",
                "= 20 calls",
                "- book(...)",
            ],
            id="a long run",
        ),
        pytest.param(
            answer(*[NOW] * 20),
            calls_exactly(*[weather] * 20),
            [
                "calls exactly 20 x weather  (0 of 20 calls made, 20 missing, 20 extra)",
                *["+ now()"] * 6,
                "and 34 more",
            ],
            id="a long run of something else",
        ),
    ],
)
def test_a_failure_of_a_run_shows_what_matches_is_missing_and_is_extra(
    value: object, expectation: Expectation, lines: Sequence[str]
) -> None:
    assert said(value, expectation) == lines


def test_arguments_must_conform_to_the_schema_of_a_function() -> None:
    lines = said(call({"city": 3, "dys": 1}), calls(weather))

    assert lines == [
        "calls weather(...)  (it calls weather(city=3, dys=1))",
        "violates the schema of weather, $.city: 3 (number) is not a string; the string '3' would be",
        "violates the schema of weather, $.dys: is not allowed; did you mean 'days'?",
    ]
    assert said(call({"city": 3}), calls_exactly(weather)) == [
        "calls exactly weather  (0 of 1 call made, 1 missing, 1 extra)",
        "+ weather(city=3)",
        "    violates the schema of weather, $.city: 3 (number) is not a string; the string '3' would be",
        "- weather(...)",
    ]


CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
GEMINI_CITY = {"type": "OBJECT", "properties": {"city": {"type": "STRING", "nullable": True}}, "required": ["city"]}


@pytest.mark.parametrize(
    "tool",
    [
        pytest.param({"type": "function", "function": {"name": "weather", "parameters": CITY}}, id="openai-chat"),
        pytest.param({"type": "function", "name": "weather", "parameters": CITY}, id="openai-responses"),
        pytest.param({"name": "weather", "input_schema": CITY}, id="anthropic"),
        pytest.param({"functionDeclarations": [{"name": "weather", "parameters": GEMINI_CITY}]}, id="gemini"),
        pytest.param({"functionDeclarations": [{"name": "weather", "parametersJsonSchema": CITY}]}, id="gemini, JSON"),
        pytest.param({"toolSpec": {"name": "weather", "inputSchema": {"json": CITY}}}, id="bedrock"),
    ],
)
def test_arguments_must_conform_to_the_schema_in_the_request(tool: dict[str, Any]) -> None:
    lines = [
        "calls weather(...)  (it calls weather(town='Oslo'))",
        "violates the schema of weather, $.city: is missing",
    ]

    assert said(asked(call({"town": "Oslo"}), tool), calls("weather")) == lines
    assert said(Trajectory.of([asked(call({"town": "Oslo"}), tool)]), calls("weather")) == lines
    assert said(call({"town": "Oslo"}), calls(tool)) == lines
    assert asked(answer(OSLO), tool) == calls("weather")


def test_null_is_allowed_where_gemini_says_so() -> None:
    tool = {"functionDeclarations": [{"name": "weather", "parameters": GEMINI_CITY}]}

    assert asked(call({"city": None}), tool) == calls("weather")
    assert asked(call({"city": 3}), tool) != calls("weather")


def test_a_chat_is_compared_by_all_its_answers() -> None:
    history = [
        Message("user", "Hi"),
        Message("assistant", "", (OSLO,)),
        Message("tool", "snow"),
        Message("assistant", "It snows."),
    ]
    chat = Chat(Client(None, "m", None), history)  # type: ignore[arg-type]

    assert chat == calls(weather, city="Oslo")
    assert said(chat, calls(book)) == ["calls book(...)  (it calls weather(city='Oslo'))"]
    assert said(Chat(chat.client, history[-1:]), calls(book)) == [
        "calls book(...)  (it calls nothing, and says 'It snows.')"
    ]


def test_under_vv_every_call_is_shown_in_full() -> None:
    found = calls(weather, city="Oslo").check(answer(call({"city": "x" * 200}).tool_calls[0], NOW))

    assert found.whole == (f"call 1: weather(city='{'x' * 200}')", "call 2: now()")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(
            lambda: calls(weather, town="Oslo"),
            "The tool 'weather' has no argument 'town'. Its arguments are city and days.",
            id="an argument that is none",
        ),
        pytest.param(
            lambda: calls(weather, dayss=3),
            "The tool 'weather' has no argument 'dayss'. Its arguments are city and days. Did you mean 'days'?",
            id="an argument that is nearly one",
        ),
        pytest.param(
            lambda: calls(now, zone="CET"),
            "The tool 'now' has no argument 'zone'. It has no arguments.",
            id="no arguments",
        ),
        pytest.param(
            lambda: calls(weather, city=3),
            "No call of 'weather' can have these arguments: they violate its schema, $.city: 3 (number) is not a "
            "string; the string '3' would be.",
            id="a value that the schema forbids",
        ),
        pytest.param(lambda: calls(3), "3 is no tool. A tool is a function, a declaration or a name.", id="no tool"),  # type: ignore[arg-type]
        pytest.param(lambda: calls(""), "'' is no tool. A tool is a function, a declaration or a name.", id="no name"),
        pytest.param(
            lambda: calls({"type": "web_search"}),
            "{'type': 'web_search'} declares 0 tools, not one. Give the tool's name instead.",
            id="a declaration without a name",
        ),
        pytest.param(
            lambda: calls({"functionDeclarations": [{"name": "a"}, {"name": "b"}]}),
            "{'functionDeclarations': [{'name': 'a'}, {'name': 'b'}]} declares 2 tools (a and b), not one. "
            "Give the tool's name instead.",
            id="two declarations",
        ),
        pytest.param(
            lambda: calls({"name": "a", "parameters": {"type": "thing"}}, x=1),
            "The schema of the tool 'a' is no JSON schema of draft 2020-12: $.type: 'thing' is none of 'array', "
            "'boolean', 'integer', 'null', 'number', 'object', 'string'; did you mean 'string'?  (as simpleTypes, the "
            "nearest of 2).",
            id="a schema that is none",
        ),
        pytest.param(
            lambda: calls(weather, times=0),
            "times=0 is not a number of calls from 1. To expect none: ~calls(...) or calls_nothing().",
            id="no times",
        ),
        pytest.param(
            lambda: calls(weather, times=True),
            "times=True is not a number of calls from 1. To expect none: ~calls(...) or calls_nothing().",
            id="a bool",
        ),
        pytest.param(
            lambda: calls_only(), "calls_only() needs at least one call. To expect none: calls_nothing().", id="only"
        ),
        pytest.param(
            lambda: calls_all(), "calls_all() needs at least one call. To expect none: calls_nothing().", id="all"
        ),
        pytest.param(
            lambda: calls_only(calls(weather, times=2)),
            "calls_only() does not count, and calls(weather, times=2) does. Did you mean calls_at_most()?",
            id="only, with a number",
        ),
        pytest.param(
            lambda: calls_in_order(weather, ~calls(book)),
            "calls_in_order() takes calls(...), tools and names, and ~calls(book) is none of them.",
            id="another expectation",
        ),
        pytest.param(
            lambda: calls_exactly(ToolCall("f", "{")),
            "ToolCall(name='f', arguments='{', id=None) is no call to expect: its arguments are no JSON object.",
            id="a broken call",
        ),
        pytest.param(
            lambda: calls_exactly(3),  # type: ignore[arg-type]
            "3 is no tool. A tool is a function, a declaration or a name.",
            id="a number",
        ),
    ],
)
def test_what_can_never_hold_or_never_fail_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make()

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("expectation", "written"),
    [
        (calls(weather), "calls(weather)"),
        (calls("weather", city="Oslo", times=2), "calls('weather', city='Oslo', times=2)"),
        (calls(DECLARED, city="Oslo"), "calls('weather', city='Oslo')"),
        (calls_nothing(), "calls_nothing()"),
        (calls_only(weather, calls(book, city="Oslo")), "calls_only(weather, calls(book, city='Oslo'))"),
        (calls_exactly(weather, any_order=True), "calls_exactly(weather, any_order=True)"),
        (calls_in_order(weather, "book"), "calls_in_order(weather, 'book')"),
        (calls_all(OSLO, calls(now, times=2)), "calls_all(weather(city='Oslo'), now, now)"),
    ],
    ids=str,
)
def test_it_shows_itself_as_it_was_written(expectation: Expectation, written: str) -> None:
    assert repr(expectation) == written


def test_an_expectation_within_another_is_in_use() -> None:
    inner, outer = satisfies(str.islower), calls(weather)
    whole = calls_all(outer, calls("weather", where={"city": [inner]}))
    whole.check(answer(OSLO))

    assert (inner.absorbed, outer.absorbed) == (True, True)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda size: calls("weather", city="x" * size + "y"), id="calls"),
        pytest.param(lambda size: calls_only(calls("weather", city="y")), id="calls_only"),
        pytest.param(lambda size: calls_exactly("weather", "book"), id="calls_exactly"),
    ],
)
def test_long_arguments_are_compared_in_proportion(make: Callable[[int], Expectation]) -> None:
    found = make(200_000).check(call({"city": "x" * 200_000}))

    assert not found.holds
    assert max(map(len, (found.claim, *found.evidence))) < 250
    assert growth(lambda made: made[0].check(made[1]), lambda size: (make(size), call({"city": "x" * size}))) < LIMIT
