"""The fixtures ``llm`` and ``async_llm``: asked, streamed, embedded, in conversation; recorded, then replayed."""

from __future__ import annotations

import threading
import time

import pytest

from .project import Project
from .server import Answer, Provider

SEARCH = {"id": "call_1", "type": "function", "function": {"name": "search", "arguments": '{"query": "refund"}'}}
ASKED = {
    "a text": ('llm.ask("Hi").text == "answer 1"', None),
    "a message": ('llm.ask(Message("user", "Hi")).text == "answer 1"', None),
    "messages": ('llm.ask([Message("system", "Be brief."), Message("user", "Hi")]).text == "answer 1"', None),
    "messages of the API": ('llm.ask([{"role": "user", "content": "Hi"}]).text == "answer 1"', None),
    "params": ('llm.ask("Hi", temperature=0.5, max_tokens=9).text == "answer 1"', None),
    "usage and model": (
        '(lambda r: (r.model, r.usage.total_tokens, r.finish_reason) == ("gpt-4o-mini", 15, "stop"))(llm.ask("Hi"))',
        None,
    ),
    "a tool as the API spells it": (
        'llm.ask("Find it.", tools=[TOOL]).tool_calls[0].arguments == {"query": "refund"}',
        Answer(message={"content": None, "tool_calls": [SEARCH]}, finish_reason="tool_calls"),
    ),
    "a function as a tool": (
        'llm.ask("Find it.", tools=[search]).tool_calls[0].name == "search"',
        Answer(message={"content": None, "tool_calls": [SEARCH]}, finish_reason="tool_calls"),
    ),
    "a schema": ('llm.ask("Where?", schema=SCHEMA).json() == {"name": "Rome"}', Answer('{"name": "Rome"}')),
    "a pydantic model": ('llm.ask("Where?", schema=City).json() == {"name": "Rome"}', Answer('{"name": "Rome"}')),
    "a dataclass": ('llm.ask("Where?", schema=Town).json() == {"name": "Rome"}', Answer('{"name": "Rome"}')),
    "another model": ('llm.using("gpt-4.1").ask("Hi").model == "gpt-4.1"', None),
    "other parameters": ('llm.using(temperature=1).using(seed=2).ask("Hi").text == "answer 1"', None),
    "a stream": ('"".join(llm.stream("Count.")) == "one two three "', Answer("one two three")),
    "a stream's response": ('llm.stream("Count.").response.text == "one two three "', Answer("one two three")),
    "an embedding": ('llm.embed("Hi").embeddings == ((0.5, 0.25),)', None),
    "embeddings": ('llm.embed(["Hi", "Ho"]).embeddings == ((0.5, 0.25), (1.5, 0.25))', None),
}
HEAD = """
from dataclasses import dataclass

from pydantic import BaseModel

from pytest_llm import Message

SCHEMA = {"title": "City", "type": "object", "properties": {"name": {"type": "string"}}}
TOOL = {"type": "function", "function": {"name": "search", "parameters": {"type": "object", "properties": {}}}}


class City(BaseModel):
    name: str


@dataclass
class Town:
    name: str


def search(query: str, limit: int = 3) -> str:
    '''Search the orders.'''


def test_it(llm):
"""


@pytest.mark.parametrize(("claim", "answer"), ASKED.values(), ids=ASKED)
def test_it_answers_and_replays(project: Project, provider: Provider, claim: str, answer: Answer | None) -> None:
    provider.script = [answer] if answer is not None else []
    project.path.joinpath("test_it.py").write_text(f"{HEAD}    assert {claim}\n", encoding="utf-8")
    project.record()

    result = project.run()

    result.assert_outcomes(passed=1)
    assert len(provider.calls) == 1


def test_a_function_is_declared_by_its_name_docstring_and_annotations(project: Project, provider: Provider) -> None:
    project.path.joinpath("test_it.py").write_text(f"{HEAD}    llm.ask('Hi', tools=[search])\n", encoding="utf-8")
    project.record()

    assert provider.calls[0].body["tools"] == [
        {
            "type": "function",
            "function": {
                "name": "search",
                "description": "Search the orders.",
                "parameters": {
                    "type": "object",
                    "properties": {
                        "query": {"title": "Query", "type": "string"},
                        "limit": {"title": "Limit", "type": "integer", "default": 3},
                    },
                    "required": ["query"],
                    "additionalProperties": False,
                },
            },
        }
    ]


@pytest.mark.parametrize("schema", ["City", "Town"])
def test_a_type_is_asked_for_strictly(project: Project, provider: Provider, schema: str) -> None:
    provider.always('{"name": "Rome"}')
    project.path.joinpath("test_it.py").write_text(f"{HEAD}    llm.ask('Hi', schema={schema})\n", encoding="utf-8")
    project.record()

    assert provider.calls[0].body["response_format"] == {
        "type": "json_schema",
        "json_schema": {
            "name": schema,
            "strict": True,
            "schema": {
                "title": schema,
                "type": "object",
                "properties": {"name": {"title": "Name", "type": "string"}},
                "required": ["name"],
                "additionalProperties": False,
            },
        },
    }


def test_a_chat_keeps_its_history_and_sends_tool_results(project: Project, provider: Provider) -> None:
    provider.script = [Answer(message={"content": None, "tool_calls": [SEARCH]}), Answer("It costs 3.")]
    project.write("""
        def test_it(llm):
            chat = llm.chat("Be brief.", temperature=0)
            call = chat.ask("What does it cost?").tool_calls[0]
            chat.tool_result(call, {"price": 3})
            assert chat.ask().text == "It costs 3."
            assert [message.role for message in chat.messages] == ["system", "user", "assistant", "tool", "assistant"]
    """)
    project.record()

    result = project.run()

    result.assert_outcomes(passed=1)
    assert provider.calls[1].body["messages"][1:] == [
        {"role": "user", "content": "What does it cost?"},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "search", "arguments": '{"query": "refund"}'},
                }
            ],
        },
        {"role": "tool", "content": '{"price": 3}', "tool_call_id": "call_1"},
    ]


ASYNC = """
    import pytest

    {marker}
    async def test_it(async_llm{more}):
        assert (await async_llm.ask("Hi")).text == "answer 1"
        chat = async_llm.chat()
        await chat.ask("Hi")
        assert (await chat.ask("Ho")).text == "answer 3"
        stream = await async_llm.stream("Count.")
        assert [piece async for piece in stream] == ["answer ", "4 "]
        assert (await stream.response()).text == "answer 4 "
        assert (await async_llm.embed("Hi")).embeddings == ((2.5, 0.25),)
"""
RUNNERS = {
    "pytest-asyncio": ("@pytest.mark.asyncio", ""),
    "anyio on asyncio": (
        "@pytest.mark.anyio\n    @pytest.mark.parametrize('anyio_backend', ['asyncio'])",
        ", anyio_backend",
    ),
    "anyio on trio": ("@pytest.mark.anyio\n    @pytest.mark.parametrize('anyio_backend', ['trio'])", ", anyio_backend"),
}


@pytest.mark.parametrize(("marker", "more"), RUNNERS.values(), ids=RUNNERS)
def test_the_async_client_works_under(project: Project, provider: Provider, marker: str, more: str) -> None:
    # Under trio the SDK leaves the generators of a stream to the garbage collector, which trio warns of.
    project.ini(filterwarnings="\n  error\n  ignore::pytest.PytestUnraisableExceptionWarning")
    project.write(ASYNC.format(marker=marker, more=more))
    project.record()

    result = project.run()

    result.assert_outcomes(passed=1)
    assert len(provider.calls) == 5


def test_twenty_concurrent_asks_of_one_prompt_get_twenty_draws(project: Project, provider: Provider) -> None:
    project.write("""
        import asyncio

        def test_it(async_llm):
            async def main():
                return await asyncio.gather(*(async_llm.ask("Roll a die.") for _ in range(20)))
            assert len({response.text for response in asyncio.run(main())}) == 20
    """)
    project.record()

    result = project.run()

    result.assert_outcomes(passed=1)
    assert sorted(entry["draw"] for entry in project.interactions()) == list(range(1, 21))


def test_five_answers_to_one_prompt_replay_in_order_and_a_sixth_is_a_miss(project: Project) -> None:
    source = """
        def test_it(llm):
            assert [llm.ask("Roll a die.").text for _ in range({asks})] == [f"answer {{n + 1}}" for n in range({asks})]
    """
    project.write(source.format(asks=5))
    project.record()

    project.run().assert_outcomes(passed=1)
    project.write(source.format(asks=6))
    result = project.run()

    result.stdout.fnmatch_lines(["UNRECORDED test_it.py::test_it - draw 6, only 5 recorded"])


def test_an_error_and_its_retry_replay_as_both_without_the_wait(
    project: Project, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.script = [Answer(status=429, headers={"retry-after": "0.25"}, error="slow down"), Answer("Hello.")]
    slept, sleep = list[float](), time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: sleep(seconds) or slept.append(seconds))
    project.write("""
        def test_it(llm):
            assert llm.ask("Hi").text == "Hello."
    """)
    project.record()
    assert 0.25 in slept
    slept.clear()

    replayed = project.run()

    replayed.assert_outcomes(passed=1)
    assert slept == []
    assert [entry["status"] for entry in project.interactions()] == [429, 200]


def test_an_error_reaches_the_test_as_the_sdks_own(project: Project, provider: Provider) -> None:
    provider.script = [Answer(status=400, error="no such parameter")]
    project.write("""
        import openai
        import pytest

        def test_it(llm):
            with pytest.raises(openai.BadRequestError, match="no such parameter"):
                llm.ask("Hi", extra_body={"shape": "round"})
    """)
    project.record()

    project.run().assert_outcomes(passed=1)


def test_the_first_chunk_of_a_recorded_stream_reaches_the_caller_before_the_last_is_sent(
    project: Project, provider: Provider
) -> None:
    read, in_time = threading.Event(), list[bool]()
    provider.reply = lambda call: (
        Answer("one two three four", hold=lambda: in_time.append(read.wait(10))) if call.text == "Count." else told()
    )

    def told() -> Answer:
        read.set()
        return Answer("Go on.")

    project.write("""
        def test_it(llm):
            chunks = iter(llm.stream("Count."))
            next(chunks)
            llm.ask("I have read one.")
            assert len(list(chunks)) > 2
    """)

    project.record()

    assert in_time == [True]


def test_a_parametrised_class_keeps_its_parameters_apart(project: Project, provider: Provider) -> None:
    project.write("""
        import pytest

        @pytest.mark.parametrize("city", ["Rome", "Oslo"])
        class TestCity:
            def test_it(self, llm, city):
                assert llm.ask("Where?").text == {"Rome": "answer 1", "Oslo": "answer 2"}[city]

            @pytest.mark.parametrize("year", [1, 2])
            def test_year(self, llm, city, year):
                assert llm.ask("When?").text
    """)
    project.record()

    result = project.run("-p", "no:randomly")

    result.assert_outcomes(passed=6)
    assert project.files == [
        "__llm__/test_it/TestCity.test_it.cassette.json",
        "__llm__/test_it/TestCity.test_year.cassette.json",
    ]
    assert [entry["test"] for entry in project.interactions("TestCity.test_it")] == [
        "TestCity::test_it[Rome]",
        "TestCity::test_it[Oslo]",
    ]
